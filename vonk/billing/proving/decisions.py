"""What bills is what was decided: a charge names the ad, consent, post and price of its decision, which is there once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.events import SUSPECTS_MAX
from vonk.billing.proving.pages import Page
from vonk.billing.proving.rows import Column, Rows, Table, column, repeated
from vonk.billing.proving.walk import seek
from vonk.events.log import EventLog, Position
from vonk.events.records import Claims, DecisionRecord, EventRecord

FACTS: Final = (
    "ad_id",
    "ad_group_id",
    "campaign_id",
    "account_id",
    "grant_id",
    "post_id",
    "bills",
    "price_micros",
)  # What a decision and the token of its showing both say.


class DecisionsWitness:
    """Brings each decision together with what was charged for it. A decision that is not in the log is not missed.

    Ad servers write decisions beside the path of the request, so one that was killed may have lost some.
    """

    def __init__(self, log: EventLog, folder: Path, until: Position) -> None:
        self.until = until
        self._log = log
        self._rows = Rows(
            folder / "decisions", 3
        )  # Key of the decision, of its facts; twice the position, 1 for a charge.
        self._finding = Finding("charges_keep_to_their_decision")

    def see(self, page: Page) -> None:
        """Note decisions that chose an ad, and charges."""
        with self._finding.timed():
            decided = [(position, record) for position, record in page.decisions if record.ad_id]
            self._finding.count(len(decided) + len(page.charged))
            self._rows.add(
                column([hash(record.decision_id) for _, record in decided]),
                column([_key(record) for _, record in decided]),
                column([2 * position for position, _ in decided]),
            )
            self._rows.add(
                column([hash(event.claims.decision_id) for _, event in page.charged]),
                column([_key(event.claims) for _, event in page.charged]),
                column([2 * position + 1 for position, _ in page.charged]),
            )

    def checks(self) -> list[Check]:
        with self._finding.timed():
            suspects = [_suspects(repeated(rows)) for rows in self._rows.parts()]
            positions = np.unique(np.concatenate(suspects)) if suspects else column([])
            if len(positions) > SUSPECTS_MAX:
                self._finding.complain_of(len(positions) - SUSPECTS_MAX)
                positions = positions[:SUSPECTS_MAX]
            self._compare(positions.tolist())
        return [self._finding.check()]

    def _compare(self, positions: Sequence[int]) -> None:
        decided: dict[int, tuple[Position, DecisionRecord]] = {}
        charged: list[tuple[Position, Claims]] = []
        for stored in seek(self._log, positions):
            record = stored.record
            if isinstance(record, EventRecord):
                charged.append((stored.position, record.claims))
            elif isinstance(record, DecisionRecord):
                first, _ = decided.setdefault(record.decision_id, (stored.position, record))
                if first != stored.position:
                    self._finding.complain(
                        f"position {stored.position}: decision {record.decision_id} is there a second time, "
                        f"after position {first}"
                    )
        for position, claims in charged:
            if claims.decision_id not in decided:
                continue
            first, decision = decided[claims.decision_id]
            for name in FACTS:
                told, was = getattr(claims, name), getattr(decision, name)
                if told != was:
                    self._finding.complain(
                        f"position {position}: charges for {name} {told}, decision {claims.decision_id} at position "
                        f"{first} has {was}"
                    )


def _key(of: Claims | DecisionRecord) -> int:
    return hash((
        of.ad_id, of.ad_group_id, of.campaign_id, of.account_id, of.grant_id, of.post_id, of.bills, of.price_micros,
    ))  # fmt: skip


def _suspects(rows: Table) -> Column:
    """Return the positions of decisions that are there twice, or whose facts are not the same in all places."""
    if not len(rows):
        return column([])
    starts = np.flatnonzero(np.concatenate(([True], rows[1:, 0] != rows[:-1, 0])))
    sizes = np.diff(np.append(starts, len(rows)))
    differing = np.logical_or.reduceat(rows[:, 1] != np.repeat(rows[starts, 1], sizes), starts)
    twice = np.add.reduceat(1 - (rows[:, 2] & 1), starts) > 1
    found: Column = rows[np.repeat(differing | twice, sizes), 2] >> 1
    return found
