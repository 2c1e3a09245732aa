"""In which half hours of the week an ad group may be shown, by the clock on the wall of its account.

A week is 336 half hours from Monday 00:00; a set of them is kept as 84 hexadecimal digits, the first half hour in the
highest bit. "" means always. Where clocks are put forward an hour does not occur, and where they are put back one
occurs twice: what was asked for that hour holds both times.
"""

from datetime import datetime
from typing import Final

HALF_HOURS: Final = 336
DIGITS: Final = HALF_HOURS // 4
HALF_HOUR_MS: Final = 1_800_000
_ALL: Final = (1 << HALF_HOURS) - 1


def pack(marks: str) -> str:
    """Return 336 marks, 1 where shown and 0 where not, as they are kept; all alike mean always: "".

    ValueError unless there are 336 of 0 and 1, or none.
    """
    if not marks:
        return ""
    if len(marks) != HALF_HOURS or not set(marks) <= {"0", "1"}:
        raise ValueError(f"{HALF_HOURS} characters, each 0 or 1")
    bits = int(marks, 2)
    return "" if bits in (0, _ALL) else f"{bits:0{DIGITS}x}"


def unpack(packed: str) -> str:
    """Return the 336 marks of what is kept; "" for always."""
    return f"{int(packed, 16):0{HALF_HOURS}b}" if packed else ""


def bits(packed: str) -> int:
    """Return the half hours as bits, 0 for always. What cannot be read is never: an impossible half hour alone."""
    if not packed:
        return 0
    try:
        return int(packed, 16) & _ALL or 1 << HALF_HOURS
    except ValueError:
        return 1 << HALF_HOURS


def half_hour(local: datetime) -> int:
    """Return which half hour of the week a local time is in, from 0."""
    return local.weekday() * 48 + local.hour * 2 + local.minute // 30


def holds(wanted: int, at: int) -> bool:
    """Tell whether the bits (not 0) hold the half hour."""
    return bool(wanted >> (HALF_HOURS - 1 - at) & 1)
