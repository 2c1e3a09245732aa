"""Random interleavings of post, consent, campaign, slot, event and clock.

Whatever the order: no ad without live consent; billed ≤ budget; debits = credits; total = organic + paid. The ad server,
settlement, roll-up and proof are the real ones; only the engines are in memory and time is moved by hand.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.area.advertising.town import DAY, EUR, Town, daily
from tests.chance import examples
from tests.simulation.ad_server import InProcessAds
from vonk.advertising.actions import ad_groups, campaigns, reviews
from vonk.advertising.drafts import AdDraft
from vonk.advertising.models import Campaign, Review
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents
from vonk.authorisation.rules import ConsentState
from vonk.billing.actions import payments, settlement
from vonk.billing.models import Transfer
from vonk.billing.proof import prove
from vonk.content.actions import engagement, posts
from vonk.content.rules import Source, Visibility
from vonk.control.scope import Right
from vonk.core import ids
from vonk.core.clock import FixedClock
from vonk.core.errors import Problem
from vonk.core.taxonomy import AgeBand
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Billing, Pacing, Targeting
from vonk.events.records import Claims
from vonk.events.tokens import Signer, ViewerClaims
from vonk.identity import access
from vonk.reporting import queries as reporting
from vonk.reporting.proof import TalliesWitness
from vonk.reporting.rollups import roll_up
from vonk.storage.memory.event_log import MemoryEventLog

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SIGNER = Signer([b"k" * 32])
KINDS = ("impression", "play", "view_2s", "view_6s", "p100", "click_destination", "click_profile", "click_music")
OBJECTIVE_OF = {"cpm": "reach", "cpv": "video_views", "cpc": "traffic", "ocpm": "traffic"}
# A surface so dear that a click costs some seven units: three of them, and a budget of 20 is at its end.
DEAR = "dear"
OPTIONS = Options(reserve_micros=EUR // 2, reserve_micros_by_surface={DEAR: 100 * EUR}, reservation_seconds=600)
# High enough that a few events exhaust a day's budget of 20.
BID_OF = {"cpm": 19 * EUR, "cpv": 7 * EUR, "cpc": 9 * EUR, "ocpm": 9 * EUR}


class Spine(RuleBasedStateMachine):
    """The whole platform in one process, and whatever hypothesis makes people do."""

    @initialize()
    def open_town(self) -> None:
        self.undo = transaction.atomic()
        self.undo._from_testcase = True  # type: ignore[attr-defined]  # As Django's own tests: what is durable inside is undone too.
        self.undo.__enter__()
        self.clock = FixedClock(START)
        self.log = MemoryEventLog()
        self.town = Town(START)
        self.ads = InProcessAds(
            log=self.log,
            signer=SIGNER,
            clock=self.clock,
            options=OPTIONS,
        )
        self.post_id = self.town.world.ready_post()
        self.showings: list[tuple[str, Claims]] = []
        self.sent: list[dict[str, Any]] = []
        self.pay(60)
        self.consents: list[int] = []
        self.codes: list[str] = []
        for billing in (Billing.CPM, Billing.CPC):  # Something to begin with: from here anything may happen.
            self.cleo_issues(days=7, ads_only=False)
            self.attempt(consents.redeem, self.town.ada, self.codes[-1])
            self.advertise(self.consents[-1], billing, fast=True)
        self.olu_approves()

    def teardown(self) -> None:
        if not hasattr(self, "ads"):
            return
        try:
            self.ads.close()  # What the ad server has taken is in the log now.
            self.work()
            proof = prove(self.log, now=self.now, more=[TalliesWitness])
            assert [line for line in proof.lines if line.wrong] == []
            assert proof.position == self.log.end()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def attempt(self, act: Any, *arguments: Any, **named: Any) -> Any:
        """Do what people may try at a wrong moment; a named refusal is an answer."""
        try:
            return act(*arguments, now=self.now, **named)
        except Problem:
            return None

    # Cleo

    @rule(days=st.sampled_from([7, 30]), ads_only=st.booleans())
    def cleo_issues(self, days: int, *, ads_only: bool) -> None:
        issued = self.attempt(
            consents.issue, self.town.world.cleo, self.post_id, duration_days=days, ads_only=ads_only, make_public=False
        )
        if issued is not None:
            self.consents.append(issued.id)
            self.codes.append(issued.code)

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), act=st.sampled_from(["extend", "extend", "revoke", "delete"]))
    def cleo_changes_her_mind(self, data: st.DataObject, act: str) -> None:
        consent_id = data.draw(st.sampled_from(self.consents))
        self.attempt(getattr(consents, act), self.town.world.cleo, consent_id)

    @rule(visibility=st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.FRIENDS, Visibility.PRIVATE]))
    def cleo_shows_or_hides(self, visibility: Visibility) -> None:
        posts.set_visibility(self.town.world.cleo, self.post_id, visibility, self.now)

    # Ada and Olu

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def ada_redeems(self, data: st.DataObject) -> None:
        self.attempt(consents.redeem, self.town.ada, data.draw(st.sampled_from(self.codes)))

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), billing=st.sampled_from(Billing), fast=st.booleans())
    def ada_advertises(self, data: st.DataObject, billing: Billing, *, fast: bool) -> None:
        self.advertise(data.draw(st.sampled_from(self.consents)), billing, fast=fast)

    def advertise(self, consent_id: int, billing: Billing, *, fast: bool) -> None:
        self.town.now = self.now
        campaign_id = self.town.campaign(objective=OBJECTIVE_OF[billing], budget=daily(50))
        group_id = self.town.ad_group(
            campaign_id,
            billing=billing.value,
            bid_micros=BID_OF[billing],
            budget=daily(20),
            pacing=Pacing.FAST if fast else Pacing.SMOOTH,
            targeting=Targeting(countries=("NL",)),
        )
        draft = AdDraft(
            name="A loaf rises",
            call_to_action="order_now",
            landing_url="https://bread.example/loaf",
            consent_id=consent_id,
        )
        try:
            self.town.ad(group_id, draft)
        except Problem:
            self.attempt(ad_groups.delete, self.town.ada, [group_id])

    @rule()
    def olu_approves(self) -> None:
        for review_id in Review.objects.filter(verdict="in_review").values_list("pk", flat=True):
            self.attempt(reviews.approve, self.town.olu, review_id)

    @rule(data=st.data(), enabled=st.booleans())
    def ada_pauses_or_resumes(self, data: st.DataObject, *, enabled: bool) -> None:
        found = list(Campaign.objects.order_by("pk").values_list("pk", flat=True))
        if found:
            chosen = data.draw(st.sampled_from(found))
            self.attempt(campaigns.set_enabled, self.town.ada, [chosen], enabled)

    @rule(units=st.integers(1, 30))
    def pay(self, units: int) -> None:
        scope = access.advertiser(
            access.Actor(self.town.ada.person, self.town.ada.via), self.town.ada.account, may=Right.FUNDS_EDIT
        )
        payments.top_up(scope, amount_micros=units * EUR, now=self.now, provider_reference=str(ids.new_id()))

    # Vik

    @rule(
        viewer=st.sampled_from(["vik", "mallory"]),
        slots=st.integers(1, 3),
        surface=st.sampled_from(["for_you", DEAR]),
        watched=st.booleans(),
    )
    def a_feed_asks(self, viewer: str, slots: int, surface: str, *, watched: bool) -> None:
        """Ask for slots; whoever watches sends everything that could bill."""
        self.ads.follow()
        token = SIGNER.sign_viewer(
            ViewerClaims(
                viewer, self.clock.now_ms() + 3_600_000, country="NL", language="en", age_band=AgeBand.AGE_25_34
            )
        )
        answer = self.ads.post(
            "/v1/decisions",
            {"viewer": token, "surface": surface, "slots": [{"position": place} for place in range(slots)]},
        )
        for slot in answer["slots"]:
            if slot["ad"] is not None:
                claims = SIGNER.read_showing(slot["token"])
                consent = authorisation.consent_facts([claims.grant_id], self.now)[claims.grant_id]
                assert consent.state is ConsentState.ACTIVE, "No ad is shown without live consent."
                assert consent.post_id == claims.post_id
                self.showings.append((slot["token"], claims))
                if watched:
                    self.happen(
                        slot["token"], ["impression", "play", "view_6s", "click_destination"], claims.decided_ms
                    )

    @rule(rounds=st.integers(2, 6))
    def a_busy_hour(self, rounds: int) -> None:
        """Enough showings to come near a budget."""
        for _ in range(rounds):
            self.a_feed_asks(viewer="vik", slots=3, surface=DEAR, watched=True)

    @rule()
    def an_organic_showing(self) -> None:
        claims = Claims(
            ids.new_id(), 0, 0, 0, 0, 0, self.post_id, self.town.world.profiles["Cleo"], "vik", "", 0, "",
            self.clock.now_ms(), "for_you",
        )  # fmt: skip
        self.showings.append((SIGNER.sign_showing(claims), claims))

    @precondition(lambda self: self.showings)
    @rule(data=st.data(), kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6), late=st.booleans())
    def events_come(self, data: st.DataObject, kinds: list[str], *, late: bool) -> None:
        token, claims = data.draw(st.sampled_from(self.showings))
        self.happen(token, kinds, claims.decided_ms if late else self.clock.now_ms())

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def events_come_again(self, data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=5))
        for verdict in self.report(again):
            assert verdict["verdict"] != "accepted", "Twice is once."

    @precondition(lambda self: self.showings)
    @rule(data=st.data(), act=st.sampled_from(["like", "unlike", "favourite", "share"]))
    def vik_engages(self, data: st.DataObject, act: str) -> None:
        _, claims = data.draw(st.sampled_from(self.showings))
        source = {"source": Source(claims.ad_id, claims.decision_id if claims.ad_id else 0)} if act != "unlike" else {}
        self.attempt(getattr(engagement, act), self.town.world.people["Vik"], self.post_id, **source)

    # Time and work

    @rule(by=st.sampled_from([timedelta(minutes=1), timedelta(minutes=11), timedelta(hours=7), DAY, 8 * DAY]))
    def time_passes(self, by: timedelta) -> None:
        self.clock.advance(seconds=by.total_seconds())

    @rule(limit=st.integers(1, 50))
    def work_settles(self, limit: int) -> None:
        settlement.settle(self.log, now=self.now, limit=limit)

    @rule(limit=st.integers(1, 50))
    def work_rolls_up(self, limit: int) -> None:
        roll_up(self.log, now=self.now, limit=limit)

    # What always holds

    @invariant()
    def debits_are_credits(self) -> None:
        balance: dict[int, int] = defaultdict(int)
        for debit, credit, amount in Transfer.objects.values_list("debit_id", "credit_id", "amount_micros"):
            balance[debit] -= amount
            balance[credit] += amount
        assert sum(balance.values()) == 0

    @invariant()
    def nothing_is_billed_beyond_a_budget(self) -> None:
        billed: dict[tuple[str, int, str], int] = defaultdict(int)
        charges = Transfer.objects.filter(reason="charge").values_list(
            "campaign_id", "ad_group_id", "amount_micros", "hour_at"
        )
        for campaign_id, group_id, amount, hour_at in charges:
            assert campaign_id is not None
            assert group_id is not None
            assert hour_at is not None
            # Amsterdam is a whole hour from UTC, so an hour lies in one local day.
            day = (hour_at + timedelta(hours=1 if hour_at < datetime(2026, 3, 29, 1, tzinfo=UTC) else 2)).date()
            billed["campaign", campaign_id, str(day)] += amount
            billed["ad_group", group_id, str(day)] += amount
        assert all(amount <= (50 if noun == "campaign" else 20) * EUR for (noun, _, _), amount in billed.items())

    @invariant()
    def total_is_organic_and_paid(self) -> None:
        numbers = reporting.post_numbers(self.town.world.cleo, self.post_id)
        for number in numbers.numbers:
            if all(isinstance(value, int) for value in (number.organic, number.paid, number.total)):
                assert number.organic + number.paid == number.total, number.name  # type: ignore[operator]  # Counts are int, as just seen.

    def happen(self, token: str, kinds: list[str], at_ms: int) -> None:
        """Report the kinds, half a minute later: nobody watches faster, or means the same click sooner."""
        self.clock.advance(seconds=31)
        events = [{"id": f"e{ids.new_id()}", "kind": kind, "token": token, "at": at_ms} for kind in kinds]
        self.sent += events
        self.report(events)

    def report(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.ads.follow()
        answer: list[dict[str, Any]] = self.ads.post("/v1/events", {"events": events})["verdicts"]
        return answer

    def work(self) -> None:
        while settlement.settle(self.log, now=self.now).records:
            pass
        while roll_up(self.log, now=self.now).records:
            pass


@pytest.mark.django_db(transaction=False)
def test_whatever_people_do_in_whatever_order() -> None:
    run_state_machine_as_test(
        Spine,
        settings=settings(
            max_examples=examples(9),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ],  # Shrinking an example this long takes longer than reading it.
        ),
    )
