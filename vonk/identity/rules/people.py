"""What is asked of people who sign up; pure."""

from datetime import date
from typing import Final

EMAIL_CHARS_MAX: Final = 254  # RFC 5321.
AGE_YEARS_MIN: Final = 13
AGE_YEARS_MAX: Final = 130
ADULT_YEARS: Final = 18  # Nobody younger is shown ads by what is known of them (DSA art. 28).


def age_years(born_on: date, today: date) -> int:
    """Return the age in whole years; somebody born on 29 February turns on 1 March in other years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
