"""Numbers, money and durations as people read them, in the language that is active. Pure."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT, format_micros

NO_VALUE: Final = "–"
_NBSP: Final = "\u00a0"
_THOUSAND: Final = Decimal(1000)


def money(micros: int, currency: str) -> str:
    """Return the amount rounded to the currency's decimals, or to four where less than one smallest coin would read 0."""
    units = Decimal(micros) / MICROS_PER_UNIT
    decimals = CURRENCY_DECIMALS.get(currency, 2)
    if units and abs(units) < Decimal(1).scaleb(-decimals):
        decimals = 4
    return number(units, decimals) + _NBSP + currency


def money_exact(micros: int, currency: str) -> str:
    """Return the amount with every decimal it has: for ledgers and invoices."""
    exact = Decimal(format_micros(micros, currency))
    exponent = exact.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return number(exact, decimals) + _NBSP + currency


def number(value: float | Decimal, decimals: int = 0) -> str:
    """Return the number with its thousands apart, rounded half to even: Django's own cuts digits off."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    if not rounded:
        rounded = abs(rounded)  # No minus before a zero.
    return formats.number_format(rounded, decimals, use_l10n=True, force_grouping=True)


def exact(value: float | Decimal) -> str:
    """Return the number with every decimal it has, and no zeros after them: 12.5, 30."""
    whole = value if isinstance(value, Decimal) else Decimal(str(value))
    exponent = whole.normalize().as_tuple().exponent
    return number(whole, max(0, -exponent) if isinstance(exponent, int) else 0)


def percent_exact(ratio: float | Decimal) -> str:
    """Return a ratio (0.125) as a percentage with the decimals it has (12.5 %)."""
    return gettext("%(number)s%%") % {"number": exact(Decimal(str(ratio)) * 100)}


def compact(value: int) -> str:
    """Return a count in at most four characters or so: 987, 1.2K, 34K, 5.6M."""
    size = Decimal(value)
    for suffix in ("", pgettext("thousand", "K"), pgettext("million", "M"), pgettext("thousand million", "B")):
        if abs(size) < _THOUSAND or suffix == pgettext("thousand million", "B"):
            decimals = 1 if suffix and abs(size) < 10 else 0
            step = Decimal(1).scaleb(-decimals)
            return formats.number_format(size.quantize(step, rounding="ROUND_DOWN"), decimals, use_l10n=True) + suffix
        size /= _THOUSAND
    raise AssertionError("the last suffix always returns")


def percent(ratio: float | Decimal | None, decimals: int = 2) -> str:
    """Return a ratio (0.125) as a percentage (12.50 %), a dash when there is none."""
    if ratio is None:
        return NO_VALUE
    return gettext("%(number)s%%") % {"number": number(Decimal(str(ratio)) * 100, decimals)}


def duration(milliseconds: int) -> str:
    """Return a length as minutes and seconds: 0:07, 12:30; what has none is pictures."""
    if milliseconds == 0:
        return gettext("Pictures")
    seconds = round(milliseconds / 1000)
    return f"{seconds // 60}:{seconds % 60:02d}"


def instant(at: datetime) -> SafeString:
    """Return an instant in the active time zone, as a ``time`` element that also says it in UTC."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        formats.date_format(local, "SHORT_DATETIME_FORMAT"),
    )


def day(at: datetime) -> SafeString:
    """Return an instant's day in the active time zone, as a ``time`` element."""
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', f"{local:%Y-%m-%d}", formats.date_format(local, "DATE_FORMAT"))
