"""How a policy is set."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.control.policies import NOTE_MAX, PolicyKind, PolicyView, Value
from vonk.web.operator.forms import InstantField

VALUE: Final = "value"


class PolicyForm(forms.Form):
    """A new value, from when on, and why."""

    note = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=NOTE_MAX,
        help_text=gettext_lazy("For whoever reads the history."),
    )
    effective_at = InstantField(
        label=gettext_lazy("From (UTC)"), required=False, help_text=gettext_lazy("Empty: at once.")
    )
    field_order = (VALUE, "effective_at", "note")

    def __init__(self, view: PolicyView, data: Any = None) -> None:
        super().__init__(data)
        policy = view.policy
        if policy.kind is PolicyKind.NUMBER:
            self.fields[VALUE] = forms.IntegerField(
                label=_("Value"), min_value=policy.least, max_value=policy.most, initial=view.value
            )
        else:
            self.fields[VALUE] = forms.MultipleChoiceField(
                label=_("Chosen"),
                required=False,
                choices=[(key, _(text)) for key, text in policy.choices],  # noqa: INT001 - texts of declared policies.
                widget=forms.CheckboxSelectMultiple,
                initial=list(view.value) if isinstance(view.value, tuple) else [],
            )
        self.order_fields(self.field_order)

    @property
    def wanted(self) -> Value:
        """The value, of a form that is valid."""
        value = self.cleaned_data[VALUE]
        return value if isinstance(value, int) else tuple(value)
