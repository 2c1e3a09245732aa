"""What the ads manager asks before it asks a creator."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.authorisation.rules import DURATION_DEFAULT_DAYS, MESSAGE_CHARS_MAX

DURATION_CHOICES: Final = ((7, _("7 days")), (30, _("30 days")), (60, _("60 days")), (365, _("365 days")))


class FindPostForm(forms.Form):
    """A link to a post, its number, or the handle of its creator."""

    post = forms.CharField(
        label=_("Link to the post, or the creator's handle"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("For example https://…/posts/1790000000000000001/ or @cleo."),
    )


class AskForm(forms.Form):
    """What the creator is asked."""

    message = forms.CharField(
        label=_("Message to the creator"),
        required=False,
        max_length=MESSAGE_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": str(MESSAGE_CHARS_MAX)}),
        help_text=_("Why this post, for which product. They also read for whom you advertise and who pays."),
    )
    duration_days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=DURATION_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        initial=DURATION_DEFAULT_DAYS,
        help_text=_("The creator may choose another duration."),
    )
    ads_only = forms.BooleanField(
        label=_("Only in ads: the post leaves the creator's profile and feeds"), required=False
    )
