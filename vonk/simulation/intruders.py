"""Who comes by and is no audience: a crawler, a script, people who meet their own ads, and telephones in a rack."""

from datetime import timedelta
from random import Random
from typing import Final

import msgspec

from vonk.core.clock import to_ms
from vonk.simulation import logged
from vonk.simulation.client import Caller, Event
from vonk.simulation.people import Town
from vonk.simulation.viewers import AGAIN, Seen, Showing, look, tell
from vonk.simulation.world import DAY_HOURS, Visit

NUMBERS: Final = 1_000_000  # Far above those of other visits; a hundred for each hour.
POSTS: Final = 12
CRAWLS_EVERY_HOURS, CRAWLS_AT = 8, 5
SCRIPT_AT, CLEO_AT, ADA_AT = 15, 20, 10  # Of each day's hours.
AT_ONCE: Final = frozenset({"too_fast", "not_rendered"})  # Which of them is the network's speed to say.

RACK_HOURS_AGO: Final = 14
RACK_PHONES, RACK_POSTS = 3, 24
RACK_AFTER, RACK_TOLD_AFTER = 0.4, 0.5  # Hours; between two hours' visitors, so that nobody else is near.
FOUND_HOURS_AGO: Final = 7  # When the operator looks.
FOUND_RULE: Final = "found_later"
FOUND_REASON: Final = "Three phones in one rack: every post to its end, at the same minute."


class _Finding(msgspec.Struct, frozen=True):
    events: int


def come_by(town: Town, hours_ago: int) -> list[Seen]:
    """Let those of this hour scroll; return what there is to report of it."""
    at_ms = to_ms(town.at(hours_ago))
    found = []
    if hours_ago % CRAWLS_EVERY_HOURS == CRAWLS_AT:
        events = _look(town, _visit(hours_ago, 0), town.world.anybody, at_ms)
        found.append(Seen("crawler", events, breaks=frozenset({"known_bot"})))
    if hours_ago % DAY_HOURS == SCRIPT_AT:
        found.append(_script(town, _visit(hours_ago, 1), at_ms))
    for handle, hour in ((town.plan.cleo, CLEO_AT), ("ada", ADA_AT)):
        if hours_ago % DAY_HOURS == hour:
            events = _look(town, _visit(hours_ago, 2), town.people[handle].caller, at_ms)
            found.append(Seen("ios", events, breaks=frozenset({"own_showing"})))
    return found


def _visit(hours_ago: int, number: int, posts: int = POSTS) -> Visit:
    return Visit(NUMBERS + 100 * hours_ago + number, None, "NL", "nl", "android", posts)


def _look(
    town: Town, of: Visit, caller: Caller, at_ms: int, *, to_the_end: bool = False
) -> list[tuple[Showing, Event]]:
    chance = Random(f"{town.plan.seed} intrudes {of.number}")
    return look(town, of, caller, chance, at_ms=at_ms, to_the_end=to_the_end)[1]


def _script(town: Town, of: Visit, at_ms: int) -> Seen:
    """Let a script fetch ads and say at once that they were clicked; some minutes later, that they were watched."""
    showings = {showing.number: showing for showing, _ in _look(town, of, town.world.anybody, at_ms) if showing.ad_id}

    def said(kind: str) -> Seen:
        events = [
            (showing, Event(f"{of.number}-{showing.number}-{kind}", kind, showing.token, at_ms))
            for showing in showings.values()
        ]
        return Seen(of.device, events, breaks=AT_ONCE)

    tell(town, said("click_destination"))
    return said("view_2s")


def rack(town: Town, hours_ago: int) -> None:
    """Let telephones in a rack watch everything to its end: nothing of it looks wrong by itself, and it bills."""
    town.move_to(hours_ago - RACK_AFTER)
    at_ms = to_ms(town.at(hours_ago - RACK_AFTER))
    visits = [_visit(hours_ago, number, RACK_POSTS) for number in range(10, 10 + RACK_PHONES)]
    watched = [_look(town, of, town.world.anybody, at_ms, to_the_end=True) for of in visits]
    town.move_to(hours_ago - RACK_TOLD_AFTER)
    for events in watched:
        single = [(showing, event) for showing, event in events if not event.id.endswith(AGAIN)]
        tell(town, Seen("android", single, found=True))


def find_out(town: Town) -> None:
    """Let the operator look at what came from the rack and find it invalid: what it was billed is given back."""
    around = timedelta(hours=(RACK_TOLD_AFTER - RACK_AFTER) / 2)
    told_at = town.at(RACK_HOURS_AGO - RACK_TOLD_AFTER)
    positions = logged.valid_between(town, told_at - around, told_at + around)
    body = {"positions": positions, "rule": FOUND_RULE, "reason": FOUND_REASON}
    town.operator.post("/findings", body, _Finding)
