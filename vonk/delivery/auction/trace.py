"""What a decision's auction had before it, as the decision's record keeps it: enough to hold the auction again.

Bounded and without a word of the viewer, so that nothing of it has to go with an erasure. Values are micros for a
thousand impressions, as in the auction.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from vonk.delivery import prediction
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.refusals import Refusal

BIDS_MAX: Final = 24
REFUSED_MAX: Final = 16
_CLASS_BITS: Final = 64  # A priority's standing is a power of two from here on: see cells.STANDING.


class Bid(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One ad that took part. ``worth`` is what it was ranked by, without what its priority class stands for.

    That is bid times rate, times ``multiplier`` (what pacing and a cost cap left of it) and ``bonus``, and ``esteem``.
    """

    ad_id: int
    account_id: int
    billing: str
    bid_micros: int
    rate: float  # Of the event that bills, with this viewer where a model predicted it.
    multiplier: float
    esteem: int
    priority: int  # 0 in the auction, 1 reserved, 2 above all.
    worth: int
    bonus: float = 1.0  # For ads that are hardly known; ranks and is not paid with.

    @property
    def standing(self) -> int:
        """Return what the priority class adds to the worth."""
        return 1 << (_CLASS_BITS + self.priority - 1) if self.priority else 0


class Refused(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One ad that was refused."""

    ad_id: int
    account_id: int
    reason: str


class Ghost(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An ad that won and was not shown, because the viewer is in the control group of its campaign's lift test."""

    ad_id: int
    campaign_id: int
    account_id: int


class Trace(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The auction of one slot. ``bids`` are in the order in which they came.

    Where more took part or were refused than are kept, ``took_part`` and the record's refusals say how many. Fields are
    only ever added at the end, with defaults.
    """

    reserve: int  # What counted: the surface's least price, or the slot's floor where that was more.
    floor: int
    formats: tuple[str, ...]
    campaigns_shown: tuple[int, ...]  # By earlier slots of the request.
    took_part: int
    bids: tuple[Bid, ...]
    refused: tuple[Refused, ...]
    ghosts: tuple[Ghost, ...] = ()
    drawn: Bid | None = None  # The ad that was drawn instead of the winner; ranked by nothing.
    turned: Bid | None = None  # The ad of the winner's ad group that had the turn instead of it.


class Word(Protocol):
    """What a predictor said of an ad."""

    @property
    def rate(self) -> float:
        """Return the probability of the event that bills."""
        ...

    @property
    def bonus(self) -> float:
        """Return by how much it was preferred in ranking."""
        ...


class Heard(NamedTuple):
    """What was before an auction: those that took part, as they came, some that were refused, the least price."""

    entered: Sequence[tuple[Row, int]]
    refused: Sequence[tuple[Row, Refusal]]
    words: Mapping[int, Word]
    reserve: int


NOTHING_HEARD: Final = Heard((), (), {}, 0)
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Trace)


def written(
    heard: Heard,
    row: Row | None,
    runner_up: Row | None,
    *,
    floor: int,
    formats: tuple[str, ...],
    campaigns_shown: Collection[int],
    ghosts: tuple[Ghost, ...] = (),
    drawn_rate: float | None = None,
    turned: tuple[Row, int] | None = None,
) -> bytes:
    """Return the trace of the auction that ``row`` won, or was drawn in with ``drawn_rate``, as a record keeps it.

    ``turned`` is the ad that is shown instead of ``row``, which won, with its worth. Winner and runner-up are always among
    the bids, and decide its outcome alone. What is written of an ad is kept with it until it bids something else, since it is done for every slot.
    """
    entered, refused, words, reserve = heard
    won = row if drawn_rate is None else None
    if len(entered) > BIDS_MAX:
        entered = _kept(entered, won, runner_up)
    bids: list[object] = []
    for one, worth in entered:
        word = words.get(one.ad.id) if words else None
        if word is not None or one.standing:
            bids.append(_bid(one, worth, word))
            continue
        bids.append(one.told if one.told_worth == worth else _told(one, worth))
    drawn = _drawn(row, drawn_rate) if row is not None and drawn_rate is not None else None
    return _encoder.encode(
        (
            reserve,
            floor,
            formats,
            tuple(campaigns_shown),
            len(heard.entered),
            bids,
            [(one.ad.id, one.ad.account_id, reason) for one, reason in refused] if refused else (),
            ghosts,
            drawn,
            None if turned is None else _bid(*turned, None),
        )
    )


def encode(trace: Trace) -> bytes:
    """Return the trace as a record keeps it."""
    return _encoder.encode(trace)


def decode(body: bytes) -> Trace:
    """Return the trace kept as ``body``; msgspec.MsgspecError when the bytes are not one."""
    return _decoder.decode(body)


def _kept(entered: Sequence[tuple[Row, int]], won: Row | None, runner_up: Row | None) -> Sequence[tuple[Row, int]]:
    """Return the first that took part; where winner or runner-up came later, these two alone.

    In either case another race of them ends as the whole did: what came after both of them changed nothing.
    """
    if len(entered) <= BIDS_MAX:
        return entered
    first = entered[:BIDS_MAX]
    decisive = [row for row in (won, runner_up) if row is not None]
    present = [row for row, _ in first]
    if all(any(row is one for one in present) for row in decisive):
        return first
    return [(row, worth) for row, worth in entered if any(row is one for one in decisive)]


def _told(row: Row, worth: int) -> msgspec.Raw:
    """Return a bid in the auction, by nothing but the ad's own results, as it is written; kept until its worth is another.

    As a plain tuple: structs take twice as long.
    """
    ad, esteem, revenue = row.ad, row.esteem, row.revenue
    multiplier = (worth - esteem) / revenue if revenue else 1.0
    bid = (ad.id, ad.account_id, row.terms.billing, row.bid_micros, row.rate, multiplier, esteem, 0, worth, 1.0)
    row.told, row.told_worth = msgspec.Raw(_encoder.encode(bid)), worth
    return row.told


def _bid(row: Row, worth: int, word: Word | None) -> Bid:
    ad, terms, standing = row.ad, row.terms, row.standing
    rate, revenue, bonus = row.rate, float(row.revenue), 1.0
    if word is not None:
        rate, bonus = word.rate, word.bonus
        revenue = prediction.worth(terms.billing, row.bid_micros, rate) * bonus
    ranked = worth - standing
    return Bid(
        ad.id,
        ad.account_id,
        terms.billing,
        row.bid_micros,
        rate,
        (ranked - row.esteem) / revenue if revenue else 1.0,
        row.esteem,
        standing.bit_length() - _CLASS_BITS if standing else 0,
        ranked,
        bonus,
    )


def _drawn(row: Row, rate: float) -> Bid:
    """Return the terms of an ad that was drawn: it pays the reserve whatever it is worth."""
    ad = row.ad
    return Bid(ad.id, ad.account_id, row.terms.billing, row.bid_micros, rate, 1.0, row.esteem, 0, 0)
