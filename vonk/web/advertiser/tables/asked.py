"""What the address of a table asks for: filters, order, columns, spans. Whatever it cannot mean is left out, with a word."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

import msgspec
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from vonk.advertising.queries.reported import Noun
from vonk.advertising.queries.tables import ORDERS, Order, Sought
from vonk.advertising.rules import Objective, Primary, Verdict
from vonk.control.paging import Numbering
from vonk.core.ids import parse_id
from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting.metrics import BY_NAME, Unit
from vonk.reporting.tables.wanted import TREND_DAYS_MAX, Condition, Days, Wanted
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.tables import columns
from vonk.web.advertiser.tables.columns import CUSTOM, DEFAULT, TREND, Column
from vonk.web.common import formats

T = TypeVar("T")
SIZES: Final = (25, 50, 100)
SIZE: Final = 50
TEXT_MAX: Final = 200
IDS_MAX: Final = 200  # That an address names: those that somebody ticked.
ENDINGS: Final = (7, 14, 30, 90)
COMPARISONS: Final = ("previous", "year")
CONDITIONS_MAX: Final = 5
BOUND_MAX: Final = 10**15
EARLIEST: Final = date(1971, 1, 1)  # Before it nothing is compared: there was nothing.

FILTERS: Final = ("q", "status", "objective", "on", "spark", "creator", "ending", "review", "where")
"""The parts of an address that narrow a table, and are cleared together."""
VIEW: Final = "view"
"""The part of an address that names the saved view that was opened: what is changed since can be saved in it."""
KEPT: Final = (*FILTERS, "campaign", "ad_group", "sort", "columns", "compare", "size")
"""What a saved view keeps beside the span."""


def kept_of(query: QueryDict, *, days: bool) -> str:
    """Return what a saved view keeps of a table's address; ``days``: its span too, else whenever it is opened the last week."""
    kept = QueryDict(mutable=True)
    for name in (*KEPT, "from", "to") if days else KEPT:
        if any(query.getlist(name)):
            kept.setlist(name, [value for value in query.getlist(name) if value])
    return kept.urlencode()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a table is asked for. ``set_name`` is that of its columns; ``query`` the address's own parts."""

    noun: Noun
    wanted: Wanted
    numbering: Numbering
    span: Span
    set_name: str
    columns: tuple[Column, ...]
    compare: str
    query: QueryDict

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the table."""
        return any(self.query.get(name) for name in FILTERS)

    @property
    def plain(self) -> Wanted:
        """What is wanted, without comparison and days: for files."""
        return msgspec.structs.replace(self.wanted, before=None, trend="")

    @property
    def carried(self) -> str:
        """What of the address goes along into another table: its span, columns and comparison."""
        return self.address(**dict.fromkeys((*FILTERS, "campaign", "ad_group", "sort", "size", VIEW)))

    def address(self, **changes: object) -> str:
        """Return the query of the same table with these parts changed (None: without), from its first page."""
        query = self.query.copy()
        for name in ("page", "cursor"):
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            elif isinstance(value, list | tuple):
                query.setlist(name, [str(one) for one in value])
            else:
                query[name] = str(value)
        return query.urlencode()


def asked_of(request: HttpRequest, desk: Desk, noun: Noun, today: date, chosen: Sequence[str]) -> Asked:
    """Return what the address asks for; ``chosen`` are the person's own columns."""
    return asked_in(request, request.GET, desk, noun, today=today, chosen=chosen)


def asked_in(
    request: HttpRequest, query: QueryDict, desk: Desk, noun: Noun, *, today: date, chosen: Sequence[str]
) -> Asked:
    """Return what a query asks for, wherever it stands."""
    span = span_of(request, today, query=query)
    set_name, shown = _columns(query.get("columns", ""), noun, chosen)
    compare = query.get("compare", "")
    days = Days(span.start, span.end)
    names = tuple(column.name for column in shown if column.metric)
    short = (span.end - span.start).days < TREND_DAYS_MAX
    trend = names[0] if names and short and any(column.name == TREND for column in shown) else ""
    return Asked(
        noun=noun,
        wanted=Wanted(
            noun=noun,
            sought=_sought(query, desk),
            statuses=_many(query, "status", Primary),
            conditions=_conditions(query),
            days=days,
            before=_before(days, compare),
            metrics=names,
            order=_order(query.get("sort", ""), noun),
            trend="" if trend and BY_NAME[trend].people else trend,
        ),
        numbering=_numbering(query),
        span=span,
        set_name=set_name,
        columns=shown,
        compare=compare if compare in COMPARISONS else "",
        query=query,
    )


def _columns(name: str, noun: Noun, chosen: Sequence[str]) -> tuple[str, tuple[Column, ...]]:
    own = columns.of(noun, chosen)
    if own and name in {"", CUSTOM}:
        return CUSTOM, own
    name = name if name in columns.SETS else DEFAULT
    return name, columns.of_set(noun, name)


def _sought(query: QueryDict, desk: Desk) -> Sought:
    days = query.get("ending", "")
    return Sought(
        campaign_ids=ids_in(query, "campaign"),
        ad_group_ids=ids_in(query, "ad_group"),
        text=query.get("q", "").replace("\0", "").strip()[:TEXT_MAX],
        objectives=_many(query, "objective", Objective),
        enabled=_either(query.get("on", "")),
        spark=_either(query.get("spark", "")),
        creators=ids_in(query, "creator"),
        consent_ends_by=desk.now + timedelta(days=int(days)) if days in {str(one) for one in ENDINGS} else None,
        verdicts=_many(query, "review", Verdict),
    )


def ids_in(query: Mapping[str, object] | QueryDict, name: str) -> tuple[int, ...]:
    """Return the ids that a part of the address names, one a value or several with commas between."""
    assert isinstance(query, QueryDict), "Values may come several times."
    found: list[int] = []
    for text in ",".join(query.getlist(name)).split(",")[:IDS_MAX]:
        try:
            found.append(parse_id(text.strip()))
        except ValueError:
            continue  # Not an id: nothing could be found by it.
    return tuple(dict.fromkeys(found))


def _many(query: QueryDict, name: str, kind: Callable[[str], T]) -> tuple[T, ...]:
    found = []
    for text in dict.fromkeys(query.getlist(name)):
        try:
            found.append(kind(text))
        except ValueError:
            continue  # No value of the list.
    return tuple(found)


def _either(text: str) -> bool | None:
    return {"1": True, "0": False}.get(text)


def _conditions(query: QueryDict) -> tuple[Condition, ...]:
    """Return what ``where=ctr.gte.1.5`` says: rates in percent, money in the account's currency, time in seconds."""
    found = []
    for text in query.getlist("where")[:CONDITIONS_MAX]:
        metric, _dot, rest = text.partition(".")
        side, _dot, bound = rest.partition(".")
        if metric in BY_NAME and side in {"gte", "lte"} and (value := _bound(metric, bound)) is not None:
            found.append(Condition(metric, side == "gte", value))
    return tuple(found)


def _bound(metric: str, text: str) -> float | None:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > BOUND_MAX:
        return None
    by_unit = {Unit.MICROS: Decimal(MICROS_PER_UNIT), Unit.RATIO: Decimal("0.01"), Unit.MILLISECONDS: Decimal(1000)}
    return float(value * by_unit.get(BY_NAME[metric].unit, Decimal(1)))


def _order(text: str, noun: Noun) -> Order:
    key = text.removeprefix("-")
    if key in ORDERS[noun] or key in BY_NAME:
        return Order(key, text.startswith("-"))
    return Order()


def _before(days: Days, compare: str) -> Days | None:
    if days.first < EARLIEST:
        return None
    if compare == "previous":
        length = days.last - days.first + timedelta(days=1)
        return Days(days.first - length, days.last - length)
    if compare == "year":
        return Days(_year_before(days.first), _year_before(days.last))
    return None


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # The 29th of February.
        return day.replace(year=day.year - 1, day=28)


def _numbering(query: QueryDict) -> Numbering:
    size = next((one for one in SIZES if query.get("size") == str(one)), SIZE)
    page = query.get("page", "1")
    return Numbering(int(page) if page.isascii() and page.isdigit() and 1 <= int(page[:7]) <= 1_000_000 else 1, size)


def condition_words(one: Condition, money: Callable[[int], str]) -> str:
    """Return a condition as it is read."""
    metric = BY_NAME[one.metric]
    if metric.unit is Unit.MICROS:
        bound = money(int(one.bound))
    elif metric.unit is Unit.RATIO:
        bound = formats.percent_exact(one.bound)
    else:
        bound = formats.exact(one.bound / (1000 if metric.unit is Unit.MILLISECONDS else 1))
    words = _("%(metric)s at least %(bound)s") if one.at_least else _("%(metric)s at most %(bound)s")
    return words % {"metric": metric.title, "bound": bound}
