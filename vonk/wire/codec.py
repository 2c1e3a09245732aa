"""Between JSON and typed records. Ids are decimal strings on the wire, so that no reader rounds them.

What is asked comes in structs of ``wire`` whose ids are ``Id``. What is answered are the areas' own views; in those the
name tells: ``id``, ``…_id`` and ``…_ids`` hold ids, and so do the few names of ``ALSO_IDS``.
"""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Final

import msgspec

from vonk.core.ids import parse_id

ID_SCHEMA: Final = {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["1790000000000000001"]}
ALSO_IDS: Final = frozenset({"duet_of", "stitch_of", "mentions_posts"})
DEPTH_MAX: Final = 12  # No view is deeper; keeps a cycle from being a stack overflow.


class Id(int):
    """An id in what is asked: decimal digits in a string."""


Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339, with its offset.")]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every request body and query: unknown fields are refused by name, and instants that no UTC day has."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                try:
                    value.astimezone(UTC)
                except OverflowError as error:
                    raise ValueError(f"{name} is outside the calendar") from error


def is_id(name: str) -> bool:
    """Say whether a field of this name holds ids."""
    return name == "id" or name.endswith(("_id", "_ids")) or name in ALSO_IDS


def encode(answer: object) -> bytes:
    """Return the answer as JSON."""
    return msgspec.json.encode(to_wire(answer))


def to_wire(value: object, name: str = "", depth: int = 0) -> Any:
    """Return the value in what JSON has, with ids as strings. ``name`` is the field that holds it."""
    assert depth <= DEPTH_MAX, "Views are flat."
    if isinstance(value, msgspec.Struct):
        return {
            wire_name: to_wire(getattr(value, field), field, depth + 1)
            for field, wire_name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        }
    if isinstance(value, bool) or value is None or isinstance(value, str | float | datetime | date):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Id) or (isinstance(value, int) and is_id(name)):
        return str(int(value))
    if isinstance(value, dict):
        return {str(key): to_wire(item, str(key), depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_wire(item, name, depth + 1) for item in value]
    return value


def decode_hook(kind: type, value: Any) -> Any:
    """Return what msgspec does not know by itself: an id."""
    if kind is Id:
        if not isinstance(value, str):
            raise ValueError("an id is a string of digits")
        return Id(parse_id(value))
    raise ValueError(f"{kind.__name__} cannot be read")


def schema_hook(kind: type) -> dict[str, Any]:
    """Return the JSON schema of what msgspec does not know by itself."""
    if kind is Id:
        return dict(ID_SCHEMA)
    raise ValueError(f"{kind.__name__} has no schema")
