"""What was found invalid after it was counted and billed: for the net figures, and for those who look into it."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Count, Q, Sum

from vonk.billing.models import Finding, FindingEvent
from vonk.billing.queries.spend import By
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

OBJECTS_PER_QUERY: Final = 500


class FoundInvalid(msgspec.Struct, frozen=True):
    """How many events of one kind a rule found in one bucket. ``bucket`` is a local date, a UTC hour, or None."""

    ad_id: int
    ad_group_id: int
    campaign_id: int
    post_id: int
    bucket: date | datetime | None
    event_kind: str
    rule: str
    events: int
    value: int  # The sum of the events' own measures, such as watched milliseconds.


class FindingView(msgspec.Struct, frozen=True):
    """One finding: who judged what of how many events, and what that gave back (by currency in its credit notes)."""

    id: int
    rule: str
    reason: str
    person_id: int | None
    at: datetime
    events: int
    note_ids: tuple[int, ...]


class FoundEvent(msgspec.Struct, frozen=True):
    """One event of a finding. ``amount_micros`` is what it had been billed; 0: nothing."""

    position: int
    decision_id: int
    event_kind: str
    ad_id: int
    post_id: int
    received_at: datetime
    amount_micros: int
    note_id: int | None


def finding_counts(
    *,
    start_date: date,
    end_date: date,
    by: By = By.NONE,
    account_id: int | None = None,
    ad_ids: Collection[int] | None = None,
    post_ids: Collection[int] | None = None,
) -> list[FoundInvalid]:
    """Return how many events were found invalid afterwards on the account's local days, both included.

    For areas that have the account, the ads or the posts inside their scope; at least one of them is named. Net
    figures are the tally's less these.
    """
    assert account_id is not None or ad_ids is not None or post_ids is not None, "Findings are about somebody's."
    start = datetime(start_date.year, start_date.month, start_date.day, tzinfo=UTC)
    span = Q(day__range=(start_date, end_date), hour_at__gte=start - timedelta(hours=15))
    if account_id is not None:
        span &= Q(account_id=account_id)
    if post_ids is not None:
        span &= Q(post_id__in=post_ids)
    ids = sorted(set(ad_ids)) if ad_ids is not None else []
    parts = [Q(ad_id__in=ids[at : at + OBJECTS_PER_QUERY]) for at in range(0, len(ids), OBJECTS_PER_QUERY)]
    return [one for part in ([Q()] if ad_ids is None else parts) for one in _counted(span & part, by)]


def _counted(which: Q, by: By) -> list[FoundInvalid]:
    bucket = {By.NONE: None, By.DAY: "day", By.HOUR: "hour_at"}[by]
    names = ["ad_id", "ad_group_id", "campaign_id", "post_id", "event_kind", "finding__rule"]
    fields = [*names, bucket] if bucket is not None else names
    rows = FindingEvent.objects.filter(which).values(*fields).annotate(count=Count("pk"), sum=Sum("value"))
    return [
        FoundInvalid(
            ad_id=row["ad_id"],
            ad_group_id=row["ad_group_id"],
            campaign_id=row["campaign_id"],
            post_id=row["post_id"],
            bucket=row[bucket] if bucket is not None else None,
            event_kind=row["event_kind"],
            rule=row["finding__rule"],
            events=row["count"],
            value=row["sum"],
        )
        for row in rows.order_by(*fields)
    ]


def findings(scope: Scope, paging: Paging) -> Page[FindingView]:
    """Return findings, newest first; operators only."""
    scope.require(Right.OPERATE)
    return page_of(Finding.objects.all(), paging, _finding)


def finding(scope: Scope, finding_id: int) -> FindingView:
    """Return one finding; operators only. NotFound when there is none."""
    scope.require(Right.OPERATE)
    row = Finding.objects.filter(pk=finding_id).first()
    if row is None:
        raise NotFound(noun="finding")
    return _finding(row)


def found_events(
    scope: Scope, paging: Paging, *, finding_id: int | None = None, note_id: int | None = None
) -> Page[FoundEvent]:
    """Return the events of a finding or of a credit note, the last in the log first.

    Operators see all; an ad account's members those of their own notes.
    """
    rows = FindingEvent.objects.all()
    if scope.account_id is not None:
        scope.require(Right.ACCOUNT_VIEW)
        rows = rows.filter(account_id=scope.account)
    else:
        scope.require(Right.OPERATE)
    if finding_id is not None:
        rows = rows.filter(finding_id=finding_id)
    if note_id is not None:
        rows = rows.filter(note_id=note_id)
    return page_of(rows, paging, lambda row: msgspec.convert(row, FoundEvent, from_attributes=True))


def _finding(row: Finding) -> FindingView:
    notes = tuple(row.notes.order_by("pk").values_list("pk", flat=True))
    return FindingView(row.pk, row.rule, row.reason, row.person_id, row.at, row.events, notes)
