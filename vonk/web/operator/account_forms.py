"""Forms over ad accounts and organisations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.advertising.rules.lift_tests import REASON_MAX
from vonk.identity.actions.suspensions import REASON_CHARS_MAX
from vonk.identity.queries.operators import SEARCH_CHARS_MAX


class FindForm(forms.Form):
    """What to look for."""

    text = forms.CharField(label=_("Id or part of a name"), required=False, max_length=SEARCH_CHARS_MAX)


class FindAccountForm(FindForm):
    """Which ad accounts to look for."""

    suspended = forms.BooleanField(label=_("Suspended only"), required=False)


class SuspendForm(forms.Form):
    """Why an ad account is stopped."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The account's admins read this."),
    )


class ForbidForm(forms.Form):
    """Why an ad account may have no lift tests."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The account's people read this."),
    )
