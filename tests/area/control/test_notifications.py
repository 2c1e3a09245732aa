"""News in the product: bounded, one's own, taken off the bell, and never a way to another site."""

from datetime import datetime

import pytest

from vonk.control import notifications
from vonk.control.models import Notification
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope

CLEO, MALLORY = (Scope(person, frozenset({Right.VIEW})) for person in (11, 12))


def tell(text: str, now: datetime, person: int = 11) -> int:
    return notifications.notify(person, kind="news", text=text, link="/studio/", at=now)


def test_news_are_counted_listed_and_seen(db: None, now: datetime) -> None:
    first, second, third = (tell(text, now) for text in ("One", "Two\n lines", "Three"))
    tell("For another", now, person=12)
    listed = notifications.news(CLEO, Paging(size=2))
    assert listed == Page(
        (
            notifications.News(third, "news", "Three", "/studio/", now, None),
            notifications.News(second, "news", "Two lines", "/studio/", now, None),
        ),
        str(second),
    )
    assert [item.text for item in notifications.news(CLEO, Paging(second)).items] == ["One"]
    assert notifications.unseen_count(11) == 3
    assert notifications.mark_seen(CLEO, now=now, until=second) == notifications.Seen(2)  # What came since stays.
    assert notifications.unseen_count(11) == 1
    assert (notifications.mark_seen(CLEO, now=now), notifications.mark_seen(CLEO, now=now)) == (
        notifications.Seen(1),
        notifications.Seen(0),
    )
    assert (notifications.unseen_count(11), notifications.unseen_count(12)) == (0, 1)
    assert [item.text for item in notifications.news(MALLORY, Paging()).items] == ["For another"]
    assert (notifications.forget(11), notifications.news(CLEO, Paging()).items) == (3, ())
    assert first < second


def test_the_oldest_go_when_there_are_too_many(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "NOTIFICATIONS_MAX", 3)
    monkeypatch.setattr(notifications, "COUNT_MAX", 2)
    for number in range(5):
        tell(f"{number}", now)
    assert [item.text for item in notifications.news(CLEO, Paging()).items] == ["4", "3", "2"]
    assert notifications.unseen_count(11) == 2
    assert Notification.objects.count() == 3


@pytest.mark.parametrize(
    "link", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil", "/a\nb", "/" + "a" * 300]
)
def test_a_link_leads_nowhere_else(db: None, now: datetime, link: str) -> None:
    with pytest.raises(ValueError, match="not a path of this site"):
        notifications.notify(11, kind="news", text="x", link=link, at=now)
    assert Notification.objects.count() == 0


def test_a_long_text_is_cut(db: None, now: datetime) -> None:
    tell("a" * 1_000, now)
    assert notifications.news(CLEO, Paging()).items[0].text == "a" * 299 + "…"


def test_a_name_goes_as_a_word(db: None, now: datetime) -> None:
    for text in ("Al (@al) revoked", "Also by Al", "Alice"):
        tell(text, now)
    assert notifications.forget_name("Al", "X") == 2
    assert notifications.forget_name("", "X") == 0
    assert [item.text for item in notifications.news(CLEO, Paging()).items] == ["Alice", "Also by X", "X (@al) revoked"]
