"""Share ad accounts and creators' access with partners, and say who of one's own works with what a partner shares."""

from datetime import datetime

from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import news, partners
from vonk.identity.errors import NotMember, RoleAboveShare
from vonk.identity.models import AdAccount, OrganisationMember, Partnership, Share, ShareAssignment
from vonk.identity.rules import AccountRole, within


@transaction.atomic
def share_account(scope: Scope, partnership_id: int, account_id: int, *, role_max: AccountRole, now: datetime) -> int:
    """Let the partner work with an ad account of the scope's organisation, in no higher role; return the share's id.

    For an account that is shared already, the bound changes, and who was above it is lowered. Raises NotFound,
    PartnershipNotAccepted.
    """
    scope.require(Right.BUSINESS_EDIT)
    partnership = partners.hold(scope, partnership_id, accepted=True)
    account = AdAccount.objects.filter(pk=account_id, organisation_id=scope.organisation).first()
    if account is None:
        raise NotFound(noun="ad account")
    found = Share.objects.filter(partnership=partnership, account=account).first()
    if found is not None and found.role_max == role_max.value:
        return found.pk
    if found is None:
        found = Share(partnership=partnership, giver_id=scope.organisation, account=account, shared_at=now)
        found.taker_id = _other(scope, partnership)
    found.role_max = role_max.value
    found.save()
    for row in ShareAssignment.objects.filter(share=found):
        if not within(AccountRole(row.role or ""), role_max):
            row.role = role_max.value
            row.save(update_fields=["role"])
    _record(scope, "account.shared", found, now, role_max=role_max.value)
    news.shared(found.taker_id, asset=account.name, role=role_max.value, giver=_giver_name(partnership, found), now=now)
    return found.pk


@transaction.atomic
def share_profile(scope: Scope, partnership_id: int, profile_id: int, *, creator: str, now: datetime) -> int:
    """Let the partner use what a creator granted the scope's organisation; return the share's id.

    ``creator`` is the profile's name, for the letter; that anything was granted is the caller's to know. A second time
    changes nothing. Raises NotFound, PartnershipNotAccepted.
    """
    scope.require(Right.BUSINESS_EDIT)
    partnership = partners.hold(scope, partnership_id, accepted=True)
    share, made = Share.objects.get_or_create(
        partnership=partnership,
        giver_id=scope.organisation,
        profile_id=profile_id,
        defaults={"taker_id": _other(scope, partnership), "shared_at": now},
    )
    if made:
        _record(scope, "organisation.creator_shared", share, now)
        news.shared(share.taker_id, asset=creator, role="", giver=_giver_name(partnership, share), now=now)
    return share.pk


@transaction.atomic
def unshare(scope: Scope, share_id: int, *, creator: str = "", now: datetime) -> None:
    """Take back what the scope's organisation shared, from everybody at the partner, at once. Raises NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    row = Share.objects.filter(pk=share_id, giver_id=scope.organisation).first()
    if row is None:
        raise NotFound(noun="share")
    partnership = partners.hold(scope, row.partnership_id)
    _record(scope, "organisation.share_ended", row, now)
    row.delete()
    news.unshared(row.taker_id, asset=_asset(row, creator), giver=_giver_name(partnership, row), now=now)


@transaction.atomic
def hand_back(scope: Scope, share_id: int, *, creator: str = "", now: datetime) -> None:
    """Give back what a partner shares with the scope's organisation, for all its people, at once. Raises NotFound."""
    scope.require(Right.BUSINESS_EDIT)
    row, partnership = _taken(scope, share_id)
    _record(scope, "organisation.share_handed_back", row, now)
    row.delete()
    taker = partnership.asker if partnership.asker_id == row.taker_id else partnership.asked
    news.handed_back(row.giver_id, asset=_asset(row, creator), taker=taker.name, now=now)


@transaction.atomic
def assign(
    scope: Scope, share_id: int, person_id: int, *, role: AccountRole | None, creator: str = "", now: datetime
) -> None:
    """Let one of the scope's people work with what a partner shares; ``role`` for an ad account, None for a creator.

    Raises NotFound, NotMember, RoleAboveShare, FieldInvalid.
    """
    scope.require(Right.BUSINESS_EDIT)
    share, partnership = _taken(scope, share_id)
    if (role is None) != (share.account_id is None):
        raise FieldInvalid("role", "given for an ad account, and for nothing else")
    if role is not None and not within(role, AccountRole(share.role_max or "")):
        raise RoleAboveShare(most=share.role_max)
    members = OrganisationMember.objects.filter(organisation_id=scope.organisation, person__is_active=True)
    if not members.filter(person_id=person_id).exists():
        raise NotMember
    value = role.value if role is not None else None
    found = ShareAssignment.objects.filter(share=share, person_id=person_id).first()
    if found is not None and found.role == value:
        return
    ShareAssignment.objects.update_or_create(share=share, person_id=person_id, defaults={"role": value})
    _record(scope, "organisation.share_assigned", share, now, person_id=person_id, role=value)
    if person_id != scope.person_id:
        news.assigned(
            person_id,
            asset=_asset(share, creator),
            role=value or "",
            organisation=_giver_name(partnership, share),
            now=now,
        )


@transaction.atomic
def unassign(scope: Scope, share_id: int, person_id: int, *, creator: str = "", now: datetime) -> None:
    """End that one of the scope's people works with what a partner shares; without that nothing changes."""
    scope.require(Right.BUSINESS_EDIT)
    share, partnership = _taken(scope, share_id)
    if not ShareAssignment.objects.filter(share=share, person_id=person_id).delete()[0]:
        return
    _record(scope, "organisation.share_unassigned", share, now, person_id=person_id)
    if person_id != scope.person_id:
        news.unassigned(
            [person_id], asset=_asset(share, creator), organisation=_giver_name(partnership, share), now=now
        )


def _taken(scope: Scope, share_id: int) -> tuple[Share, Partnership]:
    row = Share.objects.filter(pk=share_id, taker_id=scope.organisation).first()
    if row is None:
        raise NotFound(noun="share")
    partnership = partners.hold(scope, row.partnership_id)
    again = Share.objects.filter(pk=share_id).first()  # It may have been taken back while the lock was waited for.
    if again is None:
        raise NotFound(noun="share")
    return again, partnership


def _other(scope: Scope, partnership: Partnership) -> int:
    return partnership.asked_id if partnership.asker_id == scope.organisation else partnership.asker_id


def _asset(share: Share, creator: str) -> str:
    return share.account.name if share.account is not None else creator


def _giver_name(partnership: Partnership, share: Share) -> str:
    return partnership.asker.name if partnership.asker_id == share.giver_id else partnership.asked.name


def _record(scope: Scope, action: str, share: Share, now: datetime, **detail: object) -> None:
    """In the trail of the ad account too, when it is about one: its admins see who may work there."""
    detail = {
        "share_id": share.pk,
        "giver_id": share.giver_id,
        "taker_id": share.taker_id,
        "profile_id": share.profile_id,
        **detail,
    }
    audit.record(scope, action, "organisation", scope.organisation, at=now, account_id=share.account_id, detail=detail)
