"""Money is an integer number of micros (millionths of the currency unit) with an ISO 4217 currency."""

from decimal import Decimal
from typing import Final, Self

import msgspec

MICROS_PER_UNIT: Final = 1_000_000
MICROS_MAX: Final = 2**63 - 1  # What a 64-bit column holds; about nine million million units.

# ISO 4217: the currencies that an account may be kept in, with the decimals people write them with.
CURRENCY_DECIMALS: Final[dict[str, int]] = {
    "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2, "IDR": 2,
    "INR": 2, "JPY": 0, "KRW": 0, "MXN": 2, "NOK": 2, "NZD": 2, "PLN": 2, "RON": 2, "SEK": 2, "SGD": 2,
    "THB": 2, "TRY": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip


class Money(msgspec.Struct, frozen=True, order=True):
    """An exact amount: ``micros`` millionths of one unit of ``currency``. Adding two currencies raises ValueError."""

    currency: str
    micros: int

    def __add__(self, other: Self) -> "Money":
        self._same_currency(other)
        return Money(self.currency, self.micros + other.micros)

    def __sub__(self, other: Self) -> "Money":
        self._same_currency(other)
        return Money(self.currency, self.micros - other.micros)

    def __neg__(self) -> "Money":
        return Money(self.currency, -self.micros)

    def __str__(self) -> str:
        return f"{format_micros(self.micros, self.currency)} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")


def format_micros(micros: int, currency: str) -> str:
    """Return the amount as people write it, "12.50", with more decimals only where the micros need them."""
    decimals = CURRENCY_DECIMALS.get(currency, 2)
    units = Decimal(micros) / MICROS_PER_UNIT
    exact = units.normalize()
    exponent = exact.as_tuple().exponent
    needed = max(decimals, -exponent if isinstance(exponent, int) else 0)
    return f"{units:.{needed}f}"


def parse_micros(text: str) -> int:
    """Return the micros of an amount written as "12.5" or "12,50".

    Raises ValueError when the text is no finite number, has more than six decimals, or does not fit 64 bits.
    """
    try:
        units = Decimal(text.strip().replace(",", "."))
    except ArithmeticError as error:
        raise ValueError(f"not an amount: {text[:40]!r}") from error
    if not units.is_finite():
        raise ValueError(f"not an amount: {text[:40]!r}")
    if abs(units) > Decimal(MICROS_MAX) / MICROS_PER_UNIT:
        raise ValueError("the amount is too large")
    micros = units * MICROS_PER_UNIT
    if micros != micros.to_integral_value():
        raise ValueError("an amount has at most six decimals")
    return int(micros)


def share_of(micros: int, share_ppm: int) -> int:
    """Return ``share_ppm`` millionths of ``micros``, rounded down, so that shares never exceed the whole."""
    return micros * share_ppm // 1_000_000
