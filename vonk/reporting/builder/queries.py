"""Make a report: rows by columns with their sums, each sum counted by itself where it is none."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising.queries.kinds import ad_kinds
from vonk.advertising.queries.reported import Which, reported
from vonk.control.scope import Right, Scope
from vonk.core.money import MICROS_PER_UNIT
from vonk.identity import queries as identity
from vonk.identity.queries import AccountFacts
from vonk.reporting.breakdowns.columns import ORGANIC_PLAYS, Kind
from vonk.reporting.builder.asked import Condition, Operator, Query
from vonk.reporting.builder.counting import PUT_TOGETHER, SPECIAL, Ads, Values, Wanted, counted, folded
from vonk.reporting.builder.dimensions import DIMENSIONS, Nature
from vonk.reporting.builder.fields import Field
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.builder.periods import PERIODS, Days, Period, compared
from vonk.reporting.metrics import Counts, Value
from vonk.reporting.reports import check_span

ACTIVITY: Final = frozenset({"impressions", "invalid_impressions", "spend"})
"""What the pages tell of every report beside its metrics."""

Cells = Mapping[Values, Counts]


class Sums(msgspec.Struct, frozen=True):
    """Counts of a row, a column or a cell. ``before``: of the days they are compared with, None without."""

    counts: Counts
    before: Counts | None = None


class ReportRow(msgspec.Struct, frozen=True):
    """A row: its dimensions' values, its total, and its cells by the column's value."""

    values: Values
    total: Sums
    cells: Mapping[str, Sums]


class BuiltReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report. ``columns`` are the column dimension's values in their order, none without one.

    ``whole``: the totals are those of all that the filters let through; where conditions left rows out (``left_out``)
    they are the sums of the rows that stayed.
    """

    query: Query
    account: AccountFacts
    days: Days
    before_days: Days | None
    rows: tuple[ReportRow, ...]
    columns: tuple[str, ...]
    column_totals: Mapping[str, Sums]
    total: Sums
    left_out: int

    @property
    def fields(self) -> tuple[Field, ...]:
        """The metrics, in the order asked for."""
        return tuple(FIELDS[name] for name in self.query.metrics)


def days_of(query: Query, *, time_zone: str, now: datetime) -> Days:
    """Return the days of the report as they are now by the account's clock. Raises SpanInvalid."""
    if query.period is Period.CUSTOM:
        assert query.first is not None, "A period of one's own has a first day,"
        assert query.last is not None, "and a last one."
        days = Days(query.first, query.last)
    else:
        days = PERIODS[query.period](now.astimezone(ZoneInfo(time_zone)).date())
    check_span(days.first, days.last, query.by)
    return days


def report(scope: Scope, query: Query, *, now: datetime) -> BuiltReport:
    """Return the report over the scope's account. Raises SpanInvalid."""
    scope.require(Right.ACCOUNT_VIEW)
    account = identity.account_facts(scope.account)
    days = days_of(query, time_zone=account.time_zone, now=now)
    before_days = compared(days, query.compare)
    if before_days is not None:
        check_span(before_days.first, before_days.last, query.by)
    needs = frozenset().union(*(FIELDS[name].column.needs for name in query.metrics)) | ACTIVITY
    ads = _ads(scope, query, account)
    filters = tuple(one for one in query.filters if DIMENSIONS[one.dimension].nature is not Nature.AD)
    now_side = _Side(ads, Wanted(needs, days, filters), query)
    before = None
    if before_days is not None:
        before = _Side(ads, Wanted(needs, before_days, filters, days.first - before_days.first), query)
    return _report(query, _About(account, days, before_days), now_side, before)


class _About(msgspec.Struct, frozen=True):
    account: AccountFacts
    days: Days
    before_days: Days | None


def value(field: Field, counts: Counts) -> Value:
    """Return a metric's value over counts; None where it cannot be told."""
    assert field.column.formula is not None, "Metrics have a formula."
    if ORGANIC_PLAYS in field.column.needs and ORGANIC_PLAYS not in counts and counts.get(PUT_TOGETHER):
        return None
    return field.column.formula(counts)


class _Side:
    """One span's cells and sums, those that are no sums counted anew."""

    def __init__(self, ads: Ads, wanted: Wanted, query: Query) -> None:
        self._ads, self._wanted = ads, wanted
        self._special = bool(wanted.needs & SPECIAL)
        self._names = (*query.rows, query.column) if query.column else query.rows
        self._shown = len(query.rows)
        self.cells: Cells = counted(ads, wanted, self._names)

    def row_totals(self) -> Cells:
        """Return the sums of rows over all columns."""
        return self._sums(tuple(range(self._shown)))

    def column_totals(self, stayed: frozenset[Values] | None) -> Cells:
        """Return the sums of columns: of all rows, or of those alone that conditions let stay."""
        if self._shown == len(self._names):
            return {}
        if stayed is None:
            return self._sums((self._shown,))
        columns: dict[Values, list[Counts]] = {}
        for values, counts in self._of(stayed):
            columns.setdefault(values[self._shown :], []).append(counts)
        return {column: together(parts) for column, parts in columns.items()}

    def total(self, stayed: frozenset[Values] | None) -> Counts:
        """Return the sum of all, or of those rows."""
        if stayed is None:
            return self._sums(()).get((), {})
        return together(counts for _, counts in self._of(stayed))

    def _of(self, rows: frozenset[Values]) -> Iterator[tuple[Values, Counts]]:
        return ((values, counts) for values, counts in self.cells.items() if values[: self._shown] in rows)

    def _sums(self, places: tuple[int, ...]) -> Cells:
        if len(places) == len(self._names):
            return self.cells
        if self._special:
            return counted(self._ads, self._wanted, tuple(self._names[place] for place in places))
        return folded(self.cells, places)


def together(parts: Iterable[Counts]) -> Counts:
    """Return the sum of several cells; what is no sum is left out."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    whole: dict[str, int] = {}
    for counts in found:
        for name, times in counts.items():
            whole[name] = whole.get(name, 0) + times
    for name in SPECIAL:
        whole.pop(name, None)
    return {**whole, PUT_TOGETHER: 1} if whole else {}


def _ads(scope: Scope, query: Query, account: AccountFacts) -> Ads:
    """Return the account's ads that the filters on what an ad is let through."""
    allowed = [
        (tell, frozenset(one.values)) for one in query.filters if (tell := DIMENSIONS[one.dimension].of_ad) is not None
    ]
    kinds = {
        ad_id: kind
        for ad_id, kind in ad_kinds(scope).items()
        if all(tell(kind, ad_id) in values for tell, values in allowed)
    }
    behind = reported(scope, "ad", Which(deleted=None)).ads
    # An ad that was made between the two reads is in neither.
    both = {ad_id: ad for ad_id, ad in behind.items() if ad_id in kinds}
    return Ads(scope.account, account.time_zone, {ad_id: kinds[ad_id] for ad_id in both}, both)


def _report(query: Query, about: _About, now: _Side, before: _Side | None) -> BuiltReport:
    totals, totals_before = now.row_totals(), before.row_totals() if before else {}
    every = [values for values in {**totals, **totals_before} if _any(totals, values) or _any(totals_before, values)]
    kept = [values for values in every if all(_fulfils(one, totals.get(values, {})) for one in query.conditions)]
    stayed = None if len(kept) == len(every) else frozenset(kept)
    of_columns, columns_before = now.column_totals(stayed), before.column_totals(stayed) if before else {}
    columns = _columns(query, of_columns, columns_before)
    compared_too = before is not None
    return BuiltReport(
        query=query,
        account=about.account,
        days=about.days,
        before_days=about.before_days,
        rows=tuple(
            ReportRow(values, _sums(values, totals, totals_before, compared_too=compared_too), cells)
            for values, cells in _rows(query, _ordered(kept, totals, query), columns, now, before)
        ),
        columns=columns,
        column_totals={
            column: _sums((column,), of_columns, columns_before, compared_too=compared_too) for column in columns
        },
        total=Sums(now.total(stayed), before.total(stayed) if before else None),
        left_out=len(every) - len(kept),
    )


def _rows(
    query: Query, ordered: list[Values], columns: tuple[str, ...], now: _Side, before: _Side | None
) -> Iterator[tuple[Values, dict[str, Sums]]]:
    """Yield each row's values and its cells by column."""
    cells_before: Cells = before.cells if before is not None else {}
    for values in ordered:
        yield (
            values,
            {
                column: _sums((*values, column), now.cells, cells_before, compared_too=before is not None)
                for column in columns
                if (*values, column) in now.cells or (*values, column) in cells_before
            }
            if query.column
            else {},
        )


def _columns(query: Query, of_columns: Cells, columns_before: Cells) -> tuple[str, ...]:
    if not query.column:
        return ()
    there = [key for key in {**of_columns, **columns_before} if _any(of_columns, key) or _any(columns_before, key)]
    usual = msgspec.structs.replace(query, sort="", rows=(query.column,), column="")
    return tuple(key[0] for key in _ordered(there, of_columns, usual))


def _sums(place: Values, here: Cells, there: Cells, *, compared_too: bool) -> Sums:
    return Sums(here.get(place, {}), there.get(place, {}) if compared_too else None)


def _any(cells: Cells, values: Values) -> bool:
    return values in cells and any(cells[values].values())


def _fulfils(condition: Condition, counts: Counts) -> bool:
    field = FIELDS[condition.metric]
    found = value(field, counts)
    if found is None:
        return False
    told = Decimal(str(found)) * _SCALES.get(field.kind, 1)
    return told >= condition.number if condition.operator is Operator.AT_LEAST else told <= condition.number


_SCALES: Final = {Kind.MONEY: Decimal(1) / MICROS_PER_UNIT, Kind.PERCENT: Decimal(100)}
"""From values to what people write: units of the currency, percent."""


def _ordered(keys: list[Values], totals: Cells, query: Query) -> list[Values]:
    """Return rows in order: by a metric that is asked for; else each dimension by time or by its greatest first."""
    if query.sort:
        field = FIELDS[query.sort]
        told = [(value(field, totals.get(key, {})), key) for key in sorted(keys)]
        there = [one for one in told if one[0] is not None]
        there.sort(key=lambda one: one[0] or 0, reverse=not query.ascending)
        return [key for _, key in there] + [key for found, key in told if found is None]
    field = FIELDS[query.metrics[0]]
    sizes: dict[Values, dict[str, int]] = {}
    for key in keys:
        for length in range(1, len(key) + 1):
            of_prefix = sizes.setdefault(key[:length], {})
            for name, times in totals.get(key, {}).items():
                of_prefix[name] = of_prefix.get(name, 0) + times

    def place(key: Values) -> tuple[tuple[float, str], ...]:
        found = []
        for position, name in enumerate(query.rows):
            timely = DIMENSIONS[name].nature is Nature.TIME
            size = 0 if timely else value(field, sizes[key[: position + 1]]) or 0
            found.append((-size, key[position]))
        return tuple(found)

    return sorted(keys, key=place)
