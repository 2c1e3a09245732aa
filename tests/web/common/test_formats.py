"""Numbers and money as people read them."""

import pytest
from django.utils import translation

from vonk.web.common import formats


@pytest.mark.parametrize(
    ("micros", "currency", "text"),
    [
        (12_345_678, "EUR", "12.35\u00a0EUR"),
        (1_234_567_890_000, "EUR", "1,234,567.89\u00a0EUR"),
        (1_234, "EUR", "0.0012\u00a0EUR"),
        (0, "EUR", "0.00\u00a0EUR"),
        (1_500_000_000, "JPY", "1,500\u00a0JPY"),
        (-5_000_000, "USD", "-5.00\u00a0USD"),
    ],
)
def test_money_is_rounded_for_reading(micros: int, currency: str, text: str) -> None:
    assert formats.money(micros, currency) == text


def test_exact_money_keeps_every_decimal() -> None:
    assert formats.money_exact(12_345_678, "EUR") == "12.345678\u00a0EUR"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0K"),
        (1_290, "1.2K"),
        (34_900, "34K"),
        (5_600_000, "5.6M"),
        (7_000_000_000, "7.0B"),
    ],
)
def test_counts_are_short_and_never_rounded_up(count: int, text: str) -> None:
    assert formats.compact(count) == text


def test_a_ratio_reads_as_a_percentage_and_none_as_a_dash() -> None:
    assert (formats.percent(0.0123), formats.percent(None)) == ("1.23%", "–")


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(18 / 790, "2.28%"), (0.00125, "0.12%"), (0.00135, "0.14%"), (-0.00001, "0.00%"), (1234.5, "123,450.00%")],
)
def test_a_percentage_is_rounded_half_to_even(ratio: float, text: str) -> None:
    assert formats.percent(ratio) == text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("1,234,567.89\u00a0EUR", "12,345.678\u00a0EUR", "12,345.7", "2.28%", "12.5%", "5.6M", "0.2")),
        (
            "fr",
            (
                "1\u202f234\u202f567,89\u00a0EUR",
                "12\u202f345,678\u00a0EUR",
                "12\u202f345,7",
                "2,28\u202f%",
                "12,5\u202f%",
                "5,6M",
                "0,2",
            ),
        ),
        ("nl", ("1.234.567,89\u00a0EUR", "12.345,678\u00a0EUR", "12.345,7", "2,28%", "12,5%", "5,6M", "0,2")),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language: str, texts: tuple[str, ...]) -> None:
    with translation.override(language):
        assert (
            formats.money(1_234_567_890_000, "EUR"),
            formats.money_exact(12_345_678_000, "EUR"),
            formats.number(12345.67, 1),
            formats.percent(18 / 790),
            formats.percent_exact(0.125),
            formats.compact(5_600_000),
            formats.exact(0.2),
        ) == texts


def test_a_duration_reads_as_minutes_and_seconds() -> None:
    assert [formats.duration(ms) for ms in (4_400, 60_000, 750_000, 0)] == ["0:04", "1:00", "12:30", "Pictures"]
