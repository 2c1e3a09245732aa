"""From events to counters; pure, so that the audit can count again."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind

HOUR_MS: Final = 3_600_000

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

ENGAGEMENTS: Final = frozenset({"likes", "comments", "shares", "favourites", "follows"})
"""Counters that content adds to as well, where our own site's engagements are written."""


class Tallied(NamedTuple):
    """What is counted: a metric of a post, by ad (0 is organic) and by the UTC hour in which it was received."""

    post_id: int
    ad_id: int
    hour_ms: int
    metric: str


def count(records: Iterable[StoredRecord]) -> dict[Tallied, int]:
    """Return what the records add to the counters: 1 for an event, the value for one that measures."""
    counted: dict[tuple[int, int, int, Kind], int] = {}
    for stored in records:
        event = stored.record
        if not isinstance(event, EventRecord):
            continue
        claims = event.claims
        key = (claims.post_id, claims.ad_id, event.received_ms // HOUR_MS, event.kind)
        counted[key] = counted.get(key, 0) + (event.value if event.kind is Kind.WATCH else 1)
    return {
        Tallied(post_id, ad_id, hour * HOUR_MS, TALLY_OF[kind]): value
        for (post_id, ad_id, hour, kind), value in counted.items()
        if value
    }
