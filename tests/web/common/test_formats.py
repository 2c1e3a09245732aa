"""Numbers and money as people read them."""

import pytest

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


def test_a_duration_reads_as_minutes_and_seconds() -> None:
    assert [formats.duration(ms) for ms in (4_400, 60_000, 750_000, 0)] == ["0:04", "1:00", "12:30", "Pictures"]
