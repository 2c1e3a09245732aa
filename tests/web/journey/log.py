"""What really arrived: the event log of the running platform, read beside it."""

from collections import Counter
from pathlib import Path

from vonk.config import wiring
from vonk.events.log import START
from vonk.events.records import EventRecord

BATCH = 10_000


def events(data: Path) -> list[EventRecord]:
    """Return every event in the log, oldest first."""
    log = wiring.event_log_in(data)
    try:
        stored = log.read(START, BATCH)
    finally:
        log.close()
    assert len(stored) < BATCH, "A journey is short."
    return [one.record for one in stored if isinstance(one.record, EventRecord)]


def kinds(data: Path, *, ad_id: int | None = None, post_id: int | None = None, net: bool = False) -> Counter[str]:
    """Return how often each kind arrived: of one ad, or with ``ad_id`` 0 of a post's organic showings.

    ``net``: without what a rule of validity found wrong, for example a second click right after the first.
    """
    return Counter(
        event.kind.value
        for event in events(data)
        if (ad_id is None or event.claims.ad_id == ad_id)
        and (post_id is None or event.claims.post_id == post_id)
        and not (event.invalid if net else event.restored)  # Who is restored has two records: the first is invalid.
    )


def charged(data: Path) -> dict[int, int]:
    """Return what each ad's events bill together, in micros: every billable event times its token's price."""
    found: Counter[int] = Counter()
    billed: set[int] = set()
    for event in events(data):
        claims = event.claims
        if not event.invalid and claims.ad_id and event.kind.value == claims.bills and claims.decision_id not in billed:
            billed.add(claims.decision_id)  # A showing bills once, however often it is clicked.
            found[claims.ad_id] += claims.price_micros
    return dict(found)
