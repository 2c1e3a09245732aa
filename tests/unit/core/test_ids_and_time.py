import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.core.clock import FixedClock, MachineClock, from_ms, hour_of, to_ms
from vonk.core.errors import FieldInvalid, Invalid, NotFound, Problem
from vonk.core.ids import IdSource, new_id, parse_id
from vonk.core.taxonomy import COUNTRIES, INTERESTS, LANGUAGES, AgeBand, age_band


def test_ids_grow_and_never_repeat() -> None:
    source = IdSource(node=7)
    made = [source.next() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_threads_share_a_source_without_repeating() -> None:
    source = IdSource()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: source.next(), range(5_000)))
    assert len(set(made)) == 5_000


def test_a_forked_process_makes_ids_under_another_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda _: 5)
    source = IdSource()
    monkeypatch.setattr(secrets, "randbits", lambda _: 6)
    made, told = os.pipe()
    child = os.fork()
    if not child:
        os.write(told, str(source.next()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert [one >> 12 & 1023 for one in (source.next(), int(os.read(made, 32)))] == [5, 6]
    os.close(made)
    os.close(told)


def test_an_id_has_nineteen_digits() -> None:
    assert len(str(new_id())) == 19


@given(st.integers(1, 2**63 - 1))
def test_an_id_survives_the_wire(number: int) -> None:
    assert parse_id(str(number)) == number


@pytest.mark.parametrize("text", ["", "0", "-1", "1.0", "x", "9223372036854775808", "１２", "1" * 40, " 1"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        parse_id(text)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC))
    before = clock.now_ms()
    clock.advance(seconds=90)
    assert clock.now_ms() - before == 90_000
    assert from_ms(clock.now_ms()) == clock.now()
    assert hour_of(clock.now()) == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_sandbox_clock_is_ahead_by_its_offset() -> None:
    ahead = MachineClock(3_600_000_000).now() - MachineClock().now()
    assert timedelta(minutes=59) < ahead < timedelta(minutes=61)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - hypothesis makes them naive; the next line does not.
def test_milliseconds_are_the_instant(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    assert from_ms(to_ms(instant)) == instant


@pytest.mark.parametrize(
    ("age", "band"), [(12, None), (13, AgeBand.AGE_13_17), (17, AgeBand.AGE_13_17), (18, AgeBand.AGE_18_24),
                      (34, AgeBand.AGE_25_34), (44, AgeBand.AGE_35_44), (54, AgeBand.AGE_45_54), (99, AgeBand.AGE_55_PLUS)],
)  # fmt: skip
def test_ages_fall_into_their_band(age: int, band: AgeBand | None) -> None:
    assert age_band(age) is band


def test_taxonomies_hold_what_the_codes_say() -> None:
    assert {"NL", "FR", "DE", "US"} <= COUNTRIES
    assert {"en", "fr", "nl"} <= LANGUAGES
    assert all(key.islower() for key in INTERESTS)


def test_a_problem_fills_its_text_and_names_its_field() -> None:
    problem = FieldInvalid("budget", "at least 50 EUR")
    assert str(problem) == "budget: at least 50 EUR"
    assert (problem.field, problem.code, isinstance(problem, Invalid)) == ("budget", "field_invalid", True)
    assert str(NotFound(noun="ad")) == "There is no such ad."


def test_a_problem_without_values_keeps_its_percent_signs() -> None:
    class Full(Problem):
        code = "full"
        message = "100 % of the budget is spent."

    assert str(Full()) == "100 % of the budget is spent."
