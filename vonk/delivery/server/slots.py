"""The door for slots: from a request's JSON to decisions, tokens and an answer's JSON."""

import time
from typing import ClassVar, Final

import msgspec

from vonk.core import ids
from vonk.core.errors import Actor, Invalid, Limited, Unavailable
from vonk.core.limits import SLOTS_PER_DECISION_MAX
from vonk.delivery.auction.trace import Ghost
from vonk.delivery.decide import Decision, decide
from vonk.delivery.explaining import lift
from vonk.delivery.explaining.witness import Witness
from vonk.delivery.limits.counters import Promise
from vonk.delivery.matching import frequency
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.places import Places
from vonk.delivery.matching.refusals import Empty, Refusal
from vonk.delivery.matching.regulars import Regular, Regulars
from vonk.delivery.matching.separation import Screen
from vonk.delivery.server.http import Answer, BodyMalformed, json_answer
from vonk.delivery.server.measures import add
from vonk.delivery.server.runtime import Runtime
from vonk.delivery.server.slot_bodies import NotShown, Shown, Slots, SlotsWanted, SlotWanted, shown_ad
from vonk.delivery.snapshot import AdDocument
from vonk.events.records import Claims, DecisionRecord

VIDEO: Final = "video"  # What a slot's feed can draw.
CAROUSEL: Final = "carousel"
_NO_AD: Final = AdDocument(0, 0, 0, 0, 0, 0, "", "", "", "")  # Of a slot that nobody won.


class TooManySlots(Invalid):
    """More slots than one screenful needs."""

    code = "too_many_slots"
    message = "A request has 1 to %(slots_max)d slots."
    remedy = "Ask for the next slots in another request."


class IndexNotLoaded(Unavailable):
    """The ad server has just started and has not yet read what may be shown."""

    code = "index_not_loaded"
    message = "The ad server does not know yet what may be shown."
    cause = "It has just started, and the control database has not answered."
    remedy = "Ask again in a moment; start the site if it is not running."
    actor: ClassVar[Actor] = Actor.OPERATOR


class PromisesFull(Limited):
    """More decisions are open than can be held."""

    code = "promises_full"
    message = "Too many decisions wait for their events."
    cause = "Slots are asked for and never shown."
    remedy = "Ask for a slot only when it is about to be shown."
    retry_after_seconds = 5


class _Ask(msgspec.Struct, frozen=True, gc=False):
    """What all slots of one request share."""

    surface: str
    regular: Regular
    now_ms: int


ASKED_AGAIN_MAX: Final = 3  # Where other ad servers were before us with the caps of what won.
_NOBODY: Final[frozenset[int]] = frozenset()  # Is held back.
_decode: Final = msgspec.json.Decoder(SlotsWanted).decode
_encode: Final = msgspec.json.Encoder().encode


class SlotDoor:
    """Answers requests for decisions from a runtime's memory."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._regulars = Regulars(runtime.signer, runtime.index)
        self._witness = Witness(runtime.index, runtime.sample)
        self._places = Places(runtime.options.places)
        self._caught_up_ms = -1

    def answer(self, body: bytes) -> Answer:
        """Return the answer to ``POST /v1/decisions``; raises a Problem with its reason."""
        started = time.perf_counter()
        wanted = self._read(body)
        runtime = self._runtime
        if not runtime.loaded:
            raise IndexNotLoaded
        runtime.committer.check_room(len(wanted.slots))
        if runtime.counters.promises + len(wanted.slots) > runtime.options.promises_max:
            raise PromisesFull
        now_ms = runtime.clock.now_ms()
        regular = self._regulars.meet(wanted.viewer, wanted.surface, wanted.context, now_ms)
        if now_ms != self._caught_up_ms:  # A busy server answers a dozen requests in a millisecond.
            self._caught_up_ms = now_ms
            runtime.catch_up(now_ms)
        runtime.index.traffic.count(len(wanted.slots), now_ms)
        self._witness.asked(len(wanted.slots), now_ms)
        ask = _Ask(wanted.surface, regular, now_ms)
        screen = Screen([slot.position for slot in wanted.slots], runtime.options.neighbours_apart)
        encoded = _encode(Slots([self._slot(place, slot, ask, screen) for place, slot in enumerate(wanted.slots)]))
        runtime.measures.decided(time.perf_counter() - started)
        return json_answer(encoded)

    def _read(self, body: bytes) -> SlotsWanted:
        try:
            wanted = _decode(body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise BodyMalformed(reason=str(error)) from error
        if not 0 < len(wanted.slots) <= SLOTS_PER_DECISION_MAX:
            raise TooManySlots(slots_max=SLOTS_PER_DECISION_MAX)
        return wanted

    def _slot(self, place: int, slot: SlotWanted, ask: _Ask, screen: Screen) -> Shown | NotShown:
        runtime = self._runtime
        decision_id = ids.new_id()
        decision, ghosts = self._decide(place, slot, ask, screen)
        for _ in range(ASKED_AGAIN_MAX):
            if decision.row is None or self._promise(decision_id, decision, decision.row, ask):
                break
            decision, ghosts = self._decide(place, slot, ask, screen)
        else:
            decision = _nobody_knows(decision)
        refusals = {refusal.value: count for refusal, count in decision.refusals.items()} if decision.refusals else {}
        seen = self._witness.see(
            decision,
            ask.regular.viewer,
            ask.now_ms,
            floor=slot.floor_micros,
            formats=slot.formats,
            campaigns_shown=screen.campaigns,
            ghosts=ghosts,
        )
        self._record(decision_id, decision, refusals, slot, ask, seen=seen)
        measures = runtime.measures
        for refusal, count in refusals.items():
            add(measures.refusals, refusal, count)
        row = decision.row
        if row is None:
            assert decision.empty is not None
            add(measures.slots, decision.empty)
            return NotShown(str(decision_id), slot.position, decision.empty.value, refusals)
        add(measures.slots, "shown")
        if not row.standing:
            runtime.clearing.note(ask.surface, decision.reserved_micros * 1_000, ask.now_ms)
        screen.show(place, row.ad)
        self._places.show(ask.regular.viewer.viewer_id, ask.surface, slot.position, ask.now_ms)
        return self._shown(decision_id, decision, row, position=slot.position, ask=ask)

    def _decide(self, place: int, slot: SlotWanted, ask: _Ask, screen: Screen) -> tuple[Decision, tuple[Ghost, ...]]:
        runtime, viewer_id = self._runtime, ask.regular.viewer.viewer_id
        if self._places.too_soon(viewer_id, ask.surface, slot.position, ask.now_ms):
            return Decision(None, 0, ask.regular.candidates, {}, Empty.TOO_SOON), ()
        least = max(slot.floor_micros, runtime.reserve(ask.surface, ask.now_ms)) + slot.organic_value_micros
        seed = runtime.chance.getrandbits(63)
        first = self._without(_NOBODY, place, slot, ask, screen, least=least, seed=seed)
        if first.row is None or not lift.holds_back(first.row, viewer_id, ask.now_ms):
            return first, ()

        def without(held_back: frozenset[int]) -> Decision:
            return self._without(held_back, place, slot, ask, screen, least=least, seed=seed) if held_back else first

        return lift.beyond_ghosts(without, viewer_id, ask.now_ms)

    def _without(
        self,
        held_back: frozenset[int],
        place: int,
        slot: SlotWanted,
        ask: _Ask,
        screen: Screen,
        *,
        least: int,
        seed: int,
    ) -> Decision:
        """Decide without the campaigns whose lift test holds this viewer back."""
        runtime, regular = self._runtime, ask.regular
        films, pictures = VIDEO in slot.formats, CAROUSEL in slot.formats
        wanted = films or pictures
        return decide(
            regular.viewer,
            runtime.index,
            runtime.counters,
            matched=regular.matched if wanted else 0,
            candidates=regular.candidates if wanted else 0,
            reserve=least,
            shown_campaigns=screen.campaigns,
            beside=screen.beside(place),
            now_ms=ask.now_ms,
            seed=seed,
            predictor=runtime.predictor,
            random_share=runtime.options.random_share,
            held_back=held_back,
            rotates=True,
            pictures=None if films is pictures else pictures,
        )

    def _shown(self, decision_id: int, decision: Decision, row: Row, *, position: int, ask: _Ask) -> Shown:
        ad, campaign, post = row.ad, row.campaign.document, row.post.document
        assert campaign is not None, "Eligibility has seen it."
        assert post is not None, "Eligibility has seen it."
        regular = ask.regular
        claims = Claims(
            decision_id,
            ad.id,
            ad.ad_group_id,
            ad.campaign_id,
            ad.account_id,
            ad.grant_id,
            ad.post_id,
            post.profile_id,
            regular.viewer.viewer_id,
            row.bills,
            decision.price_micros,
            campaign.currency,
            ask.now_ms,
            ask.surface,
            post.duration_ms,
            regular.claims.owns(profile_id=post.profile_id, account_id=ad.account_id),
            *regular.audience,
        )
        if row.answer_for is not post:
            row.answer, row.answer_for = _encode(shown_ad(ad, post)), post
        return Shown(
            str(decision_id),
            position,
            msgspec.Raw(row.answer),
            row.bills,
            decision.price_micros,
            campaign.currency,
            *self._runtime.signer.showing_and_click(claims),
        )

    def _promise(self, decision_id: int, decision: Decision, row: Row, ask: _Ask) -> bool:
        """Hold what the decision costs and shows; False when another ad server was before us (see Counters.promise)."""
        ad, counters = row.ad, self._runtime.counters
        return counters.promise(
            Promise(
                decision_id,
                ask.now_ms + self._runtime.options.reservation_seconds * 1000,
                decision.reserved_micros,
                ask.regular.viewer.viewer_id,
                ad.campaign_id,
                ad.ad_group_id,
                ad.grant_id,
                ad.account_id,
                shown=not frequency.capped(row, counters),  # Without a cap there is no exposure to hold.
                ad_id=ad.id,
            )
        )

    def _record(
        self,
        decision_id: int,
        decision: Decision,
        refusals: dict[str, int],
        slot: SlotWanted,
        ask: _Ask,
        *,
        seen: bytes,
    ) -> None:
        """Keep the decision for explanations, and send it on its way to the log."""
        runtime = self._runtime
        row = decision.row
        ad = row.ad if row is not None else _NO_AD
        runner_up = decision.runner_up
        regular = ask.regular
        post = row.post.document if row is not None else None
        record = DecisionRecord(  # By place: names would cost as much as the rest.
            decision_id,
            ask.now_ms,
            regular.viewer.viewer_id,
            ask.surface,
            slot.position,
            runtime.index.sequence,
            decision.seed,
            decision.candidates,
            ad.id,
            ad.ad_group_id,
            ad.campaign_id,
            ad.account_id,
            ad.grant_id,
            ad.post_id,
            row.bills if row is not None else "",
            decision.price_micros,
            decision.worth // 1000,
            runner_up.ad.id if runner_up is not None else 0,
            decision.runner_up_worth // 1000,
            decision.empty.value if decision.empty is not None else "",
            refusals,
            decision.propensity,
            decision.rate,
            decision.reserved_micros,
            decision.model,
            *regular.known,
            post.profile_id if post is not None else 0,
            ad.category,
            ad.category in regular.viewer.interests,
            decision.random,
            seen,
        )
        runtime.recent.add(record)
        runtime.committer.offer(record)


def _nobody_knows(decision: Decision) -> Decision:
    """Return that the slot stays empty: each time another ad server was before us, or nobody could be asked."""
    refusals = {**decision.refusals, Refusal.CAPS_UNKNOWN: decision.refusals.get(Refusal.CAPS_UNKNOWN, 0) + 1}
    return Decision(None, decision.seed, decision.candidates, refusals, Empty.ALL_REFUSED)
