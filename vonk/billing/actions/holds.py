"""Holds: cash is set aside, then posted (a part or all; the rest comes back) or voided. Each ends exactly once."""

from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.billing import ledger
from vonk.billing.actions import funds
from vonk.billing.errors import HoldEnded, HoldExceeded
from vonk.billing.funding import HoldState
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import Hold
from vonk.core.money import Money

EXPIRED_PER_STEP: Final = 100


@transaction.atomic
def place(
    account_id: int, *, amount_micros: int, currency: str, purpose: str, expires_at: datetime, now: datetime
) -> Hold:
    """Set cash aside; FundsShort when there is not as much."""
    hold = Hold.objects.create(
        account_id=account_id,
        amount_micros=amount_micros,
        currency=currency,
        purpose=purpose,
        state=HoldState.PLACED.value,
        placed_at=now,
        expires_at=expires_at,
    )
    cash, held = ledger.advertiser(account_id, currency), ledger.hold(hold.pk, currency)
    entry = Entry(f"{Reason.HOLD_PLACED.value}:{hold.pk}", Reason.HOLD_PLACED.value, cash, held, amount_micros)
    funds.move(account_id, currency, [entry], now=now)
    return hold


@transaction.atomic
def post(hold_id: int, *, amount_micros: int, now: datetime) -> None:
    """Send ``amount_micros`` of the hold on its way (to the account's refunds); what is more than that comes back.

    Raises HoldEnded, HoldExceeded.
    """
    hold = Hold.objects.get(pk=hold_id)
    if not 0 < amount_micros <= hold.amount_micros:
        raise HoldExceeded(held=Money(hold.currency, hold.amount_micros))
    held, out = ledger.hold(hold.pk, hold.currency), ledger.refund(hold.account_id, hold.currency)
    posted = Entry(f"{Reason.HOLD_POSTED.value}:{hold.pk}", Reason.HOLD_POSTED.value, held, out, amount_micros)
    rest_micros = hold.amount_micros - amount_micros
    _end(hold, HoldState.POSTED, [posted, *_returned(hold, rest_micros)], amount_micros, now)


@transaction.atomic
def void(hold_id: int, *, now: datetime) -> None:
    """Give the hold back; HoldEnded when it has ended."""
    hold = Hold.objects.get(pk=hold_id)
    _end(hold, HoldState.VOIDED, _returned(hold, hold.amount_micros), 0, now)


def expire(now: datetime) -> int:
    """Give back what was held too long; return how many holds. Safe to repeat."""
    due = Hold.objects.filter(state=HoldState.PLACED.value, expires_at__lte=now).order_by("expires_at")
    holds = list(due[:EXPIRED_PER_STEP])
    expired = 0
    for hold in holds:
        try:
            with transaction.atomic():
                _end(hold, HoldState.EXPIRED, _returned(hold, hold.amount_micros), 0, now)
        except HoldEnded:  # Somebody decided in the meantime.
            continue
        expired += 1
    return expired


def _end(hold: Hold, state: HoldState, entries: list[Entry], posted_micros: int, now: datetime) -> None:
    ended = Hold.objects.filter(pk=hold.pk, state=HoldState.PLACED.value)
    if not ended.update(state=state.value, posted_micros=posted_micros, ended_at=now):
        hold.refresh_from_db()
        raise HoldEnded(state=hold.state)
    funds.move(hold.account_id, hold.currency, entries, now=now)


def _returned(hold: Hold, micros: int) -> list[Entry]:
    held, cash = ledger.hold(hold.pk, hold.currency), ledger.advertiser(hold.account_id, hold.currency)
    reason = Reason.HOLD_VOIDED.value
    return [Entry(f"{reason}:{hold.pk}", reason, held, cash, micros)] if micros else []
