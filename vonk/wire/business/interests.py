"""Interests as v1.3 numbers them: ``interest_category_ids``. A number, once given, never means anything else."""

from collections.abc import Iterable
from typing import Final

from vonk.wire.business.errors import ParameterInvalid

NUMBER_OF_INTEREST: Final[dict[str, int]] = {
    "animals": 26001,
    "art": 26002,
    "automotive": 26003,
    "beauty": 26004,
    "books": 26005,
    "business": 26006,
    "comedy": 26007,
    "dance": 26008,
    "diy": 26009,
    "education": 26010,
    "family": 26011,
    "fashion": 26012,
    "fitness": 26013,
    "food": 26014,
    "games": 26015,
    "gardening": 26016,
    "home": 26017,
    "music": 26018,
    "outdoors": 26019,
    "science": 26020,
    "sports": 26021,
    "technology": 26022,
    "travel": 26023,
}
"""Every interest of ``core.taxonomy.INTERESTS``."""

_INTEREST_OF_NUMBER: Final = {number: name for name, number in NUMBER_OF_INTEREST.items()}
INTEREST_OF_NUMBER: Final = {str(number): name for number, name in _INTEREST_OF_NUMBER.items()}


def interest_ids(names: Iterable[str]) -> list[str]:
    """Return the interests' numbers as text, in their order."""
    return [str(NUMBER_OF_INTEREST[name]) for name in names]


def interests(ids: Iterable[int], field: str = "interest_category_ids") -> tuple[str, ...]:
    """Return the interests with these numbers, in their order; ParameterInvalid names the first that is none."""
    found = []
    for one in ids:
        name = _INTEREST_OF_NUMBER.get(one)
        if name is None:
            raise ParameterInvalid(field=field, reason=f"{one} is none; tool/interest_category lists them")
        found.append(name)
    return tuple(found)
