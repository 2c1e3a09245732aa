"""What a lookalike is: an audience of the people most like those of another one. Pure.

Who is like whom is worked out in *work* (``reporting.likeness``); here is what may be asked for, and how many there are.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import COUNTRIES

SEEDS_MIN: Final = 100  # Of fewer people nobody can be told to be like: one of them would show.
SEEDS_MAX: Final = 100_000  # Beyond that a random part of them is learnt from.
MEMBERS_MAX: Final = 1_000_000
COUNTRIES_MAX: Final = 50
_ID_BYTES: Final = 8


class Size(StrEnum):
    """How many of the people of the countries are in it, the likest first."""

    NARROW = "narrow"
    BALANCED = "balanced"
    BROAD = "broad"


SHARE_PPM: Final[dict[Size, int]] = {Size.NARROW: 10_000, Size.BALANCED: 50_000, Size.BROAD: 100_000}
"""The share of each size, in parts per million of those who can be judged."""


class State(StrEnum):
    """Whether it is there yet."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


class Likeness(msgspec.Struct, frozen=True):
    """What a lookalike is made of, and how far that is. ``reason`` says why it failed, ``made_ms`` when it was last made."""

    source_audience_id: int
    size: Size
    countries: tuple[str, ...]
    includes_source: bool = False
    state: State = State.WAITING
    reason: str = ""
    made_ms: int = 0


def checked(source_audience_id: int, size: Size, countries: Iterable[str], *, includes_source: bool) -> Likeness:
    """Return what shall be made; FieldInvalid for countries that are none, or too many."""
    found = tuple(sorted(set(countries)))
    unknown = [country for country in found if country not in COUNTRIES]
    if unknown:
        raise FieldInvalid(
            "countries", "unknown: %(unknown)s", unknown=", ".join(country[:40] for country in unknown[:5])
        )
    if not 1 <= len(found) <= COUNTRIES_MAX:
        raise FieldInvalid("countries", "1 to %(most)s", most=COUNTRIES_MAX)
    return Likeness(source_audience_id, size, found, includes_source)


def pack(person_ids: Iterable[int]) -> bytes:
    """Return people as a lookalike keeps them: sorted, without repetition."""
    return b"".join(person_id.to_bytes(_ID_BYTES, "big") for person_id in sorted(set(person_ids)))


def unpack(packed: bytes) -> Iterator[int]:
    """Yield the people of a lookalike."""
    return (int.from_bytes(packed[at : at + _ID_BYTES], "big") for at in range(0, len(packed), _ID_BYTES))


def holds(packed: bytes, person_id: int) -> bool:
    """Tell whether the person is among those packed; in some twenty steps."""
    wanted, low, high = person_id.to_bytes(_ID_BYTES, "big"), 0, len(packed) // _ID_BYTES
    while low < high:
        middle = (low + high) // 2
        if packed[middle * _ID_BYTES : (middle + 1) * _ID_BYTES] < wanted:
            low = middle + 1
        else:
            high = middle
    return packed[low * _ID_BYTES : (low + 1) * _ID_BYTES] == wanted


def without(packed: bytes, person_id: int) -> bytes:
    """Return the people packed but for this one."""
    return pack(one for one in unpack(packed) if one != person_id) if holds(packed, person_id) else packed
