# ruff: noqa: PLR0917 - kernels take their arrays one by one: compiled code has no keywords
"""The compiled part of an auction with predictions: which ads may win by what is known of them, and what each is worth by
what was predicted. ``auction.survey`` says what for; the tests have both in plain Python.
"""

from typing import Any

import numpy as np

from vonk.delivery.prediction.compiling import compiled
from vonk.delivery.prediction.listing import (
    AIM,
    BID,
    BLOCK,
    BONUS,
    BY_CLICK,
    BY_CONVERSION,
    BY_SHOWING,
    COUNT,
    ESTEEM,
    FROM,
    KEY,
    LIFT,
    LIFTED,
    LIFTS,
    OF_MODEL,
    PER_CLICK,
    PER_IMPRESSION,
    RATE,
    STALE,
    TOP,
    TOP_LIFT,
    UNTIL,
)


@compiled(forceinline=True)
def zeros_below(word: Any) -> Any:
    """Return the number of the lowest bit that is set; there is one."""
    at = 0
    if word & np.uint64(0xFFFFFFFF) == 0:
        at, word = 32, word >> np.uint64(32)
    if word & np.uint64(0xFFFF) == 0:
        at, word = at + 16, word >> np.uint64(16)
    if word & np.uint64(0xFF) == 0:
        at, word = at + 8, word >> np.uint64(8)
    if word & np.uint64(0xF) == 0:
        at, word = at + 4, word >> np.uint64(4)
    if word & np.uint64(3) == 0:
        at, word = at + 2, word >> np.uint64(2)
    return at if word & np.uint64(1) != 0 else at + 1


@compiled(forceinline=True)
def is_behind(key: Any, ad: Any, other_key: Any, other_ad: Any) -> Any:
    """Tell whether an ad is listed after another one: of equals the older first."""
    return key < other_key or (key == other_key and ad > other_ad)


@compiled(forceinline=True)
def sink(places: Any, keys: Any, ads: Any, count: Any, at: Any, place: Any, key: Any) -> None:
    """Put an ad in the heap at ``at`` or below, so that the one listed last stays on top."""
    ad = ads[place]
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and is_behind(keys[child + 1], ads[places[child + 1]], keys[child], ads[places[child]]):
            child += 1
        if not is_behind(keys[child], ads[places[child]], key, ad):
            break
        places[at], keys[at] = places[child], keys[child]
        at = child
    places[at], keys[at] = place, key


@compiled(forceinline=True)
def key_of(columns: Any, place: Any, now_ms: Any) -> Any:
    """Return what the ad is listed by: its bid as it is paced now, by its KEY where that is not known."""
    if columns[place, FROM] <= now_ms < columns[place, UNTIL]:
        esteem = columns[place, ESTEEM]
        return (columns[place, BID] - esteem) * columns[place, BONUS] + max(esteem, 0.0)
    return columns[place, KEY]


@compiled()
def list_best(
    words: Any,
    columns: Any,
    ads: Any,
    tops: Any,
    now_ms: Any,
    least: Any,
    wanted: Any,
    places: Any,
    keys: Any,
    stale: Any,
    told: Any,
) -> None:
    """Set ``places`` and ``keys`` to the ``wanted`` ads with the highest keys among those whose bits are set, the highest first.

    ``tops``: by block, the most that any key here or later can be; ``least``: lower keys are left out. ``stale`` takes those listed
    whose bid is not known now, ``told`` how many there are.
    """
    count = 0
    for at in range(words.shape[0]):
        word = words[at]
        if word == 0:
            continue
        top = tops[min(at * 64 // BLOCK, tops.shape[0] - 1)]
        if top < least or (count == wanted and top < keys[0]):
            break
        while word != 0:
            place = at * 64 + zeros_below(word)
            word &= word - np.uint64(1)
            key = key_of(columns, place, now_ms)
            if key < least:
                continue
            if count < wanted:
                hole = count  # A leaf, up from which it finds its place.
                count += 1
                while hole > 0:
                    parent = (hole - 1) // 2
                    if not is_behind(key, ads[place], keys[parent], ads[places[parent]]):
                        break
                    places[hole], keys[hole] = places[parent], keys[parent]
                    hole = parent
                places[hole], keys[hole] = place, key
            elif is_behind(keys[0], ads[places[0]], key, ads[place]):
                sink(places, keys, ads, count, 0, place, key)
    found = 0
    for last in range(count - 1, -1, -1):  # The one listed last leaves the heap each time.
        place, key = places[0], keys[0]
        sink(places, keys, ads, last, 0, places[last], keys[last])
        places[last], keys[last] = place, key
        if not (columns[place, FROM] <= now_ms < columns[place, UNTIL]):
            stale[found] = place
            found += 1
    told[COUNT], told[STALE] = count, found


@compiled()
def find_items(
    places: Any,
    stamps: Any,
    known: Any,
    items: Any,
    categories: Any,
    interests: Any,
    rows: Any,
    pairs: Any,
    missing: Any,
) -> Any:
    """Set the rows of items and the codes of pairs for these places; return how many are not known, whose numbers ``missing`` takes."""
    found = 0
    for k in range(places.shape[0]):
        place = places[k]
        rows[k] = items[place]
        pairs[k, 0] = interests[categories[place]]
        if known[place] != stamps[place]:
            missing[found] = k
            found += 1
    return found


@compiled()
def answer(places: Any, columns: Any, found: Any, click: Any, view: Any, conversion: Any, rates: Any) -> None:
    """Set each place's rate of what it bids for from the probabilities of all heads; ``conversion`` is -1 where none is judged."""
    for k in range(places.shape[0]):
        place = places[k]
        aim = columns[place, AIM]
        if aim == BY_SHOWING:
            rates[k] = 1.0
        elif aim == BY_CLICK:
            rates[k] = found[k, click]
        elif aim == BY_CONVERSION:
            per_click = columns[place, PER_CLICK]
            if conversion >= 0:
                per_click = found[k, conversion] * columns[place, OF_MODEL]
            rates[k] = min(found[k, click] * per_click + columns[place, PER_IMPRESSION], 1.0)
        else:
            rates[k] = found[k, view]


@compiled()
def value(
    places: Any,
    first: Any,
    count: Any,
    columns: Any,
    lift_max: Any,
    rate_min: Any,
    rates: Any,
    values: Any,
    summed: Any,
) -> None:
    """Set what ads are worth with these rates, as they are ranked, from the listed number ``first`` on, and add up the lifts."""
    for k in range(first, count):
        place = places[k]
        bid, esteem = columns[place, BID], columns[place, ESTEEM]
        if columns[place, AIM] == BY_SHOWING:
            worth = bid
        else:
            rate, usual = rates[k], columns[place, RATE]
            most = min(usual * min(lift_max, columns[place, LIFT]), 1.0)
            bounded = min(rate, most) if rate > rate_min else rate_min
            summed[LIFTS] += bounded / usual
            summed[LIFTED] += 1
            summed[TOP_LIFT] = max(summed[TOP_LIFT], bounded / usual)
            worth = max((bid - esteem) * (bounded / usual) * columns[place, BONUS] + esteem, 0.0)
        values[k] = worth
        summed[TOP] = max(summed[TOP], worth)


@compiled()
def choose(values: Any, count: Any, chosen: Any, chosen_values: Any) -> Any:
    """Set ``chosen`` to the numbers of the highest values, the highest first, and strike these out; return how many there were.

    Of equals the first comes first. What is struck out is -1.
    """
    found, most = 0, chosen.shape[0]
    for k in range(count):
        one = values[k]
        if one < 0 or (found == most and one <= chosen_values[found - 1]):
            continue
        if found < most:
            found += 1
        at = found - 1
        while at > 0 and chosen_values[at - 1] < one:
            chosen[at], chosen_values[at] = chosen[at - 1], chosen_values[at - 1]
            at -= 1
        chosen[at], chosen_values[at] = k, one
    for at in range(found):
        values[chosen[at]] = -1.0
    return found
