"""How settings are read from their text: ValueError says what the text should be."""

import re
from decimal import Decimal
from ipaddress import ip_network
from typing import Final

from vonk.core.money import MICROS_PER_UNIT
from vonk.delivery.matching.separation import Apart
from vonk.delivery.snapshot import FrequencyCap
from vonk.storage.nats import address

ARCHIVE_DAYS_MIN: Final = 31  # A conversion follows its click by up to 28 days, and events come up to 7 days late.
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


def text(text: str) -> str:
    """Read any text."""
    return text.strip()


def log_address(text: str) -> str:
    """Read the address of a log."""
    text = text.strip()
    if text:
        address.parse(text)
    return text


def flag(text: str) -> bool:
    """Read yes or no."""
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in known:
        raise ValueError("use true or false")
    return known[text.strip().lower()]


def words(text: str) -> tuple[str, ...]:
    """Read words between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def media_origins(text: str) -> tuple[str, ...]:
    """Read origins as browsers write them: small letters, no path. They go into a header of every page."""
    origins = words(text)
    for one in origins:
        if not _ORIGIN.fullmatch(one):
            raise ValueError(f"{one} is no origin such as https://media.example.org")
    return origins


def networks(text: str) -> tuple[str, ...]:
    """Read addresses and ranges; in their text, because the server that believes them reads them itself."""
    ranges = words(text)
    for one in ranges:
        try:
            ip_network(one)
        except ValueError as error:
            raise ValueError(f"{one} is no address and no range such as 10.0.0.0/8") from error
    return ranges


def count(text: str) -> int:
    """Read a number from 0 up."""
    number = int(text)
    if number < 0:
        raise ValueError("use a number from 0 up")
    return number


def log_days(text: str) -> int:
    """Read days that a log is kept: at least one."""
    days = count(text)
    if days < 1:
        raise ValueError("use a number from 1 up")
    return days


def archive_days(text: str) -> int:
    """Read days that an archive is kept: 0 for ever, else long enough for what comes late."""
    days = count(text)
    if 0 < days < ARCHIVE_DAYS_MIN:
        raise ValueError(f"use 0, or a number from {ARCHIVE_DAYS_MIN} up")
    return days


def percent(text: str) -> int:
    """Read a percentage, as millionths."""
    percent = Decimal(text)
    if not 0 <= percent <= 100:
        raise ValueError("use a percentage from 0 to 100")
    return int(percent * 10_000)


def units(text: str) -> Decimal:
    """Read an amount of money."""
    units = Decimal(text)
    if not units.is_finite() or units < 0:
        raise ValueError("use an amount from 0 up")
    return units


def caps(text: str) -> tuple[FrequencyCap, ...]:
    """Return caps given as TIMES/DAYS, both whole numbers, at most 1,000 times and 30 days."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        times, _, days = one.partition("/")
        if not (times.isdecimal() and days.isdecimal() and 1 <= int(times) <= 1_000 and 1 <= int(days) <= 30):
            raise ValueError("not TIMES/DAYS, such as 4/1: 1 to 1,000 times in 1 to 30 days")
        found.append(FrequencyCap(int(times), int(days) * 86_400))
    return tuple(found)


def apart(text: str) -> tuple[Apart, ...]:
    """Read what ads stand apart by."""
    return tuple(Apart(word) for word in words(text))


def micros(text: str) -> int:
    """Read an amount of money, in micros."""
    return int(units(text) * MICROS_PER_UNIT)
