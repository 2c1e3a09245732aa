"""Opening ad accounts and paying into them."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.billing.actions.payments import REFERENCE_CHARS_MAX
from vonk.core.money import CURRENCY_DECIMALS
from vonk.core.time_zones import time_zones
from vonk.identity.actions.accounts import TIME_ZONE_CHARS_MAX
from vonk.identity.actions.naming import NAME_CHARS_MAX
from vonk.web.advertiser.forms.fields import AmountField
from vonk.web.common.choices import COUNTRY_CHOICES, country_select

OUTDATED: Final = frozenset({"Etc", "SystemV", "US", "posix", "right"})  # Second names of zones that have a place.


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the world's time zones by continent."""

    def places() -> Iterator[tuple[str, str]]:
        for name in sorted(time_zones()):
            continent, _slash, place = name.partition("/")
            if place and continent not in OUTDATED and len(name) <= TIME_ZONE_CHARS_MAX:
                yield continent, name

    grouped = groupby(places(), key=lambda pair: pair[0])
    zones = [
        (continent, [(name, name.partition("/")[2].replace("_", " ")) for _continent, name in pairs])
        for continent, pairs in grouped
    ]
    return [("UTC", [("UTC", "UTC")]), *zones]


class OpenAccountForm(forms.Form):
    """What an ad account needs. Currency and time zone never change."""

    organisation_name = forms.CharField(
        label=_("Organisation"), max_length=NAME_CHARS_MAX, help_text=_("The business that the account belongs to.")
    )
    name = forms.CharField(
        label=_("Name of the ad account"),
        max_length=NAME_CHARS_MAX,
        help_text=_("For yourself, to tell accounts apart."),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=(("", _("Choose a country")), *COUNTRY_CHOICES), widget=country_select()
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=tuple((code, code) for code in CURRENCY_DECIMALS),
        initial="EUR",
        help_text=_("Cannot be changed later."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        initial="UTC",
        widget=forms.Select(attrs={"data-own-zone": "1"}),
        help_text=_("Budgets and reports count days in it. Cannot be changed later."),
    )
    advertiser_name = forms.CharField(
        label=_("On whose behalf"),
        max_length=NAME_CHARS_MAX,
        help_text=_("Everybody who sees an ad may read this: the advertiser, as the law asks."),
    )
    payer_name = forms.CharField(
        label=_("Who pays"), max_length=NAME_CHARS_MAX, help_text=_("Often the same as above; an agency if it pays.")
    )


class TermsForm(forms.Form):
    """Acceptance of the Spark terms, of the version that was shown."""

    version = forms.CharField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("I have read the Spark terms and accept them for this ad account."),
        error_messages={"required": _("Tick the box to accept the terms.")},
    )


class TopUpForm(forms.Form):
    """How much is paid. The reference keeps a form that is sent twice from paying twice."""

    amount_micros = AmountField(label=_("Amount"))
    provider_reference = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_CHARS_MAX)

    def __init__(self, *args: object, currency: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["amount_micros"]
        assert isinstance(field, AmountField), "Declared above."
        field.currency = currency
