"""Whatever the day brings, in whatever segments: the books hold, no budget is passed, everything is told for."""

from datetime import timedelta

import msgspec
import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.area.billing.books import undone
from tests.area.billing.world import EUR, NOW, Town, build, claims, decision, event, organic
from tests.chance import examples
from vonk.advertising.models import AdGroup
from vonk.billing import proof, queries
from vonk.billing.actions import payments, settlement
from vonk.billing.models import Transfer
from vonk.delivery.snapshot import BudgetMode
from vonk.events.records import EventRecord, Kind
from vonk.reporting import rollups
from vonk.reporting.proof import witnesses
from vonk.storage.memory.event_log import MemoryEventLog


class Step(msgspec.Struct, frozen=True):
    """One thing that happens: what, to which town, at what price, in which hour of the day."""

    what: str
    town: int
    micros: int
    hour: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["show", "show", "show", "organic", "again", "pay", "budget", "settle", "count"]),
        st.integers(0, 1),
        st.integers(1, 400_000),
        st.integers(0, 30),
    ),
    max_size=40,
)
BUDGETS = st.tuples(st.sampled_from([BudgetMode.DAILY, BudgetMode.LIFETIME]), st.integers(1, 900_000))


class Day:
    """Takes steps and remembers what the log was told to charge."""

    def __init__(self, towns: list[Town]) -> None:
        self.towns = towns
        self.log = MemoryEventLog()
        self.charges: dict[int, int] = {}  # By decision: an event that is sent again is charged once.
        self.last: EventRecord | None = None
        self.payments = 0

    def take(self, step: Step) -> None:
        town = self.towns[step.town]
        at = NOW + timedelta(hours=step.hour)
        match step.what:
            case "show":
                showing = claims(town, at=at, price=step.micros)
                self.last = event(showing)
                self.charges[showing.decision_id] = step.micros
                self.log.append([decision(showing), self.last])
            case "organic":
                self.log.append([event(organic(town, at=at), Kind.PLAY)])
            case "again" if self.last is not None:
                self.log.append([self.last])
            case "pay":
                self.payments += 1
                reference = f"{town.account}-{self.payments}"
                payments.top_up(town.scope, amount_micros=EUR + step.micros, now=at, provider_reference=reference)
            case "budget":
                AdGroup.objects.filter(pk=town.ad_group).update(budget_micros=step.micros * 2)
            case "settle":
                settlement.settle(self.log, now=at, limit=1 + step.micros % 7)
            case "count":
                rollups.roll_up(self.log, now=at, limit=1 + step.micros % 7)

    def finish(self) -> None:
        while settlement.settle(self.log, now=NOW).records or rollups.roll_up(self.log, now=NOW).records:
            pass


@pytest.mark.django_db
@settings(max_examples=examples(6), deadline=None)
@given(steps=STEPS, budgets=st.tuples(BUDGETS, BUDGETS))
def test_any_day_settles_soundly(
    steps: list[Step], budgets: tuple[tuple[BudgetMode, int], tuple[BudgetMode, int]]
) -> None:
    with undone():
        day = Day([build(ad_group_budget=budget, funds_micros=EUR) for budget in budgets])
        for step in steps:
            day.take(step)
        day.finish()
        proved = proof.prove(day.log, now=NOW, more=witnesses(NOW))
        # The log does hold an event twice where "again" put it there; everything else is in order.
        assert [line for line in proved.lines if line.wrong and line.name != "events_are_there_once"] == []
        sums = dict(Transfer.objects.values_list("reason").annotate(total=Sum("amount_micros")))
        assert sums.get("charge", 0) + sums.get("write_off", 0) == sum(day.charges.values())
        for town in day.towns:
            assert queries.balance(town.account).micros >= 0
