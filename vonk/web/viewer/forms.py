"""What a viewer writes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.core.limits import COMMENT_MAX
from vonk.core.taxonomy import Gender
from vonk.web.common.choices import (
    COUNTRY_CHOICES,
    GENDER_CHOICES,
    INTEREST_CHOICES,
    LANGUAGE_CHOICES,
    country_select,
    language_select,
)


class CommentForm(forms.Form):
    """One comment, and the showing it was written under."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=COMMENT_MAX,
        error_messages={"required": _("Write something first.")},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    """One reply to a comment."""

    text = forms.CharField(
        label=_("Reply"),
        max_length=COMMENT_MAX,
        error_messages={"required": _("Write something first.")},
    )


class MixForm(forms.Form):
    """A file to answer a post with; of a Stitch, where in the original it begins."""

    video = forms.FileField(label=_("Video"), widget=forms.FileInput(attrs={"accept": "video/*"}))
    start = forms.FloatField(
        label=_("Begin at second"),
        required=False,
        initial=0,
        min_value=0,
        max_value=86_400,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )

    def start_ms(self) -> int:
        """Return the beginning in milliseconds."""
        return round((self.cleaned_data.get("start") or 0) * 1000)


class DeleteAccountForm(forms.Form):
    """The address typed out, and the password: what cannot be undone is confirmed."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Type it out, so that this does not happen by accident."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PreferencesForm(forms.Form):
    """What a person says of themselves, and whether ads may be chosen by it."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES, widget=language_select())
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES, widget=country_select())
    gender = forms.ChoiceField(
        label=_("Gender"),
        choices=(("", _("Rather not say")), *GENDER_CHOICES),
        required=False,
    )
    interests = forms.MultipleChoiceField(
        label=_("Choose what you like"),
        choices=INTEREST_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    personalised = forms.BooleanField(label=_("Personalised feed and ads"), required=False)

    def clean_gender(self) -> str | None:
        """Return None for no answer."""
        answer: str = self.cleaned_data["gender"]
        return Gender(answer).value if answer else None
