"""The records of the event log. Version 2: fields are only ever added at the end, with defaults, so that version 1 is read too."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec


class Kind(StrEnum):
    """What may be reported about one showing of a post. Click kinds follow the click map, reference §6."""

    IMPRESSION = "impression"  # Rendered on the screen. Bills CPM.
    VIEWABLE = "viewable"  # MRC: at least half of the pixels, 2 s played.
    PLAY = "play"
    VIEW_2S = "view_2s"
    VIEW_6S = "view_6s"  # Or to the end where the video is shorter. Bills CPV.
    VIEW_15S = "view_15s"
    P25 = "p25"
    P50 = "p50"
    P75 = "p75"
    P100 = "p100"
    WATCH = "watch"  # ``value``: milliseconds watched since the last such event, replays included.
    CLICK_DESTINATION = "click_destination"  # Bills CPC.
    CLICK_PROFILE = "click_profile"
    CLICK_HASHTAG = "click_hashtag"
    CLICK_MUSIC = "click_music"
    CLICK_ANCHOR = "click_anchor"
    CLICK_DUET = "click_duet"
    CLICK_STITCH = "click_stitch"
    CLICK_SOUND_USE = "click_sound_use"
    CLICK_STICKER = "click_sticker"
    LANDING_PAGE_VIEW = "landing_page_view"
    LIKE = "like"  # The engagements below are reported by hosts; our own site writes them to the post itself.
    COMMENT = "comment"
    SHARE = "share"
    FAVOURITE = "favourite"
    FOLLOW = "follow"
    HIDE = "hide"
    REPORT = "report"
    REPLAY = "replay"  # Played from its beginning once more. New kinds stand at the end: memory keeps their places.


ONCE_PER_SHOWING: Final = frozenset({
    Kind.IMPRESSION, Kind.VIEWABLE, Kind.PLAY, Kind.VIEW_2S, Kind.VIEW_6S, Kind.VIEW_15S,
    Kind.P25, Kind.P50, Kind.P75, Kind.P100, Kind.LIKE, Kind.FAVOURITE, Kind.FOLLOW, Kind.HIDE, Kind.REPORT,
})  # fmt: skip
"""Kinds that count once for one showing, however often they are sent; replays do not count again (reference §7)."""


class Claims(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a token says of one showing: everything that counting and billing need, so that they never look up.

    For an organic showing ``ad_id`` and all that belongs to the ad are 0 or empty.
    """

    decision_id: int
    ad_id: int
    ad_group_id: int
    campaign_id: int
    account_id: int
    grant_id: int  # The consent under which the post is shown; 0 for a non-Spark ad and for an organic showing.
    post_id: int
    profile_id: int  # Whose post it is.
    viewer_id: str  # Pseudonymous.
    bills: str  # The one kind of event that bills, "" when none does.
    price_micros: int  # What that event costs, in the account's currency.
    currency: str
    decided_ms: int
    surface: str
    duration_ms: int = 0  # Of the post's video; 0 when unknown. What is watched faster than time passes is not watched.
    own: bool = (
        False  # The viewer is the post's creator, or acts for the advertiser: nothing of it bills or counts net.
    )
    country: str = ""  # Of an ad's viewer, "" when nobody told; for counts by audience alone, and gone with an erasure.
    age_band: str = ""  # These two only of adults who agreed to personalised ads, as they declared them.
    gender: str = ""


class EventRecord(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="e"):
    """One accepted event. ``charge_micros`` is what it bills: the token's price, or 0."""

    event_id: str
    kind: Kind
    at_ms: int  # When it happened, as the client says, never later than received_ms.
    received_ms: int  # When the ad server took it in. Days and hours of money and reports are judged by this instant.
    charge_micros: int
    value: int  # What the kind measures (milliseconds for WATCH), otherwise 0.
    claims: Claims
    invalid: str = ""  # The name of the validity rule that it broke: it counts gross, not net, and bills nothing.
    restored: str = ""  # The rule that an earlier record of the same event broke, which what came later has healed.


class ConversionRecord(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="c"):
    """Something that a person did at an advertiser's: bought, signed up, ... as the advertiser's page or server says.

    Attribution is not decided here: it follows from this record and from the showings' events, and follows again when
    late ones come. Identifiers are hashes; nothing that names a person is kept.
    """

    event_id: str  # The advertiser's; the same one from page and server is one conversion.
    pixel_id: int
    account_id: int
    name: str  # "purchase", "sign_up", ...
    at_ms: int
    received_ms: int
    value_micros: int  # 0 when it has none.
    currency: str  # Of the value, "" when it has none.
    source: str  # "pixel" or "server".
    viewer_id: str = ""  # The pseudonym, where a click's token told it; else attribution looks for the identifiers.
    click: Claims | None = None  # The showing whose click led to it, where its token came along.
    identifiers: tuple[str, ...] = ()  # "email:", "phone:" or "external:" and a SHA-256 in hexadecimal.


class DecisionRecord(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="d"):
    """One answered slot: what was chosen, at what price, and how often each reason refused a candidate."""

    decision_id: int
    at_ms: int
    viewer_id: str
    surface: str
    position: int
    index_sequence: int  # The last publication that the index held.
    seed: int
    candidates: int
    ad_id: int  # 0 when nothing was shown; then ``reason`` says why.
    ad_group_id: int
    campaign_id: int
    account_id: int
    grant_id: int
    post_id: int
    bills: str
    price_micros: int
    score_micros: int  # The winner's expected revenue of this impression.
    runner_up_id: int
    runner_up_micros: int
    reason: str
    refusals: dict[str, int]
    propensity: float = 1.0  # Probability with which this ad was chosen by policy, given the same candidates.
    probability: float = 1.0  # Predicted for the event that bills; 1 for an impression.
    reserved_micros: int = 0  # Expected cost, held against the budgets until the event comes or ten minutes pass.
    model: str = ""  # The version of what predicted for this viewer, "" where what is known of all viewers did.
    country: str = ""  # What was known of the viewer, so that it can be learnt from; gone with an erasure, as the next.
    language: str = ""
    device: str = ""
    age_band: str = ""  # These two only of adults who agreed to personalised ads,
    gender: str = ""
    profiled: bool = False  # as who is known again by their pseudonym.
    profile_id: int = 0  # Whose post it is.
    category: str = ""  # What is advertised.
    interested: bool = False  # That is among the interests told of the viewer, or of the page.
    random: bool = False  # Drawn among all that could be shown, which ``propensity`` is then 1 over the number of.
    trace: bytes = (
        b""  # What the auction had before it (delivery.trace), so that it can be held again. Nothing of the viewer.
    )


class MinuteRecord(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """What became of ads at one ad server in one minute, or a part of it. Nothing of any viewer.

    A server numbers its records from 1, without a hole: whoever misses a number misses counts.
    """

    server: str  # One life of one ad server's process.
    number: int
    minute_ms: int  # The minute's start.
    received_ms: int  # When it was handed over.
    through_ms: int  # All that was counted before this instant has been handed over with this record.
    counts: bytes  # By name, ads and their counts (delivery.explaining.handover).
    unkept: int = 0  # Counts for which there was no room: they are nowhere.
    ends: bool = False  # The server's last one: it stopped in order.


Record = EventRecord | DecisionRecord | ConversionRecord | MinuteRecord
Offered = DecisionRecord | MinuteRecord
"""Records that no request waits for."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


encode: Final[Callable[[Record], bytes]] = _encoder.encode
"""Return the record as the log keeps it (MessagePack)."""


def received_ms_of(record: Record) -> int:
    """Return when the ad server took the record in: the instant by which days are judged."""
    return record.at_ms if isinstance(record, DecisionRecord) else record.received_ms


def decode(body: bytes) -> Record:
    """Return the record kept as ``body``; msgspec.ValidationError when the bytes are not one."""
    return _decoder.decode(body)
