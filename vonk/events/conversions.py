"""What an advertiser's pages and servers report of people who came from an ad: judged one by one, each counted once.

Two ways lead in. A *browser* knows the pixel's id, which is public, and is believed what anybody could say: its clock is
not asked, a conversion happens when it is received. A *server* knows the pixel's secret; it may report up to seven days
late. Nobody's address or number is taken: identifiers are SHA-256, made by whoever knows them.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta

from vonk.core.errors import Actor
from vonk.core.limits import EVENTS_PER_BATCH_MAX
from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT
from vonk.events.records import Claims, ConversionRecord, Record
from vonk.events.tokens import Signer, TokenInvalid
from vonk.events.validity import AT_MS_MAX, id_is_valid

DAY_MS: Final = 86_400_000
LATE_MS: Final = 7 * DAY_MS  # As late as a server may report, and as late as any event counts.
CLICK_COUNTS_FOR_MS: Final = 35 * DAY_MS  # The longest click window and the lateness of what follows it.
REMEMBERED_DAYS: Final = 8  # For page and server to say the same thing, however late: lateness, and the day begun.
REMEMBERED_MAX: Final = 5_000_000  # Ids held in memory, some 150 bytes each.
BROWSER_PER_MINUTE_MAX: Final = 6_000  # Of one pixel: its id is public, and a shop's busiest minute is far below.
CUSTOM_NAMES_MAX: Final = 50  # Of one pixel in the days remembered: every name is a row of reports.
VALUE_UNITS_MAX: Final = 1_000_000_000
VALUE_PER_DAY_UNITS_MAX: Final = (
    10_000_000_000  # Of one pixel since the ad server started: its sums fit 64 bits for years.
)
SOURCE_PIXEL: Final = "pixel"
SOURCE_SERVER: Final = "server"

STANDARD_NAMES: Final[dict[str, str]] = {
    "page_view": "Viewed a page",
    "view_content": "Viewed something for sale",
    "search": "Searched",
    "add_to_wishlist": "Added to a wish list",
    "add_to_cart": "Added to the basket",
    "initiate_checkout": "Began to check out",
    "add_payment_info": "Gave payment details",
    "purchase": "Bought",
    "subscribe": "Subscribed",
    "start_trial": "Began a trial",
    "sign_up": "Signed up",
    "submit_form": "Sent a form",
    "contact": "Made contact",
    "download": "Downloaded",
    "install": "Installed an app",
}
"""Names with a meaning that all advertisers share; any other name of the same form is the advertiser's own."""
STEPS: Final = frozenset({
    "page_view", "view_content", "search", "add_to_wishlist", "add_to_cart", "initiate_checkout", "add_payment_info",
})  # fmt: skip
"""Names of what leads to a conversion: attributed and shown by name, but not in the sum of conversions."""
assert STANDARD_NAMES.keys() >= STEPS, "Steps are standard names."

NAME_PATTERN: Final = "[a-z0-9_]{1,50}"
_NAME: Final = re.compile(NAME_PATTERN)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
IDENTIFIERS: Final = ("email", "phone", "external")


class ConversionRefusal(StrEnum):
    """Why a conversion was not taken."""

    MALFORMED = "malformed"
    ID_INVALID = "id_invalid"
    PIXEL_UNKNOWN = "pixel_unknown"
    SECRET_INVALID = "secret_invalid"  # noqa: S105 - a reason's name.
    RATE_EXCEEDED = "rate_exceeded"
    NAME_INVALID = "name_invalid"
    NAMES_TOO_MANY = "names_too_many"
    AT_INVALID = "at_invalid"
    TOO_OLD = "too_old"
    VALUE_INVALID = "value_invalid"
    VALUE_EXCEEDED = "value_exceeded"
    CURRENCY_INVALID = "currency_invalid"
    CURRENCY_FOREIGN = "currency_foreign"
    IDENTIFIER_NOT_HASHED = "identifier_not_hashed"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a reason's name.
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a reason's name.
    TOKEN_FOREIGN = "token_foreign"  # noqa: S105 - a reason's name.


class ConversionRefusalEntry(msgspec.Struct, frozen=True):
    """Why it happens, who can act, and how."""

    cause: str
    actor: Actor
    remedy: str


_advertiser = Actor.ADVERTISER
CONVERSION_REFUSALS: Final[dict[ConversionRefusal, ConversionRefusalEntry]] = {
    ConversionRefusal.MALFORMED: ConversionRefusalEntry(
        "The conversion is no object with the fields id, pixel and name.", Actor.CALLER, "Correct the conversion."
    ),
    ConversionRefusal.ID_INVALID: ConversionRefusalEntry(
        "The id is empty, longer than 64 characters, has other than printable ASCII characters, or has an @, as addresses"
        " have; it was not kept.",
        Actor.CALLER,
        "Use an id of your own, for example the order's number, and the same one from page and server.",
    ),
    ConversionRefusal.PIXEL_UNKNOWN: ConversionRefusalEntry(
        "There is no such pixel, or it is switched off.", _advertiser, "Copy the pixel's id, or switch it on."
    ),
    ConversionRefusal.SECRET_INVALID: ConversionRefusalEntry(
        "The bearer secret is not this pixel's: it was changed, or belongs to another one.",
        _advertiser,
        "Use the pixel's newest secret, or give the pixel a new one.",
    ),
    ConversionRefusal.RATE_EXCEEDED: ConversionRefusalEntry(
        f"Browsers reported more than {BROWSER_PER_MINUTE_MAX:,} conversions for this pixel within a minute.",
        _advertiser,
        "Send them again after a minute, or from a server with the pixel's secret.",
    ),
    ConversionRefusal.NAME_INVALID: ConversionRefusalEntry(
        "The name is not 1 to 50 of the characters a-z, 0-9 and _.",
        Actor.CALLER,
        "Use one of the standard names, or one of your own of that form.",
    ),
    ConversionRefusal.NAMES_TOO_MANY: ConversionRefusalEntry(
        f"The pixel has used {CUSTOM_NAMES_MAX} names of its own within a week.",
        _advertiser,
        "Use fewer names: what differs from order to order belongs in the id.",
    ),
    ConversionRefusal.AT_INVALID: ConversionRefusalEntry(
        "The instant is neither milliseconds since 1970 nor ISO 8601 with an offset.",
        Actor.CALLER,
        "Send milliseconds, or for example 2026-11-22T12:00:00Z.",
    ),
    ConversionRefusal.TOO_OLD: ConversionRefusalEntry(
        "It happened more than seven days ago.", Actor.CALLER, "Report conversions within seven days."
    ),
    ConversionRefusal.VALUE_INVALID: ConversionRefusalEntry(
        f"The value is no number from 0 to {VALUE_UNITS_MAX:,}.",
        Actor.CALLER,
        "Send the amount in units of the currency, for example 12.50.",
    ),
    ConversionRefusal.VALUE_EXCEEDED: ConversionRefusalEntry(
        f"The pixel's conversions of this day are worth more than {VALUE_PER_DAY_UNITS_MAX:,} together.",
        _advertiser,
        "Look who reports such values; if they are true, send them without a value or tomorrow.",
    ),
    ConversionRefusal.CURRENCY_INVALID: ConversionRefusalEntry(
        "A value came without a currency, or with one that is not known here.",
        Actor.CALLER,
        "Send the value's ISO 4217 code, for example EUR.",
    ),
    ConversionRefusal.CURRENCY_FOREIGN: ConversionRefusalEntry(
        "The value is in another currency than the ad account, and amounts of two currencies are not added.",
        _advertiser,
        "Convert the value to the account's currency before sending it.",
    ),
    ConversionRefusal.IDENTIFIER_NOT_HASHED: ConversionRefusalEntry(
        "An e-mail address, phone number or external id is not a SHA-256 in hexadecimal; it was not kept.",
        Actor.CALLER,
        "Send sha256(lower(trim(address))) as 64 hexadecimal digits; vonk-pixel.js does so by itself.",
    ),
    ConversionRefusal.TOKEN_INVALID: ConversionRefusalEntry(
        "The click id was changed, cut, or made elsewhere.",
        Actor.CALLER,
        "Send vonk_click as it stood in the landing page's address, or leave it out.",
    ),
    ConversionRefusal.TOKEN_EXPIRED: ConversionRefusalEntry(
        "The ad was shown more than 35 days ago.", Actor.CALLER, "Keep a click id for 28 days, then forget it."
    ),
    ConversionRefusal.TOKEN_FOREIGN: ConversionRefusalEntry(
        "The click id belongs to another account's ad, or to no ad.",
        _advertiser,
        "Report the conversion with the pixel of the account whose ad was clicked.",
    ),
}


class ConversionReport(msgspec.Struct, frozen=True, gc=False):
    """One conversion as a client sends it."""

    id: Annotated[
        str,
        Meta(
            description="Of your own, for example the order's number: 1 to 64 printable ASCII characters but space and @."
            " The same one from page and server, and when you send it again, is one conversion."
        ),
    ]
    pixel: Annotated[str, Meta(description="The pixel's id, in decimal digits.")]
    name: Annotated[str, Meta(description="What happened: a standard name, or one of your own of that form.")]
    at: Annotated[
        int | float | str | None,
        Meta(
            description="When it happened: milliseconds since 1970, or ISO 8601 with an offset; at most seven days ago."
            " Asked of servers only; from a browser, and when absent, it is the moment of receipt."
        ),
    ] = None
    value: Annotated[
        int | float | str | None, Meta(description="What it was worth, in units of the currency, for example 12.50.")
    ] = None
    currency: Annotated[str, Meta(description="Of the value, ISO 4217: the ad account's.")] = ""
    click: Annotated[str, Meta(description="vonk_click of the landing page's address, unchanged; empty if none.")] = ""
    email: Annotated[str, Meta(description="SHA-256 of the trimmed, lower-case address, in hexadecimal.")] = ""
    phone: Annotated[str, Meta(description="SHA-256 of the number in E.164, in hexadecimal.")] = ""
    external: Annotated[str, Meta(description="SHA-256 of your own id of the person, in hexadecimal.")] = ""


class ConversionBatch(msgspec.Struct, frozen=True):
    """The body of POST /v1/conversions."""

    conversions: Annotated[
        list[ConversionReport], Meta(description=f"Up to {EVENTS_PER_BATCH_MAX}; each gets its own verdict.")
    ]


class ConversionVerdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one conversion of a batch."""

    id: Annotated[str | None, Meta(description="The conversion's; null when it could not be read or kept.")]
    verdict: Annotated[str, Meta(description="accepted, duplicate or refused. Only send again what got no answer.")]
    reason: Annotated[str | None, Meta(description="Why it was refused.")] = None


class ConversionVerdicts(msgspec.Struct, frozen=True):
    """The answer to POST /v1/conversions, when all that was accepted is durable: one verdict each, in their order."""

    verdicts: list[ConversionVerdict]


class Pixel(Protocol):
    """What judging needs of a published pixel."""

    @property
    def account_id(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def secret_sha256(self) -> str: ...


Days = dict[int, dict[int, set[str]]]


class Kept(msgspec.Struct):
    """What is remembered, by day of receipt and pixel: ids, and names that are not standard. For a checkpoint."""

    ids: Days = {}
    names: Days = {}


class Known:
    """The conversions of the last days, so that page and server together count one. Exact; rebuilt from the log."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._count = 0

    def has(self, pixel_id: int, event_id: str) -> bool:
        """Tell whether the pixel has reported this id."""
        return any(event_id in pixels.get(pixel_id, ()) for pixels in self._kept.ids.values())

    def may_name(self, pixel_id: int, name: str) -> bool:
        """Tell whether the pixel may use this name, or has used too many of its own."""
        if name in STANDARD_NAMES:
            return True
        used = set().union(*(pixels.get(pixel_id, ()) for pixels in self._kept.names.values()))
        return name in used or len(used) < CUSTOM_NAMES_MAX

    def add(self, record: ConversionRecord) -> None:
        """Note the conversion."""
        day = record.received_ms // DAY_MS
        self._kept.ids.setdefault(day, {}).setdefault(record.pixel_id, set()).add(record.event_id)
        if record.name not in STANDARD_NAMES:
            self._kept.names.setdefault(day, {}).setdefault(record.pixel_id, set()).add(record.name)
        self._count += 1

    def forget(self, record: ConversionRecord) -> None:
        """Take a conversion back that could not be made durable, so that it may be sent again."""
        ids = self._kept.ids.get(record.received_ms // DAY_MS, {}).get(record.pixel_id, set())
        if record.event_id in ids:
            ids.discard(record.event_id)
            self._count -= 1

    def drop_expired(self, now_ms: int) -> None:
        """Let go of days that nobody may repeat any more."""
        oldest = now_ms // DAY_MS - REMEMBERED_DAYS
        for days in (self._kept.ids, self._kept.names):
            for day in [day for day in days if day < oldest]:
                del days[day]
        self._count = sum(len(ids) for pixels in self._kept.ids.values() for ids in pixels.values())

    def dump(self) -> Kept:
        """Return all that is remembered, for a checkpoint to encode at once."""
        return self._kept

    def load(self, kept: Kept) -> None:
        """Go on from what a checkpoint remembered."""
        self._kept = kept
        self._count = sum(len(ids) for pixels in kept.ids.values() for ids in pixels.values())

    def __len__(self) -> int:
        return self._count


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

    def judge(
        self, reports: Sequence[ConversionReport | ConversionVerdict], *, secret: str, received_ms: int
    ) -> Judged:
        """Judge each report by itself; a ConversionVerdict among them could not even be read. ``secret`` is "" from a browser."""
        judged = Judged([], [])
        digest = hashlib.sha256(secret.encode()).hexdigest() if secret else ""
        for report in reports:
            judged.verdicts.append(
                report if isinstance(report, ConversionVerdict) else self._judge(report, digest, received_ms, judged)
            )
        return judged

    def take_back(self, records: Sequence[Record]) -> None:
        """Undo conversions that could not be made durable, so that they may be sent, or judged, again."""
        for record in records:
            if isinstance(record, ConversionRecord):
                self.known.forget(record)
                if record.source == SOURCE_PIXEL and record.received_ms // 60_000 == self._minute:
                    self._in_minute[record.pixel_id] = max(0, self._in_minute.get(record.pixel_id, 0) - 1)

    def _judge(self, report: ConversionReport, digest: str, received_ms: int, judged: Judged) -> ConversionVerdict:
        read = self._read(report, digest, received_ms)
        if isinstance(read, ConversionRefusal):
            # What was refused may be anything: only an id that could be one is said back.
            return ConversionVerdict(report.id if _may_be_kept(report.id) else None, "refused", read.value)
        if self.known.has(read.pixel_id, read.event_id):
            judged.duplicates += 1
            return ConversionVerdict(report.id, "duplicate")
        if not self.known.may_name(read.pixel_id, read.name):
            return ConversionVerdict(report.id, "refused", ConversionRefusal.NAMES_TOO_MANY.value)
        if not self._within_value(read):
            return ConversionVerdict(report.id, "refused", ConversionRefusal.VALUE_EXCEEDED.value)
        self.known.add(read)
        judged.records.append(read)
        return ConversionVerdict(report.id, "accepted")

    def _read(self, report: ConversionReport, digest: str, received_ms: int) -> ConversionRecord | ConversionRefusal:  # noqa: PLR0911 - one return for each rule.
        """Return the record that the report amounts to, or the first rule that it breaks."""
        if not _may_be_kept(report.id):
            return ConversionRefusal.ID_INVALID
        pixel_id = (
            int(report.pixel) if report.pixel.isascii() and report.pixel.isdigit() and len(report.pixel) < 20 else 0
        )
        pixel = self._pixels.get(pixel_id)
        if pixel is None:
            return ConversionRefusal.PIXEL_UNKNOWN
        if digest and not hmac.compare_digest(digest, pixel.secret_sha256):
            return ConversionRefusal.SECRET_INVALID
        if not digest and not self._within_rate(pixel_id, received_ms):
            return ConversionRefusal.RATE_EXCEEDED
        if not _NAME.fullmatch(report.name):
            return ConversionRefusal.NAME_INVALID
        at_ms = instant_of(report.at, received_ms) if digest else received_ms
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
            source=SOURCE_SERVER if digest else SOURCE_PIXEL,
            viewer_id=click.viewer_id if click is not None else "",
            click=click,
            identifiers=identifiers,
        )

    def _within_rate(self, pixel_id: int, received_ms: int) -> bool:
        minute = received_ms // 60_000
        if minute != self._minute:
            self._minute = minute
            self._in_minute.clear()
        count = self._in_minute.get(pixel_id, 0) + 1
        self._in_minute[pixel_id] = count
        return count <= BROWSER_PER_MINUTE_MAX

    def _within_value(self, record: ConversionRecord) -> bool:
        day = record.received_ms // DAY_MS
        if day != self._day:
            self._day = day
            self._micros_of_day.clear()
        micros = self._micros_of_day.get(record.pixel_id, 0) + record.value_micros
        if micros > VALUE_PER_DAY_UNITS_MAX * MICROS_PER_UNIT:
            return False
        self._micros_of_day[record.pixel_id] = micros
        return True

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


def _may_be_kept(event_id: str) -> bool:
    """Tell whether a client's id can be kept: no address of a person can."""
    return id_is_valid(event_id) and "@" not in event_id


def instant_of(at: float | str | None, received_ms: int) -> int | ConversionRefusal:
    """Return when a server says that it happened, in milliseconds: at most seven days ago, never in the future."""
    if at is None:
        return received_ms
    if isinstance(at, str):
        try:
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                return ConversionRefusal.AT_INVALID
            at = moment.timestamp() * 1000
        except (ValueError, OverflowError):
            return ConversionRefusal.AT_INVALID
    if not 0 <= at <= AT_MS_MAX:  # Also refuses what is not a number.
        return ConversionRefusal.AT_INVALID
    if at < received_ms - LATE_MS:
        return ConversionRefusal.TOO_OLD
    return min(int(at), received_ms)


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
