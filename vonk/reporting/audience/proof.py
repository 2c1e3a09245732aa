"""Whom ads reached adds up to how often they were shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.pages import Page
from vonk.events.log import Position
from vonk.reporting.audience.rules import METRICS, Dimension

_SUMS: Final = (Path(__file__).parent.parent / "sql" / "audience_sums.sql").read_text(encoding="utf-8")


class AudienceWitness:
    """Adds each ad's audience up, by every dimension, and holds it against the counter, which the log's own count proves.

    It does not count the log by country: an erasure takes the country out of the log, and what was counted stays.
    """

    until = Position(0)

    def __init__(self, *more: Callable[[CursorWrapper, Finding], None]) -> None:
        """``more`` holds other counts of whom ads reached against the same counters."""
        self._more = more
        self._finding = Finding("audiences_add_up")

    def see(self, page: Page) -> None:
        """Look at nothing: the counters are the log's by another check."""

    def checks(self) -> list[Check]:
        with self._finding.timed(), connection.cursor() as cursor:
            cursor.execute(_SUMS, list(METRICS))
            for ad_id, metric, counted, *sums, least in cursor.fetchall():
                self._finding.count()
                of = f"{metric} of ad {ad_id}"
                for dimension, total in zip(Dimension, sums, strict=True):
                    if total != counted:
                        self._finding.complain(f"{of}: {total} by {dimension.value}, {counted} in the counters")
                if least < 0:
                    self._finding.complain(f"{of}: a count of {least}")
            for hold in self._more:
                hold(cursor, self._finding)
        return [self._finding.check()]
