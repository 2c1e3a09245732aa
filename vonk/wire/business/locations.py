"""Places as v1.3 names them: ``location_ids``, which are GeoNames' numbers of countries, regions and cities."""

from collections.abc import Iterable
from typing import Final

import msgspec

from vonk.core import places
from vonk.core.locations import COUNTRY_OF_LOCATION, LOCATION_OF_COUNTRY
from vonk.wire.business.errors import ParameterInvalid

FIELD: Final = "location_ids"


class Located(msgspec.Struct, frozen=True):
    """Where ads are meant to be shown: in countries, of which those with ``places`` only there."""

    countries: tuple[str, ...]
    places: tuple[str, ...]


def location_ids(countries: Iterable[str], within: Iterable[str] = ()) -> list[str]:
    """Return the ids of the places, and of the countries of which none is named, in their order."""
    in_part = [key.partition(":") for key in within]
    parted = {country for country, _, _ in in_part}
    whole = [str(LOCATION_OF_COUNTRY[country]) for country in countries if country not in parted]
    return [*whole, *(number for country, _, number in in_part if country in set(countries))]


def countries(ids: Iterable[int], field: str = FIELD) -> tuple[str, ...]:
    """Return the countries with these ids, in their order; ParameterInvalid names the first that is none."""
    found = []
    for one in ids:
        country = COUNTRY_OF_LOCATION.get(one)
        if country is None:
            raise ParameterInvalid(field=field, reason=f"{one} is no country's location_id; tool/region lists them")
        found.append(country)
    return tuple(found)


def located(ids: Iterable[int], field: str = FIELD) -> Located:
    """Return where these ids are, in their order.

    ParameterInvalid names the first that is no place of tool/region, and the first that lies in another of them.
    """
    asked = dict.fromkeys(ids)
    known = places.table().by_number
    found: dict[str, None] = {}
    within = []
    for one in asked:
        place = known.get(one)
        country = COUNTRY_OF_LOCATION.get(one) if place is None else place.country
        if country is None:
            raise ParameterInvalid(field=field, reason=f"{one} is no place's location_id; tool/region lists them")
        found[country] = None
        if place is None:
            continue
        for above in (LOCATION_OF_COUNTRY[country], place.region):
            if above in asked:
                raise ParameterInvalid(
                    field=field, reason=f"{one} lies in {above}, which is named too; name one of them"
                )
        within.append(place.key)
    return Located(tuple(found), tuple(within))
