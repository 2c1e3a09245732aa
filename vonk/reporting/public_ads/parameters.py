"""The main parameters by which an ad was aimed, as the public is told of them; pure."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from vonk.delivery.matching.viewers import version_text
from vonk.delivery.snapshot import Targeting


class Parameter(msgspec.Struct, frozen=True):
    """One parameter and its values, as stable names; ``excludes``: people whom it fits were left out."""

    name: str
    values: tuple[str, ...]
    excludes: bool = False


_LISTS: Final = ("countries", "languages", "age_bands", "genders", "interests", "devices")
_LIMITS: Final = ("places", "connections", "carriers", "models", "prices", "surfaces", "keywords", "behaviours")
NAMES: Final = (
    "countries", "places", "languages", "age_bands", "genders", "interests", "behaviours", "audiences", "audiences_out",
    "devices", "android_min", "ios_min", "models", "prices", "connections", "carriers", "surfaces", "keywords", "inventory",
    "hours",
)  # fmt: skip
"""Every name that a parameter may have, in the order in which they are told."""


def parameters(targeting: Targeting, audiences: Mapping[int, str]) -> tuple[Parameter, ...]:
    """Return what an ad's viewers were chosen by. None: it was for everybody.

    An audience is told by how it was made (``audiences`` by id), never by its name or who is in it.
    """
    limits = targeting.limits
    values: dict[str, tuple[str, ...]] = {name: tuple(getattr(targeting, name)) for name in _LISTS}
    values |= {name: tuple(map(str, getattr(limits, name))) for name in _LIMITS}
    for name, least in (("android_min", limits.android_min), ("ios_min", limits.ios_min)):
        values[name] = (version_text(least),) if least else ()
    values["inventory"] = _one(limits.inventory)
    values["audiences"] = _made(limits.audiences, audiences)
    values["audiences_out"] = _made(limits.audiences_out, audiences)
    values["hours"] = _one(targeting.dayparting)
    return tuple(
        Parameter(name, values[name], excludes=name == "audiences_out") for name in NAMES if values.get(name, ())
    )


def _one(value: object) -> tuple[str, ...]:
    return (str(value),) if value else ()


def _made(ids: Iterable[str], audiences: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sorted(audiences.get(int(one), "gone") for one in ids)))
