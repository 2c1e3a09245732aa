"""Terms of a grant as people word them in a form, whichever site asks."""

from decimal import Decimal
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.authorisation.rules import NOTE_CHARS_MAX, NOTICE_DAYS_MAX, Edit, Payment, TermsDraft
from vonk.core.money import CURRENCY_DECIMALS, MICROS_MAX, MICROS_PER_UNIT
from vonk.core.taxonomy import COUNTRIES, INTERESTS

PAYMENTS: Final = (
    (Payment.NONE.value, _("Nothing")),
    (Payment.FLAT_FEE.value, _("A flat fee")),
    (Payment.SPEND_SHARE.value, _("A share of what the ads spend")),
)
EDITS: Final = (
    (Edit.CAPTION.value, _("Propose captions; the creator decides")),
    (Edit.OVERLAY.value, _("Put a text or a card over the video")),
    (Edit.SOUND.value, _("Replace the sound")),
)
PREFIX: Final = "terms"
_PPM_PER_PERCENT: Final = 10_000
_UNITS_MAX: Final = MICROS_MAX // MICROS_PER_UNIT
_FIELDS: Final = {
    "fee_micros": "fee", "share_ppm": "share", "spend_cap_micros": "spend_cap", "spend_shown": "spend_hidden"
}  # fmt: skip


class TermsForm(forms.Form):
    """What both sides are to agree on. Left as it is, it words no terms at all."""

    prefix = PREFIX  # Beside the fields of the grant itself.

    payment = forms.ChoiceField(
        label=_("The creator gets"),
        choices=PAYMENTS,
        required=False,
        initial=Payment.NONE.value,
        widget=forms.RadioSelect,
    )
    fee = forms.DecimalField(
        label=_("Flat fee"), required=False, min_value=0, max_value=_UNITS_MAX, max_digits=15, decimal_places=2
    )
    share = forms.DecimalField(
        label=_("Share in percent"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    spend_cap = forms.DecimalField(
        label=_("At most spent on ads with the post"),
        required=False,
        min_value=0,
        max_value=_UNITS_MAX,
        max_digits=15,
        decimal_places=2,
        help_text=_("Empty: no limit. When it is spent, the ads stop."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of the fee and the limit"),
        choices=tuple((code, code) for code in sorted(CURRENCY_DECIMALS)),
        initial="EUR",
        required=False,
        help_text=_("The ad account has to be kept in it."),
    )
    starts_at = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC."),
    )
    ends_at = forms.DateTimeField(
        label=_("Not after"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC. An extension never goes beyond it."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Only in these countries"),
        choices=tuple((code, code) for code in sorted(COUNTRIES)),
        required=False,
        help_text=_("None chosen: everywhere."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Only to advertise this"),
        choices=tuple(INTERESTS.items()),
        required=False,
        help_text=_("None chosen: anything."),
    )
    edits = forms.MultipleChoiceField(
        label=_("The advertiser may"), choices=EDITS, required=False, widget=forms.CheckboxSelectMultiple
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice before a revocation takes effect"),
        min_value=0,
        max_value=NOTICE_DAYS_MAX,
        initial=0,
        required=False,
        help_text=_("0: it takes effect within a second."),
    )
    spend_hidden = forms.BooleanField(label=_("The creator does not see what the ads spend"), required=False)
    note = forms.CharField(
        label=_("What else is agreed"),
        required=False,
        max_length=NOTE_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def draft(self) -> TermsDraft | None:
        """Return the terms that were worded in a valid form, None for none at all."""
        said = self.cleaned_data
        payment = Payment(said["payment"] or Payment.NONE)
        fee = _micros(said["fee"]) or 0
        cap = _micros(said["spend_cap"])
        draft = TermsDraft(
            payment=payment,
            fee_micros=fee if payment is Payment.FLAT_FEE else 0,
            share_ppm=int((said["share"] or 0) * _PPM_PER_PERCENT) if payment is Payment.SPEND_SHARE else 0,
            currency=said["currency"] if payment is Payment.FLAT_FEE or cap is not None else "",
            spend_cap_micros=cap,
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            countries=tuple(said["countries"]),
            categories=tuple(said["categories"]),
            edits=tuple(Edit(edit) for edit in said["edits"]),
            notice_days=said["notice_days"] or 0,
            spend_shown=not said["spend_hidden"],
            note=said["note"],
        )
        return draft if draft != TermsDraft() else None

    def blame(self, field: str | None, words: str) -> bool:
        """Show what is wrong beside the field of the draft (``terms.…``); return whether there is one."""
        name = (field or "").removeprefix("terms.")
        name = _FIELDS.get(name, name)
        if not (field or "").startswith("terms.") or name not in self.fields:
            return False
        self.add_error(name, words)
        return True


def _micros(units: Decimal | None) -> int | None:
    return int(units * MICROS_PER_UNIT) if units is not None else None
