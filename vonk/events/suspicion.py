"""Which rule of invalid traffic an event breaks, judged before it is billed.

Judged by the server's own instants alone: receipt and decision; clients' clocks lie. What one viewer did lately is
remembered for as long as a rule needs it and for a bounded number of them; it decides what comes in, never what is in
the log, where each record carries its verdict.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

import msgspec

from vonk.core.clock import MINUTE_MS
from vonk.events import dedupe
from vonk.events.kinds import CLICKS, KINDS, Sort
from vonk.events.origins import UNSUSPECTED, Origin
from vonk.events.records import EventRecord, Kind
from vonk.events.rules import AS_BUILT, INVALID_RULES, InvalidRule

REMEMBERED_MAX: Final = 100_000  # Viewers or clicks, in each of two generations: some 20 MB. Beyond, the oldest go.

MEASURED: Final = CLICKS | {Kind.IMPRESSION}  # The kinds that ``note`` remembers.
Key = TypeVar("Key")
Value = TypeVar("Value")


class Recently(Generic[Key, Value]):
    """What was noted in the last ``window_ms``, for at least so long and at most twice as long."""

    def __init__(self, window_ms: int) -> None:
        self._window_ms = window_ms
        self._young: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}
        self._since_ms = 0

    def get(self, key: Key) -> Value | None:
        """Return what was last noted, None when that is forgotten."""
        found = self._young.get(key)
        return found if found is not None else self._old.get(key)

    def put(self, key: Key, value: Value, now_ms: int) -> None:
        """Note it."""
        if not 0 <= now_ms - self._since_ms < self._window_ms or len(self._young) >= REMEMBERED_MAX:
            far = not 0 <= now_ms - self._since_ms < 2 * self._window_ms
            self._old, self._young, self._since_ms = {} if far else self._young, {}, now_ms
        self._young[key] = value

    def fill(self, items: Iterable[tuple[Key, Value]], now_ms: int) -> None:
        """Note all of them as of now, instead of what was noted before."""
        self._old, self._young, self._since_ms = dict(items), {}, now_ms

    def items(self) -> list[tuple[Key, Value]]:
        """Return all that is remembered."""
        return list((self._old | self._young).items())

    def drop(self, key: Key, value: Value) -> None:
        """Forget the key if this is what was last noted of it."""
        for generation in (self._young, self._old):
            if generation.get(key) == value:
                del generation[key]

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


class Lately(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of the last minutes, for a checkpoint: instants, by what they belong to."""

    clicks_of_viewers: list[tuple[str, list[int]]] = []
    impressions_of_viewers: list[tuple[str, list[int]]] = []
    clicks_of_showings: list[tuple[tuple[int, Kind], int]] = []
    clicks_on_ads: list[tuple[tuple[str, int], int]] = []


class Suspicion:
    """Judges one event after another. ``tuning`` may be replaced between any two."""

    def __init__(self) -> None:
        self.tuning = AS_BUILT
        same_ad = INVALID_RULES[InvalidRule.DUPLICATE_CLICK].thresholds["same_ad_s"]
        same_click = INVALID_RULES[InvalidRule.DUPLICATE_CLICK].thresholds["same_click_ms"]
        self._clicks_of_viewers: Recently[str, deque[int]] = Recently(MINUTE_MS)
        self._impressions_of_viewers: Recently[str, deque[int]] = Recently(MINUTE_MS)
        self._clicks_of_showings: Recently[tuple[int, Kind], int] = Recently(same_click.most)
        self._clicks_on_ads: Recently[tuple[str, int], int] = Recently(same_ad.most * 1_000)

    def rule_broken(self, record: EventRecord, origin: Origin, text: str) -> str:
        """Return the first rule that the event breaks, "" when it is valid.

        ``text`` is what is remembered of the showing (``dedupe``). The last rule is NOT_RENDERED, so that what it names
        is valid as soon as the impression comes.
        """
        tuning, claims, kind = self.tuning, record.claims, record.kind
        if claims.own and tuning.own_showing:
            return InvalidRule.OWN_SHOWING.value
        if origin is not UNSUSPECTED:
            if origin.bot and tuning.known_bot:
                return InvalidRule.KNOWN_BOT.value
            if origin.data_centre and tuning.data_centre:
                return InvalidRule.DATA_CENTRE.value
        sort = _SORTS[kind]
        if sort is Sort.VIEW:
            if tuning.too_fast:
                needs_ms = _needs_ms(record, text)
                passed_ms = record.received_ms - claims.decided_ms
                if needs_ms and passed_ms * 100 < needs_ms * tuning.watched_percent:
                    return InvalidRule.TOO_FAST.value
        elif sort is Sort.CLICK:
            if tuning.too_fast and record.received_ms - claims.decided_ms < tuning.click_ms:
                return InvalidRule.TOO_FAST.value
            if tuning.duplicate_click and self._is_double(record):
                return InvalidRule.DUPLICATE_CLICK.value
            if kind is Kind.CLICK_DESTINATION and tuning.too_many:
                clicks = self._clicks_of_viewers.get(claims.viewer_id)
                if clicks is not None and _in_last_minute(clicks, record.received_ms) >= tuning.clicks:
                    return InvalidRule.TOO_MANY.value
        else:
            if kind is Kind.IMPRESSION and tuning.too_many:
                shown = self._impressions_of_viewers.get(claims.viewer_id)
                if shown is not None and _in_last_minute(shown, record.received_ms) >= tuning.impressions:
                    return InvalidRule.TOO_MANY.value
            return ""  # Neither an impression nor what is said of a post needs an impression before it.
        if tuning.not_rendered and not dedupe.rendered(text):
            return InvalidRule.NOT_RENDERED.value
        return ""

    def note(self, record: EventRecord) -> None:
        """Remember an event that counts, or will when its impression comes: the next ones are measured against it."""
        claims, kind, now_ms = record.claims, record.kind, record.received_ms
        if kind is Kind.IMPRESSION:
            _add(self._impressions_of_viewers, claims.viewer_id, now_ms)
        elif kind in CLICKS:
            self._clicks_of_showings.put((claims.decision_id, kind), now_ms, now_ms)
            if kind is Kind.CLICK_DESTINATION:
                _add(self._clicks_of_viewers, claims.viewer_id, now_ms)
                if claims.ad_id:
                    self._clicks_on_ads.put((claims.viewer_id, claims.ad_id), now_ms, now_ms)

    def forget(self, record: EventRecord) -> None:
        """Undo ``note``: the event could not be made durable and may be sent again."""
        claims, kind, now_ms = record.claims, record.kind, record.received_ms
        if kind is Kind.IMPRESSION:
            _take(self._impressions_of_viewers, claims.viewer_id, now_ms)
        elif kind in CLICKS:
            self._clicks_of_showings.drop((claims.decision_id, kind), now_ms)
            if kind is Kind.CLICK_DESTINATION:
                _take(self._clicks_of_viewers, claims.viewer_id, now_ms)
                self._clicks_on_ads.drop((claims.viewer_id, claims.ad_id), now_ms)

    def dump(self) -> Lately:
        """Return what is remembered."""
        return Lately(
            [(viewer_id, list(instants)) for viewer_id, instants in self._clicks_of_viewers.items()],
            [(viewer_id, list(instants)) for viewer_id, instants in self._impressions_of_viewers.items()],
            self._clicks_of_showings.items(),
            self._clicks_on_ads.items(),
        )

    def load(self, kept: Lately) -> None:
        """Go on from what a checkpoint remembered."""
        for of, viewers in (
            (self._clicks_of_viewers, kept.clicks_of_viewers),
            (self._impressions_of_viewers, kept.impressions_of_viewers),
        ):
            last_ms = max((instants[-1] for _, instants in viewers if instants), default=0)
            of.fill(((viewer_id, deque(instants)) for viewer_id, instants in viewers), last_ms)
        self._clicks_of_showings.fill(kept.clicks_of_showings, _last_ms(kept.clicks_of_showings))
        self._clicks_on_ads.fill(kept.clicks_on_ads, _last_ms(kept.clicks_on_ads))

    def __len__(self) -> int:
        return (
            len(self._clicks_of_viewers)
            + len(self._impressions_of_viewers)
            + len(self._clicks_of_showings)
            + len(self._clicks_on_ads)
        )

    def _is_double(self, record: EventRecord) -> bool:
        claims, now_ms = record.claims, record.received_ms
        last_ms = self._clicks_of_showings.get((claims.decision_id, record.kind))
        if last_ms is not None and 0 <= now_ms - last_ms < self.tuning.same_click_ms:
            return True
        if record.kind is not Kind.CLICK_DESTINATION or not claims.ad_id:
            return False
        last_ms = self._clicks_on_ads.get((claims.viewer_id, claims.ad_id))
        return last_ms is not None and 0 <= now_ms - last_ms < self.tuning.same_ad_ms


_SORTS: Final = {kind: entry.sort for kind, entry in KINDS.items()}
_NEEDS: Final = {kind: (entry.needs_ms, entry.needs_percent) for kind, entry in KINDS.items()}


def _needs_ms(record: EventRecord, text: str) -> int:
    """Return the time in which the view could have been watched, at the speed of time; 0 when it needs none."""
    if record.kind is Kind.WATCH:
        return dedupe.watched_ms(text) + record.value
    needs_ms, percent = _NEEDS[record.kind]
    duration_ms = record.claims.duration_ms
    if percent:
        return duration_ms * percent // 100
    return needs_ms if not duration_ms or needs_ms < duration_ms else duration_ms


def _last_ms(clicks: Iterable[tuple[object, int]]) -> int:
    return max((last_ms for _, last_ms in clicks), default=0)


def _in_last_minute(instants: "deque[int]", now_ms: int) -> int:
    """Return how many of the instants lie in the minute that ends now, and let go of the others."""
    if instants and instants[-1] > now_ms:  # The clock went back: nothing of what was noted is to be trusted.
        instants.clear()
    while instants and now_ms - instants[0] >= MINUTE_MS:
        instants.popleft()
    return len(instants)


def _add(of: "Recently[str, deque[int]]", viewer_id: str, now_ms: int) -> None:
    instants = of.get(viewer_id)
    if instants is None:
        instants = deque()
    else:
        _in_last_minute(instants, now_ms)
    instants.append(now_ms)
    of.put(viewer_id, instants, now_ms)


def _take(of: "Recently[str, deque[int]]", viewer_id: str, now_ms: int) -> None:
    instants = of.get(viewer_id)
    if instants is not None and now_ms in instants:
        instants.remove(now_ms)
