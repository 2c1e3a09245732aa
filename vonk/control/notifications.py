"""News in the product: what the bell counts. Written in the transaction of its cause, as letters are.

A person keeps the newest NOTIFICATIONS_MAX; who reads nothing for a year loses the oldest of it, never the newest.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from vonk.control import audit, notification_kinds
from vonk.control.held import Part, part
from vonk.control.models import Notification, NotificationSwitch
from vonk.control.models.notifications import LINK_CHARS_MAX, TEXT_CHARS_MAX
from vonk.control.notification_kinds import Channel
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid

NOTIFICATIONS_MAX: Final = 500  # Of one person.
COUNT_MAX: Final = 100  # The bell counts no further: it says "99+".


class News(msgspec.Struct, frozen=True):
    """One piece of news. ``link`` is a path of this site, "" when there is nowhere to go; ``seen_at`` None: not yet."""

    id: int
    kind: str
    text: str
    link: str
    at: datetime
    seen_at: datetime | None


class Seen(msgspec.Struct, frozen=True):
    """How much news was new until now."""

    seen: int


@transaction.atomic
def notify(person_id: int, *, kind: str, text: str, link: str, at: datetime) -> int:
    """Tell the person; return the news' id, 0 when they switched the kind off. A text that is too long is cut.

    ``link`` is a path of this site ("/studio/…") or "". Raises ValueError for any other: news never lead elsewhere.
    """
    if link and not is_path(link):
        raise ValueError(f"not a path of this site: {link[:80]!r}")
    if not wants(person_id, kind, Channel.PRODUCT):
        return 0
    words = " ".join(text.split())
    row = Notification.objects.create(
        person_id=person_id,
        kind=kind,
        text=words if len(words) <= TEXT_CHARS_MAX else words[: TEXT_CHARS_MAX - 1] + "…",
        link=link,
        at=at,
    )
    last = (
        _of(person_id).order_by("-pk").values_list("pk", flat=True)[NOTIFICATIONS_MAX : NOTIFICATIONS_MAX + 1].first()
    )
    if last is not None:
        # What another transaction is deleting is left to it: two that tell the same people in another order never wait
        # for each other.
        old = _of(person_id).filter(pk__lte=last).order_by("pk").select_for_update(skip_locked=True)
        _of(person_id).filter(pk__in=list(old.values_list("pk", flat=True)[:NOTIFICATIONS_MAX])).delete()
    return row.pk


def is_path(link: str) -> bool:
    """Say whether the link is a path of this site, which no browser takes for another's address."""
    plain = link.isprintable() and "\\" not in link and len(link) <= LINK_CHARS_MAX
    return plain and link.startswith("/") and not link.startswith("//")


def wants(person_id: int, kind: str, channel: Channel) -> bool:
    """Say whether news of the kind reach the person there: what is locked does, whatever they switched."""
    if notification_kinds.locked(kind, channel):
        return True
    return not _off(person_id).filter(kind=kind, channel=channel.value).exists()


def switched_off(scope: Scope) -> frozenset[tuple[str, Channel]]:
    """Return what the acting person switched off, by kind and channel."""
    rows = _off(scope.person).values_list("kind", "channel")
    return frozenset((kind, Channel(channel)) for kind, channel in rows)


@transaction.atomic
def switch(scope: Scope, kinds: Collection[str], off: Collection[tuple[str, Channel]], *, now: datetime) -> None:
    """Have of these kinds the ones in ``off`` no longer reach the acting person there, and all others do again.

    Raises FieldInvalid for a kind that does not exist, or one that cannot be switched off there; then nothing changes.
    """
    before = switched_off(scope)
    unknown = set(kinds) - set(notification_kinds.BY_NAME)
    if unknown or any(kind not in kinds or notification_kinds.locked(kind, channel) for kind, channel in off):
        raise FieldInvalid("off", "kinds that can be switched off, on channels where they can be")
    after = {one for one in before if one[0] not in kinds} | set(off)
    if after == before:
        return
    _off(scope.person).filter(kind__in=kinds).delete()
    NotificationSwitch.objects.bulk_create(
        [NotificationSwitch(person_id=scope.person, kind=kind, channel=channel.value) for kind, channel in sorted(off)],
        ignore_conflicts=True,  # The same person in another window, at the same time.
    )
    audit.record(scope, "notifications.switched", "person", scope.person, at=now, detail={"off": len(after)})


def unseen_count(person_id: int) -> int:
    """Return how much news the person has not seen, at most COUNT_MAX."""
    return _of(person_id).filter(seen_at=None)[:COUNT_MAX].count()


def waits_unseen(person_id: int, kind: str) -> bool:
    """Say whether the person has news of the kind that they have not seen: more of the same would tell them nothing."""
    return _of(person_id).filter(kind=kind, seen_at=None).exists()


def news(scope: Scope, paging: Paging) -> Page[News]:
    """Return the acting person's news, newest first."""
    return page_of(_of(scope.person), paging, _news)


def mark_seen(scope: Scope, *, now: datetime, until: int | None = None) -> Seen:
    """Take what the acting person has seen off the bell: everything, or what is not newer than the news ``until``."""
    rows = _of(scope.person).filter(seen_at=None)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return Seen(rows.update(seen_at=now))


def forget(person_id: int) -> int:
    """Delete an erased person's news, and what they switched off; return how much there was."""
    return _of(person_id).delete()[0] + _off(person_id).delete()[0]


def forget_name(name: str, put: str) -> int:
    """Write ``put`` where anybody's news name somebody who is erased; return how much news named them."""
    if not name:
        return 0
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    changed = 0
    for row in Notification.objects.filter(text__contains=name).iterator():
        row.text, found = word.subn(lambda _: put, row.text)
        if found:
            row.text = row.text[:TEXT_CHARS_MAX]
            row.save(update_fields=["text"])
            changed += 1
    return changed


def parts(person_id: int) -> Iterator[Part]:
    """Yield what is held of the person here, for their own reading (GDPR art. 15)."""
    yield part("notifications", _of(person_id), "kind", "text", "link", "at", "seen_at")
    yield part("notification_switches", _off(person_id), "kind", "channel")


def _of(person_id: int) -> "QuerySet[Notification]":
    return Notification.objects.filter(person_id=person_id)


def _off(person_id: int) -> "QuerySet[NotificationSwitch]":
    return NotificationSwitch.objects.filter(person_id=person_id)


def _news(row: Notification) -> News:
    return News(row.pk, row.kind, row.text, row.link, row.at, row.seen_at)
