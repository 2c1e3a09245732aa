"""Nobody waits in a ring: what is locked is locked in one order, or not waited for. Only PostgreSQL lets two in at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from tests import patience
from tests.area.authorisation.world import World
from vonk.authorisation import queries
from vonk.authorisation.actions import answers, consents, requests
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.content.actions import publishing
from vonk.content.models import Profile
from vonk.control import notifications, publications
from vonk.control.models import Notification
from vonk.core.errors import Problem
from vonk.privacy.actions import erasures


def together(*acts: Callable[[], object]) -> list[str]:
    """Have the acts done at once, each in a thread; return the codes of what refused them, "" where nothing did."""
    both = Barrier(len(acts))

    def do(act: Callable[[], object]) -> str:
        try:
            both.wait(timeout=patience.SECONDS)
            act()
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_and_who_takes_up_their_codes_do_not_wait_for_each_other(now: datetime) -> None:
    world = World(now)
    vik, person_id = world.people["Vik"], world.people["Vik"].person
    post_id = world.ready_post("Vik")
    codes = [consents.issue(vik, post_id, now=now).code for _ in range(3)]
    consents.redeem(world.mallory, codes[0], now=now)
    account = world.account("Vik", "Vik's wares")
    asked = requests.ask(account, world.ready_post(), message="Please", now=now).request_id
    refused = together(
        lambda: erasures.erase(vik, person_id, now=now),
        lambda: consents.redeem(world.ada, codes[1], now=now),
        lambda: consents.redeem(world.mallory, codes[2], now=now),
        lambda: answers.accept(world.cleo, asked, now=now),
    )
    assert refused[0] == refused[3] == ""
    assert set(refused[1:3]) <= {"", "authorization_revoked", "auth_code_not_found", "account_banned"}, refused
    assert not Consent.objects.filter(profile_id=world.profiles["Vik"], revoked_at=None).exists()
    assert PermissionRequest.objects.get(pk=asked).message == ""
    assert queries.verify_chain(None) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_full_bells_do_not_wait_for_each_other(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "NOTIFICATIONS_MAX", 2)
    world = World(now)
    people = [world.ada.person, world.mallory.person]
    for person_id in people:
        for _ in range(2):
            notifications.notify(person_id, kind="news", text="Old", link="", at=now)
    inside = Barrier(2)

    def tell(order: list[int]) -> None:
        with transaction.atomic():
            for person_id in order:
                notifications.notify(person_id, kind="news", text="New", link="", at=now)
                if connection.vendor == "postgresql" and person_id == order[0]:
                    inside.wait(timeout=patience.SECONDS)

    assert together(lambda: tell(people), lambda: tell(people[::-1])) == ["", ""]
    for person_id in people:
        notifications.notify(person_id, kind="news", text="Newest", link="", at=now)
    assert set(Notification.objects.values_list("text", flat=True)) == {"New", "Newest"}
    assert Notification.objects.count() == 4


@pytest.mark.django_db
def test_two_creators_posts_are_held_before_either_is_published(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(now)
    world.switch_on(original := world.post())
    duet = world.ready_post("Vik", duet_of_id=original)
    first, second = consents.issue(world.people["Vik"], duet, now=now), consents.issue(world.cleo, original, now=now)
    seen: list[object] = []
    lock, number = publishing.lock_profile, publications._next_sequence

    def locked(profile_id: int) -> Profile:
        seen.append(profile_id)
        return lock(profile_id)

    def numbered(count: int = 1) -> int:
        seen.append("published")
        return number(count)

    monkeypatch.setattr(publishing, "lock_profile", locked)
    monkeypatch.setattr(publications, "_next_sequence", numbered)
    consents.redeem(world.ada, first.code, original_code=second.code, now=now)
    before = list(dict.fromkeys(seen[: seen.index("published")]))
    assert before == sorted([world.profiles["Cleo"], world.profiles["Vik"]])
