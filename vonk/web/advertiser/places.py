"""Regions and cities in words."""

from collections.abc import Iterable

import msgspec
from django.utils.translation import gettext as _

from vonk.core import places
from vonk.core.places import Level, Place


class PlaceChoice(msgspec.Struct, frozen=True):
    """A place to tick: how targeting names it, and what people call it."""

    key: str
    name: str


class FoundPlaces(msgspec.Struct, frozen=True):
    """What is ticked, and what was found beside it. ``asked`` is what was looked for."""

    name: str
    chosen: list[PlaceChoice]
    found: list[PlaceChoice] = []
    asked: str = ""


def place_choices(keys: Iterable[str]) -> list[PlaceChoice]:
    """Return the places by name. One that is none keeps its key for a name, so that it is refused and not forgotten."""
    found = [(str(key), places.of_key(str(key))) for key in dict.fromkeys(keys)]
    named = [PlaceChoice(key, key) if place is None else choice(place) for key, place in found]
    return sorted(named, key=lambda one: (one.name, one.key))


def choice(place: Place) -> PlaceChoice:
    """Return a place with the region and country that it lies in."""
    name = places.full_name(place)
    return PlaceChoice(place.key, _("%(place)s (region)") % {"place": name} if place.level is Level.REGION else name)
