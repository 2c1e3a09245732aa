"""What was spent, kept and earned: sums over charges, less what credit notes gave back."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from vonk.billing.ledger import WAYS, AccountKind, Reason
from vonk.billing.models import LedgerAccount, Transfer
from vonk.control.scope import Right, Scope

OBJECTS_PER_QUERY: Final = 500
_BACK: Final = Reason.CREDIT_NOTE.value
_TAKEN: Final = Reason.CREATOR_SHARE_REVERSED.value
_BILLED: Final = (Reason.CHARGE.value, _BACK)


def _less(field: str, reason: str) -> Case:
    """Return the field, negative in transfers of the reason."""
    return Case(When(reason=reason, then=-F(field)), default=F(field), output_field=BigIntegerField())


class By(StrEnum):
    """What spend is broken down by."""

    NONE = "none"
    DAY = "day"  # The account's local days.
    HOUR = "hour"  # UTC hours.


class Spend(msgspec.Struct, frozen=True):
    """What an ad was billed in one bucket, less credit notes. ``bucket`` is a date, the start of a UTC hour, or None for everything."""

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
    creators_micros: int  # Less what credit notes took back.
    written_off_micros: int  # Delivered and not billed: no money of anybody's, only a number to watch.
    vouchers_micros: int = 0  # Of what was billed: paid with the platform's own vouchers.
    credited_micros: int = 0  # Of what was billed: given back by credit notes, to whatever had paid it.

    @property
    def net_micros(self) -> int:
        """What the platform keeps."""
        return self.billed_micros - self.vouchers_micros - self.credited_micros - self.creators_micros


class Earning(msgspec.Struct, frozen=True):
    """What a creator earned with one post on one UTC day, less what findings took back."""

    post_id: int
    day: date
    currency: str
    micros: int
    events: int


def spend(
    *,
    start_date: date,
    end_date: date,
    by: By = By.NONE,
    account_id: int | None = None,
    ad_ids: Collection[int] | None = None,
    post_ids: Collection[int] | None = None,
) -> list[Spend]:
    """Return what ads were billed, less credit notes, on the local days from ``start_date`` to ``end_date``, both included.

    For areas that have the account, the ads or the posts inside their scope; at least one of them is named. Days are
    exact in every time zone, because every charge bears its local day; a credit note bears its charge's.
    """
    assert account_id is not None or ad_ids is not None or post_ids is not None, "Spend is somebody's."
    rows = Transfer.objects.filter(reason__in=_BILLED, day__range=(start_date, end_date))
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


def micros_of_ads(
    *, start_date: date, end_date: date, account_id: int, ad_ids: Collection[int] | None = None
) -> dict[int, int]:
    """Return what ``spend`` tells of each ad in all, and nothing else: for tables of many ads. Ads without spend are absent.

    ``ad_ids`` are ads of the account; None: all of them.
    """
    rows = Transfer.objects.filter(reason__in=_BILLED, day__range=(start_date, end_date))
    rows = rows.filter(hour_at__gte=_midnight(start_date) - timedelta(hours=15))
    rows = rows.filter(hour_at__lt=_midnight(end_date) + timedelta(days=1, hours=13))
    found: dict[int, int] = {}
    for some in _in_parts(ad_ids):  # By ads alone where there are few: engines prefer an account's index, and read all.
        part = rows.filter(account_id=account_id) if some is None else rows.filter(ad_id__in=some)
        sums = part.order_by().values_list("ad_id").annotate(micros=Sum(_less("amount_micros", _BACK)))
        found.update((ad_id, micros) for ad_id, micros in sums if ad_id is not None)
    return found


def micros_by_day(*, start_date: date, end_date: date, account_id: int) -> dict[date, int]:
    """Return what ``spend`` tells of all of an account's ads together, by its local days; days without spend are absent."""
    rows = Transfer.objects.filter(reason__in=_BILLED, day__range=(start_date, end_date), account_id=account_id)
    rows = rows.filter(hour_at__gte=_midnight(start_date) - timedelta(hours=15))
    rows = rows.filter(hour_at__lt=_midnight(end_date) + timedelta(days=1, hours=13))
    sums = rows.order_by().values_list("day").annotate(micros=Sum(_less("amount_micros", _BACK)))
    return {day: micros for day, micros in sums if day is not None}


def spend_from_vouchers(*, start_date: date, end_date: date, account_id: int, by: By = By.NONE) -> list[Spend]:
    """Return the part of ``spend`` of one account that vouchers paid: what credit notes gave back to them is taken off."""
    voucher = AccountKind.VOUCHER.value
    paid = Q(reason=Reason.CHARGE.value, debit__kind=voucher) | Q(reason=_BACK, credit__kind=voucher)
    rows = Transfer.objects.filter(paid, account_id=account_id, day__range=(start_date, end_date))
    # The index is by hour, as above.
    rows = rows.filter(hour_at__gte=_midnight(start_date) - timedelta(hours=15))
    return _spend(rows.filter(hour_at__lt=_midnight(end_date) + timedelta(days=1, hours=13)), by)


def _spend(rows: QuerySet[Transfer], by: By) -> list[Spend]:
    names = ["ad_id", "ad_group_id", "campaign_id", "post_id"]
    bucket = {By.NONE: None, By.DAY: "day", By.HOUR: "hour_at"}[by]
    fields = [*names, bucket] if bucket is not None else names
    sums = (
        rows.values_list(*fields)
        .annotate(micros=Sum(_less("amount_micros", _BACK)), count=Sum(_less("events", _BACK)))
        .order_by(*fields)
    )
    if bucket is not None:
        return [Spend(*row) for row in sums]
    return [
        Spend(ad_id, group, campaign, post, None, micros, events)
        for ad_id, group, campaign, post, micros, events in sums
    ]


def revenue(scope: Scope, *, start_date: date, end_date: date, by: By = By.DAY) -> list[Revenue]:
    """Return the platform's money by UTC day (or in all) and currency, both dates included; operators only."""
    scope.require(Right.OPERATE)
    rows = Transfer.objects.filter(
        hour_at__gte=_midnight(start_date),
        hour_at__lte=datetime.combine(end_date, time.max, UTC),  # Also on the last day there is.
        reason__in=[reason.value for reason, way in WAYS.items() if way.of_events],
    )
    sums: dict[tuple[date | None, str], dict[str, int]] = {}
    # What a voucher paid, and what a credit note gave it back, was the platform's own.
    kinds = rows.annotate(utc_day=TruncDate("hour_at", tzinfo=UTC)).values(
        "utc_day", "currency", "reason", "debit__kind", "credit__kind"
    )
    for row in kinds.annotate(micros=Sum("amount_micros")).order_by("utc_day", "currency", "reason"):
        key = (row["utc_day"] if by is By.DAY else None, row["currency"])
        reasons = sums.setdefault(key, {})
        for name in (row["reason"], f"{row['debit__kind']}>", f">{row['credit__kind']}"):
            reasons[name] = reasons.get(name, 0) + row["micros"]
    return [
        Revenue(
            day=day,
            currency=currency,
            billed_micros=reasons.get(Reason.CHARGE.value, 0),
            creators_micros=reasons.get(Reason.CREATOR_SHARE.value, 0)
            - reasons.get(Reason.CREATOR_SHARE_REVERSED.value, 0),
            written_off_micros=reasons.get(Reason.WRITE_OFF.value, 0),
            vouchers_micros=reasons.get("voucher>", 0) - reasons.get(">voucher", 0),
            credited_micros=reasons.get(Reason.CREDIT_NOTE.value, 0),
        )
        for (day, currency), reasons in sums.items()
    ]


def earnings(scope: Scope, *, start_date: date, end_date: date) -> list[Earning]:
    """Return what the acting person earned, by post and UTC day, both dates included."""
    scope.require(Right.CREATE)
    mine = {"kind": AccountKind.CREATOR_EARNINGS.value, "owner_id": scope.person}
    ids = list(LedgerAccount.objects.filter(**mine).values_list("pk", flat=True))
    rows = Transfer.objects.filter(
        Q(reason=Reason.CREATOR_SHARE.value, credit_id__in=ids)
        | Q(reason=Reason.CREATOR_SHARE_REVERSED.value, debit_id__in=ids),
        hour_at__gte=_midnight(start_date),
        hour_at__lte=datetime.combine(end_date, time.max, UTC),  # Also on the last day there is.
    ).annotate(utc_day=TruncDate("hour_at", tzinfo=UTC))
    sums = rows.values("post_id", "utc_day", "currency").annotate(
        micros=Sum(_less("amount_micros", _TAKEN)), count=Sum(_less("events", _TAKEN))
    )
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
