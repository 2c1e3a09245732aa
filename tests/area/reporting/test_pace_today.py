"""An account's day against its pace: budgets of the day and in all, and nothing of another account's."""

from datetime import timedelta

import pytest

from tests.area.advertising.town import EUR
from tests.web.creator.stage import Stage
from vonk.control.scope import Scope
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.events.records import Kind
from vonk.reporting.pace import queries

DAY = timedelta(days=1)


@pytest.fixture
def stage(db: None, now: object) -> Stage:
    return Stage(now)  # type: ignore[arg-type]  # The fixture's instant.


def spend(stage: Stage, ad_id: int, micros: int) -> None:
    stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, price=micros)


def test_todays_budgets_are_held_against_what_was_spent(stage: Stage) -> None:
    stage.pay(100 * EUR)
    group_id = stage.town.ad_group(stage.town.campaign(budget=Budget()))
    ad_id = stage.town.approved_ad(group_id)
    spend(stage, ad_id, EUR)

    found = queries.today(stage.town.ada, now=stage.now)

    assert found.whole is not None
    assert (found.whole.period.budget_micros, found.whole.period.spent_micros) == (20 * EUR, EUR)
    assert [(one.ad_group.id, one.lifetime) for one in found.groups] == [(group_id, False)]
    assert len(found.hours) == 24
    assert found.hours[-1].expected_micros == 20 * EUR
    told = [hour.spent_micros for hour in found.hours]
    assert told[-1] is None
    assert [micros for micros in told if micros is not None][-1] == EUR
    assert found.learnt == 0


def test_a_budget_in_all_is_held_against_its_schedule(stage: Stage) -> None:
    stage.pay(500 * EUR)
    group_id = stage.town.ad_group(
        stage.town.campaign(budget=Budget()),
        budget=Budget(BudgetMode.LIFETIME, 400 * EUR),
        starts_at=stage.now,
        ends_at=stage.now + 10 * DAY,
    )
    stage.town.approved_ad(group_id)

    found = queries.today(stage.town.ada, now=stage.now + timedelta(hours=1))

    (group,) = found.groups
    assert (group.lifetime, group.paced.period.budget_micros) == (True, 400 * EUR)
    assert found.whole is not None
    assert 0 < found.whole.period.budget_micros < 100 * EUR  # A day's part of it.


def test_a_stranger_sees_nothing_of_it(stage: Stage) -> None:
    stage.pay(100 * EUR)
    stage.town.approved_ad()
    mallory: Scope = stage.town.mallory

    found = queries.today(mallory, now=stage.now)

    assert (found.whole, found.groups, found.hours) == (None, (), ())
