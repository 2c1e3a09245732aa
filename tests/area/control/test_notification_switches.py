"""Kinds of news are switched off by channel, but for those that always reach a person."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from vonk.control import notification_kinds, notifications
from vonk.control.models import NotificationSwitch
from vonk.control.notification_kinds import Channel
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.identity.actions import letters
from vonk.identity.models import Letter, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo(now: datetime) -> Scope:
    person = Person.objects.create(email="cleo@example.org", display_name="Cleo", joined_at=now)
    return Scope(person.pk, frozenset({Right.VIEW}))


def reached(scope: Scope, kind: str, now: datetime) -> tuple[bool, bool]:
    """Write one letter; say whether it rang the bell, and whether it was written."""
    before = notifications.unseen_count(scope.person), Letter.objects.count()
    letters.to_person(scope.person, subject="s", body="b", now=now, kind=kind)
    return notifications.unseen_count(scope.person) > before[0], Letter.objects.count() > before[1]


def test_a_kind_is_switched_off_on_one_channel_and_on_again(cleo: Scope, now: datetime) -> None:
    assert reached(cleo, "requests", now) == (True, True)
    notifications.switch(cleo, ["requests", "comments"], [("requests", Channel.MAIL)], now=now)
    assert (reached(cleo, "requests", now), reached(cleo, "comments", now)) == ((True, False), (True, True))
    notifications.switch(cleo, ["requests"], [("requests", Channel.PRODUCT)], now=now)
    assert reached(cleo, "requests", now) == (False, True)
    notifications.switch(cleo, ["requests"], [], now=now)
    assert (reached(cleo, "requests", now), NotificationSwitch.objects.count()) == ((True, True), 0)


@pytest.mark.parametrize(
    ("kinds", "off"),
    [
        (["consent"], [("consent", Channel.MAIL)]),
        (["ad_verdict"], [("ad_verdict", Channel.PRODUCT)]),
        (["nothing"], []),
        (["comments"], [("requests", Channel.MAIL)]),
    ],
)
def test_what_always_reaches_a_person_is_not_switched_off(
    kinds: list[str], off: list[tuple[str, Channel]], cleo: Scope, now: datetime
) -> None:
    with pytest.raises(FieldInvalid):
        notifications.switch(cleo, kinds, off, now=now)
    assert NotificationSwitch.objects.count() == 0


def test_a_row_for_what_is_locked_or_unknown_changes_nothing(cleo: Scope, now: datetime) -> None:
    for kind in ("consent", "unheard_of"):
        for channel in Channel:
            NotificationSwitch.objects.create(person_id=cleo.person, kind=kind, channel=channel.value)
        assert reached(cleo, kind, now) == (True, True)


def test_an_erased_person_leaves_no_switches(cleo: Scope, now: datetime) -> None:
    notifications.switch(cleo, ["comments"], [("comments", Channel.MAIL)], now=now)
    assert [part.name for part in notifications.parts(cleo.person)][-1] == "notification_switches"
    assert notifications.forget(cleo.person) == 1
    assert NotificationSwitch.objects.count() == 0


def test_every_kind_that_letters_have_is_declared() -> None:
    package = Path(notification_kinds.__file__).parent.parent
    written = re.compile(r"""(?:\bkind=|\b_?KIND(?:: Final)? = )"([a-z_]+)\"""")
    letters_of = [
        path for path in package.rglob("*.py") if "letters.to_" in (text := path.read_text()) or "notify(" in text
    ]
    used = {kind for path in letters_of for kind in written.findall(path.read_text(encoding="utf-8"))}
    assert {"consent", "access", "requests", "ad_verdict", "comments", "schedule"} <= used
    assert used - {letters.NEWS} <= set(notification_kinds.BY_NAME)
    assert {"consent", "access"} <= {
        kind.name for kind in notification_kinds.KINDS if kind.locked == frozenset(Channel)
    }
