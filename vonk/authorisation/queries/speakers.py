"""As whom the ads of an account speak: as custom identities of its own, creators of single posts, creators by an access.

The union of four lists, paged by number.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import msgspec
from django.db.models import Q

from vonk.authorisation import access_links, access_reach, needs
from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.rules.access import PUBLISHING, AccessKind, AccessScope, MissingLink, missing_links
from vonk.authorisation.speaker_reach import (
    ACCESS_OF_KIND,
    KIND_OF_ACCESS,
    Speaker,
    SpeakerKind,
    accesses,
    by_post,
)
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Right, Scope


class SpeakerView(msgspec.Struct, frozen=True, kw_only=True):
    """A speaker with name and face. ``missing``: why no post of theirs can be used now, empty when some can.

    ``pulls``: ads may be made of existing posts; ``pushes``: videos may be published under the name; ``ads_only``: these
    in ads alone. ``usable``: False where nothing can be used, whatever the reason.
    """

    speaker: Speaker
    profile: ProfileBrief
    pulls: bool
    pushes: bool
    ads_only: bool
    usable: bool
    missing: tuple[MissingLink, ...]


def exists(scope: Scope, speaker: Speaker) -> bool:
    """Say whether the scope's account has, or had, this speaker. What ended since is for ``actions.footing`` to say."""
    scope.require(Right.ACCOUNT_VIEW)
    if speaker.kind is SpeakerKind.CUSTOM:
        return content.custom_identity(scope, speaker.profile_id) is not None
    if speaker.kind is SpeakerKind.POST:
        return by_post(scope).filter(profile_id=speaker.profile_id).exists()
    return accesses(scope, speaker).filter(granted_at__isnull=False).exists()


def speakers_of(scope: Scope, consent_ids: Collection[int]) -> dict[int, Speaker]:
    """Return how the creator of each consent appears in the scope's account; consents of other accounts are absent."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Consent.objects.filter(pk__in=set(consent_ids), account_id=scope.account)
    columns = rows.values_list("pk", "profile_id", "access__kind", "access__organisation_id")
    return {pk: _speaker(profile_id, kind, organisation_id) for pk, profile_id, kind, organisation_id in columns}


def speaker_of(consent: Consent) -> Speaker:
    """Return how the creator of a consent appears; its access is loaded."""
    if consent.access is None:
        return _speaker(consent.profile_id, None, None)
    return _speaker(consent.profile_id, consent.access.kind, consent.access.organisation_id)


def _speaker(profile_id: int, kind: str | None, organisation_id: int | None) -> Speaker:
    """Return how a creator appears by an access of this kind; without one, by consents to single posts."""
    if kind is None:
        return Speaker(SpeakerKind.POST, profile_id)
    return Speaker(KIND_OF_ACCESS[AccessKind(kind)], profile_id, organisation_id)


def speakers(
    scope: Scope,
    numbering: Numbering,
    now: datetime,
    *,
    kinds: Collection[SpeakerKind] = tuple(SpeakerKind),
    organisation_id: int | None = None,
    keyword: str = "",
) -> Numbered[SpeakerView]:
    """Return a numbered page of as whom the scope's ads can speak, kind by kind, the newest of each kind first.

    ``organisation_id`` keeps what a business was given; ``keyword`` is looked for in names and handles, whatever its
    case.
    """
    scope.require(Right.ACCOUNT_VIEW)
    first = (numbering.page - 1) * numbering.size
    found: list[SpeakerView] = []
    total = 0
    for kind in SpeakerKind:
        if kind not in kinds or (organisation_id is not None and kind is not SpeakerKind.BUSINESS):
            continue
        wanted = slice(max(0, first - total), max(0, first + numbering.size - total))
        views, count = _page(scope, kind, wanted, now, organisation_id=organisation_id, keyword=keyword)
        found += views
        total += count
    return Numbered(tuple(found), total, numbering)


def speaker_view(scope: Scope, speaker: Speaker, now: datetime) -> SpeakerView | None:
    """Return one speaker of the scope's account, None for who is none of it now."""
    scope.require(Right.ACCOUNT_VIEW)
    if speaker.kind is SpeakerKind.CUSTOM:
        brief = content.custom_identity(scope, speaker.profile_id)
        return _custom(brief) if brief is not None else None
    if speaker.kind is SpeakerKind.POST:
        return next(iter(_creators(scope, [speaker.profile_id], now)), None) if exists(scope, speaker) else None
    rows = accesses(scope, speaker).filter(access_reach.live(now)).select_related("terms").order_by("-pk")[:1]
    return next(_granted(scope, list(rows), now), None)


def _page(
    scope: Scope, kind: SpeakerKind, wanted: slice, now: datetime, *, organisation_id: int | None, keyword: str
) -> tuple[list[SpeakerView], int]:
    if kind is SpeakerKind.CUSTOM:
        briefs, count = content.custom_identities(scope, wanted, keyword=keyword)
        return [_custom(brief) for brief in briefs], count
    called = Q(profile__display_name__icontains=keyword) | Q(profile__handle__icontains=keyword)
    if kind is SpeakerKind.POST:
        ids = by_post(scope).filter(called).order_by("-profile_id").values_list("profile_id", flat=True).distinct()
        return list(_creators(scope, list(ids[wanted]), now)), ids.count()
    rows = access_links.for_account(scope).filter(access_reach.live(now), called, kind=ACCESS_OF_KIND[kind].value)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return list(_granted(scope, list(rows.select_related("terms").order_by("-pk")[wanted]), now)), rows.count()


def _custom(brief: ProfileBrief) -> SpeakerView:
    return SpeakerView(
        speaker=Speaker(SpeakerKind.CUSTOM, brief.id),
        profile=brief,
        pulls=False,
        pushes=False,
        ads_only=False,
        usable=True,
        missing=(),
    )


def _creators(scope: Scope, profile_ids: Sequence[int], now: datetime) -> Iterator[SpeakerView]:
    """Yield the creators of single posts; one is usable while some consent of theirs holds."""
    briefs = content.profile_briefs(profile_ids)
    there = content.usable_profiles(profile_ids)
    held = by_post(scope).filter(needs.in_force(now), profile_id__in=profile_ids)
    holding = set(held.values_list("profile_id", flat=True))
    for profile_id in profile_ids:
        missing = () if profile_id in there else (MissingLink.PROFILE_BANNED,)
        yield SpeakerView(
            speaker=Speaker(SpeakerKind.POST, profile_id),
            profile=briefs[profile_id],
            pulls=True,
            pushes=False,
            ads_only=False,
            usable=profile_id in holding and not missing,
            missing=missing,
        )


def _granted(scope: Scope, rows: Sequence[AccountAccess], now: datetime) -> Iterator[SpeakerView]:
    """Yield the creators to whom there is access."""
    profile_ids = {row.profile_id for row in rows if row.profile_id is not None}
    briefs, around = content.profile_briefs(profile_ids), access_links.surroundings_of(scope, profile_ids)
    candidates = {one.access_id: one for one in access_links.candidates(scope, rows, now)}
    for row in rows:
        assert row.profile_id is not None, "Only accesses to a profile are listed."
        scopes = access_reach.scopes_of(row)
        needed = AccessScope.EXISTING_POSTS
        if needed not in scopes and scopes & PUBLISHING:
            needed = next(one for one in AccessScope if one in scopes & PUBLISHING)
        missing = missing_links(around[row.profile_id], candidates[row.pk], needed)
        yield SpeakerView(
            speaker=Speaker(KIND_OF_ACCESS[AccessKind(row.kind)], row.profile_id, row.organisation_id),
            profile=briefs[row.profile_id],
            pulls=AccessScope.EXISTING_POSTS in scopes,
            pushes=bool(scopes & PUBLISHING),
            ads_only=AccessScope.PUBLISH_ADS_ONLY in scopes and AccessScope.PUBLISH_PROFILE not in scopes,
            usable=not missing,
            missing=missing,
        )
