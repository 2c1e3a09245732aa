"""Choices that the browser names: countries and languages.

The server knows codes (core.taxonomy); ``common.js`` writes their names into the options in the reader's language,
by the browser's own ``Intl.DisplayNames``, and sorts them. Without JavaScript the codes are shown.
"""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.core.taxonomy import COUNTRIES, INTERESTS, LANGUAGES, AgeBand, Device, Gender

COUNTRY_CHOICES: Final = tuple((code, code) for code in sorted(COUNTRIES))
LANGUAGE_CHOICES: Final = tuple((code, code) for code in sorted(LANGUAGES))
INTEREST_CHOICES: Final = tuple((key, _(name)) for key, name in INTERESTS.items())  # noqa: INT001 - names come from the closed list.
GENDER_CHOICES: Final = ((Gender.FEMALE, _("Female")), (Gender.MALE, _("Male")), (Gender.OTHER, _("Other")))
DEVICE_CHOICES: Final = (
    (Device.ANDROID, _("Android")),
    (Device.IOS, _("iPhone and iPad")),
    (Device.DESKTOP, _("Computer")),
)
AGE_BAND_CHOICES: Final = (
    (AgeBand.AGE_13_17, "13–17"),
    (AgeBand.AGE_18_24, "18–24"),
    (AgeBand.AGE_25_34, "25–34"),
    (AgeBand.AGE_35_44, "35–44"),
    (AgeBand.AGE_45_54, "45–54"),
    (AgeBand.AGE_55_PLUS, "55+"),
)


def country_select() -> forms.Select:
    """Return a list of countries."""
    return forms.Select(attrs={"data-names": "region", "autocomplete": "country"})


def language_select() -> forms.Select:
    """Return a list of languages."""
    return forms.Select(attrs={"data-names": "language"})
