"""Every transfer, and one followed to its events in the log."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from vonk.billing import queries as billing
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.queries import MoneyMoved
from vonk.control import event_log
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms, hour_of
from vonk.events.log import EventLog, Position
from vonk.events.records import EventRecord
from vonk.identity import queries as identity
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import REASON_TEXTS, TransfersForm

EVENTS_SHOWN: Final = 100
READ_RECORDS: Final = 5_000


class TransferRow(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer in words."""

    id: int
    at: datetime
    reason: str
    debit: str
    credit: str
    amount_micros: int
    currency: str
    ad_id: int | None
    events: int | None
    first_position: int | None
    last_position: int | None


class Transfers(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[TransferRow, ...]
    next_cursor: str | None


class EventRow(msgspec.Struct, frozen=True):
    """One billed event of the log."""

    position: int
    at: datetime
    kind: str
    price_micros: int
    decision_id: int


class Followed(msgspec.Struct, frozen=True):
    """A transfer and its events; ``found`` and ``sum_micros`` count all of them, ``events`` holds the first."""

    row: TransferRow
    moved: MoneyMoved
    account_name: str
    events: tuple[EventRow, ...]
    found: int
    sum_micros: int


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the transfers, newest first, of one reason or one ad when asked."""
    form = TransfersForm(request.GET)
    form.full_clean()
    found = billing.money_moved(
        scope, paging_of(request), reason=form.cleaned_data.get("reason"), ad_id=form.cleaned_data.get("ad")
    )
    names = _Names(found.items)
    record = Transfers(tuple(names.row(moved) for moved in found.items), found.next_cursor)
    return render(request, "operator/transfers.html", {"page": record, "form": form, "now": now_of(request)})


@require_safe
@for_platform(Right.OPERATE)
def followed(request: HttpRequest, scope: Scope, transfer_id: int) -> HttpResponse:
    """Show one transfer with the events that it stands for."""
    moved = billing.transfer(scope, transfer_id)
    names = _Names([moved])
    events: list[EventRow] = []
    if moved.first_position is not None:
        with event_log.lent() as log:
            events = _events(log, moved, names.zone(moved.account_id))
    record = Followed(
        row=names.row(moved),
        moved=moved,
        account_name=names.account(moved.account_id),
        events=tuple(events[:EVENTS_SHOWN]),
        found=len(events),
        sum_micros=sum(event.price_micros for event in events),
    )
    return render(request, "operator/transfer.html", {"page": record})


def _events(log: EventLog, moved: MoneyMoved, zone: ZoneInfo) -> list[EventRow]:
    """Return the billed events of the transfer's ad, kind, hour and local day between its two positions."""
    assert moved.first_position is not None, "Only such a transfer is followed."
    assert moved.last_position is not None, "Both bounds are written together."
    found: list[EventRow] = []
    after = moved.first_position - 1
    while after < moved.last_position:
        records = log.read(Position(after), min(READ_RECORDS, moved.last_position - after))
        if not records:
            break
        for stored in records:
            event = stored.record
            if isinstance(event, EventRecord) and _is_of(event, moved, zone):
                at = from_ms(event.received_ms)
                row = EventRow(stored.position, at, event.kind.value, event.charge_micros, event.claims.decision_id)
                found.append(row)
        after = records[-1].position
    return found


def _is_of(event: EventRecord, moved: MoneyMoved, zone: ZoneInfo) -> bool:
    received_at = from_ms(event.received_ms)
    return (
        event.charge_micros > 0
        and event.claims.ad_id == moved.ad_id
        and event.kind.value == moved.event_kind
        and hour_of(received_at) == moved.hour_at
        and received_at.astimezone(zone).date() == moved.day
    )


_OF_ACCOUNTS: Final = (AccountKind.ADVERTISER.value, AccountKind.CREDIT.value, AccountKind.REFUND.value)
PLATFORM_PARTIES: Final = {
    AccountKind.PAYMENT_PROVIDER: gettext_lazy("Payments"),
    AccountKind.PLATFORM_REVENUE: gettext_lazy("Revenue"),
    AccountKind.WRITE_OFF: gettext_lazy("Written off"),
    AccountKind.TAX: gettext_lazy("Tax"),
    AccountKind.VOUCHER: gettext_lazy("Voucher"),
    AccountKind.HOLD: gettext_lazy("Set aside"),
}


class _Names:
    """The names of the parties of some transfers, read together."""

    def __init__(self, moved: tuple[MoneyMoved, ...] | list[MoneyMoved]) -> None:
        parties = [(row.debit_kind, row.debit_owner) for row in moved]
        parties += [(row.credit_kind, row.credit_owner) for row in moved]
        accounts = {owner for kind, owner in parties if kind in _OF_ACCOUNTS}
        accounts.update(row.account_id for row in moved if row.account_id is not None)
        self._accounts = identity.accounts_facts(accounts)
        creators = {owner for kind, owner in parties if kind == AccountKind.CREATOR_EARNINGS.value}
        self._people = identity.person_names(creators)

    def account(self, account_id: int | None) -> str:
        """Return an ad account's name, "" for none."""
        known = self._accounts.get(account_id) if account_id is not None else None
        return known.name if known is not None else ""

    def zone(self, account_id: int | None) -> ZoneInfo:
        """Return the zone in which an ad account's days are counted."""
        known = self._accounts.get(account_id) if account_id is not None else None
        return ZoneInfo(known.time_zone if known is not None else "UTC")

    def row(self, moved: MoneyMoved) -> TransferRow:
        """Return the transfer in words."""
        return TransferRow(
            id=moved.id,
            at=moved.at,
            reason=str(REASON_TEXTS[Reason(moved.reason)]),
            debit=self._party(moved.debit_kind, moved.debit_owner),
            credit=self._party(moved.credit_kind, moved.credit_owner),
            amount_micros=moved.amount_micros,
            currency=moved.currency,
            ad_id=moved.ad_id,
            events=moved.events,
            first_position=moved.first_position,
            last_position=moved.last_position,
        )

    def _party(self, kind: str, owner_id: int) -> str:
        match AccountKind(kind):
            case AccountKind.ADVERTISER:
                return self.account(owner_id)
            case AccountKind.CREDIT:
                return _("%(account)s, on credit") % {"account": self.account(owner_id)}
            case AccountKind.REFUND:
                return _("%(account)s, on its way back") % {"account": self.account(owner_id)}
            case AccountKind.CREATOR_EARNINGS:
                return self._people.get(owner_id, "")
            case _:
                return str(PLATFORM_PARTIES[AccountKind(kind)])
