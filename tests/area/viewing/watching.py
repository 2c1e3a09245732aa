"""Viewers who watch posts outside ads, as the event log tells it."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from tests.area.content import cast
from vonk.content.models import Post
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.ids import new_id
from vonk.events.records import Claims, EventRecord, Kind
from vonk.identity.models import Person
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.viewing import actions

ADULT = date(1990, 1, 1)
LONG = (Kind.IMPRESSION, Kind.VIEW_6S, Kind.VIEW_15S)
SKIPPED = (Kind.IMPRESSION,)


def agree(*scopes: Scope) -> None:
    for scope in scopes:
        Person.objects.filter(pk=scope.person).update(personalised=True, born_on=ADULT)


def audience(count: int, now: datetime) -> list[Scope]:
    """Return so many adults who agreed."""
    return [cast.person(f"Viewer{at}", now, personalised=True, born_on=ADULT) for at in range(count)]


def records(
    scope: Scope, post_id: int, kinds: Iterable[Kind], now: datetime, *, watched_ms: int = 0, ad_id: int = 0
) -> list[EventRecord]:
    profile_id = Post.objects.values_list("profile_id", flat=True).get(pk=post_id)
    viewer_id = Person.objects.values_list("pseudonym", flat=True).get(pk=scope.person)
    made = Claims(
        decision_id=new_id(), ad_id=ad_id, ad_group_id=0, campaign_id=0, account_id=0, grant_id=0, post_id=post_id,
        profile_id=profile_id, viewer_id=viewer_id, bills="", price_micros=0, currency="", decided_ms=to_ms(now),
        surface="for_you",
    )  # fmt: skip
    of = EventRecord("", Kind.WATCH, to_ms(now), to_ms(now), 0, watched_ms, made)
    told = [*kinds, *([Kind.WATCH] if watched_ms else [])]
    return [msgspec.structs.replace(of, event_id=str(new_id()), kind=kind) for kind in told]


def watch(
    log: MemoryEventLog, scope: Scope, post_id: int, kinds: Iterable[Kind], now: datetime, *, watched_ms: int = 0
) -> None:
    """Let somebody meet a post, and the site take it in."""
    log.append(records(scope, post_id, kinds, now, watched_ms=watched_ms))
    while actions.take_in(log, now=now):
        pass
