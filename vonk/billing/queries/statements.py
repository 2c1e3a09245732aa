"""Statements: an ad account's days, from opening to closing balance, equal to the ledger to the micro."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from vonk.billing.errors import SpanTooLong
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import LedgerAccount, Transfer
from vonk.billing.queries.accounts import own_accounts
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity

DAYS_MAX: Final = 366
_DAYS: Final = (date(1970, 1, 1), date(9999, 12, 30))  # In every time zone; before and after nothing moved.


class DayStatement(msgspec.Struct, frozen=True):
    """One local day: what there was, what moved and why, what was left. The balance is cash and vouchers less what is owed.

    ``movements`` are above zero for what came in. A movement belongs to the day on which it was posted.
    """

    day: date
    opening_micros: int
    movements: dict[str, int]
    closing_micros: int


class Statement(msgspec.Struct, frozen=True):
    """The days from ``start_date`` to ``end_date``, both included, oldest first."""

    currency: str
    time_zone: str
    start_date: date
    end_date: date
    days: tuple[DayStatement, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the reasons for which anything moved, in the ledger's order."""
        moved = {reason for day in self.days for reason in day.movements}
        return tuple(reason for reason in Reason if reason.value in moved)


def statement(scope: Scope, *, start_date: date, end_date: date) -> Statement:
    """Return the scope's ad account day by day; SpanTooLong for more than a year or an end before the start."""
    scope.require(Right.ACCOUNT_VIEW)
    if not 0 <= (end_date - start_date).days < DAYS_MAX:
        raise SpanTooLong(most=DAYS_MAX)
    facts = identity.account_facts(scope.account)
    zone = ZoneInfo(facts.time_zone)
    with transaction.atomic():
        closing, moved = _read(scope.account, facts.currency, start_date, end_date, zone)
    days: list[DayStatement] = []
    for number in range((end_date - start_date).days, -1, -1):
        day = start_date + timedelta(days=number)
        movements = {reason: micros for reason, micros in moved.get(day, {}).items() if micros}
        opening = closing - sum(movements.values())
        days.append(DayStatement(day, opening, movements, closing))
        closing = opening
    return Statement(facts.currency, facts.time_zone, start_date, end_date, tuple(reversed(days)))


def bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return the instants at which a local day begins and ends."""
    zone = ZoneInfo(time_zone)
    day = min(max(day, _DAYS[0]), _DAYS[1])
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def _read(
    account_id: int, currency: str, start_date: date, end_date: date, zone: ZoneInfo
) -> tuple[int, dict[date, dict[str, int]]]:
    """Return the balance at the end, and what moved on each day, by reason; while nobody moves anything."""
    cash = LedgerAccount.objects.filter(kind=AccountKind.ADVERTISER.value, owner_id=account_id, currency=currency)
    list(cash.select_for_update())  # Every movement of the account holds this row.
    ids = list(own_accounts(account_id))
    rows = LedgerAccount.objects.filter(pk__in=ids)
    balance = rows.aggregate(sum=Sum(F("credits_micros") - F("debits_micros")))["sum"] or 0
    start, end = bounds(start_date, zone.key)[0], bounds(end_date, zone.key)[1]
    own = Q(debit_id__in=ids) | Q(credit_id__in=ids)
    later = _signed(Transfer.objects.filter(own, at__gte=end), ids).aggregate(sum=Sum("signed"))["sum"] or 0
    moved: dict[date, dict[str, int]] = {}
    inside = _signed(Transfer.objects.filter(own, at__gte=start, at__lt=end), ids)
    by_day = inside.annotate(local=TruncDate("at", tzinfo=zone)).values("local", "reason")
    for row in by_day.annotate(micros=Sum("signed")).order_by("local", "reason"):
        moved.setdefault(row["local"], {})[row["reason"]] = row["micros"]
    return balance - later, moved


def _signed(rows: "QuerySet[Transfer]", ids: list[int]) -> "QuerySet[Transfer]":
    """Annotate what each transfer adds to the accounts together; between two of them nothing."""
    return rows.annotate(
        signed=Case(When(credit_id__in=ids, then=F("amount_micros")), default=0, output_field=BigIntegerField())
        - Case(When(debit_id__in=ids, then=F("amount_micros")), default=0, output_field=BigIntegerField())
    )
