"""Conversions are the log's, and what is attributed is their sum: what reports show of results, added up again.

Judged as far back as all conversions are kept, which is longer than anything about them can change.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from django.db.models import Count, F, Sum

from vonk.billing.proving.checks import SQL_INTEGERS, Check, Finding, instant
from vonk.billing.proving.pages import Page
from vonk.billing.proving.rows import Rows, column
from vonk.billing.proving.walk import Kept
from vonk.control import positions
from vonk.core.clock import HOUR_MS, from_ms, to_ms
from vonk.events.records import ConversionRecord, received_ms_of
from vonk.events.validity import AT_MS_MAX
from vonk.reporting.attribution import store
from vonk.reporting.attribution.consumer import CONSUMER, CONVERSIONS_KEPT_MS
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.models import Attributed, Conversion

LOOKS: Final = 3  # Work may attribute between two statements: what is wrong is so in all of them.
ROWS_PER_READ: Final = 5_000

Cells = dict[tuple[int, int, str, str], tuple[int, int]]  # Ad, hour, touch, name: count and value.


class AttributionWitness:
    """Notes the log's conversions, and holds the rows made of them against them and against what is attributed."""

    def __init__(self, folder: Path, kept: Kept, now: datetime) -> None:
        self._sure = positions.of(CONSUMER)  # Before the newest row: each record up to here has its row up to that.
        self._newest = Conversion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.until = positions.of(CONSUMER)  # After the newest row: each row up to it is of a record up to here.
        self._kept = kept
        self._newest_ms = to_ms(now)  # Or what the log knows: by its time work lets go of conversions.
        self._rows = Rows(folder / "conversions", 4)  # Key, key of the content, position or less the row's id, instant.
        self._conversions = Finding("conversions_are_the_logs")
        self._sums = Finding("attributed_is_the_conversions_sum")

    def see(self, page: Page) -> None:
        """Note conversions."""
        with self._conversions.timed():
            newest_ms = received_ms_of(page.records[-1].record)
            self._newest_ms = max(self._newest_ms, min(newest_ms, AT_MS_MAX - HOUR_MS))
            found = [
                (stored.position, record)
                for stored in page.records
                if type(record := stored.record) is ConversionRecord and record.at_ms in SQL_INTEGERS
            ]
            self._conversions.count(len(found))
            self._rows.add(
                column([hash((record.pixel_id, record.event_id)) for _, record in found]),
                column([
                    hash((record.account_id, record.name, record.at_ms, record.value_micros)) for _, record in found
                ]),
                column([position for position, _ in found]),
                column([record.at_ms for _, record in found]),
            )  # fmt: skip

    def checks(self) -> list[Check]:
        with self._conversions.timed():
            self._compare_rows()
        with self._sums.timed():
            self._compare_sums()
        return [self._conversions.check(), self._sums.check()]

    def _compare_rows(self) -> None:
        """Each conversion of the log has the row of its first record, and no row has none."""
        kept = Conversion.objects.filter(at_ms__gte=self._since_ms, pk__lte=self._newest).order_by("pk")
        names = ("pk", "pixel_id", "event_id", "account_id", "name", "at_ms", "value_micros", "received_ms")
        for rows in store.chunks(kept.values_list(*names).iterator(ROWS_PER_READ), ROWS_PER_READ):
            judged = [row for row in rows if not self._kept.may_have_forgotten(row[7])]
            self._rows.add(
                column([hash((row[1], row[2])) for row in judged]),
                column([hash(row[3:7]) for row in judged]),
                column([-row[0] for row in judged]),
                column([row[5] for row in judged]),
            )
        for part in self._rows.parts():
            part = part[part[:, 3] >= self._since_ms]  # noqa: PLW2901 - the part that is judged.
            if not len(part):
                continue
            ordered = part[np.lexsort((part[:, 2], part[:, 0]))]  # A row of the table first, then the log's in order.
            for group in np.split(ordered, np.flatnonzero(ordered[1:, 0] != ordered[:-1, 0]) + 1):
                self._judge(group.tolist())

    def _judge(self, rows: list[list[int]]) -> None:
        tabled = [row for row in rows if row[2] < 0]
        logged = [row for row in rows if row[2] > 0]
        if not logged:
            self._conversions.complain(f"conversion {-tabled[0][2]}: is not in the log")
        elif not tabled:
            if logged[0][2] <= self._sure:
                self._conversions.complain(f"position {logged[0][2]}: the conversion is not in the table")
        elif tabled[0][1] != logged[0][1]:
            self._conversions.complain(
                f"conversion {-tabled[0][2]}: is not what position {logged[0][2]} of the log says"
            )

    @property
    def _since_ms(self) -> int:
        """From when on all conversions are kept, on an hour; one of two servers' clocks may be an hour ahead."""
        return (self._newest_ms - CONVERSIONS_KEPT_MS) // HOUR_MS * HOUR_MS + 2 * HOUR_MS

    def _compare_sums(self) -> None:
        wrong: set[str] = set()
        for look in range(LOOKS):
            found, counted = self._found(), self._counted()
            self._sums.counted = len(found.keys() | counted.keys())
            told = {
                f"ad {cell[0]}, hour {instant(cell[1] * HOUR_MS)}, {cell[3]} by {cell[2]}: {counted.get(cell, (0, 0))} "
                f"are attributed, the conversions are {found.get(cell, (0, 0))} (count, micros)"
                for cell in found.keys() | counted.keys()
                if found.get(cell, (0, 0)) != counted.get(cell, (0, 0))
            }
            wrong = told if look == 0 else wrong & told
            if not wrong:
                break
        for complaint in sorted(wrong):
            self._sums.complain(complaint)

    def _found(self) -> Cells:
        rows = (
            Conversion.objects.filter(at_ms__gte=self._since_ms).exclude(touch="").annotate(hour=F("at_ms") / HOUR_MS)
        )
        summed = rows.values_list("ad_id", "hour", "touch", "name").annotate(Count("pk"), Sum("value_micros"))
        return {(ad_id, hour, touch, name): (count, value) for ad_id, hour, touch, name, count, value in summed}

    def _counted(self) -> Cells:
        rows = Attributed.objects.filter(hour_at__gte=from_ms(self._since_ms)).exclude(touch=TouchKind.EXPOSURE.value)
        cells = rows.values_list("ad_id", "hour_at", "touch", "name", "count", "value_micros")
        return {
            (ad_id, to_ms(hour_at) // HOUR_MS, touch, name): (count, value)
            for ad_id, hour_at, touch, name, count, value in cells
        }
