"""Regions and cities, by the numbers that GeoNames gives them: places smaller than a country that ads may be meant for.

Regions are a country's first subdivisions, with their ISO 3166-2 codes where one is known; cities are those with 50,000
people or more. The table, ``places.txt``, is made by scripts/make_places.py (decision 50) from GeoNames' data
(geonames.org), published under CC BY 4.0. It is read once, when it is first asked for.
"""

import heapq
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from vonk.core.country_names import COUNTRY_OF_CODE

SEARCHED_MAX: Final = 60  # Characters of what is looked for that count.


class Level(StrEnum):
    """What a place is."""

    REGION = "region"
    CITY = "city"


class Place(msgspec.Struct, frozen=True, gc=False):
    """A region or city. ``region`` is the number of the region that a city lies in, 0 where none is known.

    ``code`` is a region's (ISO 3166-2), "" where none is known; ``thousands`` are a city's people.
    """

    number: int
    country: str
    level: Level
    name: str
    region: int = 0
    code: str = ""
    thousands: int = 0

    @property
    def key(self) -> str:
        """Return the place as targeting names it: COUNTRY:NUMBER."""
        return f"{self.country}:{self.number}"


class Table(msgspec.Struct, frozen=True):
    """All of them, by country and region, a region before its cities."""

    by_number: Mapping[int, Place]
    by_code: Mapping[str, Place]
    plain: Mapping[int, str]  # Their names as ``plain`` writes them.


@cache
def table() -> Table:
    """Return the places."""
    text = resources.files("vonk.core").joinpath("places.txt").read_text(encoding="utf-8")
    found: dict[int, Place] = {}
    country, region = "", 0
    for line in text.splitlines():
        first, number, of_it, name = line.split("\t")
        if first:
            country, region = first, int(number or 0)
            if not region:  # Cities of which nobody says in which region they are.
                continue
            place = Place(region, country, Level.REGION, name, code=of_it)
        else:
            place = Place(int(number), country, Level.CITY, name, region=region, thousands=int(of_it))
        found[place.number] = place
    return Table(
        found,
        {place.code: place for place in found.values() if place.code},
        {place.number: plain(place.name) for place in found.values()},
    )


def of_key(key: str) -> Place | None:
    """Return the place that targeting names so, None where none is known."""
    country, _, number = key.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        return None
    place = table().by_number.get(int(number))
    return place if place is not None and place.country == country else None


def keys_of(country: str, region: str, city: str) -> tuple[str, ...]:
    """Return where somebody is within a country, as targeting names it, by what a host tells of it.

    The region is a number or an ISO 3166-2 code; it follows from the city where it is not told. A place that is not in
    the table is taken at its word.
    """
    if not country:
        return ()
    known = table()
    coded = known.by_code.get(region.upper()) if region else None
    if coded is not None and coded.country == country:
        region = str(coded.number)
    if city and not region:
        place = of_key(f"{country}:{city}")
        region = str(place.region) if place is not None and place.region else ""
    return tuple(f"{country}:{one}" for one in (region, city) if one)


def without_parts(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the places but those cities whose region is among them, in order."""
    wanted = set(keys)
    return tuple(sorted(key for key in wanted if _region_key(key) not in wanted))


def search(words: str, *, most: int, countries: Collection[str] | None = None) -> list[Place]:
    """Return the places whose name begins with the words or has them in it, the likeliest first: regions, then large cities.

    Accents and capitals do not matter. A region is found by its code, too.
    """
    wanted = plain(words[:SEARCHED_MAX])
    if not wanted:
        return []
    known = table()
    coded = known.by_code.get(words.strip().upper())
    found = (
        place
        for number, place in known.by_number.items()
        if (wanted in known.plain[number] or place is coded) and (countries is None or place.country in countries)
    )

    def rank(place: Place) -> tuple[bool, bool, bool, int, str, int]:
        name = known.plain[place.number]
        exact = place is coded or name == wanted
        in_region = place.level is not Level.REGION
        return (not exact, not name.startswith(wanted), in_region, -place.thousands, place.name, place.number)

    return heapq.nsmallest(most, found, key=rank)


def full_name(place: Place) -> str:
    """Return the name with the region and country that the place lies in."""
    region = table().by_number.get(place.region)
    around = [region.name] if region is not None and region.name != place.name else []
    return ", ".join([place.name, *around, COUNTRY_OF_CODE[place.country].name])


def plain(text: str) -> str:
    """Return a name in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def _region_key(key: str) -> str:
    place = of_key(key)
    return f"{place.country}:{place.region}" if place is not None and place.region else ""
