"""From events to counters; pure, so that the audit can count again."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from vonk.core.clock import HOUR_MS
from vonk.events.log import StoredRecord
from vonk.events.records import DecisionRecord, EventRecord, Kind

TALLY_OF: Final[dict[Kind, str]] = {
    Kind.IMPRESSION: "impressions",
    Kind.VIEWABLE: "viewable",
    Kind.PLAY: "plays",
    Kind.VIEW_2S: "view_2s",
    Kind.VIEW_6S: "view_6s",
    Kind.VIEW_15S: "view_15s",
    Kind.P25: "p25",
    Kind.P50: "p50",
    Kind.P75: "p75",
    Kind.P100: "p100",
    Kind.WATCH: "watch_ms",
    Kind.CLICK_DESTINATION: "clicks_destination",
    Kind.CLICK_PROFILE: "clicks_profile",
    Kind.CLICK_HASHTAG: "clicks_hashtag",
    Kind.CLICK_MUSIC: "clicks_music",
    Kind.CLICK_ANCHOR: "clicks_anchor",
    Kind.CLICK_DUET: "clicks_duet",
    Kind.CLICK_STITCH: "clicks_stitch",
    Kind.CLICK_SOUND_USE: "clicks_sound_use",
    Kind.CLICK_STICKER: "clicks_sticker",
    Kind.LANDING_PAGE_VIEW: "landing_page_views",
    Kind.LIKE: "likes",
    Kind.COMMENT: "comments",
    Kind.SHARE: "shares",
    Kind.FAVOURITE: "favourites",
    Kind.FOLLOW: "follows",
    Kind.HIDE: "hides",
    Kind.REPORT: "reports",
    Kind.REPLAY: "replays",
}
assert TALLY_OF.keys() == set(Kind), "Every kind of event is counted under a name."
_METRIC_OF: Final[dict[str, str]] = dict(TALLY_OF.items())

ENGAGEMENTS: Final = frozenset({"likes", "comments", "shares", "favourites", "follows"})
"""Counters that content adds to as well, where our own site's engagements are written."""


SERVED: Final = "served"
"""Decisions that chose an ad, whether or not it was ever rendered."""

EVENTS: Final = "events"
"""Events of every kind, valid or not: what the shares of the rules are shares of. Healed ones are not counted again."""

INVALID: Final = "invalid_"
"""Before a counter's name: what of it broke a validity rule. Net is the counter itself; gross is net + invalid."""

RULE: Final = "rule_"
"""Before a validity rule's name: how many events broke it."""


class Tallied(NamedTuple):
    """What is counted: a metric of a post, by ad (0 is organic) and by the UTC hour in which it was received."""

    post_id: int
    ad_id: int
    hour_ms: int
    metric: str


def count(records: Iterable[StoredRecord]) -> dict[Tallied, int]:
    """Return what the records add to the counters: 1 for an event, the value for one that measures.

    An invalid event adds to ``invalid_<metric>`` instead and 1 to its rule; one that restores what was invalid before
    adds to the metric and takes both back, in its own hour. So net + invalid is gross, in any sum of hours.
    """
    counted: dict[tuple[int, int, int, str], int] = {}
    events: dict[tuple[int, int, int], int] = {}  # Of cells that a kind's own counter does not tell.
    for stored in records:
        event = stored.record
        if isinstance(event, EventRecord):
            claims = event.claims
            kind = event.kind
            key = (claims.post_id, claims.ad_id, event.received_ms // HOUR_MS, kind)
            if event.invalid or event.restored:
                _judged(counted, events, event, key[:3])
            elif kind is Kind.WATCH:
                counted[key] = counted.get(key, 0) + event.value
                events[key[:3]] = events.get(key[:3], 0) + 1
            else:
                counted[key] = counted.get(key, 0) + 1
        elif isinstance(event, DecisionRecord) and event.ad_id:
            served = (event.post_id, event.ad_id, event.at_ms // HOUR_MS, SERVED)
            counted[served] = counted.get(served, 0) + 1
    for (post_id, ad_id, hour, name), value in list(counted.items()):
        if name in TALLY_OF and name is not Kind.WATCH:
            events[post_id, ad_id, hour] = events.get((post_id, ad_id, hour), 0) + value
    counted.update({(*cell, EVENTS): value for cell, value in events.items()})
    return {
        Tallied(post_id, ad_id, hour * HOUR_MS, _METRIC_OF.get(name, name)): value
        for (post_id, ad_id, hour, name), value in counted.items()
        if value
    }


def _judged(
    counted: dict[tuple[int, int, int, str], int],
    events: dict[tuple[int, int, int], int],
    event: EventRecord,
    cell: tuple[int, int, int],
) -> None:
    """Count an event that a rule has spoken about. A restored one was counted among the events when it came first."""
    kind, metric = event.kind, TALLY_OF[event.kind]
    amount = event.value if kind is Kind.WATCH else 1
    if event.invalid:
        changes: tuple[tuple[str, int], ...] = ((f"{INVALID}{metric}", amount), (f"{RULE}{event.invalid}", 1))
        events[cell] = events.get(cell, 0) + 1
    else:
        changes = ((kind, amount), (f"{INVALID}{metric}", -amount), (f"{RULE}{event.restored}", -1))
        events[cell] = events.get(cell, 0) - (kind is not Kind.WATCH)  # Its kind's counter is added below.
    for name, change in changes:
        counted[*cell, name] = counted.get((*cell, name), 0) + change
