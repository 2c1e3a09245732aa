"""Creators' accounts as an organisation's assets: granted to it, or to a partner that shares them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.authorisation import access_reach
from vonk.authorisation.models import AccessExclusion, AccountAccess
from vonk.authorisation.rules.access import LIVE, AccessKind, AccessScope, AccessState
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import queries as identity
from vonk.identity.queries import AccountAsset
from vonk.identity.rules import OrganisationRole


class CreatorAsset(msgspec.Struct, frozen=True, kw_only=True):
    """A creator's account; ``holder_id`` is whose access it is: the organisation's, or a partner's."""

    profile: ProfileBrief
    access_id: int
    holder_id: int
    holder_name: str
    state: AccessState
    scopes: tuple[AccessScope, ...]


def creator_assets(scope: Scope, person_id: int | None = None, *, now: datetime) -> tuple[CreatorAsset, ...]:
    """Return the creators' accounts that a person may use by way of the scope's organisation now, by profile.

    The acting person's own, or to admins any member's: an admin's are all that were granted. Raises NotFound.
    """
    held = identity.member(scope, scope.person if person_id is None else person_id)
    rows = access_reach.of_business(scope).filter(access_reach.live(now))
    if held.member.role != OrganisationRole.ADMIN.value:
        rows = rows.filter(profile_id__in=held.profile_ids)
    taken = {one.profile_id: one.giver_id for one in identity.creators_taken(scope)}
    shared = {profile_id: taken[profile_id] for profile_id in held.shared_profile_ids if profile_id in taken}
    own = _newest(rows)
    return _assets([*own.values(), *_given(shared, without=own, now=now)], now)


def all_creator_assets(scope: Scope, *, now: datetime) -> tuple[CreatorAsset, ...]:
    """Return to admins every creator's account that was asked for, granted or shared, each as it stands, by profile."""
    scope.require(Right.BUSINESS_EDIT)
    own = _newest(access_reach.of_business(scope))
    shared = {one.profile_id: one.giver_id for one in identity.creators_taken(scope)}
    live = {pk: row for pk, row in own.items() if access_reach.state_of(row, now) in LIVE}
    given = _given(shared, without=live, now=now)
    there = {row.profile_id for row in given}
    return _assets([*(row for pk, row in own.items() if pk not in there), *given], now)


def accounts_using(scope: Scope, profile_id: int, *, now: datetime) -> tuple[AccountAsset, ...]:
    """Return to admins the organisation's ad accounts that may use what the creator granted it. Raises NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    if profile_id not in access_reach.live_profiles(scope, now):
        raise NotFound(noun="access")
    excluded = set(
        AccessExclusion.objects.filter(organisation_id=scope.organisation, profile_id=profile_id).values_list(
            "account_id", flat=True
        )
    )
    own = (one for one in identity.all_account_assets(scope) if one.owner_id == scope.organisation)
    return tuple(one for one in own if one.id not in excluded)


def _newest(rows: QuerySet[AccountAccess]) -> dict[int, AccountAccess]:
    """Return the newest access to each profile; links that nobody has opened are to none."""
    found = rows.select_related("organisation").filter(profile__isnull=False).order_by("pk")
    return {row.profile_id: row for row in found if row.profile_id is not None}


def _given(shared: Mapping[int, int], *, without: Mapping[int, AccountAccess], now: datetime) -> list[AccountAccess]:
    """Return the partners' live accesses to the profiles that they share."""
    rows = AccountAccess.objects.select_related("organisation").filter(
        access_reach.live(now), kind=AccessKind.BUSINESS.value, profile_id__in=set(shared) - set(without)
    )
    return [row for row in rows.order_by("pk") if row.organisation_id == shared.get(row.profile_id or 0)]


def _assets(rows: Iterable[AccountAccess], now: datetime) -> tuple[CreatorAsset, ...]:
    found = sorted(rows, key=lambda row: row.profile_id or 0)
    profiles = content.profile_briefs(row.profile_id for row in found if row.profile_id is not None)
    assets = []
    for row in found:
        assert row.profile_id is not None, "Chosen with a profile."
        assert row.organisation is not None, "Only a business's access is one of its assets."
        assets.append(
            CreatorAsset(
                profile=profiles[row.profile_id],
                access_id=row.pk,
                holder_id=row.organisation.pk,
                holder_name=row.organisation.name,
                state=access_reach.state_of(row, now),
                scopes=tuple(AccessScope(one) for one in row.scopes),
            )
        )
    return tuple(assets)
