"""Ads together with what they show: the way of an outside tool, which sends video, text and ad in one call.

Lock order, as everywhere: the creators' chains, then campaign and account, then profiles and posts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from msgspec import UNSET

from vonk.advertising import reach
from vonk.advertising.actions import ads, creatives
from vonk.advertising.actions import pushes as drafts
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.errors import in_part
from vonk.advertising.models import Ad
from vonk.authorisation.actions import pushes, verdicts
from vonk.authorisation.actions.pushes import Draft
from vonk.authorisation.speaker_reach import Speaker
from vonk.content.queries import post_facts
from vonk.control.scope import Right, Scope
from vonk.core import limits
from vonk.core.errors import FieldInvalid, NotFound


class Push(msgspec.Struct, frozen=True):
    """A post to be pushed under a creator's profile, by an access by which the account speaks so."""

    speaker: Speaker
    draft: Draft


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """The account's video, or pictures of its library, with a text, to be posted for ads alone under a custom identity.

    ``sound_id`` is heard with pictures.
    """

    identity_id: int
    text: str
    video_id: int | None = None
    image_ids: tuple[int, ...] = ()
    sound_id: int | None = None


class NewAd(msgspec.Struct, frozen=True):
    """An ad, and what is made for it first; None where the ad names what it shows."""

    ad: AdDraft
    shows: Push | Own | None = None


class ChangedAd(msgspec.Struct, frozen=True):
    """Changes of an ad, and what is made for it first; None where what it shows stays, or the changes name it."""

    ad_id: int
    changes: AdChanges
    shows: Push | Own | None = None


@transaction.atomic
def create(
    scope: Scope,
    ad_group_id: int,
    wanted: Sequence[NewAd],
    *,
    billed: Mapping[int, int] = ads.NOTHING_BILLED,
    now: datetime,
) -> tuple[int, ...]:
    """Create up to 20 ads and what they show; return their ids in order. All of it, or nothing.

    Raises what ``ads.create``, ``authorisation.actions.pushes.push`` and ``creatives.make`` raise; the field begins with
    “ads.NUMBER.”.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    _require_few(wanted)
    _hold(scope, (one.ad.consent_id for one in wanted), [one.shows for one in wanted])
    reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    made = []
    for number, one in enumerate(wanted):
        with in_part(f"ads.{number}."):
            made.append(msgspec.structs.replace(one.ad, **_shown(scope, one.shows, now=now)))
    return ads.create(scope, ad_group_id, made, billed=billed, now=now)


@transaction.atomic
def update(
    scope: Scope,
    ad_group_id: int,
    wanted: Sequence[ChangedAd],
    *,
    billed: Mapping[int, int] = ads.NOTHING_BILLED,
    now: datetime,
) -> tuple[int, ...]:
    """Change up to 20 ads of the ad group and what they show; return their ids in order. All of them, or none.

    What was pushed for an ad and is still a draft is edited, with every ad that shows it; what was published is its
    creator's, so something else is pushed instead. Raises what ``ads.update``, ``pushes.edit`` and ``create`` raise; the
    field begins with “ads.NUMBER.”.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    _require_few(wanted)
    ad_ids = [one.ad_id for one in wanted]
    present = Ad.objects.filter(pk__in=ad_ids, ad_group__campaign__account_id=scope.account)
    consent_ids = [*present.values_list("consent_id", flat=True)]
    consent_ids += [one.changes.consent_id for one in wanted if one.changes.consent_id is not UNSET]
    _hold(scope, consent_ids, [one.shows for one in wanted])
    rows = {row.pk: row for row in reach.ads(scope, ad_ids)}
    for number, one in enumerate(wanted):
        with in_part(f"ads.{number}."):
            if rows[one.ad_id].ad_group_id != ad_group_id:
                raise NotFound(noun="ad", field="ad_id")
            changes = _applied(scope, rows[one.ad_id], one, now=now)
            ads.update(scope, one.ad_id, changes, billed=billed, now=now)
    return tuple(ad_ids)


def _applied(scope: Scope, ad: Ad, wanted: ChangedAd, *, now: datetime) -> AdChanges:
    """Make what the ad shall show; return the changes with it in them."""
    shows = wanted.shows
    if isinstance(shows, Push) and _is_its_draft(scope, ad, shows):
        reach.alive_ad(ad)
        drafts.edit(scope, ad.post_id, shows.draft, now=now)
        return wanted.changes
    return msgspec.structs.replace(wanted.changes, **_shown(scope, shows, now=now))


def _is_its_draft(scope: Scope, ad: Ad, push: Push) -> bool:
    post = post_facts([ad.post_id])[ad.post_id]
    return post.draft and post.pushed_for == scope.account and post.profile_id == push.speaker.profile_id


def _shown(scope: Scope, shows: Push | Own | None, *, now: datetime) -> dict[str, int]:
    """Make what the ad shall show; return how the ad names it."""
    if isinstance(shows, Push):
        return {"consent_id": _pushed(scope, shows, now=now)}
    if isinstance(shows, Own):
        made = creatives.make(
            scope,
            video_id=shows.video_id,
            image_ids=shows.image_ids,
            sound_id=shows.sound_id,
            identity=shows.identity_id,
            text=shows.text,
            now=now,
        )
        return {"identity_id": made.identity_id, "post_id": made.post_id}
    return {}


def _pushed(scope: Scope, push: Push, *, now: datetime) -> int:
    return pushes.push(scope, push.speaker.profile_id, push.draft, speaker=push.speaker, now=now).consent_id


def _hold(scope: Scope, consent_ids: Iterable[int | None], shown: Iterable[Push | Own | None]) -> None:
    profile_ids = {one.speaker.profile_id for one in shown if isinstance(one, Push)}
    verdicts.hold(consent_ids, account_id=scope.account, profile_ids=profile_ids)


def _require_few(wanted: Sequence[NewAd] | Sequence[ChangedAd]) -> None:
    if not 1 <= len(wanted) <= limits.ADS_PER_REQUEST_MAX:
        raise FieldInvalid("ads", "from 1 to %(most)s at once", most=limits.ADS_PER_REQUEST_MAX)
