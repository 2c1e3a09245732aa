# ruff: noqa: PLR0917 - kernels take their arrays one by one: compiled code has no keywords
"""The compiled heart of prediction: from codes to weights, one step of learning, one pass over a stream.

A row's features are places in one table of weights, each with a value: categories at 1, numbers and rates shared
between the two knots beside them. A place of -1 is none. What depends on a head (the rates of its own counters) has
places of its own per head. Everything is written into rows that the caller allocated.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.delivery.prediction.compiling import compiled
from vonk.delivery.prediction.keys import E, N, S, crossed, find, find_or_make, mix, tagged
from vonk.delivery.prediction.plan import COUNT_BINS, PER_COUNTER, Floats, Hashes, Ints, Plan

LOGIT_MAX: Final = 30.0
RATE_SPAN: Final = 2.0  # Rates are told apart within so many logits of the base rate, residuals within so many.

Halves = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]


class State(NamedTuple):
    """What is learnt. ``counts`` is [slots, heads, 3]; ``keys`` of 0 mark empty slots."""

    weights: Halves  # [places, heads]
    squares: Halves  # [places, heads], AdaGrad's sums of squared gradients.
    bias: Floats  # [heads]
    base: Floats  # [heads, 2]: labels known, successes.
    keys: Hashes
    counts: Halves


class Rows(NamedTuple):
    """Features of rows, kept from the prediction until the labels are known."""

    places: Places  # [rows, crosses + 2 * numbers]
    values: Halves
    own_places: Places  # [rows, heads, 5 * counters + meetings]
    own_values: Halves
    keys: Hashes  # [rows, counters]
    logits: Floats  # [rows, heads]
    again: Floats  # [rows, heads]: when the label is known, for the step.
    labels: npt.NDArray[np.int8]  # [rows, heads], -1 where unknown.
    due_ms: Ints  # From when the labels may be used.


class Read(NamedTuple):
    """What the counters said about the row last described, by counter and head."""

    known: Halves
    rate: Halves  # Logit of the rate less that of the base rate.
    residual: Halves
    bins: Ints  # [counters, heads]: the rate's knot, 1 and up; 0 where nothing is known.


class Rates(NamedTuple):
    """Speeds of learning; the names are delivery science's (§3)."""

    step: float
    l2: float
    bias_step: float


@compiled()
def sigmoid(logit: Any) -> Any:
    """Return the probability of a logit, clipped to what floats tell apart."""
    return 1.0 / (1.0 + math.exp(-min(max(logit, -LOGIT_MAX), LOGIT_MAX)))


@compiled()
def between(value: Any, low: Any, high: Any, knots: Any) -> Any:
    """Return the knot below a value and how far it is on to the next, for evenly spaced knots from low to high."""
    at = (value - low) / (high - low) * (knots - 1)
    at = min(max(at, 0.0), knots - 1 - 1e-6)
    below = int(at)
    return below, at - below


@compiled()
def read_counter(plan: Plan, state: State, row: Rows, r: Any, read: Read, c: Any) -> None:
    """Look one counter up, and set its weights' places for every head."""
    key = row.keys[r, c]
    slot = find(state.keys, key) if key != 0 else -1
    knots = plan.rate_knots
    rates_from = plan.rates_from + c * 2 * knots
    at = c * PER_COUNTER
    sized, size = -1.0, 0  # Heads mostly know of as many impressions.
    for h in range(plan.heads):
        n = state.counts[slot, h, N] if slot >= 0 else 0.0
        if n <= 0:
            read.known[c, h] = 0
            read.rate[c, h] = 0
            read.residual[c, h] = 0
            read.bins[c, h] = 0
            for k in range(at, at + 4):
                row.own_places[r, h, k] = -1
            row.own_places[r, h, at + 4] = plan.counts_from + c * COUNT_BINS if key != 0 else -1
            row.own_values[r, h, at + 4] = 1
            continue
        base = (state.base[h, S] + 1) / (state.base[h, N] + 3)
        successes = state.counts[slot, h, S]
        expected = min(state.counts[slot, h, E], n)
        rate = (successes + plan.weights[c] * base) / (n + plan.weights[c])
        rate = math.log(rate * (1 - base) / ((1 - rate) * base))
        spread = expected * (1 - expected / n) + plan.residual_weights[c] * base * (1 - base)
        residual = (successes - expected) / spread
        read.known[c, h] = n
        read.rate[c, h] = rate
        read.residual[c, h] = residual
        knot, share = between(rate, -RATE_SPAN, RATE_SPAN, knots)
        read.bins[c, h] = 1 + knot
        row.own_places[r, h, at] = rates_from + knot
        row.own_values[r, h, at] = 1 - share
        row.own_places[r, h, at + 1] = rates_from + knot + 1
        row.own_values[r, h, at + 1] = share
        knot, share = between(residual, -RATE_SPAN, RATE_SPAN, knots)
        row.own_places[r, h, at + 2] = rates_from + knots + knot
        row.own_values[r, h, at + 2] = 1 - share
        row.own_places[r, h, at + 3] = rates_from + knots + knot + 1
        row.own_values[r, h, at + 3] = share
        if n != sized:
            sized, size = n, min(COUNT_BINS - 1, 1 + int(2 * math.log2(n + 1)))
        row.own_places[r, h, at + 4] = plan.counts_from + c * COUNT_BINS + size
        row.own_values[r, h, at + 4] = 1


@compiled()
def place_number(plan: Plan, numbers: Any, row: Rows, r: Any, q: Any) -> None:
    """Set one number's places; a missing one has a weight of its own."""
    at = plan.crosses.shape[0] + 2 * q
    knots_from = q * (plan.number_knots + 1)
    value = numbers[plan.number_columns[q]]
    if math.isnan(value):
        row.places[r, at] = knots_from + plan.number_knots
        row.values[r, at] = 1
        row.places[r, at + 1] = -1
        return
    knot, share = between(value, plan.number_low[q], plan.number_high[q], plan.number_knots)
    row.places[r, at] = knots_from + knot
    row.values[r, at] = 1 - share
    row.places[r, at + 1] = knots_from + knot + 1
    row.values[r, at + 1] = share


@compiled()
def place_meeting(plan: Plan, codes: Any, row: Rows, r: Any, read: Read, m: Any) -> None:
    """Set the places of a rate crossed with another, or with a field, for every head."""
    for h in range(plan.heads):
        own = np.uint64(read.bins[plan.meetings[m, 1], h])
        if plan.meetings[m, 0] == 1:
            other = np.uint64(read.bins[plan.meetings[m, 2], h])
        else:
            other = np.uint64(codes[plan.meetings[m, 2]])
        key = mix(mix(plan.meeting_salts[m], own), other)
        at = plan.counters.shape[0] * PER_COUNTER + m
        row.own_places[r, h, at] = plan.hashed_from + (np.int64(key >> np.uint64(17)) & plan.mask)
        row.own_values[r, h, at] = 1


@compiled()
def describe(plan: Plan, state: State, codes: Any, numbers: Any, row: Rows, r: Any, read: Read, own: Any) -> None:
    """Set the features of one row: those common to all candidates, or (``own``) those of this item."""
    first, last = (plan.counters_common, plan.counters.shape[0]) if own else (0, plan.counters_common)
    for c in range(first, last):
        row.keys[r, c] = tagged(crossed(plan.counters, c, codes, plan.counter_salts[c]), c)
        read_counter(plan, state, row, r, read, c)
    first, last = (plan.crosses_common, plan.crosses.shape[0]) if own else (0, plan.crosses_common)
    for k in range(first, last):
        key = crossed(plan.crosses, k, codes, plan.cross_salts[k])
        row.places[r, k] = -1 if key == 0 else plan.hashed_from + (np.int64(key >> np.uint64(17)) & plan.mask)
        row.values[r, k] = 1
    first, last = (plan.numbers_common, plan.number_low.shape[0]) if own else (0, plan.numbers_common)
    for q in range(first, last):
        place_number(plan, numbers, row, r, q)
    first, last = (plan.meetings_common, plan.meetings.shape[0]) if own else (0, plan.meetings_common)
    for m in range(first, last):
        place_meeting(plan, codes, row, r, read, m)


@compiled()
def add_places(state: State, row: Rows, r: Any, first: Any, last: Any, logits: Any) -> None:
    """Add the weights at these of a row's places to each head's logit."""
    for k in range(first, last):
        place = row.places[r, k]
        if place >= 0:
            for h in range(logits.shape[0]):
                logits[h] += state.weights[place, h] * row.values[r, k]


@compiled()
def add_own(state: State, row: Rows, r: Any, first: Any, last: Any, logits: Any) -> None:
    """Add the weights at these of a row's own places to each head's logit."""
    for h in range(logits.shape[0]):
        for k in range(first, last):
            place = row.own_places[r, h, k]
            if place >= 0:
                logits[h] += state.weights[place, h] * row.own_values[r, h, k]


@compiled()
def add_common(plan: Plan, state: State, row: Rows, r: Any, logits: Any) -> None:
    """Add what viewer and context alone contribute."""
    crosses = plan.crosses.shape[0]
    meetings = plan.counters.shape[0] * PER_COUNTER
    add_places(state, row, r, 0, plan.crosses_common, logits)
    add_places(state, row, r, crosses, crosses + 2 * plan.numbers_common, logits)
    add_own(state, row, r, 0, plan.counters_common * PER_COUNTER, logits)
    add_own(state, row, r, meetings, meetings + plan.meetings_common, logits)


@compiled()
def add_item(plan: Plan, state: State, row: Rows, r: Any, logits: Any) -> None:
    """Add what the item contributes, alone and with viewer and context."""
    crosses = plan.crosses.shape[0]
    meetings = plan.counters.shape[0] * PER_COUNTER
    add_places(state, row, r, plan.crosses_common, crosses, logits)
    add_places(state, row, r, crosses + 2 * plan.numbers_common, row.places.shape[1], logits)
    add_own(state, row, r, plan.counters_common * PER_COUNTER, meetings, logits)
    add_own(state, row, r, meetings + plan.meetings_common, row.own_places.shape[2], logits)


@compiled()
def step(state: State, place: Any, h: Any, gradient: Any, rates: Rates) -> None:
    """Move one weight: AdaGrad with a little shrinking."""
    gradient += rates.l2 * state.weights[place, h]
    state.squares[place, h] += gradient * gradient
    state.weights[place, h] -= rates.step * gradient / math.sqrt(state.squares[place, h])


@compiled()
def learn(plan: Plan, state: State, row: Rows, r: Any, rates: Rates) -> None:
    """Learn from a row whose labels are known: weights by the error they make now, counters by what was predicted then."""
    logits = row.again[r]
    for h in range(plan.heads):
        logits[h] = state.bias[h]
    add_common(plan, state, row, r, logits)
    add_item(plan, state, row, r, logits)
    for h in range(plan.heads):
        label = row.labels[r, h]
        if label < 0:
            continue
        error = sigmoid(logits[h]) - label
        state.bias[h] -= rates.bias_step * error
        state.base[h, N] += 1
        state.base[h, S] += label
        for k in range(row.places.shape[1]):
            if row.places[r, k] >= 0:
                step(state, row.places[r, k], h, error * row.values[r, k], rates)
        for k in range(row.own_places.shape[2]):
            if row.own_places[r, h, k] >= 0:
                step(state, row.own_places[r, h, k], h, error * row.own_values[r, h, k], rates)
    for c in range(plan.counters.shape[0]):
        if row.keys[r, c] == 0:
            continue
        slot = find_or_make(state.keys, state.counts, row.keys[r, c])
        for h in range(plan.heads):
            if row.labels[r, h] >= 0:
                state.counts[slot, h, N] += 1
                state.counts[slot, h, S] += row.labels[r, h]
                state.counts[slot, h, E] += sigmoid(row.logits[r, h])


@compiled()
def learn_due(plan: Plan, state: State, ring: Rows, cursor: Ints, at_ms: Any, rates: Rates) -> None:
    """Learn, in order, from every waiting row whose labels may be used at this instant."""
    size = ring.due_ms.shape[0]
    while cursor[0] < cursor[1] and ring.due_ms[cursor[0] % size] <= at_ms:
        learn(plan, state, ring, cursor[0] % size, rates)
        cursor[0] += 1


@compiled()
def stream(
    plan: Plan,
    state: State,
    codes: Any,
    numbers: Any,
    times_ms: Any,
    due_ms: Any,
    labels: Any,
    ring: Rows,
    cursor: Ints,
    read: Read,
    rates: Rates,
    logits: Any,
    seen: Any,
) -> None:
    """Predict each row, in order, with what was due before it; then let it wait for its labels.

    ``logits`` is [rows, heads]; ``seen`` [rows, 1 + 2 * heads, counters], or empty, takes what the counters said:
    impressions, then rates, then residuals by head.
    """
    size = ring.due_ms.shape[0]
    heads = plan.heads
    for i in range(codes.shape[0]):
        learn_due(plan, state, ring, cursor, times_ms[i], rates)
        r = cursor[1] % size
        describe(plan, state, codes[i], numbers[i], ring, r, read, 0)
        describe(plan, state, codes[i], numbers[i], ring, r, read, 1)
        said = ring.logits[r]
        for h in range(heads):
            said[h] = state.bias[h]
        add_common(plan, state, ring, r, said)
        add_item(plan, state, ring, r, said)
        for h in range(heads):
            ring.labels[r, h] = labels[i, h]
            logits[i, h] = said[h]
        ring.due_ms[r] = due_ms[i]
        cursor[1] += 1
        if seen.shape[0] > 0:
            note(read, heads, seen[i])


@compiled()
def note(read: Read, heads: Any, seen: Any) -> None:
    """Copy what the counters said: [1 + 2 * heads, counters]."""
    for c in range(read.known.shape[0]):
        seen[0, c] = read.known[c, 0]
        for h in range(heads):
            seen[1 + h, c] = read.rate[c, h]
            seen[1 + heads + h, c] = read.residual[c, h]


@compiled()
def calibrated(calibration: Any, surface: Any, h: Any, logit: Any) -> Any:
    """Return a logit after the head's own Platt step and that of the head on this surface.

    ``calibration`` is [1 + surfaces, heads, 2], slope and intercept; row 0 is every surface's.
    """
    logit = calibration[0, h, 0] * logit + calibration[0, h, 1]
    slot = 1 + np.int64(surface) % (calibration.shape[0] - 1)
    return calibration[slot, h, 0] * logit + calibration[slot, h, 1]
