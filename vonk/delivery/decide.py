"""Which ad a slot gets: the story of a decision on one page.

Match targeting, meet the ads from the highest bid down, refuse each with a reason or let it take part, stop when no
other can win or raise the price, charge the second price. Where a predictor knows more of this viewer than the index
does, the best few dozen are ranked by its word, those that are hardly known with a bonus. A small share of slots is
drawn among all ads that may be shown.
"""

import operator
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from vonk.delivery.auction import bidding, drawing, offers, rotation
from vonk.delivery.auction.hearing import EXAMINED_MAX, Hearing
from vonk.delivery.auction.predictor import RATE_MIN, SHORTLIST, Predictor, Surveyed, Surveyor
from vonk.delivery.auction.trace import NOTHING_HEARD, Heard
from vonk.delivery.limits.counters import Counters
from vonk.delivery.matching.cells import OCPM_LIFT_MAX, Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Empty, Refusal
from vonk.delivery.matching.separation import NOBODY, Beside
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import Billing

TOGETHER: Final = 4  # Ads that are met at once where all are predicted: mostly two decide an auction.
_WORTH: Final = operator.itemgetter(0)


class Decision(msgspec.Struct, gc=False):
    """What one slot gets: a row at a price, or the reason why none."""

    row: Row | None
    seed: int
    candidates: int  # Ads that want such a viewer.
    refusals: dict[Refusal, int]
    empty: Empty | None = None
    price_micros: int = 0  # Of the event that bills.
    reserved_micros: int = 0  # What it will cost on average.
    worth: int = 0  # The winner's expected revenue of a thousand impressions, as all below it in micros.
    runner_up: Row | None = None
    runner_up_worth: int = 0
    propensity: float = 1.0
    rate: float = 1.0  # The winner's probability of what it bids for, with which the price was worked out.
    model: str = ""  # The version of the predictor that was asked.
    random: bool = False  # Drawn, not won: then ``propensity`` is 1 over the number of ads that could be shown.
    heard: Heard = NOTHING_HEARD  # What was before the auction, for the record.
    leader: Row | None = None  # Who won the auction, where another ad of its ad group has the turn.


class _Word(NamedTuple):
    """A predictor's word on an ad: how likely what it bids for is, what a thousand impressions are worth by that,
    and by how much the ad is preferred in ranking because it is new.
    """

    rate: float
    worth: int
    bonus: float


def decide(
    viewer: Viewer,
    index: Index,
    counters: Counters,
    *,
    matched: int,
    reserve: int,
    shown_campaigns: Collection[int],
    beside: Beside = NOBODY,
    now_ms: int,
    seed: int,
    candidates: int | None = None,
    predictor: Predictor | None = None,
    shortlist: int | None = None,
    random_share: float = 0.0,
    held_back: Collection[int] = (),
    pictures: bool | None = None,
    rotates: bool = False,
) -> Decision:
    """Choose the ad for one slot, or say why there is none.

    ``matched`` are the places that ``index.match`` gave for the viewer, ``candidates`` how many (counted when not given),
    ``reserve`` the least revenue of a thousand impressions in micros, ``shown_campaigns`` those that an earlier slot of the
    same request shows, ``beside`` what its neighbours show, ``held_back`` the campaigns whose lift test keeps this viewer out,
    ``pictures`` whether the slot wants posts of pictures alone (True) or none (False). With a ``predictor``, the ads that may
    be shown and can be worth most are ranked by what they are worth with this viewer: all that may win where it surveys them,
    ``SHORTLIST`` where it does not, and ``shortlist`` where that is named; without, by what they are worth on
    average, and then no ad that could win is left out. ``random_share`` of all seeds are drawn: any ad that may be shown is as
    likely, and pays the reserve. Who stands before the auction is not drawn against. Where ``rotates``, the ads of the ad group
    that won take turns (``auction.rotation``).
    """
    race: second_price.Race[Row] = second_price.Race(reserve, seed)
    places = index.open_among(matched)
    hearing = Hearing(
        viewer,
        index,
        counters,
        shown_campaigns=shown_campaigns,
        now_ms=now_ms,
        refusals=index.parked_among(matched),
        held_back=held_back,
        beside=beside,
        pictures=pictures,
    )
    words: dict[int, _Word] = {}
    if predictor is None:
        _race(race, hearing, offers.highest_first(index, places, race, now_ms))
    elif shortlist is None and isinstance(predictor, Surveyor):
        survey = predictor.survey(index, places, viewer, reserve=reserve, now_ms=now_ms)
        words = _race_by_survey(race, hearing, survey, predictor, now_ms=now_ms)
    else:
        wanted, lift_max = shortlist or SHORTLIST, max(predictor.lift_max, 1.0)
        promising = offers.most_promising(index, places, reserve, now_ms, lift_max=lift_max, wanted=wanted)
        words = _race_by_prediction(race, hearing, promising, predictor, shortlist=wanted, now_ms=now_ms)
    if candidates is None:
        candidates = matched.bit_count()
    row = race.best
    if row is None:
        below = places.bit_count() - hearing.examined if hearing.examined < EXAMINED_MAX else 0
        decision = _nothing(seed, candidates, hearing.refusals, below)
    else:
        word = words.get(row.ad.id) or _Word(row.rate, race.best_worth - row.standing, 1.0)
        decision = _won(race, row, seed, candidates, hearing.refusals, word=word)
        if rotates and len(row.group.ads) > 1:
            _rotate(decision, row, hearing, index, places, reserve=reserve, now_ms=now_ms)
        if drawing.is_due(seed, random_share) and not row.standing:
            drawn = drawing.draw(hearing, index, places, reserve=reserve, now_ms=now_ms, seed=seed)
            if drawn is not None:
                decision = _drawn(decision, *drawn, viewer=viewer, reserve=reserve, predictor=predictor, now_ms=now_ms)
    if predictor is not None:
        decision.model = predictor.version
    decision.heard = Heard(race.entered, hearing.refused, words, reserve)
    return decision


def _race(race: second_price.Race[Row], hearing: Hearing, bids: Iterator[tuple[int, Row]]) -> None:
    """Let ads take part, the highest bid first, until no later one can win or raise the price."""
    for worth, row in bids:
        if race.is_over(worth):
            return  # Whether those that follow may be shown no longer matters.
        if worth < race.best_worth and row.ad.account_id == race.account_id:
            continue  # The leader's own neither wins nor raises the price.
        if hearing.examined >= EXAMINED_MAX:
            return
        if hearing.admits(row, worth, race.reserve):
            race.enter(row, row.ad.id, row.ad.account_id, worth)


def _race_by_prediction(
    race: second_price.Race[Row],
    hearing: Hearing,
    promising: Iterator[tuple[int, Row]],
    predictor: Predictor,
    *,
    shortlist: int,
    now_ms: int,
) -> dict[int, _Word]:
    """Let the most promising ads take part with what they are worth with this viewer; return what was predicted of those
    that were met, by ad.

    A prediction costs less than finding out whether an ad may be shown, so it comes first. As many more are asked about as
    were refused.
    """
    words: dict[int, _Word] = {}
    wanted = shortlist
    while wanted and hearing.examined < EXAMINED_MAX:
        listed: list[tuple[int, Row]] = []
        for worth, row in promising:
            if row.post.document is None:
                hearing.admits(row, worth, 0)  # It is not: nothing can be predicted of it.
                continue
            listed.append((worth, row))
            if len(listed) >= wanted:
                break
        if not listed:
            break
        rates = predictor.rates(hearing.viewer, [row for _, row in listed], now_ms)
        wanted = _race_among(race, hearing, listed, rates, predictor, words=words)
    return words


def _race_by_survey(
    race: second_price.Race[Row], hearing: Hearing, survey: Surveyed, predictor: Surveyor, *, now_ms: int
) -> dict[int, _Word]:
    """Let the ads take part that are worth most with this viewer, of all that may win; return what was predicted of those that
    were met, by ad.

    A second stage is asked about the best few, and about as many more as were refused.
    """
    words: dict[int, _Word] = {}
    wanted = SHORTLIST if predictor.second_stage else TOGETHER
    while survey.widen(race.best_worth):
        while hearing.examined < EXAMINED_MAX:
            closed = race.closed if hearing.examined < SHORTLIST else max(race.closed, race.reserve - 1)
            best = survey.best(closed, wanted)
            if not best:
                break
            listed = [(worth, row) for worth, row, _ in best]
            rates: Sequence[float] = [rate for _, _, rate in best]
            if predictor.second_stage:
                rates = predictor.rates(hearing.viewer, [row for _, row in listed], now_ms)
            refused = _race_among(race, hearing, listed, rates, predictor, words=words)
            if predictor.second_stage and not refused:
                break
    return words


def _race_among(
    race: second_price.Race[Row],
    hearing: Hearing,
    listed: list[tuple[int, Row]],
    rates: Sequence[float],
    predictor: Predictor,
    *,
    words: dict[int, _Word],
) -> int:
    """Let the listed ads take part, the highest first, until no later one can win or raise the price; return how many were
    refused, whatever they are worth.
    """
    ranked: list[tuple[int, Row, float, int, float]] = []
    for (worth, row), rate in zip(listed, rates, strict=True):
        if row.aim is None:
            ranked.append((worth, row, row.rate, worth, 1.0))
            continue
        bounded, esteem, bonus = _bounded(rate, row, predictor), row.esteem, row.bonus
        revenue = (worth - esteem) * (bounded / row.rate)
        personal = int(revenue) + esteem
        ranked.append((max(int(revenue * bonus) + esteem, 0), row, bounded, max(personal, 0), bonus))
    ranked.sort(key=_WORTH, reverse=True)
    refused = hearing.examined
    for worth, row, rate, personal, bonus in ranked:
        if race.is_over(worth):
            break
        if row.aim is not None:
            words[row.ad.id] = _Word(rate, personal, bonus)
        if hearing.admits(row, personal, race.reserve):  # A preference in ranking pays no reserve.
            race.enter(row, row.ad.id, row.ad.account_id, worth)
            refused += 1
        elif personal - max(row.esteem, 0) < race.reserve:
            refused += 1
    return hearing.examined - refused


def _bounded(rate: float, row: Row, predictor: Predictor) -> float:
    lift_max = predictor.lift_max
    if row.terms.billing is Billing.OCPM and lift_max > OCPM_LIFT_MAX:
        lift_max = OCPM_LIFT_MAX  # For so much there is room in its budgets.
    most = min(row.rate * lift_max, 1.0)
    return min(rate, most) if rate > RATE_MIN else RATE_MIN


def _nothing(seed: int, candidates: int, refusals: dict[Refusal, int], below: int) -> Decision:
    """Say why. ``below`` ads were not examined, because they could not reach the reserve."""
    if below:
        refusals[Refusal.BELOW_RESERVE] = refusals.get(Refusal.BELOW_RESERVE, 0) + below
    if not candidates:
        empty = Empty.NO_CANDIDATES
    else:
        empty = Empty.BELOW_RESERVE if Refusal.BELOW_RESERVE in refusals else Empty.ALL_REFUSED
    return Decision(None, seed, candidates, refusals, empty)


def _won(
    race: second_price.Race[Row], row: Row, seed: int, candidates: int, refusals: dict[Refusal, int], *, word: _Word
) -> Decision:
    rate = word.rate
    price = second_price.charge(
        row.terms.billing,
        row.bid_micros,
        rate,
        threshold=race.threshold,
        reserve=race.reserve,
        esteem=row.esteem,
        standing=row.standing,
        bonus=word.bonus,
    )
    return Decision(
        row,
        seed,
        candidates,
        refusals,
        price_micros=price,
        reserved_micros=second_price.reserved(row.terms.billing, price, rate),
        worth=word.worth,
        runner_up=race.runner_up,
        runner_up_worth=race.runner_up_worth - (race.runner_up.standing if race.runner_up is not None else 0),
        propensity=1.0 / race.tied,
        rate=rate,
    )


def _rotate(
    decision: Decision, leader: Row, hearing: Hearing, index: Index, places: int, *, reserve: int, now_ms: int
) -> None:
    """Let the ad of the winner's ad group be shown whose turn it is."""
    row, propensity = rotation.turn(leader, hearing, index, places, reserve=reserve, now_ms=now_ms, seed=decision.seed)
    decision.propensity *= propensity
    if row is leader:
        return
    billing = row.terms.billing
    price = second_price.of_another(billing, row.bid_micros, row.rate, decision.price_micros, reserve)
    decision.row, decision.leader, decision.rate, decision.price_micros = row, leader, row.rate, price
    decision.reserved_micros = second_price.reserved(billing, price, row.rate)
    decision.worth = bidding.bid_now(row, now_ms) - row.standing


def _drawn(
    won: Decision,
    row: Row,
    propensity: float,
    *,
    viewer: Viewer,
    reserve: int,
    predictor: Predictor | None,
    now_ms: int,
) -> Decision:
    """Return that the slot goes to a drawn ad, at the reserve."""
    rate, billing = row.rate, row.terms.billing
    if predictor is not None and billing is not Billing.CPM:
        rate = _bounded(predictor.rates(viewer, [row], now_ms)[0], row, predictor)
    price = second_price.price(billing, row.bid_micros, rate, reserve)
    return Decision(
        row,
        won.seed,
        won.candidates,
        won.refusals,
        price_micros=price,
        reserved_micros=second_price.reserved(billing, price, rate),
        worth=int(row.revenue * (rate / row.rate)),
        propensity=propensity,
        rate=rate,
        random=True,
    )
