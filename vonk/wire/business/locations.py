"""Places as v1.3 names them: ``location_ids``. Countries only; they are all that delivery can tell of a viewer."""

from collections.abc import Iterable

from vonk.core.locations import COUNTRY_OF_LOCATION, LOCATION_OF_COUNTRY
from vonk.wire.business.errors import ParameterInvalid


def location_ids(countries: Iterable[str]) -> list[str]:
    """Return the countries' ids, in the order of the countries."""
    return [str(LOCATION_OF_COUNTRY[country]) for country in countries]


def countries(ids: Iterable[int], field: str = "location_ids") -> tuple[str, ...]:
    """Return the countries with these ids, in their order; ParameterInvalid names the first that is none.

    Provinces, cities and postcodes are refused by it: a viewer's country is known, and no smaller place.
    """
    found = []
    for one in ids:
        country = COUNTRY_OF_LOCATION.get(one)
        if country is None:
            raise ParameterInvalid(field=field, reason=f"{one} is no country's location_id; tool/region lists them")
        found.append(country)
    return tuple(found)
