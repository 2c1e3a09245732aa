"""What a Spark Ad is held to by the consent it stands on, before it is submitted; the ad servers go by the same limits."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from vonk.authorisation.errors.limits import CategoryNotAllowed, RegionNotLicensed, SpendCapReached
from vonk.authorisation.rules import NO_END
from vonk.authorisation.rules import limits as rules
from vonk.authorisation.rules.limits import Limits
from vonk.core.money import format_micros
from vonk.core.taxonomy import INTERESTS

OPEN_ENDED_DAYS: Final = (
    14  # An ad group without an end outlives a consent that ends this soon: the first reminder's day.
)
COUNTRIES_NAMED_MAX: Final = 12


def check(
    limits: Sequence[Limits],
    *,
    category: str,
    countries: Sequence[str],
    sound_countries: Collection[str],
    billed_micros: int,
    currency: str,
) -> None:
    """Raise CategoryNotAllowed, RegionNotLicensed or SpendCapReached where the ad would be outside the limits.

    An ad that does not say what it advertises is outside any list of categories.
    """
    allowed = rules.categories_allowed(limits)
    if allowed is not None and category not in allowed:
        raise CategoryNotAllowed(allowed=", ".join(INTERESTS.get(key, key) for key in allowed) or "–")
    check_countries(limits, countries, sound_countries, field="consent_id")
    cap_micros = rules.spend_cap_micros(limits)
    if cap_micros is not None and billed_micros >= cap_micros:
        raise SpendCapReached(cap=format_micros(cap_micros, currency), currency=currency)


def check_countries(
    limits: Sequence[Limits], countries: Sequence[str], sound_countries: Collection[str], *, field: str = "countries"
) -> None:
    """Raise RegionNotLicensed, which names them, when the ad may not be shown in all of the countries."""
    outside = unlicensed(limits, countries, sound_countries)
    if outside:
        licensed = rules.countries_allowed(limits, sound_countries=sound_countries) or ()
        raise RegionNotLicensed(field=field, countries=_named(outside), allowed=_named(licensed))


def unlicensed(
    limits: Sequence[Limits], countries: Sequence[str], sound_countries: Collection[str] = ()
) -> tuple[str, ...]:
    """Return which of the countries the ad may not be shown in, sorted."""
    allowed = rules.countries_allowed(limits, sound_countries=sound_countries)
    return () if allowed is None else tuple(sorted(set(countries) - set(allowed)))


def outlives(consent_ends_at: datetime, ad_group_ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether the ad group goes on when the consent has ended: later, or without an end and the consent's is near."""
    if consent_ends_at >= NO_END or consent_ends_at <= now:
        return False
    if ad_group_ends_at is None:
        return consent_ends_at - now <= timedelta(days=OPEN_ENDED_DAYS)
    return ad_group_ends_at > consent_ends_at


def _named(countries: Sequence[str]) -> str:
    more = len(countries) - COUNTRIES_NAMED_MAX
    named = ", ".join(countries[:COUNTRIES_NAMED_MAX]) or "–"
    return f"{named} (+{more})" if more > 0 else named
