"""Say who of an organisation, and which partner, uses the access that a creator granted it."""

from datetime import datetime

from django.db import transaction

from vonk.authorisation.access_reach import live_profiles
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import queries as identity
from vonk.identity.actions import assignments, shares
from vonk.identity.rules import AccountRole


@transaction.atomic
def assign(scope: Scope, profile_id: int, person_id: int, *, now: datetime) -> None:
    """Let a member use a creator's access; NotFound unless the organisation has it now, NotMember."""
    assignments.assign_profile(scope, profile_id, person_id, creator=_granted(scope, profile_id, now), now=now)


@transaction.atomic
def unassign(scope: Scope, profile_id: int, person_id: int, *, now: datetime) -> None:
    """End that a member uses a creator's access, whether it is live or over."""
    assignments.unassign_profile(scope, profile_id, person_id, creator=_name(profile_id), now=now)


@transaction.atomic
def share(scope: Scope, partnership_id: int, profile_id: int, *, now: datetime) -> int:
    """Let a partner use a creator's access; return the share's id. NotFound unless the organisation has it now."""
    return shares.share_profile(scope, partnership_id, profile_id, creator=_granted(scope, profile_id, now), now=now)


@transaction.atomic
def unshare(scope: Scope, share_id: int, *, now: datetime) -> None:
    """Take back from a partner what was shared, an ad account or a creator's access. Raises NotFound."""
    shares.unshare(scope, share_id, creator=_name(identity.share(scope, share_id).profile_id), now=now)


@transaction.atomic
def assign_shared(scope: Scope, share_id: int, person_id: int, *, role: AccountRole | None, now: datetime) -> None:
    """Let one of the scope's people work with what a partner shares; raises what ``shares.assign`` raises."""
    creator = _name(identity.share(scope, share_id).profile_id)
    shares.assign(scope, share_id, person_id, role=role, creator=creator, now=now)


@transaction.atomic
def unassign_shared(scope: Scope, share_id: int, person_id: int, *, now: datetime) -> None:
    """End that one of the scope's people works with what a partner shares."""
    creator = _name(identity.share(scope, share_id).profile_id)
    shares.unassign(scope, share_id, person_id, creator=creator, now=now)


def _granted(scope: Scope, profile_id: int, now: datetime) -> str:
    scope.require(Right.BUSINESS_EDIT)
    brief = live_profiles(scope, now).get(profile_id)
    if brief is None:
        raise NotFound(noun="access")
    return brief.display_name


def _name(profile_id: int | None) -> str:
    brief = content.profile_briefs([profile_id]).get(profile_id) if profile_id is not None else None
    return brief.display_name if brief is not None else ""
