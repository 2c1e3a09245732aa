"""The judgement of conversions: what each report amounts to, or which rule it breaks."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol

import msgspec

from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT
from vonk.events.conversions.codes import is_code_for_tests
from vonk.events.conversions.contract import IDENTIFIERS, NAME_PATTERN, ConversionReport, ConversionVerdict
from vonk.events.conversions.known import Known
from vonk.events.conversions.refusals import (
    BROWSER_PER_MINUTE_MAX,
    BROWSERS_PART,
    CUSTOM_NAMES_MAX,
    VALUE_PER_DAY_UNITS_MAX,
    VALUE_UNITS_MAX,
    ConversionRefusal,
)
from vonk.events.records import Claims, ConversionRecord, Record
from vonk.events.tokens import CLICK_COUNTS_FOR_MS, COUNTS_FOR_MS, Signer, TokenInvalid
from vonk.events.validity import id_is_valid, ms_of

SOURCE_PIXEL: Final = "pixel"
SOURCE_SERVER: Final = "server"

ID_DIGITS_MAX: Final = 19

_NAME: Final = re.compile(NAME_PATTERN)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Pixel(Protocol):
    """What judging needs of a published pixel."""

    @property
    def account_id(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def secret_sha256(self) -> str: ...
    @property
    def servers_only(self) -> bool: ...


class Sender(msgspec.Struct, frozen=True):
    """Who reports: a browser (neither is known), a server that has a pixel's secret, or *site* for an account's pixels."""

    secret_sha256: str = ""
    account_id: int = 0

    @property
    def server(self) -> bool:
        """Whether more is believed than what a browser says."""
        return bool(self.secret_sha256) or self.account_id != 0

    def may_speak_for(self, pixel: Pixel) -> bool:
        """Tell whether the pixel is the server's to report for."""
        if self.account_id:
            return pixel.account_id == self.account_id
        return hmac.compare_digest(self.secret_sha256, pixel.secret_sha256)


def sender_of(secret: str) -> Sender:
    """Return who sends a pixel's secret; "" is a browser."""
    return Sender(hashlib.sha256(secret.encode()).hexdigest()) if secret else Sender()


class Unread(msgspec.Struct, frozen=True):
    """A report that could not be read: the id and the pixel that it names, where those could."""

    id: str | None = None
    pixel: str = ""


class Judged(msgspec.Struct):
    """A batch's verdicts, in its order, and the records to append before they may be told."""

    verdicts: list[ConversionVerdict]
    records: list[ConversionRecord]
    duplicates: int = 0


class Conversions:
    """Judges batches one after another, by the pixels last published."""

    def __init__(self, signer: Signer, pixels: Mapping[int, Pixel]) -> None:
        self._signer = signer
        self._pixels = pixels
        self.known = Known()
        self._minute = 0
        self._in_minute: dict[int, int] = {}
        self._day = 0
        self._micros_of_day: dict[int, int] = {}

    def judge(self, reports: Sequence[ConversionReport | Unread], *, sender: Sender, received_ms: int) -> Judged:
        """Judge each report by itself."""
        judged = Judged([], [])
        for report in reports:
            judged.verdicts.append(
                ConversionVerdict(report.id, "refused", ConversionRefusal.MALFORMED.value)
                if isinstance(report, Unread)
                else self._judge(report, sender, received_ms, judged)
            )
        return judged

    def take_back(self, records: Sequence[Record]) -> None:
        """Undo conversions that could not be made durable, so that they may be sent, or judged, again."""
        for record in records:
            if isinstance(record, ConversionRecord):
                self.known.forget(record)
                self._give_back_value(record)
                if record.source == SOURCE_PIXEL and record.received_ms // MINUTE_MS == self._minute:
                    self._in_minute[record.pixel_id] = max(0, self._in_minute.get(record.pixel_id, 0) - 1)

    def _judge(self, report: ConversionReport, sender: Sender, received_ms: int, judged: Judged) -> ConversionVerdict:
        read = self._read(report, sender, received_ms)
        if isinstance(read, ConversionRefusal):
            # What was refused may be anything: only an id that could be one is said back.
            return ConversionVerdict(report.id if may_be_kept(report.id) else None, "refused", read.value)
        if report.test and not is_code_for_tests(report.test, self._pixels[read.pixel_id]):
            return ConversionVerdict(report.id, "refused", ConversionRefusal.TEST_CODE_UNKNOWN.value)
        if not report.test and self.known.has(read.pixel_id, read.event_id):
            judged.duplicates += 1
            return ConversionVerdict(report.id, "duplicate")
        part = 1 if sender.server else BROWSERS_PART
        if not self.known.may_name(read.pixel_id, read.name, most=CUSTOM_NAMES_MAX // part):
            return ConversionVerdict(report.id, "refused", ConversionRefusal.NAMES_TOO_MANY.value)
        if report.test:  # Nothing of it is remembered or written: it counts nowhere.
            return ConversionVerdict(report.id, "tested")
        if not self._within_value(read, VALUE_PER_DAY_UNITS_MAX * MICROS_PER_UNIT // part):
            return ConversionVerdict(report.id, "refused", ConversionRefusal.VALUE_EXCEEDED.value)
        self.known.add(read)
        judged.records.append(read)
        return ConversionVerdict(report.id, "accepted")

    def _read(self, report: ConversionReport, sender: Sender, received_ms: int) -> ConversionRecord | ConversionRefusal:  # noqa: PLR0911 - one return for each rule.
        """Return the record that the report amounts to, or the first rule that it breaks."""
        if not may_be_kept(report.id):
            return ConversionRefusal.ID_INVALID
        pixel_id = pixel_id_of(report.pixel)
        pixel = self._pixels.get(pixel_id)
        if pixel is None:
            return ConversionRefusal.PIXEL_UNKNOWN
        if sender.server and not sender.may_speak_for(pixel):
            return ConversionRefusal.SECRET_INVALID
        if not sender.server and pixel.servers_only:
            return ConversionRefusal.SERVER_REQUIRED
        if not sender.server and not self._within_rate(pixel_id, received_ms):
            return ConversionRefusal.RATE_EXCEEDED
        if not _NAME.fullmatch(report.name):
            return ConversionRefusal.NAME_INVALID
        at_ms = instant_of(report.at, received_ms) if sender.server else received_ms
        if isinstance(at_ms, ConversionRefusal):
            return at_ms
        micros = micros_of(report.value, report.currency, pixel.currency)
        if isinstance(micros, ConversionRefusal):
            return micros
        identifiers = identifiers_of(report)
        if isinstance(identifiers, ConversionRefusal):
            return identifiers
        click = self._click(report.click, pixel.account_id, received_ms) if report.click else None
        if isinstance(click, ConversionRefusal):
            return click
        return ConversionRecord(
            event_id=report.id,
            pixel_id=pixel_id,
            account_id=pixel.account_id,
            name=report.name,
            at_ms=at_ms,
            received_ms=received_ms,
            value_micros=micros,
            currency=pixel.currency if micros else "",
            source=SOURCE_SERVER if sender.server else SOURCE_PIXEL,
            viewer_id=click.viewer_id if click is not None else "",
            click=click,
            identifiers=identifiers,
        )

    def _within_rate(self, pixel_id: int, received_ms: int) -> bool:
        minute = received_ms // MINUTE_MS
        if minute != self._minute:
            self._minute = minute
            self._in_minute.clear()
        count = self._in_minute.get(pixel_id, 0) + 1
        self._in_minute[pixel_id] = count
        return count <= BROWSER_PER_MINUTE_MAX

    def _within_value(self, record: ConversionRecord, most_micros: int) -> bool:
        day = record.received_ms // DAY_MS
        if day != self._day:
            self._day = day
            self._micros_of_day.clear()
        micros = self._micros_of_day.get(record.pixel_id, 0) + record.value_micros
        if record.value_micros and micros > most_micros:
            return False
        self._micros_of_day[record.pixel_id] = micros
        return True

    def _give_back_value(self, record: ConversionRecord) -> None:
        if record.received_ms // DAY_MS == self._day:
            micros = self._micros_of_day.get(record.pixel_id, 0) - record.value_micros
            self._micros_of_day[record.pixel_id] = max(0, micros)  # What a former life counted is not in it.

    def _click(self, token: str, account_id: int, received_ms: int) -> Claims | ConversionRefusal:
        try:
            claims = self._signer.open_click(token)
        except TokenInvalid:
            return ConversionRefusal.TOKEN_INVALID
        if claims.ad_id == 0 or claims.account_id != account_id:
            return ConversionRefusal.TOKEN_FOREIGN
        if received_ms - claims.decided_ms > CLICK_COUNTS_FOR_MS:
            return ConversionRefusal.TOKEN_EXPIRED
        return claims


def pixel_id_of(text: str) -> int:
    """Return the pixel's id that a report names, 0 where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= ID_DIGITS_MAX else 0


def may_be_kept(event_id: str) -> bool:
    """Tell whether a client's id can be kept: no address of a person can."""
    return id_is_valid(event_id) and "@" not in event_id


def instant_of(at: float | str | None, received_ms: int) -> int | ConversionRefusal:
    """Return when a server says that it happened, in milliseconds: at most seven days ago, never in the future."""
    if at is None:
        return received_ms
    at_ms = ms_of(at)
    if at_ms is None:
        return ConversionRefusal.AT_INVALID
    if at_ms < received_ms - COUNTS_FOR_MS:
        return ConversionRefusal.TOO_OLD
    return min(int(at_ms), received_ms)


def micros_of(value: float | str | None, currency: str, expected: str) -> int | ConversionRefusal:
    """Return the value in micros of the account's currency, 0 without one; rounded, for pages add in binary fractions."""
    if value is None:
        return 0
    try:
        units = Decimal(str(value))
    except InvalidOperation:
        return ConversionRefusal.VALUE_INVALID
    if not units.is_finite() or not 0 <= units <= VALUE_UNITS_MAX:
        return ConversionRefusal.VALUE_INVALID
    if currency not in CURRENCY_DECIMALS:
        return ConversionRefusal.CURRENCY_INVALID
    if currency != expected:
        return ConversionRefusal.CURRENCY_FOREIGN
    return round(units * MICROS_PER_UNIT)


def identifiers_of(report: ConversionReport) -> tuple[str, ...] | ConversionRefusal:
    """Return the identifiers as records keep them, "email:" and the digest; refused when one is not a digest."""
    found = []
    for name in IDENTIFIERS:
        digest = getattr(report, name).lower()
        if digest:
            if not _SHA256.fullmatch(digest):
                return ConversionRefusal.IDENTIFIER_NOT_HASHED
            found.append(f"{name}:{digest}")
    return tuple(found)
