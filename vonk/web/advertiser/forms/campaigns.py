"""Campaigns: what for, and what they may cost in all."""

from typing import Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import UNSET

from vonk.advertising.drafts import CampaignChanges, CampaignDraft
from vonk.advertising.queries import CampaignView
from vonk.advertising.rules import OBJECTIVE_TEXTS, Objective
from vonk.core.limits import NAME_MAX
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.web.advertiser.forms.fields import AmountField
from vonk.web.common import formats

MODE_CHOICES: Final = (
    (BudgetMode.DAILY.value, gettext_lazy("A day")),
    (BudgetMode.LIFETIME.value, gettext_lazy("In all")),
    (BudgetMode.NONE.value, gettext_lazy("No budget here")),
)


class BudgetForm(forms.Form):
    """A form with a budget in it: mode and amount."""

    noun = "campaign"

    def set_currency(self, currency: str) -> None:
        """Say the least amount, and write amounts as the currency does."""
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency
        minimum = formats.money(settings.VONK.daily_minimum_micros(self.noun, currency), currency)
        self.fields["budget_micros"].help_text = self.minimum_words(minimum)

    def minimum_words(self, minimum: str) -> str:
        """Return what is said beside the amount."""
        return _("At least %(minimum)s.") % {"minimum": minimum}

    def clean(self) -> None:
        """Ask for an amount unless there is no budget here."""
        super().clean()
        mode = self.cleaned_data.get("budget_mode")
        wants = mode is not None and mode != BudgetMode.NONE.value
        if wants and self.cleaned_data.get("budget_micros") is None and "budget_micros" not in self.errors:
            self.add_error("budget_micros", _("Write an amount."))

    def budget(self) -> Budget:
        """Return the budget that was asked for."""
        mode = BudgetMode(self.cleaned_data["budget_mode"])
        return Budget() if mode is BudgetMode.NONE else Budget(mode, self.cleaned_data["budget_micros"])


class CampaignForm(BudgetForm):
    """A campaign to be created."""

    objective = forms.ChoiceField(
        label=gettext_lazy("Objective"),
        choices=[(value.value, text) for value, text in OBJECTIVE_TEXTS.items()],
        widget=forms.RadioSelect,
        initial=Objective.TRAFFIC.value,
        error_messages={"required": gettext_lazy("Choose what the campaign is for.")},
    )
    name = forms.CharField(label=gettext_lazy("Name of the campaign"), max_length=NAME_MAX)
    budget_mode = forms.ChoiceField(
        label=gettext_lazy("Budget of the campaign"),
        choices=MODE_CHOICES,
        widget=forms.RadioSelect,
        initial=BudgetMode.NONE.value,
        help_text=gettext_lazy("Bounds all of its ad groups together. Without one, theirs count alone."),
    )
    budget_micros = AmountField(label=gettext_lazy("Amount"), required=False)

    def __init__(self, *args: object, currency: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        self.set_currency(currency)

    @staticmethod
    def new_initial(day: str) -> dict[str, str]:
        """Return what a new campaign's form begins with."""
        return {"name": _("Campaign of %(day)s") % {"day": day}}

    def draft(self) -> CampaignDraft:
        """Return the campaign that was asked for."""
        return CampaignDraft(
            name=self.cleaned_data["name"], objective=self.cleaned_data["objective"], budget=self.budget()
        )


class CampaignEditForm(CampaignForm):
    """A campaign to be changed; its objective never is."""

    objective = None  # type: ignore[assignment]  # Django's way to leave out an inherited field.

    def __init__(self, *args: object, campaign: CampaignView, **kwargs: object) -> None:
        kwargs.setdefault(
            "initial",
            {
                "name": campaign.name,
                "budget_mode": campaign.budget.mode.value,
                "budget_micros": campaign.budget.micros or None,
            },
        )
        super().__init__(*args, currency=campaign.currency, **kwargs)
        self._campaign = campaign

    def changes(self) -> CampaignChanges:
        """Return what differs from the campaign as it is."""
        name, budget = self.cleaned_data["name"], self.budget()
        return CampaignChanges(
            name=UNSET if name == self._campaign.name else name,
            budget=UNSET if budget == self._campaign.budget else budget,
        )
