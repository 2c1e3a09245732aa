"""Statements and credit notes as CSV."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, TypeVar

from vonk.advertising import queries as advertising
from vonk.billing import queries
from vonk.billing.queries import Statement, TransferView
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core import sheets
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.core.money import format_micros
from vonk.identity import queries as identity

Item = TypeVar("Item")

_DAY: Final = (
    "at",
    "reason",
    "amount",
    "currency",
    "reference",
    "campaign_id",
    "ad_id",
    "ad",
    "event",
    "hour",
    "events",
)


def statement_csv(statement: Statement) -> Iterator[str]:
    """Return a statement's lines: a row a day, a column for each reason that moved anything."""
    currency, reasons = statement.currency, [reason.value for reason in statement.reasons]
    return sheets.lines(
        ["day", "currency", "opening", *reasons, "closing"],
        (
            [
                day.day.isoformat(),
                currency,
                format_micros(day.opening_micros, currency),
                *(format_micros(day.movements.get(reason, 0), currency) for reason in reasons),
                format_micros(day.closing_micros, currency),
            ]
            for day in statement.days
        ),
    )


def day_csv(scope: Scope, day: date) -> Iterator[str]:
    """Return everything that moved in the scope's ad account on one of its local days, newest first."""
    scope.require(Right.ACCOUNT_VIEW)  # Before the first line is sent.
    return sheets.lines(_DAY, _rows(scope, day))


def credit_note_csv(scope: Scope, note_id: int) -> Iterator[str]:
    """Return the events that a credit note gave back, the last first; NotFound when the note is not the scope's."""
    note = queries.credit_note(scope, note_id)
    return sheets.lines(
        ["number", "position", "decision_id", "event", "ad_id", "received", "amount", "currency"],
        (
            [
                note.number,
                str(one.position),
                str(one.decision_id),
                one.event_kind,
                str(one.ad_id),
                one.received_at.isoformat(),
                format_micros(one.amount_micros, note.currency),
                note.currency,
            ]
            for page in _pages(lambda paging: queries.found_events(scope, paging, note_id=note_id))
            for one in page
        ),
    )


def _rows(scope: Scope, day: date) -> Iterator[list[str]]:
    start, end = queries.bounds(day, identity.account_facts(scope.account).time_zone)
    for page in _pages(lambda paging: queries.transfers(scope, paging, start=start, end=end)):
        names = advertising.names(scope, "ad", {line.ad_id for line in page if line.ad_id is not None})
        for line in page:
            yield _row(line, names.get(line.ad_id or 0, ""))


def _row(line: TransferView, ad: str) -> list[str]:
    return [
        line.at.isoformat(),
        line.reason,
        format_micros(line.amount_micros, line.currency),
        line.currency,
        sheets.harmless(line.reference or ""),
        *("" if value is None else str(value) for value in (line.campaign_id, line.ad_id)),
        sheets.harmless(ad),
        line.event_kind or "",
        line.hour_at.isoformat() if line.hour_at is not None else "",
        "" if line.events is None else str(line.events),
    ]


def _pages(read: Callable[[Paging], Page[Item]]) -> Iterator[tuple[Item, ...]]:
    paging: Paging | None = Paging(size=PAGE_SIZE_MAX)
    while paging is not None:
        page = read(paging)
        yield page.items
        paging = Paging(int(page.next_cursor), PAGE_SIZE_MAX) if page.next_cursor is not None else None
