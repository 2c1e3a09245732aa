"""Targeting as bitmaps: one Python integer for each value of each dimension, a bit for each ad's place.

At 100,000 ads an AND of eight of them takes some microseconds, as fast as anything compiled that we measured.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from vonk.core.taxonomy import AgeBand
from vonk.delivery.cells import Row
from vonk.delivery.snapshot import Targeting

DIMENSIONS: Final = 6
ADULT: Final = "adult"  # Of age, and nothing more is told: wanted by ads that want every band from 18 up.
_ADULT_BANDS: Final = frozenset(AgeBand) - {AgeBand.AGE_13_17}


class Viewer(msgspec.Struct, frozen=True, gc=False):
    """What targeting may look at. Empty means unknown, and then only ads that want everybody match."""

    viewer_id: str
    country: str
    language: str
    age_band: str
    gender: str
    device: str
    interests: tuple[str, ...]

    def contextual(self) -> "Viewer":
        """Return what may be looked at for a minor: no interests and no gender (DSA art. 28: no profiling)."""
        return msgspec.structs.replace(self, interests=(), gender="")

    def unprofiled(self) -> "Viewer":
        """Return what may be looked at for who did not agree to personalised ads: where, in which language, on what.

        Of the age only that they are no minor, so that what is for adults can be kept from others; interests are
        those of the page, which the caller put there.
        """
        return msgspec.structs.replace(self, age_band=ADULT if self.age_band else "", gender="")


def is_minor(age_band: str) -> bool:
    """Tell whether the band is below 18."""
    return age_band == AgeBand.AGE_13_17


class Targets:
    """The bitmaps: for each dimension the ads that want everybody, and those that want a value."""

    def __init__(self) -> None:
        self._anybody: list[int] = [0] * DIMENSIONS
        self._wanted: list[dict[str, int]] = [{} for _ in range(DIMENSIONS)]

    def add(self, place: int, targeting: Targeting) -> None:
        """Set the ad's bits."""
        bit = 1 << place
        for dimension, values in enumerate(_values(targeting)):
            if not values:
                self._anybody[dimension] |= bit
            wanted = self._wanted[dimension]
            for value in values:
                wanted[value] = wanted.get(value, 0) | bit

    def remove(self, place: int, targeting: Targeting) -> None:
        """Clear the ad's bits, given the targeting that it was added with."""
        bit = 1 << place
        for dimension, values in enumerate(_values(targeting)):
            if not values:
                self._anybody[dimension] &= ~bit
            wanted = self._wanted[dimension]
            for value in values:
                left = wanted[value] & ~bit
                if left:
                    wanted[value] = left
                else:
                    del wanted[value]

    def make(self, rows: Iterable[Row], places: int) -> None:
        """Set the bits of all rows at once, in time proportional to their number."""
        size = places // 8 + 1
        anybody = [bytearray(size) for _ in range(DIMENSIONS)]
        wanted: list[dict[str, bytearray]] = [{} for _ in range(DIMENSIONS)]
        for row in rows:
            at, bit = row.place >> 3, 1 << (row.place & 7)
            for dimension, values in enumerate(_values(row.terms.targeting)):
                if not values:
                    anybody[dimension][at] |= bit
                for value in values:
                    if value not in wanted[dimension]:
                        wanted[dimension][value] = bytearray(size)
                    wanted[dimension][value][at] |= bit
        self._anybody = [int.from_bytes(bits, "little") for bits in anybody]
        self._wanted = [
            {value: int.from_bytes(bits, "little") for value, bits in dimension.items()} for dimension in wanted
        ]

    def match(self, viewer: Viewer) -> int:
        """Return the places of the ads that want such a viewer."""
        anybody = self._anybody
        countries, languages, ages, genders, interests, devices = self._wanted
        bits = (
            (anybody[0] | countries.get(viewer.country, 0))
            & (anybody[1] | languages.get(viewer.language, 0))
            & (anybody[2] | ages.get(viewer.age_band, 0))
            & (anybody[3] | genders.get(viewer.gender, 0))
            & (anybody[5] | devices.get(viewer.device, 0))
        )
        interested = anybody[4]
        for interest in viewer.interests:
            interested |= interests.get(interest, 0)
        return bits & interested


def _values(targeting: Targeting) -> tuple[tuple[str, ...], ...]:
    every_adult = _ADULT_BANDS.issubset(targeting.age_bands)
    return (
        targeting.countries,
        targeting.languages,
        (*targeting.age_bands, ADULT) if every_adult else targeting.age_bands,
        targeting.genders,
        targeting.interests,
        targeting.devices,
    )
