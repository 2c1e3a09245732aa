"""Signing up, in and out by django-allauth, joined to Vonk's own people, profiles and letters."""

from datetime import date
from typing import Any, Final

import msgspec
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from allauth.account.views import SignupView
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vonk.content.actions import profiles
from vonk.control import clock
from vonk.core.errors import Problem
from vonk.core.limits import DISPLAY_NAME_MAX, HANDLE_MAX
from vonk.core.taxonomy import LANGUAGES
from vonk.identity.actions import letters
from vonk.identity.errors import TooYoung
from vonk.identity.rules import AGE_YEARS_MIN, age_years
from vonk.web.common import problems
from vonk.web.common.choices import COUNTRY_CHOICES, LANGUAGE_CHOICES, country_select, language_select
from vonk.web.common.requests import now_of

_FORM_FIELDS: Final = {"password": "password1"}  # Where allauth calls a field otherwise than our actions.


def _language() -> str:
    """Return the language that the site is read in, where a person may declare it."""
    language = (get_language() or "en")[:2]
    return language if language in LANGUAGES else "en"


class CurrentSite(msgspec.Struct, frozen=True):
    """What allauth's letters call this site."""

    name: str
    domain: str


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no types.
    """Names, country, language and birthday. The birthday keeps out children, and personalised ads from minors."""

    display_name = forms.CharField(label=_("Name"), max_length=DISPLAY_NAME_MAX, help_text=_("As others see you."))
    handle = forms.CharField(
        label=_("Handle"),
        max_length=HANDLE_MAX,
        help_text=_("Your profile's address, after the @."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    born_on = forms.DateField(
        label=_("Birthday"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        help_text=_("Never shown. It keeps ads that are not for minors away from them."),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=(("", _("Choose your country")), *COUNTRY_CHOICES),
        widget=country_select(),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGE_CHOICES, widget=language_select(), initial=_language
    )
    field_order = ("display_name", "handle", "email", "password1", "born_on", "country", "language")

    def clean_born_on(self) -> date:
        """Refuse who is too young while the form is still open; ``identity`` refuses them again."""
        born_on: date = self.cleaned_data["born_on"]
        today = clock.present().now().date()
        if born_on > today:
            raise ValidationError(_("This day is yet to come."))
        if age_years(born_on, today) < AGE_YEARS_MIN:
            raise ValidationError(problems.view_of(TooYoung(years=AGE_YEARS_MIN)).message)
        return born_on


class SignUpView(SignupView):  # type: ignore[misc]  # allauth has no types.
    """Shows what an action refuses beside its field, as every form does."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Make the account, or show the form again with the reason why not."""
        try:
            response: HttpResponseBase = super().form_valid(form)
        except Problem as problem:
            problem.field = _FORM_FIELDS.get(problem.field or "", problem.field)
            problems.add_to_form(form, problem)
            response = self.form_invalid(form)
        return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types.
    """Has ``content`` make the person with their profile, and ``identity`` send the letters."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 - allauth's signature.
        """Return the new person; problems rise to the view."""
        answers = form.cleaned_data
        signed_up = profiles.sign_up(
            email=answers["email"],
            password=answers["password1"],
            handle=answers["handle"],
            display_name=answers["display_name"],
            language=answers["language"],
            country=answers["country"],
            born_on=answers["born_on"],
            now=now_of(request),
        )
        return get_user_model().objects.get(pk=signed_up.person_id)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter that allauth asks for; a job sends it, so that no page waits for a mail server."""
        site = CurrentSite(name=settings.VONK.platform_name, domain=self.request.get_host())
        shared = {"request": self.request, "email": email, "current_site": site}
        message = self.render_mail(template_prefix, email, {**shared, **context})
        letters.to_address(email, subject=message.subject, body=message.body, now=clock.present().now())

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is; the sender says who writes."""
        return str(subject)
