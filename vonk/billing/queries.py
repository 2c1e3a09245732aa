"""What others may read of money: balances, budgets, statements, spend, revenue, earnings."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from vonk.advertising import queries as advertising
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import BudgetSpend, LedgerAccount, Payment, Transfer
from vonk.billing.rules import AD_GROUP, CAMPAIGN, LIFETIME
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import BudgetMode
from vonk.identity import queries as identity

OBJECTS_PER_QUERY: Final = 500


class Balance(msgspec.Struct, frozen=True):
    """An ad account's money: paid in, billed, and what is left of it."""

    account_id: int
    currency: str
    paid_micros: int
    billed_micros: int

    @property
    def micros(self) -> int:
        """What may still be spent."""
        return self.paid_micros - self.billed_micros


class BudgetSpent(msgspec.Struct, frozen=True):
    """What a campaign or an ad group was billed, on one local day and in all."""

    day_micros: int = 0
    lifetime_micros: int = 0


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


class By(StrEnum):
    """What spend is broken down by."""

    NONE = "none"
    DAY = "day"  # The account's local days.
    HOUR = "hour"  # UTC hours.


class Spend(msgspec.Struct, frozen=True):
    """What an ad was billed in one bucket. ``bucket`` is a date, the start of a UTC hour, or None for everything."""

    ad_id: int
    ad_group_id: int
    campaign_id: int
    post_id: int
    bucket: date | datetime | None
    micros: int
    events: int


class Revenue(msgspec.Struct, frozen=True):
    """The platform's money in one currency on one UTC day (None: in all)."""

    day: date | None
    currency: str
    billed_micros: int
    creators_micros: int
    written_off_micros: int  # Delivered and not billed: no money of anybody's, only a number to watch.

    @property
    def net_micros(self) -> int:
        """What the platform keeps."""
        return self.billed_micros - self.creators_micros


class Earning(msgspec.Struct, frozen=True):
    """What a creator earned with one post on one UTC day."""

    post_id: int
    day: date
    currency: str
    micros: int
    events: int


def balance(account_id: int) -> Balance:
    """Return the account's money, for an area that has the account inside its scope; NotFound when there is none."""
    currency = identity.account_facts(account_id).currency
    return balances([account_id]).get(account_id, Balance(account_id, currency, 0, 0))


def balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """Return the money of those accounts that ever had some."""
    rows = LedgerAccount.objects.filter(kind=AccountKind.ADVERTISER.value, owner_id__in=set(account_ids))
    return {row.owner_id: Balance(row.owner_id, row.currency, row.credits_micros, row.debits_micros) for row in rows}


def budget_spend(noun: str, object_ids: Collection[int], *, day: date) -> dict[int, BudgetSpent]:
    """Return what each "campaign" or "ad_group" was billed on the account's local ``day`` and in all, 0 included."""
    spent = dict.fromkeys(object_ids, BudgetSpent())
    ids = sorted(spent)
    for start in range(0, len(ids), OBJECTS_PER_QUERY):
        rows = BudgetSpend.objects.filter(
            noun=noun,
            object_id__in=ids[start : start + OBJECTS_PER_QUERY],
            period__in=(day.isoformat(), LIFETIME),
        )
        for row in rows:
            change = {"lifetime_micros" if row.period == LIFETIME else "day_micros": row.billed_micros}
            spent[row.object_id] = msgspec.structs.replace(spent[row.object_id], **change)
    return spent


def billed_now(noun: str, object_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return what each "campaign" or "ad_group" was billed in its budget's present period: its local day, or ever.

    What does not exist is absent. Whoever changes a budget hands this to advertising, which keeps it from going below.
    """
    ids = list(object_ids)
    budgets = advertising.budgets(ids if noun == CAMPAIGN else [], ids if noun == AD_GROUP else [])
    billed: dict[int, int] = {}
    for (_, object_id), facts in budgets.items():
        day = now.astimezone(ZoneInfo(facts.time_zone)).date()
        spent = budget_spend(noun, [object_id], day=day)[object_id]
        daily = BudgetMode(facts.mode) is BudgetMode.DAILY
        billed[object_id] = spent.day_micros if daily else spent.lifetime_micros
    return billed


def transfers(scope: Scope, paging: Paging, *, reason: Reason | None = None) -> Page[TransferView]:
    """Return the statement of the scope's ad account, newest first: every payment and every charge, or one reason's."""
    scope.require(Right.ACCOUNT_VIEW)
    accounts = LedgerAccount.objects.filter(kind=AccountKind.ADVERTISER.value, owner_id=scope.account)
    ids = list(accounts.values_list("pk", flat=True))
    rows = Transfer.objects.filter(Q(debit_id__in=ids) | Q(credit_id__in=ids))
    if reason is not None:
        rows = rows.filter(reason=reason.value)
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
        reference=row.key if row.reason == Reason.TOP_UP.value else None,
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


def spend(
    *,
    start_date: date,
    end_date: date,
    by: By = By.NONE,
    account_id: int | None = None,
    ad_ids: Collection[int] | None = None,
    post_ids: Collection[int] | None = None,
) -> list[Spend]:
    """Return what ads were billed on the local days from ``start_date`` to ``end_date``, both included.

    For areas that have the account, the ads or the posts inside their scope; at least one of them is named. Days are
    exact in every time zone, because every charge bears its local day.
    """
    assert account_id is not None or ad_ids is not None or post_ids is not None, "Spend is somebody's."
    rows = Transfer.objects.filter(reason=Reason.CHARGE.value, day__range=(start_date, end_date))
    # The index is by hour: a local day lies within 14 hours of the UTC day.
    rows = rows.filter(hour_at__gte=_midnight(start_date) - timedelta(hours=15))
    rows = rows.filter(hour_at__lt=_midnight(end_date) + timedelta(days=1, hours=13))
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if post_ids is not None:
        rows = rows.filter(post_id__in=post_ids)
    found: list[Spend] = []
    for some in _in_parts(ad_ids):
        part = rows if some is None else rows.filter(ad_id__in=some)
        found += _spend(part, by)
    return found


def _spend(rows: QuerySet[Transfer], by: By) -> list[Spend]:
    names = ["ad_id", "ad_group_id", "campaign_id", "post_id"]
    bucket = {By.NONE: None, By.DAY: "day", By.HOUR: "hour_at"}[by]
    fields = [*names, bucket] if bucket is not None else names
    sums = rows.values(*fields).annotate(micros=Sum("amount_micros"), count=Sum("events")).order_by(*fields)
    return [
        Spend(
            ad_id=row["ad_id"],
            ad_group_id=row["ad_group_id"],
            campaign_id=row["campaign_id"],
            post_id=row["post_id"],
            bucket=row[bucket] if bucket is not None else None,
            micros=row["micros"],
            events=row["count"],
        )
        for row in sums
    ]


def revenue(scope: Scope, *, start_date: date, end_date: date, by: By = By.DAY) -> list[Revenue]:
    """Return the platform's money by UTC day (or in all) and currency, both dates included; operators only."""
    scope.require(Right.OPERATE)
    rows = Transfer.objects.filter(
        hour_at__gte=_midnight(start_date),
        hour_at__lte=datetime.combine(end_date, time.max, UTC),  # Also on the last day there is.
        reason__in=[Reason.CHARGE.value, Reason.CREATOR_SHARE.value, Reason.WRITE_OFF.value],
    )
    sums: dict[tuple[date | None, str], dict[str, int]] = {}
    buckets = rows.annotate(utc_day=TruncDate("hour_at", tzinfo=UTC)).values("utc_day", "currency", "reason")
    for row in buckets.annotate(micros=Sum("amount_micros")).order_by("utc_day", "currency", "reason"):
        key = (row["utc_day"] if by is By.DAY else None, row["currency"])
        reasons = sums.setdefault(key, {})
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["micros"]
    return [
        Revenue(
            day=day,
            currency=currency,
            billed_micros=reasons.get(Reason.CHARGE.value, 0),
            creators_micros=reasons.get(Reason.CREATOR_SHARE.value, 0),
            written_off_micros=reasons.get(Reason.WRITE_OFF.value, 0),
        )
        for (day, currency), reasons in sums.items()
    ]


def money_moved(
    scope: Scope, paging: Paging, *, reason: Reason | None = None, ad_id: int | None = None
) -> Page[MoneyMoved]:
    """Return the platform's transfers, newest first, of one reason or one ad; operators only."""
    scope.require(Right.OPERATE)
    rows = Transfer.objects.select_related("debit", "credit")
    if reason is not None:
        rows = rows.filter(reason=reason.value)
    if ad_id is not None:
        rows = rows.filter(ad_id=ad_id)
    return page_of(rows, paging, _moved)


def transfer(scope: Scope, transfer_id: int) -> MoneyMoved:
    """Return one transfer; operators only. NotFound when there is none."""
    scope.require(Right.OPERATE)
    row = Transfer.objects.select_related("debit", "credit").filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(noun="transfer")
    return _moved(row)


def _moved(row: Transfer) -> MoneyMoved:
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


def earnings(scope: Scope, *, start_date: date, end_date: date) -> list[Earning]:
    """Return what the acting person earned, by post and UTC day, both dates included."""
    scope.require(Right.CREATE)
    rows = Transfer.objects.filter(
        reason=Reason.CREATOR_SHARE.value,
        credit__kind=AccountKind.CREATOR_EARNINGS.value,
        credit__owner_id=scope.person,
        hour_at__gte=_midnight(start_date),
        hour_at__lte=datetime.combine(end_date, time.max, UTC),  # Also on the last day there is.
    ).annotate(utc_day=TruncDate("hour_at", tzinfo=UTC))
    sums = rows.values("post_id", "utc_day", "currency").annotate(micros=Sum("amount_micros"), count=Sum("events"))
    return [
        Earning(row["post_id"] or 0, row["utc_day"], row["currency"], row["micros"], row["count"])
        for row in sums.order_by("utc_day", "post_id", "currency")
    ]


def earned(scope: Scope) -> dict[str, int]:
    """Return what the platform owes the acting person, by currency."""
    scope.require(Right.CREATE)
    rows = LedgerAccount.objects.filter(kind=AccountKind.CREATOR_EARNINGS.value, owner_id=scope.person)
    return {row.currency: row.credits_micros - row.debits_micros for row in rows.order_by("currency")}


def _in_parts(ids: Collection[int] | None) -> Iterable[list[int] | None]:
    if ids is None:
        return [None]
    ordered = sorted(set(ids))
    return [ordered[start : start + OBJECTS_PER_QUERY] for start in range(0, len(ordered), OBJECTS_PER_QUERY)]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
