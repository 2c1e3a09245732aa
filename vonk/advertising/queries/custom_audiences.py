"""Audiences of an ad account, what was done with them, and saved targeting."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from vonk.advertising import audience_reach as reach
from vonk.advertising.models import Ad, AdGroup, AudienceAct, AudienceShare, CustomAudience, SavedAudience
from vonk.advertising.rules import customer_files
from vonk.advertising.rules.custom_audiences import EXPIRING, Act, Rule, Source
from vonk.advertising.rules.customer_files import DigestKind
from vonk.advertising.rules.lookalikes import Likeness
from vonk.authorisation.queries import speakers
from vonk.authorisation.speaker_reach import Speaker, SpeakerKind
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.identity import access

_CREATORS: Final = frozenset({SpeakerKind.LINKED.value, SpeakerKind.BUSINESS.value})


class AudienceView(msgspec.Struct, frozen=True, kw_only=True):
    """An audience. ``told`` is of customers alone; ``shared_by_other``: the account may use it and no more.

    ``shared`` says whether any other account may use it. ``rule`` None: made of customers' digests, or
    with ``likeness`` a lookalike.
    """

    id: int
    account_id: int
    name: str
    source: Source
    kind: str
    told: int
    rule: Rule | None
    refreshes: bool
    kept: dict[str, Any]
    shared_by_other: bool
    shared: bool
    usable: bool
    expiring: bool
    created_at: datetime
    expires_at: datetime
    likeness: Likeness | None = None


class ActView(msgspec.Struct, frozen=True):
    """Something that was done with an audience."""

    audience_id: int
    account_id: int
    act: Act
    detail: dict[str, Any]
    at: datetime


class SavedView(msgspec.Struct, frozen=True):
    """Saved targeting, as it was written."""

    id: int
    name: str
    content: dict[str, Any]
    created_at: datetime


def numbered_audiences(
    scope: Scope, numbering: Numbering, *, ids: Collection[int] | None = None, now: datetime
) -> Numbered[AudienceView]:
    """Return a numbered page of the audiences that the account may use, newest first; of ``ids`` where given."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = reach.usable(scope).defer("digests")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    page = numbered(rows, numbering, lambda row: row)
    shared = set(
        AudienceShare.objects.filter(audience_id__in=[row.pk for row in page.items]).values_list(
            "audience_id", flat=True
        )
    )
    return Numbered(tuple(_view(scope, row, shared, now) for row in page.items), page.total, numbering)


def acts_of(scope: Scope, audience_ids: Sequence[int], *, at_most: int) -> dict[int, tuple[ActView, ...]]:
    """Return what the account itself did with each audience that it may use, newest first; the ids it may not are absent."""
    scope.require(Right.ACCOUNT_VIEW)
    mine = reach.usable(scope).filter(pk__in=audience_ids).values_list("pk", flat=True)
    return {
        audience_id: tuple(
            _act(row)
            for row in AudienceAct.objects.filter(audience_id=audience_id, account_id=scope.account).order_by("-pk")[
                :at_most
            ]
        )
        for audience_id in mine
    }


def numbered_acts(
    scope: Scope, audience_ids: Collection[int], acts: Collection[Act], numbering: Numbering
) -> Numbered[ActView]:
    """Return a numbered page of such acts of the account itself, newest first; NotFound for an audience not to be used."""
    scope.require(Right.ACCOUNT_VIEW)
    for audience_id in set(audience_ids):
        reach.one(scope, audience_id)
    rows = AudienceAct.objects.filter(
        audience_id__in=audience_ids, account_id=scope.account, act__in=[act.value for act in acts]
    )
    return numbered(rows, numbering, _act)


def numbered_saved(scope: Scope, numbering: Numbering, *, ids: Collection[int] | None = None) -> Numbered[SavedView]:
    """Return a numbered page of the account's saved targeting, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = SavedAudience.objects.filter(account_id=scope.account, deleted_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return numbered(rows, numbering, lambda row: SavedView(row.pk, row.name, row.content, row.created_at))


def speaks(scope: Scope, rule: Rule, *, now: datetime) -> bool:
    """Say whether the account speaks, now, as the creator whom a rule is about: linked, or by way of a business."""
    if rule.speaker not in _CREATORS:
        return False
    speaker = Speaker(SpeakerKind(rule.speaker), rule.profile_id, rule.organisation_id or None)
    view = speakers.speaker_view(scope, speaker, now)
    return view is not None and view.usable


def ads_with_posts(account_id: int, ad_group_ids: Collection[int]) -> dict[int, int]:
    """Return the ads of these ad groups of the account (none: of all), deleted ones too, each with its post."""
    rows = Ad.objects.filter(ad_group__campaign__account_id=account_id)
    if ad_group_ids:
        rows = rows.filter(ad_group_id__in=ad_group_ids)
    return dict(rows.values_list("pk", "post_id"))


def named_when_live() -> tuple[frozenset[int], frozenset[int]]:
    """Return the audiences that ad groups let in and those that they keep out, of all accounts, while switched on."""
    rows = AdGroup.objects.filter(enabled=True, deleted_at=None, targeting__icontains='"audiences')
    let_in: set[int] = set()
    kept_out: set[int] = set()
    for targeting in rows.values_list("targeting", flat=True):
        limits = targeting.get("limits") or {}
        let_in.update(map(int, limits.get("audiences") or ()))
        kept_out.update(map(int, limits.get("audiences_out") or ()))
    return frozenset(let_in), frozenset(kept_out)


def serving(audience_ids: Collection[int], *, now: datetime) -> tuple[AudienceView, ...]:
    """Return those of the audiences that have not ended, as their owners see them; for the platform itself."""
    rows = CustomAudience.objects.filter(pk__in=audience_ids, deleted_at=None, expires_at__gt=now).defer("digests")
    return tuple(_view(access.watching(row.account_id), row, (), now) for row in rows.order_by("pk"))


def digests_of(audience_id: int) -> tuple[str, ...]:
    """Return the digests of addresses in an audience of customers, hexadecimal; none of any other kind."""
    row = CustomAudience.objects.filter(pk=audience_id, kind=DigestKind.EMAIL_SHA256.value).first()
    return (
        () if row is None else tuple(one.hex() for one in customer_files.each(bytes(row.digests), DigestKind(row.kind)))
    )


def _view(scope: Scope, row: CustomAudience, shared: Collection[int], now: datetime) -> AudienceView:
    return AudienceView(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        source=Source(row.source),
        kind=row.kind,
        told=row.told,
        rule=msgspec.convert(row.rule, Rule) if row.rule else None,
        refreshes=row.refreshes,
        kept=row.kept,
        shared_by_other=row.account_id != scope.account,
        shared=row.pk in shared,
        usable=row.expires_at > now,
        expiring=now < row.expires_at <= now + EXPIRING,
        created_at=row.created_at,
        expires_at=row.expires_at,
        likeness=msgspec.convert(row.lookalike, Likeness) if row.lookalike else None,
    )


def _act(row: AudienceAct) -> ActView:
    return ActView(row.audience_id, row.account_id, Act(row.act), row.detail, row.at)


class AudienceUse(msgspec.Struct, frozen=True):
    """An ad group that names an audience: to let its people in, or (``out``) to keep them out."""

    ad_group_id: int
    name: str
    out: bool


def uses_of(scope: Scope, audience_ids: Collection[int]) -> dict[int, tuple[AudienceUse, ...]]:
    """Return which living ad groups of the account name each of these audiences, newest first; those that none does, too."""
    scope.require(Right.ACCOUNT_VIEW)
    found: dict[int, list[AudienceUse]] = {audience_id: [] for audience_id in audience_ids}
    rows = AdGroup.objects.filter(
        campaign__account_id=scope.account,
        deleted_at=None,
        campaign__deleted_at=None,
        targeting__icontains='"audiences',
    ).order_by("-pk")
    for pk, name, targeting in rows.values_list("pk", "name", "targeting"):
        limits = targeting.get("limits") or {}
        for key, out in (("audiences", False), ("audiences_out", True)):
            for audience_id in map(int, limits.get(key) or ()):
                if audience_id in found:
                    found[audience_id].append(AudienceUse(pk, name, out))
    return {audience_id: tuple(uses) for audience_id, uses in found.items()}
