"""Portfolios: what may go with an ad's video, collected by its advertiser; kept, and shown nowhere yet. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from vonk.core.errors import FieldInvalid

CTA: Final = "cta"
KINDS: Final = frozenset(
    "card countdown_sticker cta destination_card download_card dynamic_add_on flight_card gesture giftcode_sticker "
    "hotel_card inventory_card live_reminder_countdown_sticker media_card non_click_super_like premium_badge "
    "product_card product_info_card product_showcase_tile product_tile reminder_countdown_sticker shake_surprise "
    "shopify_product_card sticker story_selection super_like web_info_card".split()
)
KIND_CHARS_MAX: Final = 40
PARTS_MAX: Final = 50
BYTES_MAX: Final = 65_536  # Of the whole content.
PORTFOLIOS_MAX: Final = 10_000  # Of one account.
DEPTH_MAX: Final = 5
_TEXT_MAX: Final = 100

Part = Mapping[str, Any]  # As its advertiser wrote it.


def kind(text: str) -> str:
    """Return the kind; FieldInvalid when there is none of this name."""
    if text not in KINDS:
        raise FieldInvalid("kind", "one of %(known)s", known=", ".join(sorted(KINDS)))
    return text


def content(of: str, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return what a portfolio holds, without what is null; FieldInvalid when it is too much, or no button has its text."""
    if not 1 <= len(parts) <= PARTS_MAX:
        raise FieldInvalid("content", "1 to %(most)s parts", most=PARTS_MAX)
    kept = [{name: value for name, value in part.items() if value is not None} for part in parts]
    if any(_depth(value) > DEPTH_MAX for part in kept for value in part.values()):
        raise FieldInvalid("content", "at most %(most)s levels", most=DEPTH_MAX)
    if len(msgspec.json.encode(kept)) > BYTES_MAX:
        raise FieldInvalid("content", "at most %(most)s bytes", most=BYTES_MAX)
    if of == CTA:
        for part in kept:
            text = part.get("asset_content")
            if not isinstance(text, str) or not 1 <= len(text.strip()) <= _TEXT_MAX:
                raise FieldInvalid(
                    "content", "each asset_content is the text of a button, 1 to %(most)s characters", most=_TEXT_MAX
                )
    return kept


def images(value: object, field: str = "") -> list[str]:
    """Return the names of all pictures that the content refers to, in fields called image_id or …_image_id."""
    if isinstance(value, Mapping):
        return [name for key, inner in value.items() for name in images(inner, str(key))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [name for inner in value for name in images(inner, field)]
    return [value] if isinstance(value, str) and value and (field == "image_id" or field.endswith("_image_id")) else []


def _depth(value: object) -> int:
    inner: Sequence[object] = ()
    if isinstance(value, Mapping):
        inner = list(value.values())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = value
    else:
        return 0
    return 1 + max((_depth(one) for one in inner), default=0)
