"""What a report may be asked for, how its address says it, and which metrics there are."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.reporting.builder.asked import METRICS_MAX, Condition, Filter, Operator, Query, read
from vonk.reporting.builder.dimensions import DIMENSIONS
from vonk.reporting.builder.errors import ReportQueryInvalid
from vonk.reporting.builder.further import EVENT_TITLES, FIELDS, USUAL
from vonk.reporting.builder.periods import PERIODS, Compare, Days, Period, compared
from vonk.reporting.metrics import METRICS
from vonk.wire.business.reports.metrics import COUNTED

TODAY = date(2026, 3, 4)  # A Wednesday.


def test_every_declared_metric_is_on_offer_with_its_sentence() -> None:
    assert [metric.name for metric in METRICS if metric.name not in FIELDS] == []
    assert [
        field.name for field in FIELDS.values() if not (str(field.says) and str(field.formula) and field.source)
    ] == []
    assert [name for name, field in FIELDS.items() if field.name != name or field.column.formula is None] == []
    assert {name: str(title) for name, title in EVENT_TITLES.items()} == STANDARD_NAMES
    assert FIELDS.keys() >= set(USUAL)


def test_every_metric_of_the_business_apis_reports_is_on_offer() -> None:
    names = sorted(set().union(*(column.needs for column in COUNTED.values())))
    samples = [{name: place**power % 97 for place, name in enumerate(names, 1)} for power in (1, 2, 3)] + [{}]

    def told(column: object) -> tuple[object, ...]:
        formula = getattr(column, "formula", None)
        return tuple(formula(counts) for counts in samples) if formula is not None else ()

    ours = {told(field.column) for field in FIELDS.values()}
    assert [name for name, column in COUNTED.items() if column.formula is not None and told(column) not in ours] == []


@given(
    rows=st.lists(st.sampled_from(["campaign", "ad", "kind", "day", "objective"]), min_size=1, max_size=3, unique=True),
    column=st.sampled_from(["", "billing", "week", "country"]),
    metrics=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True),
    period=st.sampled_from(sorted(PERIODS)),
    number=st.decimals(-999, 10**9, places=3, allow_nan=False),
    values=st.lists(st.text("abc:&=% é", min_size=1, max_size=9), max_size=3, unique=True),
)
def test_an_address_says_the_whole_report(
    rows: list[str], column: str, metrics: list[str], period: Period, number: Decimal, values: list[str]
) -> None:
    wanted = [value for value in dict.fromkeys(value.strip() for value in values) if value]
    query = Query(
        rows=tuple(rows),
        column=column,
        metrics=tuple(metrics),
        period=period,
        filters=(Filter("campaign", tuple(wanted)),) if wanted else (),
        conditions=(Condition(metrics[0], Operator.AT_MOST, number),),
        sort=metrics[-1],
        ascending=True,
    )
    assert read(query.address) == query
    assert read(read(query.address).address).address == query.address


@given(st.text(max_size=200))
def test_whatever_an_address_says_is_a_report_or_refused_by_name(text: str) -> None:
    try:
        query = read(text)
    except ReportQueryInvalid:
        return
    assert read(query.address) == query


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("rows=nonsense", "“nonsense” in “rows” is not known here."),
        ("metrics=nonsense", "“nonsense” in “metrics” is not known here."),
        ("rows=day&columns=day", "either in the rows or in the columns"),
        ("rows=country&columns=age", "one thing is told at a time"),
        ("rows=country&filter=gender:female", "one thing is told at a time"),
        ("rows=hour&columns=age", "by day, not by hour"),
        ("period=custom&from=2026-03-01", "choose both days"),
        ("period=custom&from=2026-02-30&to=2026-03-01", "“2026-02-30” is no day."),
        ("period=fortnight", "“fortnight” is not known here."),
        ("where=spend:gte:much", "“much” is no number."),
        ("where=spend:gte:1e99", "“1e99” is no number."),
        ("where=likes:gte:1", "Likes is not among its metrics."),
        ("sort=likes", "Likes is not among its metrics."),
        ("&".join(f"rows={name}" for name in list(DIMENSIONS)[:5]), "more than 4 of “rows”"),
        ("&".join(f"metrics={name}" for name in list(FIELDS)[: METRICS_MAX + 1]), "more than 30 of “metrics”"),
        ("filter=campaign:" + "1" * 41, "value is too long"),
        ("rows=" + "a" * 7_000, "its address is too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(address: str, told: str) -> None:
    with pytest.raises(ReportQueryInvalid) as refused:
        read(address)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, "2026-03-04", "2026-03-04"),
        (Period.YESTERDAY, "2026-03-03", "2026-03-03"),
        (Period.LAST_7_DAYS, "2026-02-26", "2026-03-04"),
        (Period.THIS_WEEK, "2026-03-02", "2026-03-04"),
        (Period.LAST_WEEK, "2026-02-23", "2026-03-01"),
        (Period.THIS_MONTH, "2026-03-01", "2026-03-04"),
        (Period.LAST_MONTH, "2026-02-01", "2026-02-28"),
    ],
)
def test_periods_move_with_the_day(period: Period, first: str, last: str) -> None:
    assert PERIODS[period](TODAY) == Days(date.fromisoformat(first), date.fromisoformat(last))


@given(st.dates(date(1971, 1, 1), date(2200, 1, 1)), st.sampled_from(sorted(PERIODS)))
def test_what_a_period_is_held_against_is_as_long_and_before_it(today: date, period: Period) -> None:
    days = PERIODS[period](today)
    before = compared(days, Compare.BEFORE)
    assert before is not None
    assert (before.length, (days.first - before.last).days) == (days.length, 1)
    year = compared(days, Compare.YEAR)
    assert year is not None
    assert (year.length, year.first.weekday()) == (days.length, days.first.weekday())
    assert compared(days, Compare.NOTHING) is None
