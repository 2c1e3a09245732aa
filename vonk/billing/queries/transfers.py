"""Every transfer, for those who keep the books, and an ad account's own, line by line."""

from collections.abc import Collection
from datetime import date, datetime

import msgspec
from django.db.models import Q

from vonk.billing.ledger import Reason
from vonk.billing.models import Payment, Transfer
from vonk.billing.queries.accounts import own_accounts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

_PAID = (Reason.TOP_UP.value, Reason.CREDIT_REPAID.value)


class TransferView(msgspec.Struct, frozen=True):
    """One line of an ad account's statement. ``amount_micros`` is above zero for what came in, below for what went."""

    id: int
    at: datetime
    reason: str
    amount_micros: int
    currency: str
    provider: str | None  # Of a payment; "test" is play money.
    reference: str | None
    campaign_id: int | None
    ad_group_id: int | None
    ad_id: int | None
    event_kind: str | None
    hour_at: datetime | None
    day: date | None
    events: int | None
    first_position: int | None  # The events are in the log between these two positions.
    last_position: int | None


class MoneyMoved(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer as an operator sees it, between whom it went and where its events are."""

    id: int
    key: str
    at: datetime
    reason: str
    amount_micros: int
    currency: str
    debit_kind: str
    debit_owner: int
    credit_kind: str
    credit_owner: int
    account_id: int | None
    campaign_id: int | None
    ad_id: int | None
    post_id: int | None
    event_kind: str | None
    hour_at: datetime | None
    day: date | None
    share_ppm: int | None
    events: int | None
    first_position: int | None  # The events are in the log between these two positions.
    last_position: int | None


def transfers(
    scope: Scope,
    paging: Paging,
    *,
    reason: Reason | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Page[TransferView]:
    """Return what moved in the scope's ad account, newest first: all, one reason's, or from ``start`` to before ``end``."""
    scope.require(Right.ACCOUNT_VIEW)
    ids = list(own_accounts(scope.account))
    rows = Transfer.objects.filter(Q(debit_id__in=ids) | Q(credit_id__in=ids))
    if reason is not None:
        rows = rows.filter(reason=reason.value)
    if start is not None and end is not None:
        rows = rows.filter(at__gte=start, at__lt=end)
    page = page_of(rows, paging, lambda row: _line(row, ids))
    return msgspec.structs.replace(page, items=_with_payments(page.items))


def _line(row: Transfer, account_ids: Collection[int]) -> TransferView:
    return TransferView(
        id=row.pk,
        at=row.at,
        reason=row.reason,
        amount_micros=row.amount_micros if row.credit_id in account_ids else -row.amount_micros,
        currency=row.currency,
        provider=None,
        reference=row.key if row.reason in _PAID else None,
        campaign_id=row.campaign_id,
        ad_group_id=row.ad_group_id,
        ad_id=row.ad_id,
        event_kind=row.event_kind,
        hour_at=row.hour_at,
        day=row.day,
        events=row.events,
        first_position=row.first_position,
        last_position=row.last_position,
    )


def _with_payments(lines: tuple[TransferView, ...]) -> tuple[TransferView, ...]:
    """Name the provider and the reference of the payments among the lines."""
    ids = {line.id: int(line.reference.partition(":")[2]) for line in lines if line.reference is not None}
    payments = Payment.objects.in_bulk(ids.values())
    return tuple(
        msgspec.structs.replace(
            line, provider=payments[ids[line.id]].provider, reference=payments[ids[line.id]].provider_reference
        )
        if line.id in ids
        else line
        for line in lines
    )


def money_moved(
    scope: Scope,
    paging: Paging,
    *,
    reason: Reason | None = None,
    ad_id: int | None = None,
    account_id: int | None = None,
) -> Page[MoneyMoved]:
    """Return the platform's transfers, newest first, of one reason, ad or ad account; operators only."""
    scope.require(Right.OPERATE)
    rows = Transfer.objects.select_related("debit", "credit")
    if reason is not None:
        rows = rows.filter(reason=reason.value)
    if ad_id is not None:
        rows = rows.filter(ad_id=ad_id)
    if account_id is not None:
        ids = list(own_accounts(account_id))
        rows = rows.filter(Q(debit_id__in=ids) | Q(credit_id__in=ids))
    return page_of(rows, paging, moved)


def transfer(scope: Scope, transfer_id: int) -> MoneyMoved:
    """Return one transfer; operators only. NotFound when there is none."""
    scope.require(Right.OPERATE)
    row = Transfer.objects.select_related("debit", "credit").filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(noun="transfer")
    return moved(row)


def moved(row: Transfer) -> MoneyMoved:
    """Return a transfer whose accounts have been read with it."""
    return MoneyMoved(
        id=row.pk,
        key=row.key,
        at=row.at,
        reason=row.reason,
        amount_micros=row.amount_micros,
        currency=row.currency,
        debit_kind=row.debit.kind,
        debit_owner=row.debit.owner_id,
        credit_kind=row.credit.kind,
        credit_owner=row.credit.owner_id,
        account_id=row.account_id,
        campaign_id=row.campaign_id,
        ad_id=row.ad_id,
        post_id=row.post_id,
        event_kind=row.event_kind,
        hour_at=row.hour_at,
        day=row.day,
        share_ppm=row.share_ppm,
        events=row.events,
        first_position=row.first_position,
        last_position=row.last_position,
    )
