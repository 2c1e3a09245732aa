"""How far an ad group is in its learning phase, from the trail and the counters."""

from datetime import timedelta

import pytest

from tests.area.billing.world import EUR, NOW, Town, build, claims, event, show
from vonk.advertising import queries as advertising
from vonk.advertising.actions import ad_groups, campaigns
from vonk.advertising.drafts import AdGroupChanges, CampaignChanges
from vonk.advertising.models import AdGroup, Campaign
from vonk.advertising.rules.learning import LASTS, Learning, Phase, Terms, is_significant, judge
from vonk.billing.actions import settlement
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.events.records import Kind
from vonk.reporting import queries, rollups
from vonk.storage.memory.event_log import MemoryEventLog

HOUR = timedelta(hours=1)
TERMS = Terms(1_000, (False, False), Budget(BudgetMode.DAILY, 100), {"countries": ["NL"]})


@pytest.mark.parametrize(
    ("after", "significant"),
    [
        (TERMS, False),
        (Terms(1_500, TERMS.set_by, TERMS.budget, TERMS.targeting), False),
        (Terms(1_501, TERMS.set_by, TERMS.budget, TERMS.targeting), True),
        (Terms(499, TERMS.set_by, TERMS.budget, TERMS.targeting), True),
        (Terms(1_000, (False, True), TERMS.budget, TERMS.targeting), True),
        (Terms(1_000, TERMS.set_by, Budget(BudgetMode.DAILY, 150), TERMS.targeting), False),
        (Terms(1_000, TERMS.set_by, Budget(BudgetMode.DAILY, 151), TERMS.targeting), True),
        (Terms(1_000, TERMS.set_by, Budget(BudgetMode.NONE), TERMS.targeting), True),
        (Terms(1_000, TERMS.set_by, TERMS.budget, {"countries": ["BE"]}), True),
    ],
)
def test_what_is_a_significant_change(after: Terms, significant: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_significant(TERMS, after) is significant


def test_the_platforms_own_bid_is_no_change() -> None:
    before = Terms(1_000, (True, False), TERMS.budget)
    assert not is_significant(before, Terms(9_000, (True, False), TERMS.budget))


@pytest.mark.parametrize(
    ("results", "after", "phase"),
    [
        (0, -HOUR, Phase.NOT_STARTED),
        (49, HOUR, Phase.LEARNING),
        (50, HOUR, Phase.LEARNED),
        (49, LASTS, Phase.UNFINISHED),
        (50, LASTS, Phase.LEARNED),
    ],
)
def test_phases(results: int, after: timedelta, phase: Phase) -> None:
    assert judge(NOW, results, now=NOW + after).phase is phase


@pytest.fixture
def town() -> Town:
    return build(ad_group_budget=(BudgetMode.DAILY, 30 * EUR))


def _learning(town: Town, *, after: timedelta) -> Learning:
    found = advertising.ad_group(town.scope, town.ad_group)
    return queries.learning_of(town.scope, found, now=NOW + after)


def _views(log: MemoryEventLog, town: Town, times: int, *, after: timedelta) -> None:
    show(log, town, at=NOW + after)
    log.append([event(claims(town, at=NOW + after, price=0), Kind.VIEW_6S) for _ in range(times)])
    settlement.settle(log, now=NOW + after + HOUR)
    rollups.roll_up(log, now=NOW + after + HOUR)


@pytest.mark.django_db
def test_results_count_since_the_start_and_anew_since_a_significant_change(town: Town) -> None:
    AdGroup.objects.filter(pk=town.ad_group).update(starts_at=NOW)
    log = MemoryEventLog()
    _views(log, town, 23, after=2 * HOUR)
    assert _learning(town, after=3 * HOUR) == Learning(Phase.LEARNING, 23, NOW)
    small = AdGroupChanges(budget=Budget(BudgetMode.DAILY, 40 * EUR))
    assert ad_groups.update(town.scope, town.ad_group, small, billed_micros=0, now=NOW + 4 * HOUR)
    assert _learning(town, after=4 * HOUR).results == 23
    great = AdGroupChanges(budget=Budget(BudgetMode.DAILY, 90 * EUR))
    assert ad_groups.update(town.scope, town.ad_group, great, billed_micros=0, now=NOW + 5 * HOUR)
    assert _learning(town, after=5 * HOUR) == Learning(Phase.LEARNING, 0, NOW + 5 * HOUR)
    _views(log, town, 50, after=6 * HOUR)
    assert _learning(town, after=7 * HOUR) == Learning(Phase.LEARNED, 50, NOW + 5 * HOUR)


@pytest.mark.django_db
def test_what_comes_after_the_week_counts_no_more_and_a_campaigns_budget_begins_it_anew(town: Town) -> None:
    AdGroup.objects.filter(pk=town.ad_group).update(starts_at=NOW)
    log = MemoryEventLog()
    _views(log, town, 60, after=LASTS + HOUR)
    assert _learning(town, after=LASTS + 2 * HOUR) == Learning(Phase.UNFINISHED, 0, NOW)
    Campaign.objects.filter(pk=town.campaign).update(budget_mode="daily", budget_micros=100 * EUR)
    doubled = CampaignChanges(budget=Budget(BudgetMode.DAILY, 200 * EUR))
    at = NOW + LASTS + 3 * HOUR
    assert campaigns.update(town.scope, town.campaign, doubled, billed_micros=0, now=at)
    assert _learning(town, after=LASTS + 3 * HOUR) == Learning(Phase.LEARNING, 0, at)
