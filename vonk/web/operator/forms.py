"""What the console asks."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vonk.advertising.rules import REVIEW_REASONS
from vonk.advertising.rules.reviews import NOTE_MAX
from vonk.billing.actions.texts import REASON_CHARS_MAX as FINDING_REASON_MAX
from vonk.billing.ledger import Reason
from vonk.billing.validity import ThresholdView
from vonk.content.actions.posts import REASON_CHARS_MAX
from vonk.content.rules import CAPTION_NOTE_MAX, CAPTION_REASONS
from vonk.events.records import Kind
from vonk.events.rules import INVALID_RULES
from vonk.reporting.log_search import Wanted
from vonk.web.common.validity import FOUND_LATER

VALID: Final = "valid"
VIEWER_CHARS_MAX: Final = 64
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


_RULE_CHOICES: Final = [(rule.value, _(entry.title)) for rule, entry in INVALID_RULES.items()]


class InstantField(forms.DateTimeField):
    """An instant to the minute, as browsers ask for it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


class StepForm(forms.Form):
    """By how much the sandbox's clock is moved."""

    by = forms.ChoiceField(choices=STEPS)


class InstantForm(forms.Form):
    """Where the sandbox's clock is moved to."""

    at = InstantField(label=_("To an instant (UTC)"))


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


class RejectCaptionForm(forms.Form):
    """Why a new caption is refused. Reasons and note go to its creator, and to an advertiser who proposed it."""

    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        choices=[(key, _(text)) for key, text in CAPTION_REASONS.items()],  # noqa: INT001 - texts come from the closed list.
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one reason.")},
    )
    note = forms.CharField(
        label=_("Note to both sides"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": str(CAPTION_NOTE_MAX)}),
        help_text=_("What exactly, and what would solve it."),
    )


class NewSoundForm(forms.Form):
    """A sound for the library."""

    title = forms.CharField(label=_("Title"))


class SoundRightsForm(forms.Form):
    """Whether and where a sound may be heard in ads."""

    commercial = forms.BooleanField(label=_("It may be heard in ads"), required=False)
    countries = forms.CharField(
        label=_("Countries"),
        required=False,
        help_text=_("Two-letter codes with blanks between, such as “NL BE”. Empty: everywhere."),
    )

    def clean_countries(self) -> list[str]:
        """Return the codes, upper case."""
        text: str = self.cleaned_data["countries"]
        return text.upper().replace(",", " ").split()


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


def _label(threshold: ThresholdView) -> str:
    """Return "Click (ms)" for ``click_ms``: the unit stands at the name's end, or nowhere in it."""
    words, _sep, last = threshold.name.rpartition("_")
    name = words if words and last in {threshold.unit, "s"} else threshold.name
    return f"{name.replace('_', ' ').capitalize()} ({threshold.unit})"


class RuleForm(forms.Form):
    """How a validity rule is set. ``sure`` says that turning it off was asked about."""

    enabled = forms.BooleanField(required=False, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, thresholds: Sequence[ThresholdView], enabled: bool = True
    ) -> None:
        super().__init__(data, initial={"enabled": enabled})
        self._names = {f"threshold_{threshold.name}": threshold.name for threshold in thresholds}
        for threshold in thresholds:
            self.fields[f"threshold_{threshold.name}"] = forms.IntegerField(
                label=_label(threshold),
                initial=threshold.value,
                min_value=threshold.least,
                max_value=threshold.most,
                help_text=_("%(meaning)s From %(least)s to %(most)s %(unit)s; built in: %(default)s.")
                % {
                    "meaning": _(threshold.meaning),
                    "least": threshold.least,
                    "most": threshold.most,
                    "unit": threshold.unit,
                    "default": threshold.default,
                },
            )

    @property
    def values(self) -> dict[str, int]:
        """The thresholds by name, of a form that is valid."""
        return {name: self.cleaned_data[field] for field, name in self._names.items()}


class EventsForm(forms.Form):
    """Which events of the log are looked for. Instants are UTC."""

    start = InstantField(label=_("From (UTC)"))
    end = InstantField(label=_("Until (UTC)"))
    ad = forms.IntegerField(
        label=_("Id of an ad"),
        required=False,
        min_value=0,
        max_value=ID_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    viewer = forms.CharField(label=_("Viewer's pseudonym"), required=False, max_length=VIEWER_CHARS_MAX)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((kind.value, kind.value.replace("_", " ")) for kind in Kind)],
    )
    rule = forms.ChoiceField(
        label=_("Rule"),
        required=False,
        choices=[
            ("", _("All")),
            (VALID, _("Valid events only")),
            *_RULE_CHOICES,
        ],
    )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = asked.get("start"), asked.get("end")
        if start is not None and end is not None and start >= end:
            self.add_error("end", _("The end lies before the beginning."))
        return asked

    @property
    def wanted(self) -> Wanted:
        """The search that is asked for, of a form that is valid."""
        asked = self.cleaned_data
        return Wanted(
            start=asked["start"],
            end=asked["end"],
            ad_id=asked["ad"],
            viewer_id=asked["viewer"] or None,
            kind=Kind(asked["kind"]) if asked["kind"] else None,
            rule={"": None, VALID: ""}.get(asked["rule"], asked["rule"]),
        )


class FindingForm(EventsForm):
    """Which events were not real, and why that is known. Only those that count as valid are looked for.

    ``through`` and ``count`` fix what the preview showed.
    """

    finding_rule = forms.ChoiceField(
        label=_("What they were"), choices=[(FOUND_LATER, _("Found later")), *_RULE_CHOICES]
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=FINDING_REASON_MAX,
        help_text=_("How it came to light. It stands on the credit note and in the audit trail."),
    )
    through = forms.IntegerField(required=False, min_value=1, max_value=ID_MAX, widget=forms.HiddenInput)
    count = forms.IntegerField(required=False, min_value=1, max_value=ID_MAX, widget=forms.HiddenInput)

    @property
    def wanted(self) -> Wanted:
        """The valid events of the search, of a form that is valid."""
        return msgspec.structs.replace(super().wanted, rule="")

    def fixed(self, *, through: int, count: int) -> tuple[tuple[str, str], ...]:
        """Return what the preview sends along, so that what is confirmed is what was shown."""
        asked = {name: str(self.data.get(name, "")) for name in self.fields}
        return tuple((asked | {"through": str(through), "count": str(count)}).items())
