"""What the console asks."""

from typing import Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vonk.advertising.rules import REVIEW_REASONS
from vonk.advertising.rules.reviews import NOTE_MAX
from vonk.billing.ledger import Reason
from vonk.content.actions.posts import REASON_CHARS_MAX

ID_MAX: Final = 2**63 - 1  # Ids are 64-bit.
HOUR: Final = "hour"
DAY: Final = "day"
WEEK: Final = "week"
STEPS: Final = ((HOUR, _("1 hour")), (DAY, _("1 day")), (WEEK, _("7 days")))

REASON_TEXTS: Final = {
    Reason.TOP_UP: _("Top-up"),
    Reason.TAX: _("Tax"),
    Reason.VOUCHER_GRANTED: _("Voucher"),
    Reason.VOUCHER_EXPIRED: _("Voucher ended"),
    Reason.CHARGE: _("Charge"),
    Reason.WRITE_OFF: _("Write-off"),
    Reason.CREATOR_SHARE: _("Creator's share"),
    Reason.HOLD_PLACED: _("Set aside"),
    Reason.HOLD_POSTED: _("Hold posted"),
    Reason.HOLD_VOIDED: _("Hold voided"),
    Reason.REFUND: _("Refund"),
    Reason.REFUND_RETURNED: _("Refund that came back"),
    Reason.TAX_REFUND: _("Tax paid back"),
    Reason.CREDIT_REPAID: _("Payment of credit"),
    Reason.CREDIT_NOTE: _("Credit note"),
    Reason.CREATOR_SHARE_REVERSED: _("Creator's share taken back"),
}
assert REASON_TEXTS.keys() == set(Reason), "Every reason has its words."


class StepForm(forms.Form):
    """By how much the sandbox's clock is moved."""

    by = forms.ChoiceField(choices=STEPS)


class InstantForm(forms.Form):
    """Where the sandbox's clock is moved to."""

    at = forms.DateTimeField(
        label=_("To an instant (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class RejectForm(forms.Form):
    """Why an ad is refused. Reasons and note go to its advertiser."""

    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        choices=[(key, _(text)) for key, text in REVIEW_REASONS.items()],  # noqa: INT001 - texts come from the closed list.
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )
    note = forms.CharField(
        label=_("Note to the advertiser"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": str(NOTE_MAX)}),
        help_text=_("What exactly, and what would solve it."),
    )


class TransfersForm(forms.Form):
    """Which transfers are shown."""

    reason = forms.TypedChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("All")), *((reason.value, text) for reason, text in REASON_TEXTS.items())],
        coerce=Reason,
        empty_value=None,
    )
    ad = forms.IntegerField(label=_("Ad"), required=False, min_value=1, max_value=ID_MAX, widget=forms.TextInput)


class TrailForm(forms.Form):
    """Which acts are shown."""

    noun = forms.ChoiceField(label=_("What"), required=False)
    object_id = forms.IntegerField(
        label=_("Its id"), required=False, min_value=1, max_value=ID_MAX, widget=forms.TextInput
    )
    account = forms.IntegerField(
        label=_("Ad account"), required=False, min_value=1, max_value=ID_MAX, widget=forms.TextInput
    )

    def __init__(self, *args: object, nouns: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["noun"]
        assert isinstance(field, forms.ChoiceField), "Declared above."
        field.choices = [("", _("Everything")), *((noun, noun.replace("_", " ")) for noun in nouns)]


class FindPostForm(forms.Form):
    """Which post is looked for."""

    id = forms.IntegerField(
        label=_("Id of the post"),
        min_value=1,
        max_value=ID_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class RemovePostForm(forms.Form):
    """Why a post is taken out of sight. Its creator reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.TextInput(attrs={"maxlength": str(REASON_CHARS_MAX)}),
        help_text=format_lazy(_("The creator reads it. At most {most} characters."), most=REASON_CHARS_MAX),
    )
