"""The tables of campaigns, ad groups and ads: pages of them, their sums, and the columns and views that people keep."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries import kept_tables
from vonk.advertising.queries.kept_tables import KeptView
from vonk.advertising.queries.reported import NOUNS, Noun
from vonk.advertising.queries.tables import creators_of_ads
from vonk.advertising.rules import OBJECTIVE_TEXTS, PRIMARY_TEXTS, Objective, Primary, Verdict
from vonk.core.errors import NotFound
from vonk.reporting import metrics
from vonk.reporting.tables import queries as tables
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.spans import Span
from vonk.web.advertiser.tables import asked as asking
from vonk.web.advertiser.tables import cells, columns
from vonk.web.advertiser.tables.asked import VIEW, Asked, asked_of, kept_of
from vonk.web.advertiser.tables.cells import LISTS, Cell, GridRow
from vonk.web.advertiser.tables.columns import CUSTOM, SETS, Column
from vonk.web.advertiser.views.home import today_of
from vonk.web.advertiser.views.reports import Choice
from vonk.web.common import formats
from vonk.web.common.requests import is_partial

NAMED_MAX: Final = 3  # Objects that a trail of links names; of more it tells how many.
GRID: Final = "grid"  # What htmx renews.


class Tab(msgspec.Struct, frozen=True):
    """One of the three tables. ``part``: what of the address those who are ticked in this table become there."""

    label: str
    url: str
    active: bool
    part: str = ""


class Heading(msgspec.Struct, frozen=True):
    """A column's heading. ``url`` orders by it; ``sorted`` is "ascending", "descending" or ""."""

    name: str
    label: str
    meaning: str
    number: bool
    url: str = ""
    sorted: str = ""


class Chip(msgspec.Struct, frozen=True):
    """One thing that narrows the table, and the address without it."""

    label: str
    url: str


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """What changes with filters, order and pages."""

    noun: Noun
    caption: str
    address: str  # Of the list.
    totals_url: str
    query: str
    tabs: tuple[Tab, ...]
    trail: tuple[Chip, ...]
    span: Span
    sets: tuple[Chip, ...]
    set_title: str
    compare: tuple[Choice, ...]
    views: tuple[KeptView, ...]
    opened: KeptView | None
    changed: bool  # The table is not any more as the view that was opened keeps it.
    chips: tuple[Chip, ...]
    name_heading: Heading
    headings: tuple[Heading, ...]
    rows: tuple[GridRow, ...]
    total: int
    first: int
    last: int
    previous_url: str
    next_url: str
    hidden: tuple[tuple[str, str], ...]
    filtered: bool
    columns: tuple[Column, ...]
    others: tuple[Column, ...]


class FilterPanel(msgspec.Struct, frozen=True, kw_only=True):
    """The filters, as they are set."""

    text: str
    statuses: tuple[Choice, ...]
    objectives: tuple[Choice, ...]
    reviews: tuple[Choice, ...]
    on: tuple[Choice, ...]
    spark: tuple[Choice, ...]
    creators: tuple[Choice, ...]
    endings: tuple[Choice, ...]
    metrics: tuple[Choice, ...]
    bounds: tuple[str, ...]


class ListPage(msgspec.Struct, frozen=True):
    """The page."""

    title: str
    grid: Grid
    filters: FilterPanel
    empty_title: str
    empty_words: str


@require_safe
@at_desk()
def campaigns(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account's campaigns."""
    empty = _("No campaign yet"), _("A campaign says what for and for how much; its ads show a creator's post.")
    return _list(request, desk, "campaign", empty)


@require_safe
@at_desk()
def ad_groups(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account's ad groups."""
    empty = _("No ad group yet"), _("An ad group says for whom, when, how often and for how much.")
    return _list(request, desk, "ad_group", empty)


@require_safe
@at_desk()
def ads(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the account's ads."""
    return _list(request, desk, "ad", (_("No ad yet"), _("An ad is a post with a button and a page that it leads to.")))


@require_safe
@at_desk()
def totals(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Show the row of sums of the table that the address asks for."""
    asked = asked_at(request, desk, noun_of(noun))
    found = tables.totals(desk.scope, asked.wanted, now=desk.now)
    record = Sums(
        words=_("All %(count)s rows") % {"count": formats.number(found.objects)},
        cells=cells.total_cells(desk, asked.columns, found),
    )
    return answer(request, desk, "parts/grid_totals.html", record)


class Sums(msgspec.Struct, frozen=True):
    """The row of sums."""

    words: str
    cells: tuple[Cell, ...]


def noun_of(text: str) -> Noun:
    """Return the noun of an address; NotFound when there is no such table."""
    for noun in NOUNS:
        if noun == text:
            return noun
    raise NotFound(noun="page")


def asked_at(request: HttpRequest, desk: Desk, noun: Noun) -> Asked:
    """Return what the address asks of the person's table."""
    return asked_of(request, desk, noun, today_of(desk), kept_tables.chosen_columns(desk.scope, noun))


def _list(request: HttpRequest, desk: Desk, noun: Noun, empty: tuple[str, str]) -> HttpResponse:
    asked = asked_at(request, desk, noun)
    grid = _grid(desk, asked)
    if is_partial(request) and request.headers.get("HX-Target") == GRID:
        return answer(request, desk, "parts/grid.html", grid, grid=grid, grid_query=grid.query)
    record = ListPage(_titles()[noun], grid, _panel(desk, asked), *empty)
    return answer(request, desk, "list.html", record, grid=grid, grid_query=grid.query)


def _grid(desk: Desk, asked: Asked) -> Grid:
    noun = asked.noun
    found = tables.page(desk.scope, asked.wanted, asked.numbering, now=desk.now)
    address = reverse(f"advertiser:{LISTS[noun]}")
    carried = asked.carried
    first = (asked.numbering.page - 1) * asked.numbering.size
    last = first + len(found.rows)

    def page_url(number: int) -> str:
        base = asked.address()
        return f"{address}?{base}&page={number}" if base else f"{address}?page={number}"

    chosen = {column.name for column in asked.columns}
    views = kept_tables.views(desk.scope, noun)
    opened = next((one for one in views if str(one.id) == asked.query.get(VIEW)), None)
    return Grid(
        noun=noun,
        caption=_titles()[noun],
        address=address,
        totals_url=f"{reverse('advertiser:table_totals', args=[noun])}?{asked.address()}",
        query=asked.address(),
        tabs=_tabs(noun, asked, carried),
        trail=_trail(desk, asked, carried),
        span=asked.span,
        sets=_sets(desk, asked),
        set_title=_("My columns") if asked.set_name == CUSTOM else str(SETS[asked.set_name][0]),
        compare=_choices(
            {
                "": _("Compare with nothing"),
                "previous": _("Compare with the span before"),
                "year": _("Compare with a year ago"),
            },
            [asked.compare],
        ),
        views=views,
        opened=opened,
        changed=opened is not None and is_changed(opened, asked.query),
        chips=_chips(desk, asked),
        name_heading=_heading(asked, "name", _("Name"), "name", number=False),
        headings=tuple(
            _heading(asked, one.name, str(one.title), one.order, number=one.number, meaning=str(one.meaning))
            for one in asked.columns
        ),
        rows=tuple(cells.grid_row(desk, noun, row, asked.columns, carried) for row in found.rows),
        total=found.total,
        first=first + 1 if found.rows else 0,
        last=last,
        previous_url=page_url(asked.numbering.page - 1) if asked.numbering.page > 1 else "",
        next_url=page_url(asked.numbering.page + 1) if last < found.total else "",
        hidden=tuple(
            (name, value)
            for name in ("sort", "columns", "compare", "size", "campaign", "ad_group", "from", "to", VIEW)
            for value in asked.query.getlist(name)
            if value
        ),
        filtered=asked.filtered,
        columns=asked.columns,
        others=tuple(one for one in columns.choosable(noun) if one.name not in chosen),
    )


def is_changed(view: KeptView, query: QueryDict) -> bool:
    """Say whether a table is not any more as the view keeps it; days count only where the view keeps days."""
    kept = QueryDict(view.query)
    days = has_days(view)
    return sorted(QueryDict(kept_of(query, days=days)).lists()) != sorted(QueryDict(kept_of(kept, days=days)).lists())


def has_days(view: KeptView) -> bool:
    """Say whether a view keeps its days, and not the last week whenever it is opened."""
    return "from" in QueryDict(view.query)


def _titles() -> dict[Noun, str]:
    return {"campaign": _("Campaigns"), "ad_group": _("Ad groups"), "ad": _("Ads")}


def _tabs(noun: Noun, asked: Asked, carried: str) -> tuple[Tab, ...]:
    """Return the links between the tables; into those below goes what this one lies in."""
    titles = _titles()
    here = NOUNS.index(noun)
    above = {name: asked.query.get(name) for name in ("campaign", "ad_group") if asked.query.get(name)}

    def url(other: Noun) -> str:
        taken = {name: value for name, value in above.items() if NOUNS.index(other) > NOUNS.index(noun_of(name))}
        query = "&".join([*([carried] if carried else []), *(f"{name}={value}" for name, value in taken.items())])
        return f"{reverse(f'advertiser:{LISTS[other]}')}?{query}"

    return tuple(
        Tab(titles[other], url(other), other == noun, noun if place > here else "") for place, other in enumerate(NOUNS)
    )


def _trail(desk: Desk, asked: Asked, carried: str) -> tuple[Chip, ...]:
    """Return the way down to what the table lies in: all campaigns, then those it is narrowed to."""
    steps: list[Chip] = []
    campaigns, groups = asked.wanted.sought.campaign_ids, asked.wanted.sought.ad_group_ids
    suffix = f"&{carried}" if carried else ""
    if campaigns:
        inside = ",".join(map(str, campaigns))
        steps.append(
            Chip(_named(desk, "campaign", campaigns), f"{reverse('advertiser:ad_groups')}?campaign={inside}{suffix}")
        )
    if groups and asked.noun == "ad":
        inside = ",".join(map(str, groups))
        steps.append(Chip(_named(desk, "ad_group", groups), f"{reverse('advertiser:ads')}?ad_group={inside}{suffix}"))
    if not steps:
        return ()
    return (Chip(_("All campaigns"), f"{reverse('advertiser:campaigns')}?{carried}"), *steps)


def _named(desk: Desk, noun: Noun, ids: Collection[int]) -> str:
    if len(ids) > NAMED_MAX:
        return (
            _("%(count)d campaigns") % {"count": len(ids)}
            if noun == "campaign"
            else _("%(count)d ad groups") % {"count": len(ids)}
        )
    names = advertising.names(desk.scope, noun, ids)
    return ", ".join(names.get(one, str(one)) for one in ids)


def _sets(desk: Desk, asked: Asked) -> tuple[Chip, ...]:
    own = kept_tables.chosen_columns(desk.scope, asked.noun)
    sets = [(name, str(title)) for name, (title, _names) in SETS.items()]
    if own:
        sets.append((CUSTOM, _("My columns")))
    return tuple(Chip(title, f"?{asked.address(columns=name)}") for name, title in sets)


def _heading(asked: Asked, name: str, label: str, order: str, *, number: bool, meaning: str = "") -> Heading:
    """Return a heading whose link orders by it: numbers from the most down, names from A up, and then the other way."""
    if not order:
        return Heading(name, label, meaning, number)
    now = asked.wanted.order
    here = now.key == order
    down = (not now.descending) if here else number or order == "created"
    url = f"?{asked.address(sort=f'-{order}' if down else order)}"
    return Heading(name, label, meaning, number, url, ("descending" if now.descending else "ascending") if here else "")


def _chips(desk: Desk, asked: Asked) -> tuple[Chip, ...]:
    """Return what narrows the table, each with the address without it."""
    sought, query = asked.wanted.sought, asked.query
    found: list[Chip] = []

    def chip(label: str, name: str, value: str | None = None) -> None:
        rest = [one for one in query.getlist(name) if one != value] if value is not None else []
        found.append(Chip(label, f"?{asked.address(**{name: rest or None})}"))

    if sought.text:
        chip(_("“%(text)s”") % {"text": sought.text}, "q")
    for status in asked.wanted.statuses:
        chip(_(PRIMARY_TEXTS[status]), "status", status.value)  # noqa: INT001 - texts come from the closed list.
    for objective in sought.objectives:
        chip(_(OBJECTIVE_TEXTS[objective]), "objective", objective.value)  # noqa: INT001 - texts come from the closed list.
    if sought.enabled is not None:
        chip(_("What is on") if sought.enabled else _("What is off"), "on")
    if sought.spark is not None:
        chip(_("Spark Ads") if sought.spark else _("Own videos"), "spark")
    names = creators_of_ads(desk.scope) if sought.creators else {}
    for creator in sought.creators:
        chip(names.get(creator, str(creator)), "creator", str(creator))
    if sought.consent_ends_by is not None:
        chip(_endings()[query.get("ending", "")], "ending")
    for verdict in sought.verdicts:
        chip(_reviews()[verdict.value], "review", verdict.value)
    told = [
        asking.condition_words(one, lambda micros: formats.money(micros, desk.account.currency))
        for one in asked.wanted.conditions
    ]
    if told:
        chip(", ".join(told), "where")
    return tuple(found)


def _panel(desk: Desk, asked: Asked) -> FilterPanel:
    query, sought = asked.query, asked.wanted.sought
    where = asked.wanted.conditions[0] if asked.wanted.conditions else None
    bound = query.get("where", "").split(".", 2)
    shown = {name: str(metric.title) for name, metric in metrics.BY_NAME.items()}
    return FilterPanel(
        text=sought.text,
        statuses=_choices(
            {one.value: _(PRIMARY_TEXTS[one]) for one in Primary if one is not Primary.DELETED},  # noqa: INT001 - texts come from the closed list.
            [one.value for one in asked.wanted.statuses],
        ),
        objectives=_choices(
            {one.value: _(OBJECTIVE_TEXTS[one]) for one in Objective},  # noqa: INT001 - texts come from the closed list.
            [one.value for one in sought.objectives],
        ),
        reviews=_choices(_reviews(), [one.value for one in sought.verdicts]),
        on=_choices({"": _("On or off"), "1": _("What is on"), "0": _("What is off")}, [query.get("on", "")]),
        spark=_choices({"": _("Any kind"), "1": _("Spark Ads"), "0": _("Own videos")}, [query.get("spark", "")]),
        creators=_choices(
            {str(made): name for made, name in creators_of_ads(desk.scope).items()},
            [str(one) for one in sought.creators],
        ),
        endings=_choices({"": _("Any time"), **_endings()}, [query.get("ending", "")]),
        metrics=_choices({"": _("No number"), **shown}, [where.metric if where is not None else ""]),
        bounds=(bound[1], bound[2]) if where is not None else ("gte", ""),
    )


def _endings() -> dict[str, str]:
    return {str(days): _("Authorised for %(days)d days more at most") % {"days": days} for days in asking.ENDINGS}


def _reviews() -> dict[str, str]:
    return {
        Verdict.IN_REVIEW.value: _("In review"),
        Verdict.APPROVED.value: _("Approved"),
        Verdict.REJECTED.value: _("Rejected"),
    }


def _choices(labels: dict[str, str], chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value in chosen) for value, label in labels.items())
