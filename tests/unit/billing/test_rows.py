"""Rows that are brought together by their key, in memory and through files, are the same as in a dictionary."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.billing.proving.rows import Rows, column, repeated

KEYS = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))


@settings(max_examples=examples(60), deadline=None)  # It writes files.
@given(pages=st.lists(st.lists(KEYS, max_size=8), max_size=8), in_memory=st.sampled_from([1, 5, 1_000]))
def test_what_shares_a_key_is_found_in_its_order(pages: list[list[int]], in_memory: int) -> None:
    wanted: dict[int, list[int]] = {}
    with TemporaryDirectory() as name:
        rows = Rows(Path(name) / "rows", 2, in_memory)
        position = 0
        for page in pages:
            places = list(range(position, position + len(page)))
            position += len(page)
            rows.add(column(page), column(places))
            for key, place in zip(page, places, strict=True):
                wanted.setdefault(key, []).append(place)
        parts = list(rows.parts())
        found: dict[int, list[int]] = {}
        for part in parts:
            for key, place in repeated(part).tolist():
                found.setdefault(key, []).append(place)
    assert sum(map(len, parts)) == position
    assert found == {key: places for key, places in wanted.items() if len(places) > 1}
