"""The platform's clock. Outside a sandbox it is the machine's; inside, its offset lives in the control database."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from vonk.control import audit, publications
from vonk.control.models import ClockSetting
from vonk.control.scope import Right, Scope
from vonk.core.clock import MachineClock
from vonk.core.errors import Conflict, Invalid
from vonk.delivery.snapshot import ClockDocument, DocumentKind

LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)  # Nobody tries out more; what is added to an instant still fits.


class ClockIsReal(Conflict):
    """Only a sandbox's clock can be moved."""

    code = "clock_is_real"
    message = "This platform runs on real time; its clock cannot be moved."
    remedy = "Start a sandbox: vonk serve --sandbox."


class ClockGoesForward(Invalid):
    """Consent and money are ordered in time, so the clock never goes back."""

    code = "clock_goes_forward"
    message = "The clock stands at %(now)s and only goes forward."
    remedy = "Choose a later instant."


class ClockTooFar(Invalid):
    """Near the calendar's end no instant has a later one, and a clock that stands there can never be put right."""

    code = "clock_too_far"
    message = "The clock goes no further than %(latest)s."
    remedy = "Choose an earlier instant."


def present() -> MachineClock:
    """Return the clock as it is now; read it anew for each request and each round of work."""
    if not settings.VONK.sandbox:
        return MachineClock()
    return MachineClock(_offset_us())


@transaction.atomic
def move_to(scope: Scope, at: datetime, *, now: datetime) -> datetime:
    """Move the sandbox's clock forward to ``at``, for every process; return the new time.

    Raises ClockIsReal outside a sandbox, ClockGoesForward when ``at`` is in the past, ClockTooFar beyond LATEST.
    """
    scope.require(Right.OPERATE)
    if not settings.VONK.sandbox:
        raise ClockIsReal
    if at < now:
        raise ClockGoesForward(field="at", now=now.isoformat())
    if at > LATEST:
        raise ClockTooFar(field="at", latest=LATEST.isoformat())
    offset_us = _offset_us() + (at - now) // timedelta(microseconds=1)
    _set_offset(offset_us, at=at)
    audit.record(scope, "clock.moved", "clock", 1, at=at, detail={"to": at.isoformat()})
    return at


@transaction.atomic
def start_at(at: datetime) -> None:
    """Set a new sandbox's clock to any instant, before anything happened in it: for the demo town's history."""
    _set_offset((at - MachineClock().now()) // timedelta(microseconds=1), at=at)


def _offset_us() -> int:
    return ClockSetting.objects.filter(id=1).values_list("offset_us", flat=True).first() or 0


def _set_offset(offset_us: int, *, at: datetime) -> None:
    ClockSetting.objects.update_or_create(id=1, defaults={"offset_us": offset_us})
    publications.publish(DocumentKind.CLOCK, 1, ClockDocument(offset_us), at=at)
