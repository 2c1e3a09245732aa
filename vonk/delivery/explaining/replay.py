"""A recorded decision, decided again from its own record: the same auction must give the same winner at the same price.

What is held again is the auction, from the ads that took part with their bids, rates and multipliers. Which ads a viewer
matches and what eligibility refused are not judged again: documents and counters of that instant are kept nowhere.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from vonk.delivery import prediction
from vonk.delivery.auction import trace
from vonk.delivery.auction.trace import Bid, Trace
from vonk.delivery.matching.refusals import Empty, Refusal
from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import AdGroupDocument, Billing
from vonk.events.records import DecisionRecord

_EXACT_SHARE: Final = 1e-12  # Of a worth: what a float of 53 bits may lose of an integer.


class Outcome(msgspec.Struct, frozen=True):
    """What an auction comes to. Amounts are those of the record's fields of these names."""

    ad_id: int = 0
    price_micros: int = 0
    reserved_micros: int = 0
    score_micros: int = 0
    runner_up_id: int = 0
    runner_up_micros: int = 0


class Replayed(msgspec.Struct, frozen=True):
    """A replay. ``possible`` is False where the record holds no trace: it is of a time before there were any.

    ``differences`` name what is not as recorded, with both values; the record was changed, or the rules of auctions were.
    """

    possible: bool
    drawn: bool
    outcome: Outcome
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether the decision was made again as it is recorded."""
        return self.possible and not self.differences


def replay(record: DecisionRecord) -> Replayed:
    """Hold the record's auction again and compare."""
    recorded = _recorded(record)
    if not record.trace:
        return Replayed(possible=False, drawn=record.random, outcome=recorded, differences=())
    try:
        kept = trace.decode(record.trace)
        differences = [text for bid in kept.bids for text in _of_bid(bid)]
        outcome = _held(kept, record.seed)
    except (msgspec.MsgspecError, ValueError, ZeroDivisionError, OverflowError) as error:
        return Replayed(possible=True, drawn=record.random, outcome=Outcome(), differences=(f"trace: {error}",))
    differences += _compared(recorded, outcome)
    differences += _of_reason(record, kept)
    return Replayed(possible=True, drawn=record.random, outcome=outcome, differences=tuple(differences))


def changed_since(kept: Trace, documents: Mapping[int, AdGroupDocument | None]) -> tuple[int, ...]:
    """Return the ads whose published terms, by ad, are not those of the trace (None: withdrawn)."""
    return tuple(bid.ad_id for bid in kept.bids if bid.ad_id in documents and not _has_terms(bid, documents[bid.ad_id]))


def _has_terms(bid: Bid, terms: AdGroupDocument | None) -> bool:
    return terms is not None and terms.billing == bid.billing and terms.bid_micros == bid.bid_micros


def _held(kept: Trace, seed: int) -> Outcome:
    race: second_price.Race[Bid] = second_price.Race(kept.reserve, seed)
    for bid in kept.bids:
        if bid.worth + bid.standing < kept.reserve:
            raise ValueError(f"Ad {bid.ad_id} took part below the reserve.")
        race.enter(bid, bid.ad_id, bid.account_id, bid.worth + bid.standing)
    if kept.drawn is not None:
        bid = kept.drawn
        price = second_price.price(Billing(bid.billing), bid.bid_micros, bid.rate, kept.reserve)
        return Outcome(
            bid.ad_id, price, second_price.reserved(Billing(bid.billing), price, bid.rate), _revenue(bid) // 1000
        )
    best, runner_up = race.best, race.runner_up
    if best is None:
        return Outcome()
    price = second_price.charge(
        Billing(best.billing),
        best.bid_micros,
        best.rate,
        threshold=race.threshold,
        reserve=kept.reserve,
        esteem=best.esteem,
        standing=best.standing,
        bonus=best.bonus,
    )
    runners = runner_up.ad_id if runner_up is not None else 0, runner_up.worth // 1000 if runner_up is not None else 0
    if (turned := kept.turned) is not None:
        billing = Billing(turned.billing)
        price = second_price.of_another(billing, turned.bid_micros, turned.rate, price, kept.reserve)
        reserved = second_price.reserved(billing, price, turned.rate)
        return Outcome(turned.ad_id, price, reserved, turned.worth // 1000, *runners)
    score = best.worth if best.bonus == 1.0 else max(int((best.worth - best.esteem) / best.bonus) + best.esteem, 0)
    return Outcome(
        best.ad_id,
        price,
        second_price.reserved(Billing(best.billing), price, best.rate),
        score // 1000,
        *runners,
    )


def _revenue(bid: Bid) -> int:
    return prediction.worth(Billing(bid.billing), bid.bid_micros, bid.rate)


def _of_bid(bid: Bid) -> list[str]:
    """Return what is wrong with a bid by itself: its worth must follow from its parts."""
    full = _revenue(bid)
    worth = round(full * bid.bonus * bid.multiplier) + bid.esteem if full else bid.worth
    if abs(worth - bid.worth) > 1 + abs(bid.worth) * _EXACT_SHARE:
        return [f"ad {bid.ad_id}: its bid, rate and multiplier make a worth of {worth}, not {bid.worth}"]
    return []


def _recorded(record: DecisionRecord) -> Outcome:
    return Outcome(
        record.ad_id,
        record.price_micros,
        record.reserved_micros,
        record.score_micros,
        record.runner_up_id,
        record.runner_up_micros,
    )


def _compared(recorded: Outcome, replayed: Outcome) -> list[str]:
    differences = []
    for name in Outcome.__struct_fields__:
        was, came = getattr(recorded, name), getattr(replayed, name)
        rounding = 1 if name == "score_micros" else 0  # Of a bonus taken off again.
        if abs(was - came) > rounding:
            differences.append(f"{name}: {was} recorded, {came} replayed")
    return differences


def _of_reason(record: DecisionRecord, kept: Trace) -> list[str]:
    """Return what does not fit in the reason for which nothing was shown."""
    if record.ad_id:
        return ["reason: something was shown"] if record.reason else []
    if record.reason == Empty.TOO_SOON:
        return []  # Decided before any ad was looked at, by what the record does not hold.
    if not record.candidates:
        expected = Empty.NO_CANDIDATES
    elif Refusal.BELOW_RESERVE in record.refusals and not kept.took_part:
        expected = Empty.BELOW_RESERVE
    else:
        expected = Empty.ALL_REFUSED
    return [] if record.reason == expected else [f"reason: {record.reason} recorded, {expected} replayed"]
