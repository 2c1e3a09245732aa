import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.core.money import Money, format_micros, parse_micros, share_of


@pytest.mark.parametrize(
    ("text", "micros"), [("12.5", 12_500_000), ("12,50", 12_500_000), (" 0 ", 0), ("-1", -1_000_000), ("0.000001", 1)]
)
def test_amounts_are_read_as_people_write_them(text: str, micros: int) -> None:
    assert parse_micros(text) == micros


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "0.0000001", "1e30", "1.2.3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        parse_micros(text)


@given(st.integers(-(10**15), 10**15))
def test_an_amount_survives_being_written_and_read(micros: int) -> None:
    assert parse_micros(format_micros(micros, "EUR")) == micros


@given(st.integers(0, 10**15), st.integers(0, 1_000_000))
def test_a_share_and_its_rest_are_the_whole(micros: int, share_ppm: int) -> None:
    share = share_of(micros, share_ppm)
    assert 0 <= share <= micros


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        Money("EUR", 1) + Money("USD", 1)
    assert str(Money("EUR", 1_500_000) + Money("EUR", 1)) == "1.500001 EUR"
