"""What narrows an ad group, in v1.3's words and in Vonk's (reference API §8): which of it is acted on, and which nobody can judge.

Carriers and models have no numbers of their own here: their ids are compared, as words, with what a host tells of the
viewer's device. Of ``actions`` is acted on what was done with posts about an interest; ``action_category_ids`` are
those of interests.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from vonk.core import taxonomy
from vonk.core.taxonomy import Deed
from vonk.delivery.matching import viewers
from vonk.delivery.snapshot import Limits
from vonk.wire.business.ad_groups.asked import NARROWING
from vonk.wire.business.interests import INTEREST_OF_NUMBER

_LIMITS_NOTHING: Final[tuple[object, ...]] = (None, "", "0", 0, [], {}, "UNSET", "ALL", "OFF")
_DEEDS: Final[dict[str, Deed]] = {
    "LIKED": Deed.LIKE,
    "COMMENTED": Deed.COMMENT,
    "SHARED": Deed.SHARE,
    "FOLLOWING": Deed.FOLLOW,
}
_SCENES: Final = frozenset({"VIDEO_RELATED", "CREATOR_RELATED"})
_PLACES: Final[dict[str, str]] = {"IN_FEED": viewers.FEED, "SEARCH_FEED": viewers.SEARCH}
_SYSTEM_14: Final = {"IOS14_PLUS": viewers.version("14")}
KEYWORDS: Final = "search_keywords"  # Kept beside the narrowing fields; binds where something is searched for.
Read = Callable[[Any], dict[str, Any] | None]  # Limits' fields, None where nobody can judge it.


def limits(kept: Mapping[str, object]) -> tuple[Limits, tuple[str, ...]]:
    """Return the limits that are kept, and the names of those which nobody here can judge."""
    found: dict[str, Any] = {}
    unmet: list[str] = []
    for name in sorted(NARROWING):
        value = kept.get(name)
        if value in _LIMITS_NOTHING:
            continue
        read = _READS.get(name)
        fields = read(value) if read is not None else None
        if fields is None:
            unmet.append(name)
            continue
        for field, of_it in fields.items():
            found[field] = max(found.get(field, 0), of_it) if isinstance(of_it, int) else of_it
    found["keywords"] = tuple(_keywords(kept.get(KEYWORDS)))
    return Limits(**found), tuple(unmet)


def _keywords(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else ():
        text = one.get("keyword") if isinstance(one, Mapping) else None
        if isinstance(text, str) and text.strip():
            yield viewers.word(text)


def _inventory(value: str) -> dict[str, Any] | None:
    known = {"STANDARD_INVENTORY": "standard", "LIMITED_INVENTORY": "limited"}
    if value in {"NO_BRAND_SAFETY", "EXPANDED_INVENTORY"}:
        return {}
    return {"inventory": known[value]} if value in known else None


def _places(value: Iterable[str]) -> dict[str, Any] | None:
    places = set(value)
    if "UNSET" in places or places >= _PLACES.keys():
        return {}
    here = tuple(_PLACES[place] for place in places if place in _PLACES)
    return {"surfaces": here} if here else None  # None of them is a place of this platform.


def _prices(value: list[int]) -> dict[str, Any] | None:
    """Return the ranges from the first price to the second; 1,000 and more is without end."""
    if len(value) != 2 or not 0 <= value[0] < value[1]:
        return None
    first, last = value[0] - value[0] % viewers.PRICE_STEP, min(value[1], viewers.PRICE_TOP + viewers.PRICE_STEP)
    if value[1] >= viewers.PRICE_TOP:
        last = viewers.PRICE_TOP + viewers.PRICE_STEP
    if first == 0 and last > viewers.PRICE_TOP:
        return {}
    return {"prices": tuple(range(min(first, viewers.PRICE_TOP), last, viewers.PRICE_STEP))}


def _least(field: str) -> Read:
    def read(value: str) -> dict[str, Any] | None:
        number = viewers.version(value.removesuffix("+"))
        return {field: number} if number else None

    return read


def _system_14(value: str) -> dict[str, Any] | None:
    return {"ios_min": _SYSTEM_14[value]} if value in _SYSTEM_14 else None


def _ids(field: str) -> Read:
    def read(value: list[str]) -> dict[str, Any] | None:
        known = all(one.isascii() and one.isdigit() and len(one) <= 19 for one in value)
        return {field: tuple(value)} if known else None

    return read


def _words(field: str) -> Read:
    def read(value: list[str]) -> dict[str, Any] | None:
        words = tuple(viewers.word(one) for one in value)
        return {field: words} if all(words) else None

    return read


def _actions(value: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what of the actions can be judged: one will do, so that leaving others out only narrows."""
    found = sorted({one for action in value for one in _behaviours(action)})
    return {"behaviours": tuple(found)} if found else None


def _behaviours(action: Mapping[str, Any]) -> Iterator[str]:
    days = action.get("action_period")
    if action.get("action_scene") not in _SCENES or days not in taxonomy.BEHAVIOUR_DAYS:
        return
    interests = [INTEREST_OF_NUMBER.get(str(one)) for one in action.get("action_category_ids") or ()]
    for name in action.get("video_user_actions") or ():
        for interest in interests:
            if name in _DEEDS and interest is not None:
                yield taxonomy.behaviour(_DEEDS[name], interest, days)


_READS: Final[dict[str, Read]] = {
    "actions": _actions,
    "audience_ids": _ids("audiences"),
    "brand_safety_type": _inventory,
    "carrier_ids": _words("carriers"),
    "device_model_ids": _words("models"),
    "device_price_ranges": _prices,
    "excluded_audience_ids": _ids("audiences_out"),
    "ios14_targeting": _system_14,
    "min_android_version": _least("android_min"),
    "min_ios_version": _least("ios_min"),
    "network_types": _words("connections"),
    "tiktok_subplacements": _places,
}
