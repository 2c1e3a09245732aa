"""Time is an argument: whoever needs it is handed a Clock or an instant, aware and in UTC."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000


class Clock(Protocol):
    """Tells the platform's time, which in a sandbox differs from the machine's."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        ...

    def now_ms(self) -> int:
        """Return the present instant in milliseconds since 1970-01-01 UTC."""
        ...


class MachineClock:
    """The machine's own time, moved by ``offset_us`` microseconds (0 outside a sandbox)."""

    def __init__(self, offset_us: int = 0) -> None:
        self.offset_us = offset_us

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(microseconds=self.offset_us)

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset_us // 1000


class FixedClock:
    """Stands still until it is moved: for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def now_ms(self) -> int:
        return to_ms(self._at)

    def advance(self, **by: float) -> None:
        """Move forward by ``timedelta(**by)``."""
        self._at += timedelta(**by)


def to_ms(instant: datetime) -> int:
    """Return the milliseconds since 1970-01-01 UTC of an aware instant."""
    assert instant.tzinfo is not None, "Instants are aware."
    return round(instant.timestamp() * 1000)


def from_ms(instant_ms: int) -> datetime:
    """Return the aware UTC instant of milliseconds since 1970."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC)


def hour_of(instant: datetime) -> datetime:
    """Return the start of the UTC hour that holds the instant."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
