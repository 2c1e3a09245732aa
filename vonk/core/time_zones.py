"""The names of the world's time zones, as this machine knows them."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Return every name in the IANA time zone database. Finding them takes reading two thousand files, so it is done once."""
    return frozenset(available_timezones())
