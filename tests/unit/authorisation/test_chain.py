"""The consent record's chain finds whatever was done to it."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation.chain import GENESIS, Broken, Fault, Head, Row, StoredRow, hash_of, verify

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
PROFILE = 7


def chain_of(length: int) -> list[StoredRow]:
    rows: list[StoredRow] = []
    for sequence in range(1, length + 1):
        row = Row(
            id=100 + sequence,
            profile_id=PROFILE,
            sequence=sequence,
            post_id=1,
            consent_id=None if sequence == 1 else 2,
            at=AT + timedelta(minutes=sequence),
            person_id=3,
            act="issued",
            detail={"duration_days": 30, "ads_only": False, "ends_at": "é"},
            previous_hash=rows[-1].hash if rows else GENESIS,
        )
        rows.append(StoredRow(row, hash_of(row)))
    return rows


def head_of(rows: list[StoredRow]) -> Head:
    return Head(len(rows), rows[-1].hash) if rows else Head()


def changed(stored: StoredRow, **values: object) -> StoredRow:
    return StoredRow(msgspec.structs.replace(stored.row, **values), stored.hash)


def test_the_hash_is_sha256_over_canonical_json() -> None:
    row = chain_of(1)[0].row
    text = (
        '{"act":"issued","at":"2026-03-02T09:01:00.123456+00:00","consent":null,'
        '"detail":{"ads_only":false,"duration_days":30,"ends_at":"é"},"id":101,"person":3,"post":1,'
        f'"previous":"{"0" * 64}","profile":7,"sequence":1}}'
    )
    assert hash_of(row) == hashlib.sha256(text.encode()).hexdigest()
    elsewhere = msgspec.structs.replace(row, at=row.at.astimezone(timezone(timedelta(hours=5))))
    assert hash_of(elsewhere) == hash_of(row)


@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_an_honest_chain_is_whole(length: int) -> None:
    rows = chain_of(length)
    assert verify(PROFILE, rows, head_of(rows)) == []


@pytest.mark.parametrize(
    "values",
    [
        {"act": "revoked"},
        {"at": AT},
        {"person_id": None},
        {"post_id": 9},
        {"consent_id": 9},
        {"detail": {}},
        {"detail": {"duration_days": 365, "ads_only": False, "ends_at": "é"}},
        {"id": 1},
        {"previous_hash": GENESIS},
    ],
)
def test_a_changed_row_is_found(values: dict[str, object]) -> None:
    rows = chain_of(5)
    rows[2] = changed(rows[2], **values)
    assert verify(PROFILE, rows, head_of(rows)) == [Broken(PROFILE, 3, rows[2].row.id, Fault.CHANGED)]


def test_a_changed_row_with_a_fresh_hash_is_found_by_the_next_one() -> None:
    rows = chain_of(5)
    forged = msgspec.structs.replace(rows[2].row, act="revoked")
    rows[2] = StoredRow(forged, hash_of(forged))
    assert verify(PROFILE, rows, head_of(rows)) == [Broken(PROFILE, 4, 104, Fault.UNLINKED)]


def test_a_last_row_with_a_fresh_hash_is_found_by_the_head() -> None:
    rows = chain_of(5)
    head = head_of(rows)
    forged = msgspec.structs.replace(rows[4].row, act="revoked")
    rows[4] = StoredRow(forged, hash_of(forged))
    assert verify(PROFILE, rows, head) == [Broken(PROFILE, 5, 105, Fault.END_CHANGED)]


@pytest.mark.parametrize("gone", [1, 3, 5])
def test_a_missing_row_is_found_wherever_it_stood(gone: int) -> None:
    rows = chain_of(5)
    head = head_of(rows)
    del rows[gone - 1]
    assert verify(PROFILE, rows, head) == [Broken(PROFILE, gone, None, Fault.MISSING)]


def test_all_rows_missing_are_found() -> None:
    rows = chain_of(3)
    assert verify(PROFILE, [], head_of(rows)) == [Broken(PROFILE, gap, None, Fault.MISSING) for gap in (1, 2, 3)]


def test_swapped_rows_are_found() -> None:
    rows = chain_of(5)
    rows[1], rows[3] = changed(rows[3], sequence=2), changed(rows[1], sequence=4)
    assert verify(PROFILE, rows, head_of(rows)) == [
        Broken(PROFILE, 2, 104, Fault.CHANGED),
        Broken(PROFILE, 3, 103, Fault.UNLINKED),
        Broken(PROFILE, 4, 102, Fault.CHANGED),
        Broken(PROFILE, 5, 105, Fault.UNLINKED),
    ]


def test_rows_nobody_appended_are_found_and_a_huge_sequence_does_no_harm() -> None:
    rows = chain_of(3)
    more = [changed(rows[2], sequence=4), changed(rows[2], sequence=2**62)]
    assert verify(PROFILE, rows + more, head_of(rows)) == [
        Broken(PROFILE, 4, 103, Fault.BEYOND_END),
        Broken(PROFILE, 2**62, 103, Fault.BEYOND_END),
    ]


@given(st.integers(2, 12), st.data())
def test_no_rewriting_of_the_tail_passes(length: int, data: st.DataObject) -> None:
    """Whoever changes a row and hashes everything after it anew still meets the head."""
    rows = chain_of(length)
    head = head_of(rows)
    first = data.draw(st.integers(0, length - 1))
    previous = rows[first].row.previous_hash
    for place in range(first, length):
        values: dict[str, object] = {"previous_hash": previous}
        if place == first:
            values["person_id"] = 99
        forged = changed(rows[place], **values).row
        previous = hash_of(forged)
        rows[place] = StoredRow(forged, previous)
    assert verify(PROFILE, rows, head) == [Broken(PROFILE, length, 100 + length, Fault.END_CHANGED)]
