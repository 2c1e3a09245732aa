"""What a pixel's live tester shows: the last that came, as it was judged, for as long as somebody looks.

In memory alone and of one ad server: nothing here is written, counted or logged. Digests of people are not kept, only
which of them came; addresses of pages lose their query.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from vonk.core.clock import HOUR_MS
from vonk.core.errors import NotFound
from vonk.events.conversions.contract import IDENTIFIERS, ConversionReport, ConversionVerdict
from vonk.events.conversions.judging import (
    SOURCE_PIXEL,
    SOURCE_SERVER,
    Judged,
    Pixel,
    Sender,
    Unread,
    may_be_kept,
    pixel_id_of,
)
from vonk.events.tokens import Signer, TokenInvalid

SHOWN_MAX: Final = 100  # Of one pixel.
KEPT_MS: Final = HOUR_MS  # How long what came is shown, and how long one look keeps a pixel watched.
WATCHED_MAX: Final = (
    1_000  # Pixels at once, some 30 MB when all are full; then who has not been asked for longest goes.
)
NAME_CHARS_MAX: Final = 50
VALUE_CHARS_MAX: Final = 24
CURRENCY_CHARS: Final = 3
PAGE_CHARS_MAX: Final = 200


class SeenConversion(msgspec.Struct, frozen=True, kw_only=True):
    """One report as it came and what became of it. Texts are what was sent, cut, or "" where it may name a person."""

    number: int  # Counts up; a later one is greater.
    received_ms: int
    event_id: str
    source: str  # "pixel" or "server".
    verdict: str  # accepted, tested, duplicate or refused.
    reason: str | None
    name: str = ""
    value: str = ""
    currency: str = ""
    page: str = ""
    test: bool = False  # It bore a test code.
    click: bool = False  # A click's id came with it.
    ad_id: int = 0  # Of the ad that was clicked; 0: no click, or not a click of this account's.
    identifiers: tuple[str, ...] = ()  # Which digests came: email, phone, external.
    first_source: str = ""  # Of a duplicate: who said it first; "" when that is longer ago than is kept.
    first_ms: int = 0


class PixelSeen(msgspec.Struct, frozen=True):
    """The answer to the tester's page: newest first."""

    seen: tuple[SeenConversion, ...]


class _Ring:
    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        self.looked_ms = 0
        self.seen: deque[SeenConversion] = deque(maxlen=SHOWN_MAX)

    def drop_expired(self, now_ms: int) -> None:
        while self.seen and self.seen[0].received_ms < now_ms - KEPT_MS:
            self.seen.popleft()


class Tester:
    """What came of late for the pixels that somebody watches, and of test events for every pixel."""

    def __init__(self, signer: Signer, pixels: Mapping[int, Pixel]) -> None:
        self._signer = signer
        self._pixels = pixels
        self._rings: OrderedDict[int, _Ring] = OrderedDict()
        self._number = 0

    def look(self, pixel_id: int, account_id: int, *, now_ms: int) -> PixelSeen:
        """Return what came for the account's pixel, newest first, and watch it for another hour.

        A pixel that is switched off is published nowhere, and watched for the account that *site* vouches for.
        NotFound when the pixel is another account's.
        """
        ring = self._ring(pixel_id, self._owner(pixel_id, account_id))
        ring.looked_ms = now_ms
        ring.drop_expired(now_ms)
        return PixelSeen(tuple(reversed(ring.seen)))

    def stop(self, pixel_id: int, account_id: int) -> None:
        """Watch the account's pixel no longer, and forget what came for it. NotFound as above."""
        self._owner(pixel_id, account_id)
        self._rings.pop(pixel_id, None)

    def note(
        self, reports: Sequence[ConversionReport | Unread], judged: Judged, *, sender: Sender, received_ms: int
    ) -> None:
        """Keep what is to be shown of a batch that was judged and, where it counts, written."""
        for report, verdict in zip(reports, judged.verdicts, strict=True):
            pixel_id = pixel_id_of(report.pixel)
            ring = self._rings.get(pixel_id)
            if ring is None and verdict.verdict == "tested":
                ring = self._ring(pixel_id, self._pixels[pixel_id].account_id)
                ring.looked_ms = received_ms
            if ring is not None and ring.looked_ms >= received_ms - KEPT_MS:
                ring.drop_expired(received_ms)
                ring.seen.append(self._seen(report, verdict, ring, sender, received_ms))

    def drop_expired(self, now_ms: int) -> None:
        """Let go of what is older than is shown, and of pixels that nobody looks at."""
        for pixel_id, ring in list(self._rings.items()):
            ring.drop_expired(now_ms)
            if ring.looked_ms < now_ms - KEPT_MS:
                del self._rings[pixel_id]

    def __len__(self) -> int:
        return len(self._rings)

    def _owner(self, pixel_id: int, account_id: int) -> int:
        pixel, ring = self._pixels.get(pixel_id), self._rings.get(pixel_id)
        owner = pixel.account_id if pixel is not None else ring.account_id if ring is not None else account_id
        if account_id not in {0, owner}:
            raise NotFound(noun="pixel")
        return owner

    def _ring(self, pixel_id: int, account_id: int) -> _Ring:
        ring = self._rings.setdefault(pixel_id, _Ring(account_id))
        self._rings.move_to_end(pixel_id)
        if len(self._rings) > WATCHED_MAX:
            self._rings.popitem(last=False)
        return ring

    def _seen(
        self,
        report: ConversionReport | Unread,
        verdict: ConversionVerdict,
        ring: _Ring,
        sender: Sender,
        received_ms: int,
    ) -> SeenConversion:
        self._number += 1
        seen = SeenConversion(
            number=self._number,
            received_ms=received_ms,
            event_id=report.id if report.id and may_be_kept(report.id) else "",
            source=SOURCE_SERVER if sender.server else SOURCE_PIXEL,
            verdict=verdict.verdict,
            reason=verdict.reason,
        )
        if isinstance(report, Unread):
            return seen
        seen = msgspec.structs.replace(
            seen,
            name=_harmless(report.name, NAME_CHARS_MAX),
            value="" if report.value is None else _harmless(str(report.value), VALUE_CHARS_MAX),
            currency=_harmless(report.currency, CURRENCY_CHARS),
            page=page_of(report.page),
            test=bool(report.test),
            click=bool(report.click),
            ad_id=self._clicked(report.click) if report.click and verdict.verdict != "refused" else 0,
            identifiers=tuple(name for name in IDENTIFIERS if getattr(report, name)),
        )
        first = _first(ring, seen)
        if first is None:
            return seen
        return msgspec.structs.replace(seen, verdict="duplicate", first_source=first.source, first_ms=first.received_ms)

    def _clicked(self, click: str) -> int:
        try:
            return self._signer.open_click(click).ad_id
        except TokenInvalid:  # Judging has opened it: its key was withdrawn since.
            return 0


def page_of(address: str) -> str:
    """Return the address without what may name a person: query, fragment, credentials, a path with an @; "" for none."""
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    path = "" if "@" in parts.path or "%40" in parts.path else parts.path
    return f"{parts.scheme}://{host}{path}"[:PAGE_CHARS_MAX]


def _harmless(text: str, chars_max: int) -> str:
    return "" if "@" in text else text[:chars_max]


def _first(ring: _Ring, seen: SeenConversion) -> SeenConversion | None:
    """Return which taken report this one repeats, where it is still kept; a test repeats whatever bore its id."""
    if not (seen.verdict == "duplicate" or (seen.verdict == "tested" and seen.event_id)):
        return None
    same = (one for one in ring.seen if one.event_id == seen.event_id and one.verdict != "refused")
    return next((one for one in same if seen.test or not one.test), None)
