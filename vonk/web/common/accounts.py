"""Signing up: what we ask besides an address and a password. The account itself is made by ``identity``."""

from datetime import date
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vonk.control import clock
from vonk.core.limits import DISPLAY_NAME_MAX
from vonk.core.taxonomy import LANGUAGES
from vonk.identity.actions import people
from vonk.identity.errors import TooYoung
from vonk.identity.rules import AGE_YEARS_MIN, age_years
from vonk.web.common import problems
from vonk.web.common.choices import COUNTRY_CHOICES, country_select
from vonk.web.common.requests import now_of


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no types.
    """Name, country and birthday. The birthday keeps out children, and personalised ads from minors."""

    display_name = forms.CharField(label=_("Name"), max_length=DISPLAY_NAME_MAX, help_text=_("As others see you."))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES, widget=country_select())
    born_on = forms.DateField(
        label=_("Birthday"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("Never shown. It keeps ads that are not for minors away from them."),
    )
    field_order = ("display_name", "email", "password1", "born_on", "country")

    def clean_born_on(self) -> date:
        """Refuse who is too young while the form is still open; ``identity`` refuses them again."""
        born_on: date = self.cleaned_data["born_on"]
        today = clock.present().now().date()
        if born_on > today:
            raise ValidationError(_("This day is yet to come."))
        if age_years(born_on, today) < AGE_YEARS_MIN:
            raise ValidationError(problems.view_of(TooYoung(years=AGE_YEARS_MIN)).message)
        return born_on


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types.
    """Has ``identity`` make the person, so that an account is made in one place, with its audit row."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 - allauth's signature.
        """Return the new person; the language is the one the site was read in."""
        answers = form.cleaned_data
        language = (get_language() or "en")[:2]
        person_id = people.register(
            email=answers["email"],
            password=answers["password1"],
            display_name=answers["display_name"],
            language=language if language in LANGUAGES else "en",
            country=answers["country"],
            born_on=answers["born_on"],
            now=now_of(request),
        )
        return get_user_model().objects.get(pk=person_id)
