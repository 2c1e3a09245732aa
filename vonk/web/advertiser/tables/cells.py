"""What stands in the rows of a table, as it is read."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vonk.advertising.queries import AdGroupView, AdView, CampaignView
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules import OBJECTIVE_TEXTS, Status
from vonk.core.money import format_micros
from vonk.core.sheets import harmless
from vonk.reporting.export import plain
from vonk.reporting.metrics import BY_NAME, Value
from vonk.reporting.tables.wanted import Row, Totals
from vonk.web.advertiser import numbers, rows, words
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.tables import columns
from vonk.web.advertiser.tables.columns import LESS_IS_BETTER, NEITHER, TREND, Column
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone

View = CampaignView | AdGroupView | AdView
LISTS: Final[dict[Noun, str]] = {"campaign": "campaigns", "ad_group": "ad_groups", "ad": "ads"}
_BELOW: Final[dict[Noun, str]] = {"campaign": "advertiser:ad_groups", "ad_group": "advertiser:ads"}
TREND_WIDTH: Final = 96
TREND_HEIGHT: Final = 24
EDITED: Final = frozenset({"budget", "bid"})
"""Columns whose cells are changed where they stand; the name is, too."""


class Delta(msgspec.Struct, frozen=True):
    """How a number differs from that of the span before. ``sign`` is an arrow; ``words`` say it for who does not see it."""

    sign: str
    text: str
    tone: Tone
    words: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell. ``edit``: what of the object can be changed here; ``points``: of a small line, "" where there is none."""

    label: str
    text: str | SafeString = ""
    number: bool = False
    delta: Delta | None = None
    edit: str = ""
    points: str = ""
    name: str = ""


class GridRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row. ``url`` leads on: to what lies in it, or to the ad; ``open_url`` to its own page."""

    id: int
    noun: Noun
    name: str
    url: str
    open_url: str
    switch_url: str
    on: bool
    under: str
    poster_url: str
    status: Badge
    cells: tuple[Cell, ...]

    @property
    def is_ad(self) -> bool:
        """Whether it shows a post."""
        return self.noun == "ad"


def grid_row(desk: Desk, noun: Noun, row: Row, shown: Sequence[Column], carried: str) -> GridRow:
    """Return a row; ``carried`` is what its link into the next table takes along."""
    view = row.view
    own = reverse(f"advertiser:{noun}", args=[view.id])
    inside = own
    if noun in _BELOW:
        inside = f"{reverse(_BELOW[noun])}?{noun}={view.id}" + (f"&{carried}" if carried else "")
    return GridRow(
        id=view.id,
        noun=noun,
        name=view.name,
        url=inside,
        open_url=own,
        switch_url=reverse(f"advertiser:{noun}_switch", args=[view.id]),
        on=view.enabled,
        under=_under(view),
        poster_url=view.poster_url if isinstance(view, AdView) else "",
        status=words.status_badge(row.status, link_ids(view)),
        cells=tuple(cell(desk, column, row) for column in shown),
    )


def cell(desk: Desk, column: Column, row: Row) -> Cell:
    """Return what the row says in the column."""
    if column.metric:
        value = row.values.get(column.name)
        return Cell(
            label=str(column.title),
            text=numbers.text(column.name, value, desk.account.currency),
            number=True,
            delta=_delta(column.name, value, row.before.get(column.name)) if row.before else None,
            name=column.name,
        )
    if column.name == TREND:
        return Cell(label=str(column.title), points=points(row.trend), name=TREND)
    edit = column.name if column.name in EDITED and desk.may_edit else ""
    return Cell(
        label=str(column.title),
        text=fact(column.name, row.view, row.status),
        number=column.number,
        edit=edit,
        name=column.name,
    )


def total_cells(desk: Desk, shown: Sequence[Column], totals: Totals) -> tuple[Cell, ...]:
    """Return the cells of the row of sums; only numbers have any."""
    return tuple(
        Cell(
            label=str(column.title),
            text=numbers.text(column.name, totals.values.get(column.name), desk.account.currency),
            number=True,
            delta=_delta(column.name, totals.values.get(column.name), totals.before.get(column.name))
            if totals.before
            else None,
            name=column.name,
        )
        if column.metric
        else Cell(label=str(column.title), number=column.number, name=column.name)
        for column in shown
    )


def fact(name: str, view: View, status: Status | None = None) -> str | SafeString:
    """Return what the table says of the object beside its numbers."""
    if name == "budget" and not isinstance(view, AdView):
        return words.budget_words(view.budget, view.currency)
    if name == "bid" and isinstance(view, AdGroupView):
        return words.whole_bid_words(view)
    if name == "objective" and isinstance(view, CampaignView):
        return _(OBJECTIVE_TEXTS[view.objective])  # noqa: INT001 - texts come from the closed list.
    if name == "starts" and isinstance(view, AdGroupView):
        return formats.day(view.starts_at)
    if name == "ends" and isinstance(view, AdGroupView):
        return formats.day(view.ends_at) if view.ends_at is not None else _("No end")
    if name == "created":
        return formats.day(view.created_at)
    if name == "id":
        return format_html("<code>{}</code>", view.id)
    if name == "campaign" and not isinstance(view, CampaignView):
        return view.campaign_name
    return _of_ad(name, view, status) if isinstance(view, AdView) else formats.NO_VALUE


def _of_ad(name: str, view: AdView, status: Status | None) -> str | SafeString:
    if name == "ad_group":
        return view.ad_group_name
    if name == "creator":
        return view.identity_name
    if name == "kind":
        return _kind(view)
    if name == "review":
        return words.review_words(view.review).badge.label
    if name == "landing":
        return view.landing_url
    ends_at = status.consent_ends_at if status is not None else None
    return formats.day(ends_at) if ends_at is not None else formats.NO_VALUE


def link_ids(view: View) -> dict[str, int]:
    """Return the ids that links of an object's causes are made of."""
    if isinstance(view, CampaignView):
        return {"campaign_id": view.id, "account_id": view.account_id}
    return rows.ad_group_ids(view) if isinstance(view, AdGroupView) else rows.ad_ids(view)


def points(values: Sequence[Value]) -> str:
    """Return the points of a line through the values, in a box of TREND_WIDTH by TREND_HEIGHT; "" of fewer than two."""
    known = [float(value or 0) for value in values]
    if len(known) < 2 or not any(known):
        return ""
    low, high = min(known), max(known)
    height = TREND_HEIGHT - 4
    step = TREND_WIDTH / (len(known) - 1)
    scale = height / (high - low) if high > low else 0.0
    return " ".join(
        f"{place * step:.1f},{TREND_HEIGHT - 2 - (value - low) * scale:.1f}" for place, value in enumerate(known)
    )


def _under(view: View) -> str:
    if isinstance(view, CampaignView):
        return _(OBJECTIVE_TEXTS[view.objective])  # noqa: INT001 - texts come from the closed list.
    return view.campaign_name if isinstance(view, AdGroupView) else f"{_kind(view)} · {view.identity_name}"


def _kind(view: AdView) -> str:
    return _("Spark Ad") if view.consent_id is not None else _("Own video")


def _delta(name: str, value: Value, before: Value) -> Delta | None:
    """Return the difference, None where there is nothing to tell: neither span has a value, or the one before had none."""
    if value is None and before is None:
        return None
    now, then = float(value or 0), float(before or 0)
    if now == then:
        return Delta("=", formats.percent(0, 0), Tone.CALM, _("as before"))
    up = now > then
    better = None if name in NEITHER else up is (name not in LESS_IS_BETTER)
    tone = Tone.CALM if better is None else Tone.GOOD if better else Tone.BAD
    share = formats.percent(abs(now - then) / abs(then), 1) if then else _("new")
    told = _("up %(share)s") if up else _("down %(share)s")
    return Delta("▲" if up else "▼", share, tone, told % {"share": share})


def headings(shown: Sequence[Column]) -> Mapping[str, str]:
    """Return titles by names."""
    return {column.name: str(column.title) for column in shown}


def export_texts(desk: Desk, column: Column, row: Row) -> tuple[str, ...]:
    """Return what a file says, such that an import reads it: numbers plain and exact, instants as ISO 8601, budgets in two."""
    view, currency = row.view, desk.account.currency
    if column.metric:
        return (plain(BY_NAME[column.name], row.values.get(column.name), currency),)
    if column.name == "budget" and not isinstance(view, AdView):
        budget = view.budget
        return budget.mode.value, format_micros(budget.micros, currency) if budget.micros else ""
    if column.name == "bid" and isinstance(view, AdGroupView):
        return ("" if view.maximum_delivery else format_micros(view.bid_micros, currency),)
    instants = {
        "starts": getattr(view, "starts_at", None),
        "ends": getattr(view, "ends_at", None),
        "created": view.created_at,
        "consent_ends": row.status.consent_ends_at,
    }
    if column.name in instants:
        at = instants[column.name]
        return (at.isoformat() if at is not None else "",)
    said = fact(column.name, view, row.status)
    return ("" if said == formats.NO_VALUE else harmless(str(said).replace("\N{NO-BREAK SPACE}", " ")),)


assert columns.DEFAULT in columns.SETS, "The usual set is one."
