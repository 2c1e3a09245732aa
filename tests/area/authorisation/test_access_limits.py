"""Eight hundred each way, counted under locks: of two that race for the last place exactly one gets it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from tests import patience
from tests.area.authorisation.business import PULL, asked, business
from tests.area.authorisation.world import DAY, World
from vonk.authorisation import queries
from vonk.authorisation.actions import accesses
from vonk.authorisation.errors.access import AccountAccessLimit
from vonk.authorisation.models import AccountAccess, ConsentRecord
from vonk.authorisation.rules import access
from vonk.core.errors import Problem


def test_requests_count_for_the_business_and_free_places_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "ACCESSES_PER_ORGANISATION_MAX", 2)
    ada = business(world.ada)
    first = asked(world)
    accesses.invite(ada, scopes=PULL, now=world.now)
    for act in (lambda: asked(world, handle="vik"), lambda: accesses.invite(ada, scopes=PULL, now=world.now)):
        with pytest.raises(AccountAccessLimit):
            act()
    assert AccountAccess.objects.count() == 2
    accesses.withdraw(ada, first, now=world.now)
    second = asked(world)
    accesses.grant(world.cleo, second, scopes=PULL, duration_days=7, now=world.now)
    with pytest.raises(AccountAccessLimit):
        asked(world, handle="vik")
    accesses.revoke(world.cleo, second, now=world.now)
    asked(world, handle="vik")


def test_an_expired_access_comes_back_only_while_there_is_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "ACCESSES_PER_PROFILE_MAX", 1)
    old = asked(world)
    accesses.grant(world.cleo, old, scopes=PULL, duration_days=7, now=world.now)
    world.advance(7 * DAY)
    new = asked(world, world.mallory)
    accesses.grant(world.cleo, new, scopes=PULL, duration_days=7, now=world.now)
    with pytest.raises(AccountAccessLimit):
        accesses.extend(world.cleo, old, duration_days=7, now=world.now)
    accesses.revoke(world.cleo, new, now=world.now)
    assert accesses.extend(world.cleo, old, duration_days=7, now=world.now) == world.now + 7 * DAY


def race(*acts: Callable[[], object]) -> list[str]:
    """Run the acts at once, each on a thread and a connection of its own; return what became of each."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=patience.SECONDS)
            act()
        except Problem as problem:
            return problem.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(now)

    def granting(name: str, access_id: int) -> Callable[[], object]:
        return lambda: accesses.grant(world.people[name], access_id, scopes=PULL, duration_days=7, now=now)

    of_ada = [asked(world, handle=handle) for handle in ("cleo", "vik")]
    of_mallory = asked(world, world.mallory)
    monkeypatch.setattr(access, "ACCESSES_PER_PROFILE_MAX", 1)  # Two businesses, one creator.
    answers = race(granting("Cleo", of_ada[0]), granting("Cleo", of_mallory))
    assert answers == ["account_access_limit", "done"]
    monkeypatch.setattr(access, "ACCESSES_PER_PROFILE_MAX", 800)
    granted = AccountAccess.objects.get(granted_at__isnull=False)
    accesses.revoke(world.cleo, granted.pk, now=now)
    monkeypatch.setattr(access, "ACCESSES_PER_ORGANISATION_MAX", 3)  # One business, two creators.
    again = of_ada[0] if granted.pk != of_ada[0] else asked(world)
    monkeypatch.setattr(access, "ACCESSES_PER_ORGANISATION_MAX", 1)
    assert race(granting("Cleo", again), granting("Vik", of_ada[1])) == ["account_access_limit", "done"]
    assert AccountAccess.objects.filter(granted_at__isnull=False, revoked_at=None).count() == 1
    assert ConsentRecord.objects.filter(act="access_granted").count() == 2
    assert queries.verify_chain(None) == []
