from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.wire import codec
from vonk.wire.codec import Body, Id


class Colour(StrEnum):
    RED = "red"


class View(msgspec.Struct, frozen=True):
    id: int
    post_ids: tuple[int, ...]
    duet_of: int | None
    likes: int
    ratio: float | None
    colour: Colour
    at: datetime
    day: date
    on: bool
    parts: tuple["Part", ...] = ()
    counts: dict[str, int] = {}


class Part(msgspec.Struct, frozen=True):
    ad_id: int
    name: str


class Dated(Body, frozen=True):
    at: codec.Instant


class Asked(Body, frozen=True):
    post_id: Id
    sound_id: Id | None = None


def test_ids_are_strings_and_nothing_else_is() -> None:
    view = View(
        1,
        (2, 3),
        None,
        4,
        0.5,
        Colour.RED,
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        date(2026, 3, 2),
        on=True,
        parts=(Part(5, "x"),),
        counts={"likes": 6},
    )
    assert msgspec.json.decode(codec.encode(view)) == {
        "id": "1",
        "post_ids": ["2", "3"],
        "duet_of": None,
        "likes": 4,
        "ratio": 0.5,
        "colour": "red",
        "at": "2026-03-02T09:00:00Z",
        "day": "2026-03-02",
        "on": True,
        "parts": [{"ad_id": "5", "name": "x"}],
        "counts": {"likes": 6},
    }


@given(st.integers(1, 2**63 - 1))
def test_an_id_goes_to_the_wire_and_back(number: int) -> None:
    sent = codec.encode(Asked(post_id=Id(number)))
    assert msgspec.json.decode(sent, type=Asked, dec_hook=codec.decode_hook).post_id == number


@pytest.mark.parametrize("text", ["5", '""', '"0"', '"-1"', '"1.0"', '"٣"', '"9223372036854775808"', "null", "[]"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"post_id": {text}}}', type=Asked, dec_hook=codec.decode_hook)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_is_one_of_the_calendar(at: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="at is outside the calendar"):
        msgspec.json.decode(msgspec.json.encode({"at": at}), type=Dated)
