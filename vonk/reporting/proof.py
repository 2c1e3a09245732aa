"""Counters are the log's counts: what reports and pages show, counted again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.billing.proof import NewWitness
from vonk.billing.proving.checks import SQL_INTEGERS, Check, Finding, instant
from vonk.billing.proving.pages import Page
from vonk.billing.proving.scratch import Scratch, Tally
from vonk.billing.proving.walk import Kept
from vonk.core.clock import to_ms
from vonk.events.log import Position
from vonk.reporting import rules
from vonk.reporting.attribution.proof import AttributionWitness
from vonk.reporting.audience.proof import AudienceWitness
from vonk.reporting.public_ads import proof as public_ads
from vonk.reporting.reach import proof as reach
from vonk.reporting.reached import proof as reached

_TALLIES: Final = (Path(__file__).parent / "sql" / "tallies_and_position.sql").read_text(encoding="utf-8")


class TalliesWitness:
    """Counts the log up to the roll-up's position again.

    Likes, comments, shares, favourites and follows are left out: content counts those of our own site in the same
    counters, where people can take them back, and the log has only those of hosts. Where retention took records, only
    hours of which all are kept are judged.
    """

    def __init__(self, folder: Path, kept: Kept) -> None:
        self.until = Position(0)
        self._after_ms = -1 if kept.oldest_ms is None else kept.oldest_ms
        self._scratch = Scratch(folder)
        self._finding = Finding("tallies_are_the_logs_counts")
        # In plain SQL: the audit shares no code with what it checks, and one statement sees counters and position of
        # one instant while the roll-up runs on.
        with self._finding.timed(), connection.chunked_cursor() as cursor:
            cursor.execute(_TALLIES, sorted(rules.ENGAGEMENTS))
            self._scratch.find(self._found(cursor))

    def _found(self, rows: Iterator[tuple[int, int | None, int, datetime | str, str, int]]) -> Iterator[Tally]:
        for position, post_id, ad_id, hour_at, metric, value in rows:
            self.until = Position(position)
            if post_id is not None:
                yield post_id, ad_id, to_ms(_aware(hour_at)), metric, value

    def see(self, page: Page) -> None:
        """Count the records."""
        with self._finding.timed():
            for key, value in rules.count(page.records).items():
                if key.metric in rules.ENGAGEMENTS:
                    continue
                if not all(number in SQL_INTEGERS for number in (*key[:3], value)):
                    self._finding.complain(f"{_name(*key)}: the log counts {value}, which no counter can hold")
                    continue
                self._scratch.expect(key, value)

    def checks(self) -> list[Check]:
        with self._finding.timed():
            count, wrong = self._scratch.compare(self._after_ms)
            self._finding.count(count)
            for post_id, ad_id, hour_ms, metric, found, expected in wrong:
                self._finding.complain(
                    f"{_name(post_id, ad_id, hour_ms, metric)}: {found} in the counters, {expected} in the log"
                )
            self._scratch.close()
        return [self._finding.check()]


def witnesses(now: datetime) -> list[NewWitness]:
    """Return what reporting has to prove, for ``billing.proof.prove`` to walk with."""
    return [
        TalliesWitness,
        lambda *_: AudienceWitness(reached.hold, reach.hold, public_ads.hold),
        partial(AttributionWitness, now=now),
    ]


def _name(post_id: int, ad_id: int, hour_ms: int, metric: str) -> str:
    return f"{metric} of post {post_id}, ad {ad_id}, hour {instant(hour_ms)}"


def _aware(at: datetime | str) -> datetime:
    """Return a raw instant of either database: SQLite keeps text in UTC."""
    parsed = datetime.fromisoformat(at) if isinstance(at, str) else at
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
