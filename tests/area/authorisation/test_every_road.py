"""Whatever happens in whatever order, on all roads at once: consents, grants and what ads show follow a small model.

The long run: ``VONK_ROADS_EXAMPLES=500 VONK_ROADS_STEPS=40 VONK_ROADS_SEED=7 pytest -s -n 0 FILE`` (this one).
"""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, assume, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.area.authorisation.roads.asking import Asking
from tests.area.authorisation.roads.codes import CHOICE, Codes
from tests.area.authorisation.roads.invariants import Serving, check, records
from tests.area.authorisation.roads.model import PULL, PUSH
from tests.area.authorisation.roads.reaching import Reaching
from tests.area.authorisation.roads.stage import ACCOUNTS, TERMS, Cast, Stage
from vonk.authorisation.actions import accesses, consents, upkeep
from vonk.authorisation.actions.upkeep import Kept

EXAMPLES = int(os.environ.get("VONK_ROADS_EXAMPLES", "4"))  # Lives.
STEPS = int(os.environ.get("VONK_ROADS_STEPS", "25"))  # Of a life, at most.
SEED = int(os.environ.get("VONK_ROADS_SEED", "1"))
LONG = EXAMPLES > 20  # noqa: PLR2004 - what a suite's time bears.
WORK_EVERY = 3  # Acts at least between two rounds of *work*, which is the slowest of all.
RECORDS_EVERY = 8  # Steps: reading the whole record costs as much as all else.


class EveryRoad(Codes, Asking, Reaching):
    """Cleo and Vik create, three ad accounts and two businesses advertise, and the clock only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.serving = Serving()
        self.checked = 0
        if LONG and self.examples % 25 == 0:
            tell()

    @initialize(begun=st.integers(0, 999_999), terms=st.integers(0, TERMS - 1), days=st.sampled_from([None, 7, 30]))
    def begin(self, begun: int, terms: int, days: int | None) -> None:
        """Start where something is at stake: an access with a post, a duet by code, a request."""
        assume(begun)  # The simplest life of all, each time the first act of all, is not worth its time.
        for act in (
            lambda: [self.switch_both_on(choice) for choice in range(3)],
            lambda: self.ask_access("ada", (PULL, PUSH)),
            lambda: self.grant_access(0, days, (PULL, PUSH), terms),
            lambda: self.take_post(0, 0, None, agree=True),
            lambda: self.issue(2, 30, "feed", terms, 2),
            lambda: self.redeem(0, "mallory", agree=True),
            lambda: self.ask(1, "mallory", 30, ads_only=False, terms=terms),
        ):
            act()
            self.before = self.digest()

    @precondition(lambda self: self.codes())
    @rule(choice=CHOICE, names=st.permutations(ACCOUNTS))
    def all_redeem(self, choice: int, names: list[str]) -> None:
        """All accounts try one code: it serves as many as it says."""
        for name in names:
            self.redeem(choice, name, agree=True)
            self.before = self.digest()

    @rule(
        choice=CHOICE,
        name=st.sampled_from([None, "ada"]),
        capped=st.sampled_from([(50, 60), (None, 60), (30, None)]),
        names=st.permutations(ACCOUNTS),
        terms=st.sampled_from([2, 2, 4]),
    )
    def ask_under_standing(
        self, choice: int, name: str | None, capped: tuple[int | None, int | None], names: list[str], terms: int
    ) -> None:
        """All accounts ask for what a new standing consent may cover, one after the other."""
        self.give_standing(choice, name, 30, None, capped, (), 5, switch_on=True)
        self.before = self.digest()
        for asker, days, kind in zip(names, (7, 7, 30), (terms, 2, terms), strict=True):
            self.ask(choice, asker, days, ads_only=False, terms=kind)
            self.before = self.digest()

    @precondition(lambda self: self.since_work >= WORK_EVERY)
    @rule(late=st.booleans())
    def work(self, *, late: bool) -> None:
        """Run the rounds of *work* until nothing is left to notice, after a while or at once."""
        if late:
            self.now += timedelta(minutes=1)
        self.since_work = 0
        for _ in range(3):
            self.act(lambda: consents.notice_ended(self.now), may=True)
            self.act(lambda: accesses.expire_due(self.now), may=True)
            self.town.noticed(self.now)
            self.act(lambda: upkeep.keep_up(self.now), may=True)
            self.learn_requests()
        again = consents.notice_ended(self.now)
        assert (again.ended, again.reminded, again.gone, again.back, again.revoked) == (0, 0, 0, 0, 0)
        due = accesses.expire_due(self.now)
        assert (due.expired, due.revoked, due.lapsed, due.reminded, due.consents) == (0, 0, 0, 0, 0)
        assert upkeep.keep_up(self.now) == Kept(lapsed=0, closed=0, settled=0, asked=0)
        self.town.settled = True

    @invariant()
    def everything_holds(self) -> None:
        check(self, self.serving)
        self.checked += 1
        if self.checked % RECORDS_EVERY == 0:
            records(self)

    def teardown(self) -> None:
        try:
            records(self)
        finally:
            super().teardown()


def tell() -> None:
    print(f"{Stage.examples} lives, {Stage.steps} acts, {Stage.refusals} refused", flush=True)  # noqa: T201 - for who runs it long.


@pytest.mark.django_db
@pytest.mark.timeout(0 if LONG else 900)
def test_any_life_on_every_road() -> None:
    Stage.cast = Cast()
    run_state_machine_as_test(
        seed(SEED)(EveryRoad),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            phases=[Phase.generate],  # So many steps can be read; shrinking them outlasts a test's time.
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell()
