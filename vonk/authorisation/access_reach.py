"""Which accesses lie within a scope: the creator's own, a business's, an ad account's. All others do not exist."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from vonk.authorisation import reach
from vonk.authorisation.errors.access import AccessScopesInvalid
from vonk.authorisation.models import AccessAmendment, AccountAccess
from vonk.authorisation.rules.access import (
    AccessFacts,
    AccessKind,
    AccessScope,
    AccessState,
    AmendmentFacts,
    AmendmentState,
    access_state,
    amendment_state,
)
from vonk.content import queries as content
from vonk.content.queries import ProfileBrief
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


def of_creator(scope: Scope) -> QuerySet[AccountAccess]:
    """Return the accesses to the acting person's profile, asked for and given, links to ad accounts of their own too."""
    return AccountAccess.objects.filter(profile_id=reach.own_profile(scope))


def of_business(scope: Scope) -> QuerySet[AccountAccess]:
    """Return what the scope's organisation asked for."""
    scope.require(Right.BUSINESS_VIEW)
    return AccountAccess.objects.filter(organisation_id=scope.organisation)


def live_profiles(scope: Scope, now: datetime) -> dict[int, ProfileBrief]:
    """Return the creators to whom the scope's organisation has access now, by profile: what its admins assign."""
    rows = of_business(scope).filter(live(now)).values_list("profile_id", flat=True)
    return content.profile_briefs(profile_id for profile_id in rows if profile_id is not None)


def creators_access(scope: Scope, access_id: int) -> AccountAccess:
    """Return one access to the acting person's profile."""
    return _one(of_creator(scope), access_id)


def businesses_access(scope: Scope, access_id: int) -> AccountAccess:
    """Return one access of the scope's organisation, to change it."""
    scope.require(Right.BUSINESS_EDIT)
    return _one(of_business(scope), access_id)


def live(now: datetime) -> Q:
    """Return the condition of an access that holds at ``now``, notice given or not."""
    return (
        Q(granted_at__isnull=False, revoked_at=None, ends_at__gt=now)
        & (Q(ending_at=None) | Q(ending_at__gt=now))
    )  # fmt: skip


def open_(now: datetime) -> Q:
    """Return the condition of a request for access that waits for an answer at ``now``."""
    return Q(granted_at=None, refused_at=None, withdrawn_at=None, lapses_at__gt=now)


def facts_of(access: AccountAccess) -> AccessFacts:
    """Return what the access's state follows from."""
    return AccessFacts(
        lapses_at=access.lapses_at,
        granted_at=access.granted_at,
        refused_at=access.refused_at,
        withdrawn_at=access.withdrawn_at,
        ends_at=access.ends_at,
        ending_at=access.ending_at,
        revoked_at=access.revoked_at,
    )


def state_of(access: AccountAccess, now: datetime) -> AccessState:
    """Return where the access is in its life."""
    return access_state(facts_of(access), now)


def amendment_state_of(amendment: AccessAmendment, access: AccountAccess, now: datetime) -> AmendmentState:
    """Return where a request for more of the access is in its life."""
    facts = AmendmentFacts(amendment.lapses_at, amendment.accepted_at, amendment.refused_at, amendment.withdrawn_at)
    return amendment_state(facts, state_of(access, now), now)


def scopes_of(access: AccountAccess) -> frozenset[AccessScope]:
    """Return what the access covers."""
    return frozenset(AccessScope(scope) for scope in access.scopes)


def chosen(scopes: Iterable[str]) -> list[str]:
    """Return the scopes in the order in which they are declared, each once; AccessScopesInvalid for none or another."""
    wanted = set(scopes)
    if not wanted or not wanted <= set(AccessScope):
        raise AccessScopesInvalid(known=", ".join(AccessScope))
    return [scope.value for scope in AccessScope if scope in wanted]


def is_own(access: AccountAccess) -> bool:
    """Say whether the access links an ad account of the creator's own."""
    return access.kind == AccessKind.OWN.value


def _one(rows: QuerySet[AccountAccess], access_id: int) -> AccountAccess:
    access = rows.filter(pk=access_id).first()
    if access is None:
        raise NotFound(noun="access")
    return access
