"""Whom ads reached adds up to how often they were shown."""

from pathlib import Path
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.pages import Page
from vonk.events.log import Position
from vonk.reporting.audience.rules import METRICS, Dimension
from vonk.reporting.reached import rules as reached

_REACHED: Final = (Path(__file__).parent.parent / "sql" / "reached_sums.sql").read_text(encoding="utf-8")
_SUMS: Final = (Path(__file__).parent.parent / "sql" / "audience_sums.sql").read_text(encoding="utf-8")


class AudienceWitness:
    """Adds each ad's audience up, by every dimension, and holds it against the counter, which the log's own count proves.

    It does not count the log by country: an erasure takes the country out of the log, and what was counted stays.
    """

    until = Position(0)

    def __init__(self) -> None:
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
            self._by_hour(cursor)
        return [self._finding.check()]

    def _by_hour(self, cursor: CursorWrapper) -> None:
        """Hold what reports by country and people sum against the counters, but for those that our own site moves too."""
        names = ", ".join(["%s"] * len(reached.FROM_LOG_ALONE))
        cursor.execute(_REACHED.format(metrics=names), [*reached.FROM_LOG_ALONE, *reached.FROM_LOG_ALONE])
        for ad_id, metric, counted, *sums, least in cursor.fetchall():
            of = f"{metric} of ad {ad_id} by hour"
            for dimension, total in zip(reached.Dimension, sums, strict=True):
                if total != counted:
                    self._finding.complain(f"{of}: {total} by {dimension.value}, {counted} in the counters")
            if least < 0:
                self._finding.complain(f"{of}: a count of {least}")
