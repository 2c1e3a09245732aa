"""How often one app may ask for one ad account: fixed windows of a minute, in the process's memory."""

from typing import Final

from django.conf import settings

from vonk.control.windows import WINDOWS, Allowance
from vonk.core.errors import Limited
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import TooFrequent
from vonk.wire.business.operation import Operation, Over

UNKNOWN_PER_MINUTE_MAX: Final = 1_200  # Everybody behind one address who shows no token.


def take(caller: str, operation: Operation, asked: Asked | None, *, most: int | None = None) -> Allowance:
    """Count one call of an app (or person, or place) for the ad account it asks for; TooFrequent when that is too many.

    ``asked`` None: for none that exists for the caller; all of these count as one. ``most`` None: as many as the setting
    ``business_per_minute`` allows.
    """
    most = settings.VONK.business_per_minute if most is None else most
    account = getattr(asked, "advertiser_id", "") if asked is not None and operation.over is Over.ADVERTISER else ""
    allowance = _taken(f"business {caller} {account}", most)
    if operation.per_minute is not None:
        allowance = _taken(f"business {caller} {account} {operation.path}", operation.per_minute)
    return allowance


def headers(allowance: Allowance) -> dict[str, str]:
    """Return what a caller may read of it; no client of v1.3 minds."""
    return {
        "X-RateLimit-Limit": str(allowance.most),
        "X-RateLimit-Remaining": str(allowance.left),
        "X-RateLimit-Reset": str(allowance.reset_seconds),
    }


def _taken(key: str, most: int) -> Allowance:
    try:
        return WINDOWS.take(key, most)
    except Limited as problem:
        raise TooFrequent(most=most, retry_after_seconds=problem.retry_after_seconds or 1) from problem
