"""Which decisions have been settled: one row each, so that none is settled twice, whatever the log repeats."""

from collections.abc import Sequence
from typing import Final

import msgspec
from django.db import connection

from vonk.billing.models import BilledShowing
from vonk.billing.rules import Charge
from vonk.events.tokens import BILLS_FOR_MS

SKEW_MS: Final = 3_600_000  # How far the ad servers' clocks and the log's order may be apart.
PRUNE_ROWS_MAX: Final = 50_000  # In one transaction, so that nobody waits for it.

# One statement for a whole segment: it inserts what is new and returns exactly that.
_CLAIM: Final[dict[str, str]] = {
    "sqlite": """
        INSERT INTO billing_billed_showing (decision_id, decided_ms)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s) WHERE true
        ON CONFLICT (decision_id) DO NOTHING RETURNING decision_id
    """,
    "postgresql": """
        INSERT INTO billing_billed_showing (decision_id, decided_ms)
        SELECT (value->>0)::bigint, (value->>1)::bigint FROM json_array_elements(%s::json)
        ON CONFLICT (decision_id) DO NOTHING RETURNING decision_id
    """,
}


def claim(charges: Sequence[Charge]) -> set[int]:
    """Note the charges' decisions as settled; return those that were not before. Needs an open transaction."""
    assert connection.in_atomic_block, "A showing is noted in the transaction that bills it."
    if not charges:
        return set()
    rows = msgspec.json.encode([(charge.decision_id, charge.decided_ms) for charge in charges]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM[connection.vendor], [rows])
        return {decision_id for (decision_id,) in cursor.fetchall()}


def prune(settled_ms: int) -> int:
    """Forget showings that can bill no more, given when the last settled record was received; return how many.

    Judged by the log's time, never by the wall's: a settlement that lags behind still knows its showings.
    """
    oldest = settled_ms - BILLS_FOR_MS - SKEW_MS
    expired = BilledShowing.objects.filter(decided_ms__lt=oldest).order_by("decided_ms")
    ids = list(expired.values_list("pk", flat=True)[:PRUNE_ROWS_MAX])
    if not ids:
        return 0
    deleted, _ = BilledShowing.objects.filter(decided_ms__lt=oldest, decided_ms__lte=_decided_ms(ids[-1])).delete()
    return deleted


def _decided_ms(decision_id: int) -> int:
    return BilledShowing.objects.values_list("decided_ms", flat=True).get(pk=decision_id)
