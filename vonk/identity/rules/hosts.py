"""What is known of host apps' people; pure."""

from datetime import date, timedelta
from typing import Final

from vonk.core.taxonomy import AgeBand, age_band
from vonk.identity.rules.people import age_years

HOSTED_DOMAIN: Final = "hosts.invalid"  # RFC 2606: nobody's. A host tells no addresses, and no letter goes there.
HOSTS_MAX: Final = 50
HOST_NAME_MAX: Final = 40
KEYS_PER_HOST_MAX: Final = 20
ENTRY_LIVES: Final = timedelta(minutes=5)
YOUNGEST: Final[dict[AgeBand, int]] = {
    AgeBand.AGE_13_17: 13,
    AgeBand.AGE_18_24: 18,
    AgeBand.AGE_25_34: 25,
    AgeBand.AGE_35_44: 35,
    AgeBand.AGE_45_54: 45,
    AgeBand.AGE_55_PLUS: 55,
}


def is_hosted(email: str) -> bool:
    """Say whether it stands in the place of an address that the host did not tell."""
    return email.endswith(f"@{HOSTED_DOMAIN}")


def born_on(*, year: int | None, band: AgeBand | None, known: date | None, today: date) -> date | None:
    """Return a birthday that makes nobody older than the host says; None when it says nothing.

    Of a year its last day. Of a band its youngest age today, unless the birthday that is known lies in the band.
    """
    if year is not None:
        return date(year, 12, 31)
    if band is None:
        return None
    if known is not None and age_band(age_years(known, today)) is band:
        return known
    return _years_before(today, YOUNGEST[band])


def _years_before(today: date, years: int) -> date:
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=day)
