"""The authorisation ledger: everything that the account may show, by any road, until when, and what uses it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries import Outliving, Use
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents, requests
from vonk.authorisation.queries import LedgerFilter, LedgerRow, LedgerSort
from vonk.authorisation.queries.ledger import DAYS_MAX, LISTED
from vonk.authorisation.rules import DURATIONS_DAYS, ConsentState, Road
from vonk.billing.queries import billed_under
from vonk.control.scope import Right
from vonk.core import sheets
from vonk.core.errors import FieldInvalid, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.core.money import Money, format_micros
from vonk.web.advertiser import ledger_words, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.views.reports import Choice
from vonk.web.common import problems
from vonk.web.common.records import Badge
from vonk.web.common.requests import id_of, paging_of

SELECTED_MAX: Final = PAGE_SIZE_MAX  # What a page can show can be chosen at once.
FORECAST_SHOWN: Final = 5
FOREVER_DAYS: Final = 10**6  # For the badge of what nothing ends: never soon.
STATES: Final = (
    ConsentState.ACTIVE,
    ConsentState.ENDING,
    ConsentState.SUSPENDED,
    ConsentState.EXPIRED,
    ConsentState.REVOKED,
    ConsentState.RELEASED,
)
DAYS: Final = (1, 3, 7, 14, 30)
ENDED: Final = frozenset({ConsentState.EXPIRED, ConsentState.REVOKED})
LIVE: Final = frozenset({ConsentState.ACTIVE, ConsentState.SUSPENDED})
HEADER: Final = (
    "authorisation_id",
    "post_id",
    "creator",
    "handle",
    "caption",
    "road",
    "state",
    "redeemed_at",
    "ends_at",
    "days_left",
    "terms",
    "ads",
    "outlived_by_ads",
    "spend",
    "currency",
)


class AdLine(msgspec.Struct, frozen=True):
    """An ad on the authorisation. ``beyond``: by how much it outlives it, "" when it does not."""

    id: int
    name: str
    beyond: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One authorisation. ``ends_at`` None: nothing ends it."""

    consent_id: int
    title: str
    speaker: str
    poster_url: str
    road: str
    badge: Badge
    days: str
    ends_at: datetime | None
    terms: tuple[str, ...]
    ads: tuple[AdLine, ...]
    spend: Money
    may_ask: bool
    may_release: bool


class Forecast(msgspec.Struct, frozen=True):
    """An ad that is meant to run longer than its authorisation."""

    ad_id: int
    name: str
    campaign: str
    consent_id: int
    ends_at: datetime
    beyond: str


class LedgerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    rows: tuple[Row, ...]
    next_cursor: str | None
    total: int
    states: tuple[Choice, ...]
    roads: tuple[Choice, ...]
    days: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    creator: str
    text: str
    filtered: bool
    csv_url: str
    here: str
    durations: tuple[int, ...]
    forecast: tuple[Forecast, ...]
    more_forecast: bool


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the ledger, filtered and ordered as the address says."""
    wanted = _wanted(request)
    found = authorisation.ledger(desk.scope, wanted, paging_of(request), desk.now)
    forecast = advertising.outliving(desk.scope, desk.now, at_most=FORECAST_SHOWN + 1)
    query = request.GET.copy()
    query.pop("cursor", None)
    filters = query.urlencode()
    states = {state.value: str(words.CONSENTS[state][0]) for state in STATES}
    chosen = request.GET.get("state", "")
    record = LedgerRecord(
        rows=_rows(desk, found.items),
        next_cursor=found.next_cursor,
        total=found.total,
        states=_choices({"": _("On the list"), **states}, chosen),
        roads=_choices({"": _("Any"), **{road.value: str(text) for road, text in ledger_words.ROADS.items()}},
                       request.GET.get("road", "")),
        days=_choices({"": _("Any"), **{str(days): words.days_words(days) for days in DAYS}},
                      request.GET.get("days_left", "")),
        sorts=_choices({sort.value: str(text) for sort, text in ledger_words.SORTS.items()}, wanted.sort.value),
        creator=wanted.creator,
        text=wanted.text,
        filtered=wanted != LedgerFilter(sort=wanted.sort),
        csv_url=f"{reverse('advertiser:authorisations_csv')}?{filters}",
        here=f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path,
        durations=DURATIONS_DAYS,
        forecast=tuple(map(_forecast, forecast[:FORECAST_SHOWN])),
        more_forecast=len(forecast) > FORECAST_SHOWN,
    )  # fmt: skip
    return answer(request, desk, "authorisations.html", record)


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Send everything that the filter keeps as a file, line by line."""
    parts = authorisation.ledger_rows(desk.scope, _wanted(request), desk.now)
    lines = sheets.lines(HEADER, (line for part in parts for line in _lines(desk, part)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="authorisations-{desk.now:%Y-%m-%d}.csv"'
    return response


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def ask_extensions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask the creators of all chosen authorisations for more time."""
    days = request.POST.get("duration_days", "")
    if days not in {str(known) for known in DURATIONS_DAYS}:
        raise FieldInvalid("duration_days", "7, 30, 60 or 365")

    def ask(consent_id: int) -> bool:
        return not requests.ask_extension(desk.scope, consent_id, duration_days=int(days), now=desk.now).again

    asked, refused = _each(request, ask)
    if asked:
        text = ngettext("%(count)d creator is asked.", "%(count)d requests are on their way.", asked)
        messages.success(request, text % {"count": asked})
    return _back(request, refused, asked)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def release(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take all chosen authorisations off the list that have ended."""
    done, refused = _each(request, lambda consent_id: consents.release(desk.scope, consent_id, now=desk.now))
    if done:
        text = ngettext("%(count)d is off the list.", "%(count)d are off the list.", done)
        messages.success(request, text % {"count": done})
    return _back(request, refused, done)


def _each(request: HttpRequest, act: Callable[[int], bool]) -> tuple[int, dict[str, int]]:
    """Do it for each chosen authorisation; return how often it changed something, and why not, counted."""
    ids = [id_of(text, "consent") for text in request.POST.getlist("consent")[: SELECTED_MAX + 1]]
    if not 1 <= len(ids) <= SELECTED_MAX:
        raise FieldInvalid("consent", "from 1 to %(most)s at once", most=SELECTED_MAX)
    done, refused = 0, dict[str, int]()
    for consent_id in dict.fromkeys(ids):
        try:
            done += act(consent_id)
        except Problem as problem:
            view = problems.view_of(problem)
            text = f"{view.message} {view.remedy}".strip()
            refused[text] = refused.get(text, 0) + 1
    return done, refused


def _back(request: HttpRequest, refused: dict[str, int], done: int) -> HttpResponse:
    for text, count in refused.items():
        messages.warning(request, text if count == 1 else f"{count} × {text}")
    if not refused and not done:
        messages.info(request, _("Nothing was left to do for what you chose."))
    here = request.POST.get("here", "")
    ledger = reverse("advertiser:authorisations")
    back = here if here.startswith(f"{ledger}?") and "\n" not in here else ledger
    response = redirect(back)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _wanted(request: HttpRequest) -> LedgerFilter:
    """Return the filter that the query string holds; what is no value of it filters nothing."""
    states = {state.value for state in STATES}
    asked = frozenset(ConsentState(state) for state in request.GET.getlist("state") if state in states)
    road, sort, days = (request.GET.get(name, "") for name in ("road", "sort", "days_left"))
    if days and not (days.isascii() and days.isdigit() and int(days[:9]) <= DAYS_MAX):
        raise FieldInvalid("days_left", "a number from 0 to %(most)s", most=DAYS_MAX)
    return LedgerFilter(
        creator=request.GET.get("creator", "").strip(),
        states=asked or LISTED,
        road=Road(road) if road in set(Road) else None,
        days_left_max=int(days) if days else None,
        text=request.GET.get("text", "").strip(),
        sort=LedgerSort(sort) if sort in set(LedgerSort) else LedgerSort.NEWEST,
    )


def _choices(labels: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in labels.items())


def _uses(desk: Desk, rows: tuple[LedgerRow, ...]) -> tuple[dict[int, Use], dict[int, int]]:
    """Return the ads on each authorisation and what was spent under it, with a few looks for all rows."""
    ends = {row.consent_id: row.ends_at if row.state in LIVE else None for row in rows}
    return advertising.uses_of_consents(desk.scope, ends, desk.now), billed_under(ends)


def _rows(desk: Desk, rows: tuple[LedgerRow, ...]) -> tuple[Row, ...]:
    uses, spent = _uses(desk, rows)
    return tuple(_row(row, uses[row.consent_id], spent[row.consent_id], desk.account.currency) for row in rows)


def _row(row: LedgerRow, use: Use, spent: int, currency: str) -> Row:
    beyond = {ad.ad_id: ledger_words.beyond_words(ad) for ad in use.outliving}
    ended = row.state in ENDED
    return Row(
        consent_id=row.consent_id,
        title=words.title_of(row.post.caption),
        speaker=words.speaker_of(row.post),
        poster_url=row.post.poster_url,
        road=str(ledger_words.ROADS[row.road]),
        badge=words.consent_badge(row.state, FOREVER_DAYS if row.days_left is None else row.days_left),
        days="" if ended or row.days_left is None else words.days_words(row.days_left),
        ends_at=row.revoked_at or row.ends_at,
        terms=ledger_words.terms_words(row.terms),
        ads=tuple(AdLine(ad_id, name, beyond.get(ad_id, "")) for ad_id, name in use.ads),
        spend=Money(currency, spent),
        may_ask=row.ends_at is not None and row.state in LIVE | {ConsentState.EXPIRED},
        may_release=ended,
    )


def _forecast(ad: Outliving) -> Forecast:
    return Forecast(
        ad.ad_id, ad.name, ad.campaign_name, ad.consent_id, ad.consent_ends_at, ledger_words.beyond_words(ad)
    )


def _lines(desk: Desk, rows: tuple[LedgerRow, ...]) -> Iterator[tuple[str, ...]]:
    uses, spent = _uses(desk, rows)
    for row in rows:
        use = uses[row.consent_id]
        yield (
            str(row.consent_id),
            str(row.post.id),
            sheets.harmless(row.post.display_name),
            sheets.harmless(row.post.handle or ""),
            sheets.harmless(row.post.caption),
            row.road.value,
            row.state.value,
            row.redeemed_at.isoformat(),
            row.ends_at.isoformat() if row.ends_at is not None else "",
            str(row.days_left) if row.days_left is not None else "",
            "; ".join(ledger_words.terms_words(row.terms)),
            str(len(use.ads)),
            str(len(use.outliving)),
            format_micros(spent[row.consent_id], desk.account.currency),
            desk.account.currency,
        )
