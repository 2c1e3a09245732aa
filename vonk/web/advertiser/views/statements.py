"""Statements: the days of a month, from opening to closing balance; as a page and as files."""

from datetime import date
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import formats as django_formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.billing import export, funding
from vonk.billing import queries as billing
from vonk.billing.queries import DayStatement, Statement
from vonk.core.errors import NotFound
from vonk.web.advertiser import money
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.views.home import today_of
from vonk.web.common import formats
from vonk.web.common.tables import Cell, Heading, Table

CSV: Final = "text/csv; charset=utf-8"


class StatementPage(msgspec.Struct, frozen=True, kw_only=True):
    """A month. ``later`` is "" in the month that runs."""

    month: str
    earlier: str
    later: str
    csv_url: str
    time_zone: str
    table: Table


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show a month, newest day first; ``?month=2026-11``."""
    today = today_of(desk)
    first, last = funding.days_of_month(_month(request.GET.get("month", ""), today))
    statement = billing.statement(desk.scope, start_date=first, end_date=min(last, today))
    earlier, later = funding.month_before(first), funding.month_after(first)
    url = reverse("advertiser:statements")
    record = StatementPage(
        month=str(django_formats.date_format(first, "YEAR_MONTH_FORMAT")),
        earlier=f"{url}?month={earlier:%Y-%m}" if earlier.year >= date.min.year + 1 else "",
        later=f"{url}?month={later:%Y-%m}" if later <= today else "",
        csv_url=f"{reverse('advertiser:statement_csv')}?month={first:%Y-%m}",
        time_zone=desk.account.time_zone,
        table=_table(statement),
    )
    return answer(request, desk, "statements.html", record)


@require_safe
@at_desk()
def month_file(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Send a month as a file: a row a day."""
    today = today_of(desk)
    first, last = funding.days_of_month(_month(request.GET.get("month", ""), today))
    statement = billing.statement(desk.scope, start_date=first, end_date=min(last, today))
    return _file(export.statement_csv(statement), f"statement-{first:%Y-%m}.csv")


@require_safe
@at_desk()
def day_file(_request: HttpRequest, desk: Desk, day: str) -> HttpResponseBase:
    """Send a day as a file: a row for each movement, with hour, ad and number of events."""
    found = _date(day)
    if found is None or found.year == date.max.year:
        raise NotFound(noun="day")
    return _file(export.day_csv(desk.scope, found), f"statement-{found:%Y-%m-%d}.csv")


@require_safe
@at_desk()
def note_file(_request: HttpRequest, desk: Desk, note_id: int) -> HttpResponseBase:
    """Send a credit note's events as a file."""
    note = billing.credit_note(desk.scope, note_id)
    return _file(export.credit_note_csv(desk.scope, note_id), f"{note.number}.csv")


def _file(lines: object, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=CSV)  # type: ignore[arg-type]  # Lines of text, as Django takes them.
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _month(asked: str, today: date) -> date:
    """Return a day of the month asked for; of this one when it is none, or has not begun."""
    found = _date(f"{asked}-01")
    return found if found is not None and date.min.year < found.year and found <= today else today


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _table(statement: Statement) -> Table:
    reasons, currency = statement.reasons, statement.currency

    def amount(micros: int) -> Cell:
        return Cell(formats.money_exact(micros, currency).removesuffix(currency).rstrip())

    def row(day: DayStatement) -> tuple[Cell, ...]:
        words = str(django_formats.date_format(day.day, "SHORT_DATE_FORMAT"))
        moved = [day.movements.get(reason.value) for reason in reasons]
        return (
            Cell(words, reverse("advertiser:statement_day", args=[day.day.isoformat()]) if day.movements else ""),
            amount(day.opening_micros),
            *(amount(micros) if micros else Cell(formats.NO_VALUE) for micros in moved),
            amount(day.closing_micros),
        )

    used = [day for day in statement.days if day.movements or day.closing_micros]
    return Table(
        caption=_("Statement"),
        headings=(
            Heading(_("Day")),
            Heading(_("Opening balance"), number=True),
            *(Heading(str(money.REASONS.get(reason, reason.value)), number=True) for reason in reasons),
            Heading(_("Closing balance"), number=True),
        ),
        rows=tuple(row(day) for day in reversed(used)),
        empty=_("Nothing in this month"),
        empty_text=_("Days on which there was money or something moved appear here."),
    )
