"""Ada's business asks Cleo for access, as tests of access need it."""

from collections.abc import Iterable
from datetime import timedelta

from tests.area.authorisation.world import World
from vonk.authorisation.actions import accesses
from vonk.authorisation.rules import TermsDraft
from vonk.authorisation.rules.access import AccessScope
from vonk.control.scope import Right, Scope
from vonk.identity import access
from vonk.identity.models import AdAccount

PULL = (AccessScope.EXISTING_POSTS,)
EVERYTHING = tuple(AccessScope)


def business(scope: Scope) -> Scope:
    """Return the person's scope over the organisation that owns the scope's ad account."""
    organisation_id = AdAccount.objects.values_list("organisation_id", flat=True).get(pk=scope.account)
    return access.organisation(access.Actor(scope.person, scope.via), organisation_id, may=Right.BUSINESS_EDIT)


def asked(world: World, by: Scope | None = None, scopes: Iterable[str] = EVERYTHING, handle: str = "cleo") -> int:
    """Have Ada's business ask Cleo."""
    return accesses.ask(business(by or world.ada), handle=handle, scopes=scopes, message="Bread?", now=world.now)


def granted(
    world: World,
    by: Scope | None = None,
    *,
    scopes: Iterable[str] = EVERYTHING,
    days: int | None = 30,
    terms: TermsDraft | None = None,
    preview: bool = False,
) -> int:
    """Have Cleo grant what Ada's business asks for."""
    access_id = asked(world, by)
    end = accesses.grant(
        world.cleo,
        access_id,
        scopes=scopes,
        duration_days=days,
        terms=terms,
        preview_required=preview,
        now=world.now,
    )
    assert end == (None if days is None else world.now + timedelta(days=days)) or terms is not None
    return access_id
