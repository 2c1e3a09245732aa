"""Begin, move and end A/B tests between two ad groups, and let the winner go on."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import transaction
from django.db.models import Q

from vonk.advertising import publish, reach
from vonk.advertising.actions import ad_groups
from vonk.advertising.errors import (
    AdGroupInSplitTest,
    SplitTestOver,
    SplitTestQuotaExceeded,
    SplitTestStarted,
)
from vonk.advertising.models import AdGroup, SplitTest
from vonk.advertising.queries.split_tests import deleted_at
from vonk.advertising.rules import Objective
from vonk.advertising.rules import split_tests as rules
from vonk.advertising.rules.split_tests import Metric, State, Variable
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts

_NOUN: Final = "split_test"


class SplitTestDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A test to be made. ``kept`` is what the business API shall give back as it was set."""

    ad_group_ids: tuple[int, ...]
    variable: Variable
    metric: Metric
    starts_at: datetime
    ends_at: datetime
    kept: Mapping[str, Any] = {}


@transaction.atomic
def create(scope: Scope, draft: SplitTestDraft, *, now: datetime) -> int:
    """Make a test of two ad groups; return its id. From its start each viewer can see one of the two.

    Raises NotFound, ObjectDeleted, FieldInvalid, AdGroupInSplitTest, SplitTestQuotaExceeded.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    if len(set(draft.ad_group_ids)) != rules.ARMS or len(draft.ad_group_ids) != rules.ARMS:
        raise FieldInvalid("ad_group_ids", "%(count)s different ad groups", count=rules.ARMS)
    starts_at = rules.check_times(draft.starts_at, draft.ends_at, now=now)
    accounts.hold(scope.account)  # Two who create at once do not pass the quota together.
    _check_quota(scope.account, now)
    first, second = (reach.alive_ad_group(row) for row in reach.ad_groups(scope, draft.ad_group_ids))
    rules.check_pair(draft.variable, (_candidate(first), _candidate(second)), draft.ends_at)
    _check_free((first.pk, second.pk), now)
    made = SplitTest.objects.create(
        account_id=scope.account,
        first=first,
        second=second,
        salt=secrets.token_hex(8),
        variable=draft.variable.value,
        metric=draft.metric.value,
        kept=dict(draft.kept),
        starts_at=starts_at,
        ends_at=draft.ends_at,
        created_at=now,
        modified_at=now,
    )
    detail = {"ad_group_ids": [str(first.pk), str(second.pk)]}
    audit.record(scope, "split_test.created", _NOUN, made.pk, at=now, detail=detail)
    publish.publish_ad_groups([first.pk, second.pk], at=now)
    return made.pk


@transaction.atomic
def move(scope: Scope, test_id: int, *, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Give a test that has not begun other times: a running one whose end moved would find what is not there.

    Raises NotFound, FieldInvalid, SplitTestStarted, SplitTestOver.
    """
    held = _hold(scope, test_id)
    if _state(held, now) is State.RUNNING:
        raise SplitTestStarted
    _require_open(held, now)
    start = rules.check_times(starts_at, ends_at, now=now)
    pair = (_candidate(held.first), _candidate(held.second))
    rules.check_pair(Variable(held.variable), pair, ends_at)
    if (start, ends_at) == (held.starts_at, held.ends_at):
        return
    held.starts_at, held.ends_at, held.modified_at = start, ends_at, now
    held.save(update_fields=["starts_at", "ends_at", "modified_at"])
    detail = {"starts_at": start.isoformat(), "ends_at": ends_at.isoformat()}
    audit.record(scope, "split_test.moved", _NOUN, test_id, at=now, detail=detail)
    publish.publish_ad_groups([held.first_id, held.second_id], at=now)


@transaction.atomic
def end(scope: Scope, test_id: int, *, now: datetime) -> None:
    """End a test now: within a second both ad groups are for every viewer again. Raises NotFound, SplitTestOver."""
    held = _hold(scope, test_id)
    _require_open(held, now)
    _end(scope, held, now)


@transaction.atomic
def promote(scope: Scope, test_id: int, winner_id: int, *, now: datetime) -> None:
    """Switch the winner on and the other ad group off, and end the test if it still runs. A second time nothing changes.

    Who won is the advertiser's to say: the numbers advise. Raises NotFound, FieldInvalid, ObjectDeleted.
    """
    held = _hold(scope, test_id)
    pair = (held.first_id, held.second_id)
    if winner_id not in pair:
        raise FieldInvalid("winner_id", "one of the test's two ad groups")
    if _state(held, now) in (State.WAITING, State.RUNNING):
        _end(scope, held, now)
    (loser_id,) = (pk for pk in pair if pk != winner_id)
    ad_groups.set_enabled(scope, [winner_id], True, now=now)
    ad_groups.set_enabled(scope, [loser_id], False, now=now)
    if held.promoted_id != winner_id:
        held.promoted_id, held.modified_at = winner_id, now
        held.save(update_fields=["promoted", "modified_at"])
        detail = {"winner_id": str(winner_id)}
        audit.record(scope, "split_test.promoted", _NOUN, test_id, at=now, detail=detail)


def _end(scope: Scope, held: SplitTest, now: datetime) -> None:
    held.ended_at = held.modified_at = now
    held.save(update_fields=["ended_at", "modified_at"])
    audit.record(scope, "split_test.ended", _NOUN, held.pk, at=now)
    publish.publish_ad_groups([held.first_id, held.second_id], at=now)


def _hold(scope: Scope, test_id: int) -> SplitTest:
    """Return the account's test, locked with the trees of its ad groups: a campaign first, as everybody locks."""
    scope.require(Right.CAMPAIGN_EDIT)
    ids = SplitTest.objects.filter(pk=test_id, account_id=scope.account).values_list("first_id", "second_id").first()
    if ids is None:
        raise NotFound(noun="split test")
    reach.ad_groups(scope, ids)
    rows = SplitTest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("first__campaign", "second__campaign").get(pk=test_id)


def _state(row: SplitTest, now: datetime) -> State:
    return rules.state(row.starts_at, row.ends_at, row.ended_at, deleted_at(row), now=now)


def _require_open(row: SplitTest, now: datetime) -> None:
    if _state(row, now) in (State.OVER, State.CANCELLED):
        raise SplitTestOver


def _candidate(row: AdGroup) -> rules.Candidate:
    return rules.Candidate(
        Objective(row.campaign.objective), publish.budget_of(row), publish.targeting_of(row), row.ends_at
    )


def _check_quota(account_id: int, now: datetime) -> None:
    rows = SplitTest.objects.filter(account_id=account_id)
    if rows.filter(ended_at=None, ends_at__gt=now).count() >= rules.OPEN_MAX or rows.count() >= rules.EVER_MAX:
        raise SplitTestQuotaExceeded(most=rules.OPEN_MAX)


def _check_free(ad_group_ids: Sequence[int], now: datetime) -> None:
    rows = SplitTest.objects.filter(Q(first_id__in=ad_group_ids) | Q(second_id__in=ad_group_ids))
    if rows.filter(ended_at=None, ends_at__gt=now).exists():
        raise AdGroupInSplitTest
