"""Asking for cash back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.billing.actions.texts import REASON_CHARS_MAX, REFERENCE_CHARS_MAX
from vonk.web.advertiser.forms.fields import AmountField


class RefundForm(forms.Form):
    """How much goes back, and why. The reference keeps a form that is sent twice from asking twice."""

    amount_micros = AmountField(label=_("Amount"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_CHARS_MAX,
        help_text=_("The operator of this site reads it and decides."),
    )
    reference = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_CHARS_MAX)

    def __init__(self, *args: object, currency: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["amount_micros"]
        assert isinstance(field, AmountField), "Declared above."
        field.currency = currency
