"""Examples to learn from, made of the log's records: what was shown to whom, and what came of it.

A showing is one when its impression is in the log, and closes ``LABEL_MS`` after the decision: what the viewer did by
then is what happened. A click on it closes as an example of its own, for conversions alone, ``CONVERSION_MS`` after the
click. What is invalid, or the viewer's own, teaches nothing. Codes are kept, not names: no pseudonym stays here.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.delivery.matching.viewers import Known
from vonk.delivery.trained import features
from vonk.events.conversions.contract import STEPS
from vonk.events.log import REDACTED_VIEWER
from vonk.events.records import ConversionRecord, DecisionRecord, EventRecord, Kind, Record

LABEL_MS: Final = 30 * MINUTE_MS
CONVERSION_MS: Final = 7 * DAY_MS
OPEN_MAX: Final = (
    400_000  # Showings that wait to close, some 300 bytes each; what comes while they are full is not learnt.
)
CLICKED_MAX: Final = 400_000
_UNKNOWN: Final = -1
One = TypeVar("One", "Showing", "Clicked")


class Example(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row: codes in the order of the specification's fields, labels in that of its heads; -1 is unknown.

    ``said`` is what the first stage saw and said of it before it learnt it, where a second stage is to grow.
    """

    closed_ms: int
    ad_id: int
    codes: tuple[int, ...]
    labels: tuple[int, ...]
    said: bytes = b""


class Showing(msgspec.Struct, array_like=True, gc=False):
    """A decision whose label window is open."""

    closes_ms: int
    ad_id: int
    codes: tuple[int, ...]
    shown: bool = False
    clicked: bool = False
    viewed: bool = False


class Clicked(msgspec.Struct, array_like=True, gc=False):
    """A click whose conversion window is open."""

    closes_ms: int
    ad_id: int
    codes: tuple[int, ...]
    converted: bool = False


class Waiting(msgspec.Struct):
    """What has not closed yet, by decision; kept between rounds. ``passed_over``: decisions for which there was no room."""

    showings: dict[int, Showing] = {}
    clicks: dict[int, Clicked] = {}
    passed_over: int = 0

    def take(self, records: Iterable[Record]) -> None:
        """Take in records in the log's order."""
        for record in records:
            if isinstance(record, EventRecord):
                self._event(record)
            elif isinstance(record, DecisionRecord):
                self._decision(record)
            elif isinstance(record, ConversionRecord):
                self._conversion(record)

    def close(self, now_ms: int) -> list[Example]:
        """Return what has closed by the instant, in the order in which it did, and let go of it."""
        closed = [
            Example(one.closes_ms, one.ad_id, one.codes, (int(one.clicked), int(one.viewed), _UNKNOWN))
            for one in _ended(self.showings, now_ms)
            if one.shown
        ]
        closed += [
            Example(one.closes_ms, one.ad_id, one.codes, (_UNKNOWN, _UNKNOWN, int(one.converted)))
            for one in _ended(self.clicks, now_ms)
        ]
        closed.sort(key=_closed_ms)
        return closed

    def _decision(self, record: DecisionRecord) -> None:
        if not record.ad_id:
            return
        if len(self.showings) >= OPEN_MAX:
            self.passed_over += 1
            return
        self.showings[record.decision_id] = Showing(record.at_ms + LABEL_MS, record.ad_id, codes_of(record))

    def _event(self, record: EventRecord) -> None:
        claims = record.claims
        if not claims.ad_id or claims.own or record.invalid:
            return
        showing = self.showings.get(claims.decision_id)
        if showing is None:
            return
        if record.kind is Kind.IMPRESSION:
            showing.shown = True
        elif record.kind is Kind.VIEW_6S:
            showing.viewed = True
        elif record.kind is Kind.CLICK_DESTINATION and not showing.clicked:
            showing.clicked = True
            if len(self.clicks) < CLICKED_MAX:
                closes_ms = record.received_ms + CONVERSION_MS
                self.clicks[claims.decision_id] = Clicked(closes_ms, showing.ad_id, showing.codes)

    def _conversion(self, record: ConversionRecord) -> None:
        if record.name in STEPS:
            return  # On the way to a conversion, and none.
        if record.click is not None and (clicked := self.clicks.get(record.click.decision_id)) is not None:
            clicked.converted = True


def codes_of(record: DecisionRecord) -> tuple[int, ...]:
    """Return the codes of what the decision knew, in the order of the specification's fields."""
    profiled = record.profiled and record.viewer_id != REDACTED_VIEWER
    known = Known(record.country, record.language, record.device, record.age_band, record.gender, profiled)
    return (
        *features.common(record.viewer_id, known, record.surface, record.at_ms),
        *features.item(
            record.ad_id, record.ad_group_id, record.campaign_id, record.account_id, record.post_id,
            record.profile_id, record.category,
        ),
        features.interest(record.category, interested=record.interested),
    )  # fmt: skip


def _ended(open_ones: dict[int, One], now_ms: int) -> list[One]:
    ended = [key for key, one in open_ones.items() if one.closes_ms <= now_ms]
    return [open_ones.pop(key) for key in ended]


def _closed_ms(example: Example) -> int:
    return example.closed_ms
