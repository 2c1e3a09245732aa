"""What billing tells advertising of objects that are about to change."""

from datetime import datetime
from functools import partial

from vonk.advertising.actions.bulk_lines import Billed
from vonk.billing import queries as billing


def billed(now: datetime) -> Billed:
    """Return how to ask what was billed in budgets' present periods, and under consents."""
    return Billed(partial(billing.billed_now, now=now), billing.billed_under)
