"""Codes, uploads and creatives."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.rules import texts
from vonk.content.queries import ProfileBrief
from vonk.core.errors import FieldInvalid
from vonk.core.limits import CODE_CHARS_MAX, DISPLAY_NAME_MAX
from vonk.web.common.problems import reason_of

NEW = "new"


class CodeForm(forms.Form):
    """A creator's code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=CODE_CHARS_MAX,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": gettext_lazy("Paste the creator's code"),
            }
        ),
        error_messages={"required": gettext_lazy("Paste a code first.")},
    )


class RedeemForm(CodeForm):
    """A code to be redeemed, with what was read and agreed to, and the original author's code."""

    agree_sha256 = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    original_code = forms.CharField(
        label=gettext_lazy("Code of the original's author"), required=False, max_length=CODE_CHARS_MAX
    )


class UploadForm(forms.Form):
    """The file. An empty one is content's to refuse, which says why."""

    video = forms.FileField(
        label=gettext_lazy("Video"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "video/*,.mkv,.avi,.flv,.wmv,.mts,.m2ts,.ts"}),
        help_text=gettext_lazy("5 to 60 seconds, upright, works best; any format that can be played will do."),
    )


class CreativeForm(forms.Form):
    """Who the ad speaks as and what it says."""

    identity = forms.ChoiceField(label=gettext_lazy("Speaks as"), widget=forms.RadioSelect)
    display_name = forms.CharField(
        label=gettext_lazy("Name of the new identity"),
        required=False,
        max_length=DISPLAY_NAME_MAX,
        help_text=gettext_lazy("Your brand, as viewers will read it."),
    )
    avatar = forms.FileField(
        label=gettext_lazy("Picture of the new identity"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF. Without one, the first letter is shown."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 2, "data-count": str(texts.AD_TEXT_MAX)}),
        help_text=gettext_lazy("What stands under the name. Up to 100 characters, no emoji."),
    )

    def __init__(self, *args: object, identities: tuple[ProfileBrief, ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["identity"]
        assert isinstance(field, forms.ChoiceField), "Declared above."
        field.choices = [*((str(one.id), one.display_name) for one in identities), (NEW, _("A new identity"))]
        field.initial = str(identities[0].id) if identities else NEW

    def clean_text(self) -> str:
        """Judge the text by the rule of reference §4."""
        try:
            return texts.ad_text(self.cleaned_data["text"])
        except FieldInvalid as problem:
            raise ValidationError(reason_of(problem)) from problem

    def clean(self) -> None:
        """Ask for the name of a new identity."""
        super().clean()
        if self.cleaned_data.get("identity") == NEW and not self.cleaned_data.get("display_name", "").strip():
            self.add_error("display_name", _("Give the new identity a name."))


class CarouselForm(CreativeForm):
    """The same of a carousel, and what is heard with it. ``sounds`` are pairs of id and title."""

    sound_id = forms.TypedChoiceField(label=gettext_lazy("Sound"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: object, sounds: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sound_id"]
        assert isinstance(field, forms.TypedChoiceField), "Declared above."
        field.choices = [("", _("No sound")), *sounds]
