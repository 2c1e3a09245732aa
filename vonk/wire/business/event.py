"""What advertisers' servers report that people did: the events API, and the older forms of it under ``pixel``."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.actions import conversions
from vonk.advertising.rules.pixels import Origin
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Invalid, NotFound
from vonk.events.conversions.contract import ConversionReport, ConversionVerdict
from vonk.events.conversions.refusals import CONVERSION_REFUSALS, ConversionRefusal
from vonk.wire.business import pixel_names
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import ParameterInvalid, answers
from vonk.wire.business.given import Given, read_moment
from vonk.wire.business.operation import Call, Over, Partly, operation
from vonk.wire.business.pixel import read_pixel_code

EVENTS_MAX: Final = 1_000
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_SHOPS: Final = frozenset({"offline", "crm"})
_TAKEN: Final = frozenset({"accepted", "duplicate", "tested"})


class NotHashed(Invalid):
    """An address or number of a person came as it is."""

    code = "pii_not_hashed"
    message = "%(field_name)s: a SHA-256 in hexadecimal is taken, nothing else. What came was not kept."
    remedy = "Send the SHA-256 of the trimmed, lower-case address, and of the number in E.164."

    def __init__(self, *, field: str) -> None:
        super().__init__(field=field, field_name=field)


class CodeForTestsUnknown(Invalid):
    """Events came as a test, with a code that is not the pixel's."""

    code = "test_code_unknown"
    message = "test_event_code: not this pixel's."
    cause = "It was mistyped, or the pixel has had a new secret since."
    remedy = "Copy the code from the pixel's live tester, or leave it out for the events to count."
    field = "test_event_code"


answers({NotHashed.code: 40062})

Digest = str | list[str]


class EventUser(msgspec.Struct, frozen=True):
    """Who it was: by the click's id, or by digests. Of several digests the first counts."""

    ttclid: str | None = None
    email: Digest | None = None
    phone: Digest | None = None
    phone_number: Digest | None = None  # The older forms' name.
    emails: Digest | None = None  # Offline events' names.
    phone_numbers: Digest | None = None
    external_id: Digest | None = None


class EventPage(msgspec.Struct, frozen=True):
    """Where it happened: shown in the pixel's live tester without its query, and not kept."""

    url: str | None = None


class EventProperties(msgspec.Struct, frozen=True):
    """What it was worth. Contents are not kept."""

    value: float | str | None = None
    currency: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``event_id`` is the advertiser's; the same one from page and server is one event."""

    event: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    event_time: int
    event_id: str | None = None
    user: EventUser | None = None
    properties: EventProperties | None = None
    page: EventPage | None = None


class EventsAsked(Asked, frozen=True):
    """Events of one source. With the pixel's ``test_event_code`` they are checked and seen in its tester, not counted."""

    event_source: Literal["web", "app", "offline", "crm"]
    event_source_id: str
    data: Annotated[list[Event], msgspec.Meta(min_length=1, max_length=EVENTS_MAX)]
    test_event_code: str | None = None


class OlderAd(msgspec.Struct, frozen=True):
    """The click's id."""

    callback: str | None = None


class OlderContext(msgspec.Struct, frozen=True):
    """Who it was, in the older forms."""

    ad: OlderAd | None = None
    user: EventUser | None = None
    page: EventPage | None = None


class OlderEvent(Asked, frozen=True, kw_only=True):
    """One event in the older form. ``context.user`` tells who it was, as digests."""

    event: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    timestamp: str | None = None
    event_id: str | None = None
    context: OlderContext | None = None
    properties: EventProperties | None = None


class OneOlder(OlderEvent, frozen=True, kw_only=True):
    """One event by itself. With ``test_event_code`` it is only checked."""

    test_event_code: str | None = None


class ManyOlder(Asked, frozen=True, kw_only=True):
    """Several events in the older form. With ``test_event_code`` they are only checked."""

    batch: Annotated[list[OlderEvent], msgspec.Meta(min_length=1, max_length=EVENTS_MAX)]
    test_event_code: str | None = None


class TrackAsked(OneOlder, frozen=True, kw_only=True):
    """One event of a pixel in the older form."""

    pixel_code: str


class BatchAsked(ManyOlder, frozen=True, kw_only=True):
    """Several events of a pixel in the older form."""

    pixel_code: str


class FailedEvent(Given, frozen=True):
    """One that was not taken, by its place in what was sent, and why."""

    order_in_batch: int
    reason: str
    message: str


class Taken(Given, frozen=True):
    """What was not taken; empty when everything was."""

    failed_events: list[FailedEvent]


@operation(
    "POST",
    "event/track",
    over=Over.PERSON,
    may=Right.VIEW,
    alone=True,
    summary="Report events",
    example={
        "event_source": "web",
        "event_source_id": "C1838000000000000001",
        "data": [
            {
                "event": "Purchase",
                "event_time": 1795348800,
                "event_id": "order-17",
                "properties": {"value": 12.5, "currency": "EUR"},
            }
        ],
    },
)
def track(call: Call[EventsAsked]) -> Taken | Partly:
    """They are durable when this answers; those that came before, and their repetitions, count once.

    ``event_source_id`` is a pixel's code or id, whatever the source; of offline and crm also an offline event set's id.
    """
    asked = call.asked
    pixel_id = read_pixel_code(asked.event_source_id, "event_source_id")
    reports = [_report(pixel_id, one, f"data[{place}]") for place, one in enumerate(asked.data)]
    origins = (Origin.WEB, Origin.OFFLINE) if asked.event_source in _SHOPS else (Origin.WEB,)
    return taken(call, pixel_id, reports, test_code=asked.test_event_code, origins=origins)


@operation(
    "POST",
    "pixel/track",
    over=Over.PERSON,
    may=Right.VIEW,
    alone=True,
    summary="Report one event (older form)",
    example={"pixel_code": "C1838000000000000001", "event": "CompletePayment", "event_id": "order-17"},
)
def track_one(call: Call[TrackAsked]) -> Taken | Partly:
    """As event/track, which is to be preferred."""
    return taken_one(call, read_pixel_code(call.asked.pixel_code, "pixel_code"))


@operation(
    "POST",
    "pixel/batch",
    over=Over.PERSON,
    may=Right.VIEW,
    alone=True,
    summary="Report events (older form)",
    example={"pixel_code": "C1838000000000000001", "batch": [{"event": "CompletePayment", "event_id": "order-17"}]},
)
def track_batch(call: Call[BatchAsked]) -> Taken | Partly:
    """As event/track, which is to be preferred."""
    return taken_many(call, read_pixel_code(call.asked.pixel_code, "pixel_code"))


def taken_one(call: Call[Any], source_id: int, *, origins: Collection[Origin] = (Origin.WEB,)) -> Taken | Partly:
    """Report the one event of the older form that is asked."""
    asked: OneOlder = call.asked
    report = _older_report(source_id, asked, "", call.now)
    return taken(call, source_id, [report], test_code=asked.test_event_code, origins=origins)


def taken_many(call: Call[Any], source_id: int, *, origins: Collection[Origin] = (Origin.WEB,)) -> Taken | Partly:
    """Report the events of the older form that are asked."""
    asked: ManyOlder = call.asked
    reports = [_older_report(source_id, one, f"batch[{place}]", call.now) for place, one in enumerate(asked.batch)]
    return taken(call, source_id, reports, test_code=asked.test_event_code, origins=origins)


def taken(
    call: Call[Any],
    pixel_id: int,
    reports: list[ConversionReport],
    *,
    test_code: str | None,
    origins: Collection[Origin] = (Origin.WEB,),
) -> Taken | Partly:
    """Report these for a pixel or an offline event set that the caller may report for.

    With a test code they count nowhere. A pixel's are judged and seen in its live tester; an offline event set has none,
    so that its events are only read. CodeForTestsUnknown when it is not the pixel's.
    """
    scope = _scope(call, pixel_id, origins)
    if test_code is not None:
        scope.require(Right.CAMPAIGN_EDIT)
        expected = advertising.pixel_test_code(scope, pixel_id)
        if expected is None:
            return Taken(failed_events=[])
        if test_code.strip().upper() != expected:
            raise CodeForTestsUnknown
        reports = [msgspec.structs.replace(one, test=expected) for one in reports]
    verdicts = conversions.report(scope, reports, now=call.now)
    failed = [_failed(place, one) for place, one in enumerate(verdicts) if one.verdict not in _TAKEN]
    if len(failed) == len(verdicts):
        raise ParameterInvalid(field=failed[0].reason, reason=failed[0].message)
    return Partly(Taken(failed_events=failed)) if failed else Taken(failed_events=[])


def _scope(call: Call[Any], pixel_id: int, origins: Collection[Origin]) -> Scope:
    """Return the caller's scope over the pixel's account; one of others does not exist for them."""
    account_id = advertising.pixel_account(pixel_id, origins=origins)
    if account_id is None:
        raise NotFound(noun="pixel")
    try:
        return call.over_advertiser(account_id)
    except NotFound as problem:
        raise NotFound(noun="pixel") from problem


def _failed(place: int, verdict: ConversionVerdict) -> FailedEvent:
    reason = ConversionRefusal(verdict.reason or ConversionRefusal.MALFORMED)
    entry = CONVERSION_REFUSALS[reason]
    return FailedEvent(order_in_batch=place, reason=reason.value, message=f"{entry.cause} {entry.remedy}")


def _report(pixel_id: int, one: Event, field: str) -> ConversionReport:
    said = _Said(
        one.event,
        one.event_id,
        one.event_time * 1_000,
        one.user or EventUser(),
        one.properties or EventProperties(),
        one.page or EventPage(),
    )
    return said.conversion(pixel_id, field)


def _older_report(pixel_id: int, one: OlderEvent, field: str, now: datetime) -> ConversionReport:
    at_ms = to_ms(read_moment(one.timestamp, f"{field}.timestamp".lstrip(".")) if one.timestamp else now)
    context = one.context or OlderContext()
    user = context.user or EventUser()
    if context.ad is not None and context.ad.callback and not user.ttclid:
        user = msgspec.structs.replace(user, ttclid=context.ad.callback)
    worth, page = one.properties or EventProperties(), context.page or EventPage()
    return _Said(one.event, one.event_id, at_ms, user, worth, page).conversion(pixel_id, field)


class _Said(msgspec.Struct, frozen=True):
    """One event, whichever form it came in."""

    event: str
    event_id: str | None
    at_ms: int
    user: EventUser
    worth: EventProperties
    page: EventPage

    def conversion(self, pixel_id: int, field: str) -> ConversionReport:
        """Return it as the ad server takes it; NotHashed names a field below ``field`` that tells who somebody is."""
        who, dotted = self.user, f"{field}." if field else ""
        return ConversionReport(
            id=self.event_id or self._own_id(pixel_id),
            pixel=str(pixel_id),
            name=pixel_names.conversion_name(self.event),
            at=self.at_ms,
            value=self.worth.value,
            currency=self.worth.currency or "",
            click=who.ttclid or "",
            email=_digest(who.email or who.emails, f"{dotted}user.email"),
            phone=_digest(who.phone or who.phone_number or who.phone_numbers, f"{dotted}user.phone"),
            external=_digest(who.external_id, f"{dotted}user.external_id"),
            page=self.page.url or "",
        )

    def _own_id(self, pixel_id: int) -> str:
        """Return an id for an event that has none: the same event sent again is the same."""
        said = {name: getattr(self, name) for name in ("event", "event_id", "at_ms", "user", "worth")}
        return f"sent-{hashlib.sha256(msgspec.json.encode((pixel_id, said))).hexdigest()[:40]}"


def _digest(given: Digest | None, field: str) -> str:
    first = given[0] if isinstance(given, list) and given else given
    if not isinstance(first, str) or not first:
        return ""
    if not _SHA256.fullmatch(first):
        raise NotHashed(field=field)
    return first.lower()
