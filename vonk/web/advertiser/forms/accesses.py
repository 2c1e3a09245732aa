"""What a business asks a creator for."""

from typing import Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from vonk.authorisation.rules import DURATIONS_DAYS, MESSAGE_CHARS_MAX
from vonk.authorisation.rules.access import AccessScope
from vonk.web.common.accesses import SCOPES

HANDLE_CHARS_MAX: Final = 40
AS_IT_IS: Final = 0


class InviteForm(forms.Form):
    """What is wished, and why."""

    scopes = forms.MultipleChoiceField(
        label=_("What you would like to do"),
        choices=tuple((scope.value, label) for scope, label in SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=[AccessScope.EXISTING_POSTS.value],
    )
    message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=MESSAGE_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who you are and what for. The creator decides what to grant, and for how long."),
    )


class AskForm(InviteForm):
    """Whom, too."""

    handle = forms.CharField(
        label=_("Creator's handle"),
        max_length=HANDLE_CHARS_MAX,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("handle", "scopes", "message")


class MoreForm(forms.Form):
    """What a business that has access asks for besides."""

    scopes = forms.MultipleChoiceField(
        label=_("What you would like to do, too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    duration_days = forms.TypedChoiceField(label=_("For how much longer"), coerce=int, initial=AS_IT_IS)

    def __init__(
        self, data: QueryDict | None = None, *, granted: tuple[AccessScope, ...] = (), endless: bool = False
    ) -> None:
        super().__init__(data)
        missing = [(scope.value, label) for scope, label in SCOPES.items() if scope not in granted]
        if missing:
            cast("forms.MultipleChoiceField", self.fields["scopes"]).choices = missing
        else:
            del self.fields["scopes"]
        days = () if endless else DURATIONS_DAYS
        cast("forms.TypedChoiceField", self.fields["duration_days"]).choices = [
            (AS_IT_IS, _("As long as it is")),
            *((one, ngettext_lazy("%(count)d more day", "%(count)d more days", one) % {"count": one}) for one in days),
        ]
