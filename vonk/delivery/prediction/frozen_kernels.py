# ruff: noqa: PLR0917 - kernels take their arrays one by one: compiled code has no keywords
"""The compiled hot path: either side described once, then a few look-ups for each viewer and item together.

Goes through the programs of ``programs``; says what ``kernels`` would say of the same row, which the tests hold it to.
Its arrays are few and plain: what is passed costs more than what is looked up.
"""

import math
from typing import Any, Final

import numpy as np

from vonk.delivery.prediction.compiling import compiled
from vonk.delivery.prediction.kernels import LOGIT_MAX, Read, Rows, State, between, read_counter
from vonk.delivery.prediction.keys import TAG_MASK, mix, tagged
from vonk.delivery.prediction.plan import PER_COUNTER, Plan
from vonk.delivery.prediction.programs import (
    COUNTER,
    COUNTERS,
    CROSS,
    ENTRIES,
    FIELD,
    HALF_OF_COUNTER,
    HALF_OF_FIELD,
    HEADS,
    JOINTS,
    MASK,
    MEETING,
    MET,
    NUMBER,
    OF_ITEM,
    OF_PAIR,
    OF_VIEWER,
    OP,
    PART,
    SALT,
    SLOTS,
    SURFACE,
    A,
    B,
    C,
    X,
    Y,
    Z,
)

LANE: Final = 4  # Heads of one weight lie together, this many in one load.
PLACE_SHIFT: Final = 17  # As ``kernels.describe`` makes places of keys.
SLOT_SHIFT: Final = 20
# Sums may be put in another order; nothing is assumed of numbers that are none.
FAST: Final = {"contract", "reassoc", "nsz", "arcp"}


@compiled(forceinline=True)
def chained(key: Any, program: Any, p: Any, codes: Any, r: Any) -> Any:
    """Return a key with the codes of a line's columns mixed in; 0 where one is missing, or the key is 0 already."""
    if key == 0:
        return key
    for at in range(A, C + 1):
        column = program[p, at]
        if column < 0:
            break
        code = codes[r, column]
        if code == 0:
            return np.uint64(0)
        key = mix(key, np.uint64(code))
    return key


@compiled(forceinline=True)
def entry_of(keys: Any, slots: Any, counters: Any, key: Any, c: Any) -> Any:
    """Return the entry of a counter's key; its own for what is not known, the last of all where there is no key."""
    if key == 0:
        return slots + counters
    key = tagged(key, c)
    mask = keys.shape[0] - 1
    at = np.int64(key >> np.uint64(SLOT_SHIFT)) & mask
    while keys[at] != key:
        if keys[at] == 0:
            return slots + c
        at = (at + 1) & mask
    return at


@compiled(forceinline=True)
def place_of(key: Any, mask: Any) -> Any:
    """Return the place of a key in the table of weights."""
    return np.int64(key >> np.uint64(PLACE_SHIFT)) & mask


@compiled(forceinline=True)
def add_number(
    program: Any, p: Any, spans: Any, table: Any, numbers: Any, r: Any, heads: Any, logits: Any, k: Any
) -> None:
    """Add what a number tells."""
    value, knots, at, q = numbers[r, program[p, A]], program[p, C], program[p, X], program[p, B]
    if math.isnan(value):
        for h in range(heads):
            logits[k, h] += table[at + knots, h]
        return
    knot, share = between(value, spans[q, 0], spans[q, 1], knots)
    share = np.float32(share)
    for h in range(heads):
        logits[k, h] += table[at + knot, h] * (np.float32(1) - share) + table[at + knot + 1, h] * share


@compiled()
def describe(
    program: Any,
    spans: Any,
    table: Any,
    keys: Any,
    added: Any,
    bins: Any,
    codes: Any,
    numbers: Any,
    sources: Any,
    rows: Any,
    parts: Any,
    logits: Any,
) -> None:
    """Work out one side: for each of ``sources``, rows of its codes and numbers, its row of parts and of logits."""
    mask, heads, slots, counters = program[0, MASK], program[0, HEADS], program[0, SLOTS], program[0, COUNTERS]
    entries = program[0, ENTRIES]
    for k in range(rows.shape[0]):
        r, row = sources[k], rows[k]
        for h in range(logits.shape[1]):
            logits[row, h] = 0
        for p in range(1, program.shape[0]):
            op, salt = program[p, OP], np.uint64(program[p, SALT])
            if op == CROSS:
                key = chained(salt, program, p, codes, r)
                if key != 0:
                    at = place_of(key, mask)
                    for h in range(heads):
                        logits[row, h] += table[at, h]
            elif op == NUMBER:
                add_number(program, p, spans, table, numbers, r, heads, logits, row)
            elif op == COUNTER:
                key = chained(salt, program, p, codes, r)
                entry = entry_of(keys, slots, counters, key if key == 0 else key | np.uint64(1), program[p, X])
                parts[row, entries + program[p, X]] = entry
                for h in range(heads):
                    logits[row, h] += added[entry, h]
            elif op == MEETING:
                for h in range(heads):
                    own = np.uint64(bins[parts[row, entries + program[p, A]], h])
                    if program[p, C] == 1:
                        other = np.uint64(bins[parts[row, entries + program[p, B]], h])
                    else:
                        other = np.uint64(codes[r, program[p, B]])
                    logits[row, h] += table[place_of(mix(mix(salt, own), other), mask), h]
            elif op == PART:
                if program[p, Y] == 1:
                    parts[row, program[p, X]] = codes[r, program[p, A]]
                else:
                    parts[row, program[p, X]] = chained(salt, program, p, codes, r)
            elif op == HALF_OF_COUNTER:
                for h in range(heads):
                    half = np.uint64(bins[parts[row, entries + program[p, A]], h])
                    parts[row, program[p, X] + h] = mix(salt, half) if program[p, B] == 1 else half
            elif op == HALF_OF_FIELD:
                for h in range(heads):
                    parts[row, program[p, X] + h] = codes[r, program[p, A]]


@compiled(forceinline=True)
def finish(logits: Any, probabilities: Any, k: Any, h: Any, logit: Any, affine: Any, surface: Any) -> None:
    """Set the logit, and its probability by the surface's calibration."""
    logits[k, h] = logit
    logit = affine[surface, 0, h] * logit + affine[surface, 1, h]
    probabilities[k, h] = 1.0 / (1.0 + math.exp(-min(max(logit, -LOGIT_MAX), LOGIT_MAX)))


@compiled(fastmath=FAST)
def score(
    program: Any,
    table: Any,
    affine: Any,
    parts: Any,
    own: Any,
    viewer: Any,
    viewer_own: Any,
    rows: Any,
    used: Any,
    logits: Any,
    probabilities: Any,
) -> Any:
    """Set logits and probabilities of these rows of items; return how many were, fewer where a row is none of the ``used``.

    ``viewer`` and ``viewer_own`` are one row of parts and logits, as ``parts`` and ``own`` are the items'.
    """
    mask, heads = program[0, MASK], program[0, HEADS]
    joints, met, met_end = program[0, JOINTS], program[0, MET], program[0, ENTRIES]
    surface = 1 + np.int64(viewer[0, viewer.shape[1] - 1]) % (affine.shape[0] - 1)
    none = mask + 1  # Where nothing weighs anything.
    for k in range(rows.shape[0]):
        row = rows[k]
        if row < 0 or row >= used:
            return k
        for lane in range(0, heads, LANE):
            a, b = viewer_own[0, lane] + own[row, lane], viewer_own[0, lane + 1] + own[row, lane + 1]
            c, d = viewer_own[0, lane + 2] + own[row, lane + 2], viewer_own[0, lane + 3] + own[row, lane + 3]
            for j in range(joints):
                theirs, its = viewer[0, j], parts[row, j]
                at = np.uint64(none if theirs == 0 or its == 0 else place_of(mix(theirs, its), mask))
                a += table[at, lane]
                b += table[at, lane + 1]
                c += table[at, lane + 2]
                d += table[at, lane + 3]
            logits[k, lane] = a
            logits[k, lane + 1] = b
            logits[k, lane + 2] = c
            logits[k, lane + 3] = d
        for m in range(met, met_end, heads):
            for h in range(heads):
                logits[k, h] += table[place_of(mix(viewer[0, m + h], parts[row, m + h]), mask), h]
    for k in range(rows.shape[0]):  # Apart, so that more of what is looked up is under way at once.
        for h in range(heads):
            finish(logits, probabilities, k, h, logits[k, h], affine, surface)
    return rows.shape[0]


@compiled(forceinline=True)
def prefix(program: Any, p: Any, viewer: Any, parts: Any, row: Any) -> Any:
    """Return the key of both sides' halves of a joint, from the salt where neither has one; 0 where one is missing."""
    of, joint = program[p, Z], program[p, Y]
    if of & OF_VIEWER and of & OF_ITEM:
        if viewer[0, joint] == 0 or parts[row, joint] == 0:
            return np.uint64(0)
        return mix(viewer[0, joint], parts[row, joint])
    if of & OF_VIEWER:
        return viewer[0, joint]
    if of & OF_ITEM:
        return parts[row, joint]
    return np.uint64(program[p, SALT])


@compiled()
def add_paired(
    program: Any,
    spans: Any,
    table: Any,
    keys: Any,
    added: Any,
    bins: Any,
    affine: Any,
    parts: Any,
    viewer: Any,
    rows: Any,
    codes: Any,
    numbers: Any,
    found: Any,
    met: Any,
    logits: Any,
    probabilities: Any,
) -> None:
    """Add to the logits of ``score`` what must be looked up for viewer and item together; set probabilities anew.

    ``codes`` and ``numbers`` are the pairs', a row for each of ``rows``; ``found`` [rows, counters] takes the entries of all counters.
    """
    mask, heads, counters = program[0, MASK], program[0, HEADS], program[0, COUNTERS]
    entries, last = program[0, ENTRIES], viewer.shape[1] - 1
    for k in range(rows.shape[0]):
        for c in range(counters):
            found[k, c] = max(viewer[0, entries + c], parts[rows[k], entries + c])  # One of them is 0, or both.
    for p in range(1, program.shape[0]):
        op = program[p, OP]
        if op == NUMBER:
            for k in range(rows.shape[0]):
                add_number(program, p, spans, table, numbers, k, heads, logits, k)
        elif op == CROSS:
            for k in range(rows.shape[0]):
                key = chained(prefix(program, p, viewer, parts, rows[k]), program, p, codes, k)
                at = mask + 1 if key == 0 else place_of(key, mask)
                for h in range(heads):
                    logits[k, h] += table[at, h]
        elif op == COUNTER:
            add_counter(program, p, keys, added, parts, viewer, rows, codes, found, met, logits)
        else:
            add_meeting(program, p, table, bins, parts, viewer, rows, codes, found, logits)
    whose, column = program[0, SURFACE] % FIELD, program[0, SURFACE] // FIELD
    for k in range(rows.shape[0]):
        surface = viewer[0, last]
        if whose == OF_ITEM:
            surface = parts[rows[k], last]
        elif whose == OF_PAIR:
            surface = np.uint64(codes[k, column])
        slot = 1 + np.int64(surface) % (affine.shape[0] - 1)
        for h in range(heads):
            finish(logits, probabilities, k, h, logits[k, h], affine, slot)


@compiled()
def add_counter(
    program: Any,
    p: Any,
    keys: Any,
    added: Any,
    parts: Any,
    viewer: Any,
    rows: Any,
    codes: Any,
    found: Any,
    met: Any,
    logits: Any,
) -> None:
    """Add what a counter of viewer and item together tells.

    ``met`` takes the key wanted and the first that is met. In three passes, each without a guess that must wait for memory: that is half of the time.
    """
    heads, slots, counters, c = program[0, HEADS], program[0, SLOTS], program[0, COUNTERS], program[p, X]
    mask = keys.shape[0] - 1
    for k in range(rows.shape[0]):
        key = chained(prefix(program, p, viewer, parts, rows[k]), program, p, codes, k)
        if key != 0:
            key = tagged(key | np.uint64(1), c)
        at = np.int64(key >> np.uint64(SLOT_SHIFT)) & mask
        met[k, 0] = key
        met[k, 1] = keys[at]
    for k in range(rows.shape[0]):
        key = met[k, 0]
        at = np.int64(key >> np.uint64(SLOT_SHIFT)) & mask
        entry = at if met[k, 1] == key else slots + c
        if met[k, 1] != key and met[k, 1] != 0:
            entry = entry_of(keys, slots, counters, key, c)
        found[k, c] = slots + counters if key == 0 else entry
    for k in range(rows.shape[0]):
        for h in range(heads):
            logits[k, h] += added[found[k, c], h]


@compiled()
def add_meeting(
    program: Any, p: Any, table: Any, bins: Any, parts: Any, viewer: Any, rows: Any, codes: Any, found: Any, logits: Any
) -> None:
    """Add what a rate tells that meets another, or a field's code, where one of them is known of both sides only."""
    mask, heads, counted, of, place = program[0, MASK], program[0, HEADS], program[p, C], program[p, Y], program[p, B]
    salt = np.uint64(program[p, SALT])
    for k in range(rows.shape[0]):
        code = np.uint64(0)
        if counted == 0:
            if of == OF_PAIR:
                code = np.uint64(codes[k, place])
            else:
                code = viewer[0, place] if of == OF_VIEWER else parts[rows[k], place]
        for h in range(heads):
            own = np.uint64(bins[found[k, program[p, A]], h])
            other = np.uint64(bins[found[k, place], h]) if counted == 1 else code
            logits[k, h] += table[place_of(mix(mix(salt, own), other), mask), h]


@compiled()
def freeze(plan: Plan, state: State, row: Rows, read: Read, keys: Any, added: Any, bins: Any, seen: Any) -> None:
    """Fill in, for every counter that is kept, what it adds to each head's logit, its bin, and what it says.

    ``keys`` is a table of its own, at most half full.
    """
    mask = keys.shape[0] - 1
    for slot in range(state.keys.shape[0]):
        key = state.keys[slot]
        if key == 0:
            continue
        c = np.int64(key & np.uint64(TAG_MASK)) >> 1
        row.keys[0, c] = key
        read_counter(plan, state, row, 0, read, c)
        at = np.int64(key >> np.uint64(SLOT_SHIFT)) & mask
        while keys[at] != 0:
            at = (at + 1) & mask
        keys[at] = key
        note(plan, state, row, read, c, at, added, bins, seen)


@compiled()
def note(plan: Plan, state: State, row: Rows, read: Read, c: Any, entry: Any, added: Any, bins: Any, seen: Any) -> None:
    """Write down what was read of a counter."""
    for h in range(plan.heads):
        total = 0.0
        for k in range(c * PER_COUNTER, (c + 1) * PER_COUNTER):
            if row.own_places[0, h, k] >= 0:
                total += state.weights[row.own_places[0, h, k], h] * row.own_values[0, h, k]
        added[entry, h] = total
        bins[entry, h] = read.bins[c, h]
        seen[entry, 1 + h] = read.rate[c, h]
        seen[entry, 1 + plan.heads + h] = read.residual[c, h]
    seen[entry, 0] = read.known[c, 0]
