"""Lift tests of campaigns, for who made them and for who counts what their viewers do."""

from datetime import datetime

import msgspec
from django.db.models import Q

from vonk.advertising.models import LiftBan, LiftTest
from vonk.advertising.rules import lift_tests as rules
from vonk.advertising.rules.lift_tests import Measured, Outcome, State
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound


class LiftTestView(msgspec.Struct, frozen=True, kw_only=True):
    """A test. ``over_at`` is when it ends or ended; ``forbidden``: an operator ended it."""

    id: int
    campaign_id: int
    campaign_name: str
    share_percent: int
    outcome: Outcome
    state: State
    starts_at: datetime
    ends_at: datetime
    over_at: datetime
    forbidden: bool


def lift_test(scope: Scope, test_id: int, *, now: datetime) -> LiftTestView:
    """Return the account's test; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = LiftTest.objects.select_related("campaign").filter(pk=test_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="lift test")
    return _view(row, now)


def of_campaign(scope: Scope, campaign_id: int, *, now: datetime) -> tuple[LiftTestView, ...]:
    """Return the tests of the account's campaign, the newest first; none where the campaign is not the account's."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = LiftTest.objects.select_related("campaign").filter(campaign_id=campaign_id, account_id=scope.account)
    return tuple(_view(row, now) for row in rows.order_by("-pk"))


def forbidden(scope: Scope, account_id: int) -> str:
    """Return why the account may have no lift tests, "" where it may: for its own people, and for operators."""
    if scope.account_id != account_id:
        scope.require(Right.OPERATE)
    return LiftBan.objects.filter(account_id=account_id).values_list("reason", flat=True).first() or ""


def measured(now: datetime) -> dict[int, list[Measured]]:
    """Return by campaign what is counted now of tests that run, or did until about a week ago."""
    since = now - rules.MEASURED_AFTER
    rows = LiftTest.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), ends_at__gt=since)
    found: dict[int, list[Measured]] = {}
    for row in rows.order_by("pk"):
        over_at = rules.over(row.ends_at, row.ended_at)
        one = Measured(
            row.pk,
            row.campaign_id,
            row.account_id,
            row.salt,
            row.share_percent,
            to_ms(row.starts_at),
            to_ms(over_at),
            over_at + rules.KEPT_AFTER,
        )
        found.setdefault(row.campaign_id, []).append(one)
    return found


def _view(row: LiftTest, now: datetime) -> LiftTestView:
    return LiftTestView(
        id=row.pk,
        campaign_id=row.campaign_id,
        campaign_name=row.campaign.name,
        share_percent=row.share_percent,
        outcome=Outcome(row.outcome),
        state=rules.state(row.starts_at, row.ends_at, row.ended_at, now=now),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        over_at=rules.over(row.ends_at, row.ended_at),
        forbidden=row.forbidden,
    )
