"""Ads that are meant to run longer than the consent they stand on; pure."""

from datetime import datetime, timedelta


def runs_beyond(ends_at: datetime | None, consent_ends_at: datetime | None, now: datetime) -> bool:
    """Say whether an ad group that ends then (None: at no fixed time) outlives the consent (None: nothing ends it).

    What is over already outlives nothing.
    """
    if consent_ends_at is None or (ends_at is not None and ends_at <= now):
        return False
    return ends_at is None or ends_at > consent_ends_at


def days_beyond(ends_at: datetime | None, consent_ends_at: datetime) -> int | None:
    """Return by how many days, a day begun counted whole; None for an ad group without an end."""
    if ends_at is None:
        return None
    return max(0, -((consent_ends_at - ends_at) // timedelta(days=1)))
