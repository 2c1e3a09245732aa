"""What each kind of event means, declared once: the schema, the documents and the judgement of speed read it."""

from enum import StrEnum
from typing import Final

import msgspec

from vonk.events.records import Kind


class Sort(StrEnum):
    """What kinds have in common."""

    SHOWN = "shown"  # The showing itself.
    VIEW = "view"  # Somebody watches.
    CLICK = "click"  # Somebody goes on from it.
    ENGAGEMENT = "engagement"  # Somebody says what they think of it.


class KindEntry(msgspec.Struct, frozen=True):
    """One kind. A view's nominal time is ``needs_ms``, or ``needs_percent`` of the video's length."""

    sort: Sort
    meaning: str
    needs_ms: int = 0  # Never more than the video's length, where that is known.
    needs_percent: int = 0


KINDS: Final[dict[Kind, KindEntry]] = {
    Kind.IMPRESSION: KindEntry(Sort.SHOWN, "Rendered on the screen; bills CPM."),
    Kind.VIEWABLE: KindEntry(Sort.VIEW, "At least half of the pixels were seen, 2 s played.", needs_ms=2_000),
    Kind.PLAY: KindEntry(Sort.VIEW, "Playback started."),
    Kind.VIEW_2S: KindEntry(Sort.VIEW, "2 s watched.", needs_ms=2_000),
    Kind.VIEW_6S: KindEntry(Sort.VIEW, "6 s watched, or to the end of a shorter video; bills CPV.", needs_ms=6_000),
    Kind.VIEW_15S: KindEntry(Sort.VIEW, "15 s watched, or to the end of a shorter video.", needs_ms=15_000),
    Kind.P25: KindEntry(Sort.VIEW, "A quarter watched.", needs_percent=25),
    Kind.P50: KindEntry(Sort.VIEW, "Half watched.", needs_percent=50),
    Kind.P75: KindEntry(Sort.VIEW, "Three quarters watched.", needs_percent=75),
    Kind.P100: KindEntry(Sort.VIEW, "Watched to the end.", needs_percent=100),
    Kind.WATCH: KindEntry(Sort.VIEW, "value: milliseconds watched since the last such event, replays included."),
    Kind.CLICK_DESTINATION: KindEntry(Sort.CLICK, "The landing page was opened; bills CPC. Of ads only."),
    Kind.CLICK_PROFILE: KindEntry(Sort.CLICK, "The poster's profile was opened (profile visit)."),
    Kind.CLICK_HASHTAG: KindEntry(Sort.CLICK, "A hashtag or mention in the caption."),
    Kind.CLICK_MUSIC: KindEntry(Sort.CLICK, "The sound's name or disc."),
    Kind.CLICK_ANCHOR: KindEntry(Sort.CLICK, "The anchor. Not of non-Spark ads."),
    Kind.CLICK_DUET: KindEntry(Sort.CLICK, "Duet was chosen. Not of non-Spark ads."),
    Kind.CLICK_STITCH: KindEntry(Sort.CLICK, "Stitch was chosen. Not of non-Spark ads."),
    Kind.CLICK_SOUND_USE: KindEntry(Sort.CLICK, "“Use this sound” was chosen. Not of non-Spark ads."),
    Kind.CLICK_STICKER: KindEntry(Sort.CLICK, "A sticker or add-on."),
    Kind.LANDING_PAGE_VIEW: KindEntry(Sort.CLICK, "The landing page was seen to load. Of ads only."),
    Kind.LIKE: KindEntry(Sort.ENGAGEMENT, "Reported by hosts; our own site writes engagements to the post."),
    Kind.COMMENT: KindEntry(Sort.ENGAGEMENT, "A comment was written; reported by hosts."),
    Kind.SHARE: KindEntry(Sort.ENGAGEMENT, "The post was shared; reported by hosts."),
    Kind.FAVOURITE: KindEntry(Sort.ENGAGEMENT, "The post was kept; reported by hosts."),
    Kind.FOLLOW: KindEntry(Sort.ENGAGEMENT, "The poster was followed; reported by hosts."),
    Kind.HIDE: KindEntry(Sort.ENGAGEMENT, "The viewer hid the ad."),
    Kind.REPORT: KindEntry(Sort.ENGAGEMENT, "The viewer reported it; value: the reason that they chose."),
    Kind.REPLAY: KindEntry(Sort.VIEW, "Played from the beginning once more."),
}

CLICKS: Final = frozenset(kind for kind, entry in KINDS.items() if entry.sort is Sort.CLICK)
OF_ADS: Final = frozenset({Kind.CLICK_DESTINATION, Kind.LANDING_PAGE_VIEW})
"""Kinds that an organic showing does not have (reference §6): there is no destination."""

NOT_OF_PLAIN_ADS: Final = frozenset({Kind.CLICK_ANCHOR, Kind.CLICK_DUET, Kind.CLICK_STITCH, Kind.CLICK_SOUND_USE})
"""Kinds that a non-Spark ad does not have (reference §6): every click leads out of the platform."""


ABSENT_SOMEWHERE: Final = OF_ADS | NOT_OF_PLAIN_ADS
"""Kinds that some showings do not have."""


def is_of(kind: Kind, *, ad_id: int, grant_id: int) -> bool:
    """Tell whether such an event can happen to a showing of this ad (0: organic) under this consent (0: none)."""
    if kind in OF_ADS:
        return ad_id != 0
    return ad_id == 0 or grant_id != 0 or kind not in NOT_OF_PLAIN_ADS
