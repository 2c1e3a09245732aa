"""What an organisation does with creators' accounts that were granted to it, or to a partner that shares them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vonk.authorisation import access_reach
from vonk.authorisation.actions import access_changes, access_people
from vonk.authorisation.models import AccessExclusion
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import queries as identity
from vonk.identity.actions import organisations, partners, shares
from vonk.identity.rules import AccountRole


@transaction.atomic
def assign(scope: Scope, profile_id: int, person_id: int, *, now: datetime) -> None:
    """Let a member use the creator's account, by the organisation's access or by a partner's. Raises NotFound, NotMember."""
    if profile_id in access_reach.live_profiles(scope, now):
        access_people.assign(scope, profile_id, person_id, now=now)
    else:
        access_people.assign_shared(scope, _share_of(scope, profile_id), person_id, role=None, now=now)


@transaction.atomic
def unassign(scope: Scope, profile_id: int, person_id: int, *, now: datetime) -> None:
    """End that a member uses the creator's account; without that nothing changes. Raises NotFound."""
    if access_reach.of_business(scope).filter(profile_id=profile_id).exists():
        access_people.unassign(scope, profile_id, person_id, now=now)
    else:
        access_people.unassign_shared(scope, _share_of(scope, profile_id), person_id, now=now)


@transaction.atomic
def give_up(scope: Scope, profile_ids: Collection[int], *, now: datetime) -> None:
    """Give creators' accounts back: to the creator, or to the partner that shares them. All of them, or none: NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    for profile_id in profile_ids:
        rows = access_reach.of_business(scope).filter(access_reach.live(now), profile_id=profile_id)
        access_id = rows.values_list("pk", flat=True).first()
        if access_id is not None:
            access_changes.release(scope, access_id, now=now)
        else:
            shares.hand_back(scope, _share_of(scope, profile_id), now=now)


@transaction.atomic
def let_use(scope: Scope, profile_id: int, account_id: int, *, now: datetime) -> None:
    """Let an ad account of the organisation use what the creator granted it; a second time nothing changes. NotFound."""
    rows = _exclusions(scope, profile_id, account_id, now)
    if rows.delete()[0]:
        _record(scope, "access.account_included", profile_id, account_id, now)


@transaction.atomic
def keep_from(scope: Scope, profile_id: int, account_id: int, *, now: datetime) -> None:
    """Keep what the creator granted the organisation from one of its ad accounts, until ``let_use``. Raises NotFound.

    Posts that the account took up stay, as they do when a member is unassigned; it takes up no more, and looks after no
    comments.
    """
    if not _exclusions(scope, profile_id, account_id, now).exists():
        AccessExclusion.objects.create(
            organisation_id=scope.organisation, profile_id=profile_id, account_id=account_id, at=now
        )
        _record(scope, "access.account_excluded", profile_id, account_id, now)


@transaction.atomic
def add_partner(
    scope: Scope,
    partner_id: int,
    *,
    account_ids: Collection[int] = (),
    role_max: AccountRole = AccountRole.ANALYST,
    profile_ids: Collection[int] = (),
    now: datetime,
) -> None:
    """Ask an organisation to be partners, or accept when it asked, and share these with it, all of them or none.

    Raises PartnershipNotAccepted when there is something to share and the other has not agreed, NotFound for what is not
    the organisation's own, and what ``partners.ask`` raises.
    """
    scope.require(Right.BUSINESS_EDIT)
    found = next((one for one in identity.partnerships(scope) if one.partner_id == partner_id), None)
    if found is None:
        partnership_id = partners.ask(scope, partner=str(partner_id), now=now)
    else:
        partnership_id = found.id
        if found.state == "asked":
            partners.accept(scope, partnership_id, now=now)
    for account_id in account_ids:
        if not scope.reaches(account_id):
            raise NotFound(noun="ad account")
        shares.share_account(scope, partnership_id, account_id, role_max=role_max, now=now)
    for profile_id in profile_ids:
        access_people.share(scope, partnership_id, profile_id, now=now)


@transaction.atomic
def end_partner(scope: Scope, partner_id: int, *, now: datetime) -> None:
    """End the partnership with an organisation, or refuse or withdraw the question. Raises NotFound."""
    partners.end(scope, partnership_of(scope, partner_id), now=now)


@transaction.atomic
def unshare(
    scope: Scope,
    partner_id: int,
    *,
    account_ids: Collection[int] = (),
    profile_ids: Collection[int] = (),
    now: datetime,
) -> None:
    """Take back from a partner what the organisation shares with it, all of these or none. Raises NotFound."""
    there = identity.shares(scope, partnership_id=partnership_of(scope, partner_id))
    given = [one for one in there if one.given]
    of_accounts = {one.account_id: one.id for one in given}
    of_profiles = {one.profile_id: one.id for one in given}
    for wanted, of in ((account_ids, of_accounts), (profile_ids, of_profiles)):
        for asset_id in wanted:
            if asset_id not in of:
                raise NotFound(noun="share")
            access_people.unshare(scope, of[asset_id], now=now)


def partnership_of(scope: Scope, partner_id: int) -> int:
    """Return the living partnership, or the open question, of the scope's organisation with another; NotFound."""
    found = next((one.id for one in identity.partnerships(scope) if one.partner_id == partner_id), None)
    if found is None:
        raise NotFound(noun="partner")
    return found


def _share_of(scope: Scope, profile_id: int) -> int:
    scope.require(Right.BUSINESS_EDIT)
    found = next((one.share_id for one in identity.creators_taken(scope) if one.profile_id == profile_id), None)
    if found is None:
        raise NotFound(noun="access")
    return found


def _exclusions(scope: Scope, profile_id: int, account_id: int, now: datetime) -> QuerySet[AccessExclusion]:
    """Return what keeps the account from the creator's; NotFound unless both are the organisation's now."""
    scope.require(Right.BUSINESS_EDIT)
    organisations.hold(scope.organisation)
    own = {one.id for one in identity.all_account_assets(scope) if one.owner_id == scope.organisation}
    if account_id not in own:
        raise NotFound(noun="ad account")
    if profile_id not in access_reach.live_profiles(scope, now):
        raise NotFound(noun="access")
    return AccessExclusion.objects.filter(
        organisation_id=scope.organisation, profile_id=profile_id, account_id=account_id
    )


def _record(scope: Scope, action: str, profile_id: int, account_id: int, now: datetime) -> None:
    detail = {"organisation": str(scope.organisation), "account": str(account_id)}
    audit.record(scope, action, "profile", profile_id, at=now, account_id=account_id, detail=detail)
