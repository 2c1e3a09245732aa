"""Counters are the log's counts: what reports and pages show, counted again."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.scratch import Scratch, Tally
from vonk.core.clock import from_ms, to_ms
from vonk.events.log import Position, StoredRecord
from vonk.reporting import rules

_TALLIES: Final = (Path(__file__).parent / "sql" / "tallies_and_position.sql").read_text(encoding="utf-8")


class TalliesWitness:
    """Counts the log up to the roll-up's position again.

    Likes, comments, shares, favourites and follows are left out: content counts those of our own site in the same
    counters, where people can take them back, and the log has only those of hosts.
    """

    def __init__(self, scratch: Scratch) -> None:
        self.until = Position(0)
        self._scratch = scratch
        # In plain SQL: the audit shares no code with what it checks, and one statement sees counters and position of
        # one instant while the roll-up runs on.
        with connection.chunked_cursor() as cursor:
            cursor.execute(_TALLIES, sorted(rules.ENGAGEMENTS))
            scratch.find_tallies(self._found(cursor))

    def _found(self, rows: Iterator[tuple[int, int | None, int, datetime | str, str, int]]) -> Iterator[Tally]:
        for position, post_id, ad_id, hour_at, metric, value in rows:
            self.until = Position(position)
            if post_id is not None:
                yield post_id, ad_id, to_ms(_aware(hour_at)), metric, value

    def see(self, records: Sequence[StoredRecord]) -> None:
        """Count the records."""
        counted = rules.count(records)
        self._scratch.expect_tallies(
            (*key, value) for key, value in counted.items() if key.metric not in rules.ENGAGEMENTS
        )

    def checks(self) -> list[Check]:
        finding = Finding("tallies_are_the_logs_counts")
        finding.count(self._scratch.tallies())
        for post_id, ad_id, hour_ms, metric, found, expected in self._scratch.wrong_tallies():
            finding.complain(
                f"{metric} of post {post_id}, ad {ad_id}, hour {from_ms(hour_ms).isoformat()}: "
                f"{found} in the counters, {expected} in the log"
            )
        return [finding.check()]


def _aware(instant: datetime | str) -> datetime:
    """Return a raw instant of either database: SQLite keeps text in UTC."""
    parsed = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
