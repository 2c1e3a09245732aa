"""What the studio asks about access to one's account."""

from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vonk.authorisation.rules.access import AccessScope
from vonk.web.common.accesses import SCOPES
from vonk.web.creator.forms import DURATION_CHOICES

NO_END: Final = 0
LASTING: Final = (*DURATION_CHOICES, (NO_END, _("Until I end it")))


def duration_of(chosen: int) -> int | None:
    """Return the duration in days that the actions take; None for no end."""
    return chosen if chosen != NO_END else None


class ScopesForm(forms.Form):
    """What the business may do. That one thing is chosen at least is authorisation's to say."""

    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=tuple((scope.value, label) for scope, label in SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    preview_required = forms.BooleanField(
        label=_("Show me each ad before its first delivery, so that I can refuse it"), required=False
    )


class GrantForm(ScopesForm):
    """How far and how long a business gets access."""

    duration_days = forms.TypedChoiceField(
        label=_("For how long"), choices=LASTING, coerce=int, widget=forms.RadioSelect, initial=30
    )

    def __init__(self, data: QueryDict | None = None, *, asked: tuple[AccessScope, ...]) -> None:
        super().__init__(data, initial={"scopes": [scope.value for scope in asked]})


class LastingForm(forms.Form):
    """By how much an access lasts longer."""

    duration_days = forms.TypedChoiceField(label=_("Extend by"), choices=LASTING, coerce=int, initial=30)
