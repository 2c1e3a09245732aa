"""What the console asks about money."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vonk.billing.actions.texts import REASON_CHARS_MAX, REFERENCE_CHARS_MAX
from vonk.billing.actions.vouchers import LIFE_DAYS_MAX
from vonk.billing.funding import DUE_DAYS_MAX, TAX_PPM_MAX, Mode
from vonk.core.money import format_micros, parse_micros
from vonk.events.tokens import TOKEN_CHARS_MAX
from vonk.events.validity import ID_CHARS_MAX
from vonk.web.common.choices import COUNTRY_CHOICES, country_select
from vonk.web.operator.forms import ID_MAX

PPM_PER_PERCENT: Final = 10_000
MODE_TEXTS: Final = {
    Mode.PREPAY: _("Prepaid"),
    Mode.THRESHOLD: _("Threshold"),
    Mode.MONTHLY: _("Monthly invoice"),
}


class MicrosField(forms.CharField):
    """An amount typed in units, cleaned to micros; 0 when it was left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write micros as units."""
        return format_micros(value, "EUR") if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        """Read the amount."""
        typed: str = super().clean(value)
        try:
            return parse_micros(typed) if typed else 0
        except ValueError as error:
            raise ValidationError(_("Write an amount, for example 25 or 12.50.")) from error


class FindAccountForm(forms.Form):
    """Whose money is looked at."""

    account = forms.IntegerField(
        label=_("Id of the ad account"),
        min_value=1,
        max_value=ID_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class TermsForm(forms.Form):
    """How an ad account pays."""

    mode = forms.ChoiceField(label=_("Way to pay"), choices=[(mode.value, text) for mode, text in MODE_TEXTS.items()])
    credit_limit_micros = MicrosField(
        label=_("Credit line"), required=False, help_text=_("For threshold and monthly invoice.")
    )
    threshold_micros = MicrosField(label=_("Threshold"), required=False, help_text=_("Collected when as much is owed."))
    due_days = forms.IntegerField(
        label=_("Invoices are due after days"), required=False, min_value=0, max_value=DUE_DAYS_MAX
    )

    def clean_due_days(self) -> int:
        """Return 0 when it was left empty."""
        return self.cleaned_data.get("due_days") or 0


class VoucherForm(forms.Form):
    """What is given. The reference keeps a form that is sent twice from giving twice."""

    amount_micros = MicrosField(label=_("Amount"))
    reason = forms.CharField(label=_("Reason"), max_length=REASON_CHARS_MAX)
    days = forms.IntegerField(label=_("Ends after days"), min_value=1, max_value=LIFE_DAYS_MAX, initial=90)
    reference = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_CHARS_MAX)


class TaxForm(forms.Form):
    """What ad accounts of a country pay in tax."""

    country = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES, widget=country_select())
    percent = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=TAX_PPM_MAX // PPM_PER_PERCENT, max_digits=6, decimal_places=4
    )


class AnswerForm(forms.Form):
    """Why; the advertiser reads it."""

    answer = forms.CharField(label=_("Reason"), max_length=REASON_CHARS_MAX)


class BankForm(forms.Form):
    """Where a payment is found at the bank."""

    reference = forms.CharField(label=_("Reference at the bank"), max_length=REFERENCE_CHARS_MAX)


class EventForm(forms.Form):
    """Which event is followed to its money: at a place of the log, or of a showing."""

    position = forms.IntegerField(
        label=_("Log position"),
        min_value=1,
        max_value=ID_MAX,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    showing = forms.CharField(
        label=_("Decision id or token"), max_length=TOKEN_CHARS_MAX, required=False, widget=forms.TextInput()
    )
    event_id = forms.CharField(label=_("Event id, if known"), max_length=ID_CHARS_MAX, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one of both."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("position") is None and not cleaned.get("showing"):
            raise ValidationError(_("Name a position of the log, or a showing."))
        return cleaned
