"""What shall become of many objects."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules.bulk import NOUNS_OF, PERCENT_MAX, PERCENT_MIN, Act, Kind, Step
from vonk.web.advertiser.forms.fields import AmountField, MomentField

_ACTS: Final = (
    ("on", Kind.SWITCH, gettext_lazy("Switch on")),
    ("off", Kind.SWITCH, gettext_lazy("Switch off")),
    ("budget", Kind.BUDGET, gettext_lazy("Change the budget")),
    ("bid", Kind.BID, gettext_lazy("Change the bid")),
    ("ends", Kind.ENDS, gettext_lazy("Change the end of the schedule")),
    ("duplicate", Kind.DUPLICATE, gettext_lazy("Duplicate")),
    ("delete", Kind.DELETE, gettext_lazy("Delete")),
)
_STEPS: Final = (
    ("set", gettext_lazy("Set to")),
    ("raise", gettext_lazy("Raise by")),
    ("lower", gettext_lazy("Lower by")),
    ("raise_percent", gettext_lazy("Raise by percent")),
    ("lower_percent", gettext_lazy("Lower by percent")),
)


class BulkForm(forms.Form):
    """One act, with the amount or the instant that it needs."""

    act = forms.ChoiceField(label=gettext_lazy("What to do"), widget=forms.RadioSelect)
    step = forms.ChoiceField(label=gettext_lazy("How"), choices=_STEPS, required=False)
    amount = AmountField(label=gettext_lazy("Amount or percent"), required=False)
    ends_at = MomentField(
        label=gettext_lazy("New end"), required=False, help_text=gettext_lazy("Leave it empty for no end.")
    )

    def __init__(self, *args: Any, noun: Noun, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, label) for name, kind, label in _ACTS if noun in NOUNS_OF[kind]]
        act, amount = self.fields["act"], self.fields["amount"]
        assert isinstance(act, forms.ChoiceField) and isinstance(amount, AmountField), "Declared above."  # noqa: PT018 - one thought.
        act.choices = choices
        amount.currency = currency
        if noun != "ad_group":
            del self.fields["ends_at"]
        if noun == "ad":
            del self.fields["step"], self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        """Require the amount where one is meant, and a percentage within bounds."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("act") in {"budget", "bid"} and "amount" not in self.errors:
            amount, step = cleaned.get("amount"), cleaned.get("step") or "set"
            if amount is None:
                self.add_error("amount", ValidationError(_("Write an amount, for example 25 or 12.50.")))
            elif step.endswith("_percent"):
                percent = amount // 1_000_000 * (-1 if step.startswith("lower") else 1)
                if amount % 1_000_000 or not PERCENT_MIN <= percent <= PERCENT_MAX:
                    bounds = {"least": -PERCENT_MIN, "most": PERCENT_MAX}
                    self.add_error(
                        "amount",
                        ValidationError(
                            _("Write whole percents: down by %(least)d or up by %(most)d at most.") % bounds
                        ),
                    )
        return cleaned

    def wanted(self) -> Act:
        """Return the act of a valid form."""
        chosen = self.cleaned_data["act"]
        kind = next(kind for name, kind, _label in _ACTS if name == chosen)
        if kind is Kind.SWITCH:
            return Act(kind=kind, enabled=chosen == "on")
        if kind is Kind.ENDS:
            at: datetime | None = self.cleaned_data["ends_at"]
            return Act(kind=kind, ends_at=at.isoformat() if at is not None else None)
        if kind is Kind.DUPLICATE:
            return Act(kind=kind, name=_("copy"))
        if kind is Kind.DELETE:
            return Act(kind=kind)
        step, amount = self.cleaned_data["step"] or "set", self.cleaned_data["amount"]
        sign = -1 if step.startswith("lower") else 1
        if step.endswith("_percent"):
            return Act(kind=kind, step=Step.PERCENT, amount=sign * (amount // 1_000_000))
        return Act(kind=kind, step=Step.SET if step == "set" else Step.ADD, amount=sign * amount)
