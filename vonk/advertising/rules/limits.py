"""What may narrow an ad group beyond whom it wants: bounded lists of known words, in one form. Pure."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from vonk.core import places, taxonomy
from vonk.core.errors import FieldInvalid
from vonk.delivery.matching import viewers
from vonk.delivery.snapshot import Limits

PLACES_MAX: Final = 3_000
WORDS_MAX: Final = 1_000  # Keywords, models and carriers of one ad group.
WORD_CHARS_MAX: Final = 64
AUDIENCES_MAX: Final = 50  # That one ad group lets in, and as many that it keeps out.
BEHAVIOURS_MAX: Final = 500
SURFACES: Final = (viewers.FEED, viewers.SEARCH)
CONNECTIONS: Final = ("2g", "3g", "4g", "5g", "wifi")
_VERSION_MAX: Final = viewers.version("9999.9999.9999")


def checked(wanted: Limits) -> Limits:
    """Return the limits with each list sorted and free of doubles; FieldInvalid names what is unknown or too much."""
    for field in ("android_min", "ios_min"):
        if not 0 <= getattr(wanted, field) <= _VERSION_MAX:
            raise FieldInvalid(field, "a version such as 14.5")
    if wanted.inventory not in {"", *viewers.INVENTORIES[1:]}:
        raise FieldInvalid(
            "inventory", "%(one)s or %(other)s", one=viewers.INVENTORIES[1], other=viewers.INVENTORIES[2]
        )
    if any(price % viewers.PRICE_STEP or not 0 <= price <= viewers.PRICE_TOP for price in wanted.prices):
        raise FieldInvalid(
            "prices", "multiples of %(step)s up to %(most)s", step=viewers.PRICE_STEP, most=viewers.PRICE_TOP
        )
    return Limits(
        places=places.without_parts(_all("places", wanted.places, PLACES_MAX, _is_place)),
        android_min=wanted.android_min,
        ios_min=wanted.ios_min,
        connections=_all("connections", wanted.connections, len(CONNECTIONS), CONNECTIONS.__contains__),
        carriers=_all("carriers", map(viewers.word, wanted.carriers), WORDS_MAX, _is_word),
        models=_all("models", map(viewers.word, wanted.models), WORDS_MAX, _is_word),
        prices=tuple(sorted(set(wanted.prices))),
        surfaces=_all("surfaces", wanted.surfaces, len(SURFACES), SURFACES.__contains__),
        keywords=_all("keywords", map(viewers.word, wanted.keywords), WORDS_MAX, _is_word),
        behaviours=_all("behaviours", wanted.behaviours, BEHAVIOURS_MAX, taxonomy.is_behaviour),
        audiences=_all("audiences", wanted.audiences, AUDIENCES_MAX, _is_id),
        audiences_out=_all("audiences_out", wanted.audiences_out, AUDIENCES_MAX, _is_id),
        audiences_since_ms=wanted.audiences_since_ms,
        inventory=wanted.inventory,
    )


def since(old: Limits, new: Limits, now_ms: int) -> Limits:
    """Return the new limits with the instant since which what they keep out is kept out, all of it."""
    added = set(new.audiences_out) - set(old.audiences_out)
    since_ms = now_ms if added else old.audiences_since_ms
    return msgspec.structs.replace(new, audiences_since_ms=since_ms if new.audiences_out else 0)


def _all(field: str, values: Iterable[str], most: int, known: Callable[[str], bool]) -> tuple[str, ...]:
    found = tuple(sorted(set(values)))
    unknown = [value for value in found if not known(value)]
    if unknown:
        raise FieldInvalid(field, "unknown: %(unknown)s", unknown=", ".join(value[:40] for value in unknown[:5]))
    if len(found) > most:
        raise FieldInvalid(field, "at most %(most)s", most=most)
    return found


def _is_place(text: str) -> bool:
    return places.of_key(text) is not None


def _is_word(text: str) -> bool:
    return 1 <= len(text) <= WORD_CHARS_MAX and text.isprintable()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19
