"""A/B tests between ad groups, for who made them and for who counts what their viewers do."""

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from vonk.advertising.models import SplitTest
from vonk.advertising.rules import split_tests as rules
from vonk.advertising.rules.split_tests import Measured, Metric, State, Variable
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One ad group of a test."""

    ad_group_id: int
    name: str
    kept: dict[str, Any]


class SplitTestView(msgspec.Struct, frozen=True, kw_only=True):
    """A test. ``over_at`` is when it ends or ended."""

    id: int
    parts: tuple[Part, Part]
    variable: Variable
    metric: Metric
    state: State
    starts_at: datetime
    ends_at: datetime
    over_at: datetime
    promoted_id: int | None
    kept: dict[str, Any]


def split_test(scope: Scope, test_id: int, *, now: datetime) -> SplitTestView:
    """Return the account's test; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = SplitTest.objects.select_related("first__campaign", "second__campaign")
    row = rows.filter(pk=test_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="split test")
    first, second = (Part(ad_group_id=one.pk, name=one.name, kept=one.kept) for one in (row.first, row.second))
    return SplitTestView(
        id=row.pk,
        parts=(first, second),
        variable=Variable(row.variable),
        metric=Metric(row.metric),
        state=rules.state(row.starts_at, row.ends_at, row.ended_at, deleted_at(row), now=now),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        over_at=rules.over(row.ends_at, row.ended_at),
        promoted_id=row.promoted_id,
        kept=row.kept,
    )


def measured(now: datetime) -> dict[int, list[Measured]]:
    """Return what is counted now of each ad group that is in a test, or was until a week ago."""
    since = now - rules.MEASURED_AFTER
    rows = SplitTest.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), ends_at__gt=since)
    found: dict[int, list[Measured]] = {}
    for row in rows:
        over_at = rules.over(row.ends_at, row.ended_at)
        one = Measured(row.pk, to_ms(row.starts_at), to_ms(over_at), over_at + rules.KEPT_AFTER)
        for ad_group_id in (row.first_id, row.second_id):
            found.setdefault(ad_group_id, []).append(one)
    return found


def deleted_at(row: SplitTest) -> list[datetime | None]:
    """Return when the test's ad groups and their campaigns were deleted."""
    return [at for group in (row.first, row.second) for at in (group.deleted_at, group.campaign.deleted_at)]
