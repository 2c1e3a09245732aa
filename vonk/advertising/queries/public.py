"""What everybody may be told of an ad: as it was approved last, not as it is being edited."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vonk.advertising import publish
from vonk.advertising.models import Ad, CustomAudience, Review
from vonk.advertising.rules import Subject, Verdict
from vonk.delivery.snapshot import Targeting

VERSIONS_MAX: Final = 10  # Of an ad; each stands for an edit by hand and a review.


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """An ad as a review approved it. The caption is the post's, as it was then."""

    approved_at: datetime
    caption: str
    call_to_action: str
    landing_url: str
    category: str
    targeting: Targeting


class PublicFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An ad for the public. ``versions`` are the newest first and never none: what nobody approved was never shown.

    ``audiences`` says how each audience that the newest version names was made, by its id; one that is gone is absent.
    """

    ad_id: int
    account_id: int
    post_id: int
    consent_id: int | None
    identity_id: int
    versions: tuple[Version, ...]
    audiences: dict[int, str]


def public_facts(ad_ids: Collection[int]) -> dict[int, PublicFacts]:
    """Return the facts of those of the ads that a review ever approved, deleted ones too."""
    rows = Ad.objects.select_related("ad_group__campaign").filter(pk__in=ad_ids)
    approved = _approved(ad_ids)
    found = {row.pk: _versions(row, approved[row.pk]) for row in rows if row.pk in approved}
    sources = _sources(versions[0].targeting for versions in found.values())
    return {
        row.pk: PublicFacts(
            ad_id=row.pk,
            account_id=row.ad_group.campaign.account_id,
            post_id=row.post_id,
            consent_id=row.consent_id,
            identity_id=row.identity_id,
            versions=found[row.pk],
            audiences=sources,
        )
        for row in rows
        if row.pk in found
    }


def _approved(ad_ids: Collection[int]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = {}
    for row in Review.objects.filter(ad__in=ad_ids, verdict=Verdict.APPROVED.value).order_by("-pk"):
        found.setdefault(row.ad_id, []).append(row)
    return found


def _versions(ad: Ad, approved: Sequence[Review]) -> tuple[Version, ...]:
    """Return what was approved; of the newest one the ages are the ad group's, which change without a review (O23)."""
    versions = [_version(ad, row) for row in approved[:VERSIONS_MAX]]
    ages = publish.targeting_of(ad.ad_group).age_bands
    newest = versions[0]
    versions[0] = msgspec.structs.replace(newest, targeting=msgspec.structs.replace(newest.targeting, age_bands=ages))
    return tuple(versions)


def _version(ad: Ad, row: Review) -> Version:
    assert row.decided_at is not None, "Approved at some time."
    if not row.subject:  # Of a review from before they were kept: nothing is told but the ad as it is.
        return Version(
            approved_at=row.decided_at,
            caption="",
            call_to_action=ad.call_to_action,
            landing_url=ad.landing_url,
            category=ad.category,
            targeting=publish.targeting_of(ad.ad_group),
        )
    subject = msgspec.convert(row.subject, Subject)
    return Version(
        approved_at=row.decided_at,
        caption=subject.caption,
        call_to_action=subject.call_to_action,
        landing_url=subject.landing_url,
        category=subject.category,
        targeting=subject.targeting,
    )


def _sources(targetings: Iterable[Targeting]) -> dict[int, str]:
    named = {int(one) for of in targetings for one in (*of.limits.audiences, *of.limits.audiences_out)}
    return dict(CustomAudience.objects.filter(pk__in=named).values_list("pk", "source")) if named else {}
