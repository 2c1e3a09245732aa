"""Begin and end lift tests of campaigns; let an account have none, or have them again."""

import secrets
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.advertising import publish, reach
from vonk.advertising.errors import (
    CampaignInLiftTest,
    LiftTestOver,
    LiftTestQuotaExceeded,
    LiftTestsForbidden,
)
from vonk.advertising.models import LiftBan, LiftTest
from vonk.advertising.rules import lift_tests as rules
from vonk.advertising.rules.lift_tests import Outcome, State
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts

_NOUN: Final = "lift_test"


class LiftTestDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A test to be made: the percentage of viewers to whom the campaign is not shown, what is measured, and when."""

    share_percent: int
    outcome: Outcome
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def create(scope: Scope, campaign_id: int, draft: LiftTestDraft, *, now: datetime) -> int:
    """Make a lift test of the account's campaign; return its id.

    Raises NotFound, ObjectDeleted, FieldInvalid, CampaignInLiftTest, LiftTestQuotaExceeded, LiftTestsForbidden.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    rules.check_share(draft.share_percent)
    starts_at = rules.check_times(draft.starts_at, draft.ends_at, now=now)
    accounts.hold(scope.account)  # Two who create at once do not pass the quota together, and a ban is seen.
    ban = LiftBan.objects.filter(account_id=scope.account).first()
    if ban is not None:
        raise LiftTestsForbidden(reason=ban.reason)
    rows = LiftTest.objects.filter(account_id=scope.account)
    if rows.filter(ended_at=None, ends_at__gt=now).count() >= rules.OPEN_MAX or rows.count() >= rules.EVER_MAX:
        raise LiftTestQuotaExceeded(most=rules.OPEN_MAX)
    campaign = reach.alive_campaign(reach.campaigns(scope, [campaign_id])[0])
    if LiftTest.objects.filter(campaign=campaign, ended_at=None, ends_at__gt=now).exists():
        raise CampaignInLiftTest
    made = LiftTest.objects.create(
        account_id=scope.account,
        campaign=campaign,
        salt=secrets.token_hex(8),
        share_percent=draft.share_percent,
        outcome=draft.outcome.value,
        starts_at=starts_at,
        ends_at=draft.ends_at,
        created_at=now,
    )
    detail = {"campaign_id": str(campaign.pk), "share_percent": draft.share_percent}
    audit.record(scope, "lift_test.created", _NOUN, made.pk, at=now, detail=detail)
    publish.publish_campaigns([campaign.pk], at=now)
    return made.pk


@transaction.atomic
def end(scope: Scope, test_id: int, *, now: datetime) -> None:
    """End a test now: within a second the campaign is for every viewer again. Raises NotFound, LiftTestOver."""
    scope.require(Right.CAMPAIGN_EDIT)
    found = LiftTest.objects.filter(pk=test_id, account_id=scope.account).values_list("campaign_id", flat=True).first()
    if found is None:
        raise NotFound(noun="lift test")
    reach.hold_campaigns([found])
    held = LiftTest.objects.select_for_update(no_key=True).get(pk=test_id)
    if rules.state(held.starts_at, held.ends_at, held.ended_at, now=now) in {State.OVER, State.CANCELLED}:
        raise LiftTestOver
    _end(scope, held, now=now)


@transaction.atomic
def forbid(scope: Scope, account_id: int, *, reason: str, now: datetime) -> None:
    """Let an account have no lift tests: its open ones end now. Operators only. A second time the reason is replaced.

    Raises NotFound, FieldInvalid.
    """
    scope.require(Right.OPERATE)
    reason = reason.strip()
    if not 1 <= len(reason) <= rules.REASON_MAX:
        raise FieldInvalid("reason", "1 to %(most)s characters", most=rules.REASON_MAX)
    accounts.hold(account_id)
    LiftBan.objects.update_or_create(account_id=account_id, defaults={"reason": reason, "forbidden_at": now})
    audit.record(
        scope, "lift_tests.forbidden", "account", account_id, at=now, account_id=account_id, detail={"reason": reason}
    )
    rows = LiftTest.objects.filter(account_id=account_id, ended_at=None, ends_at__gt=now)
    reach.hold_campaigns(set(rows.values_list("campaign_id", flat=True)))
    for held in rows.select_for_update(no_key=True).order_by("pk"):
        _end(scope, held, now=now, forbidden=True)


@transaction.atomic
def allow(scope: Scope, account_id: int, *, now: datetime) -> None:
    """Let an account have lift tests again; nothing where it may. Operators only."""
    scope.require(Right.OPERATE)
    if LiftBan.objects.filter(account_id=account_id).delete()[0]:
        audit.record(scope, "lift_tests.allowed", "account", account_id, at=now, account_id=account_id)


def _end(scope: Scope, held: LiftTest, *, now: datetime, forbidden: bool = False) -> None:
    held.ended_at, held.forbidden = now, forbidden
    held.save(update_fields=["ended_at", "forbidden"])
    audit.record(scope, "lift_test.ended", _NOUN, held.pk, at=now, account_id=held.account_id)
    publish.publish_campaigns([held.campaign_id], at=now)
