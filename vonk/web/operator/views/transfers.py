"""Every transfer, and one followed to its events in the log."""

from datetime import datetime
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from vonk.billing import queries as billing
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.queries import EventMoved, MoneyMoved
from vonk.control import event_log
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import REASON_TEXTS, TransfersForm

EVENTS_SHOWN: Final = 100


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


class Followed(msgspec.Struct, frozen=True):
    """A transfer and its events; ``found`` and ``sum_micros`` count all of them, ``events`` holds the first."""

    row: TransferRow
    moved: MoneyMoved
    account_name: str
    events: tuple[EventMoved, ...]
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
    events: tuple[EventMoved, ...] = ()
    if moved.first_position is not None:
        with event_log.lent() as log:
            events = billing.events_moved(scope, log, transfer_id)
    record = Followed(
        row=names.row(moved),
        moved=moved,
        account_name=names.account(moved.account_id),
        events=events[:EVENTS_SHOWN],
        found=len(events),
        sum_micros=sum(event.price_micros for event in events),
    )
    return render(request, "operator/transfer.html", {"page": record})


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
