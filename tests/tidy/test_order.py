"""The order of the tests names what is there."""

from pathlib import Path

from tests.order import LONG


def test_every_long_test_is_where_it_is_said_to_be() -> None:
    assert [path for path in LONG if not (Path(__file__).parents[2] / path).exists()] == []
