"""Ad groups: for whom, when, how often and for how much."""

from datetime import datetime
from typing import Any, Final

import msgspec
from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from msgspec import UNSET

from vonk.advertising.drafts import AdGroupChanges, AdGroupDraft
from vonk.advertising.queries import AdGroupView
from vonk.advertising.rules import BILLINGS, Objective
from vonk.advertising.rules.attribution import (
    CLICK_DAYS,
    ENGAGED_VIEW_DAYS,
    VIEW_DAYS,
    AttributionSettings,
)
from vonk.advertising.rules.audiences import CAP_DAYS_MAX, CAP_IMPRESSIONS_MAX, reopens_review
from vonk.advertising.rules.objectives import GOALS
from vonk.core import places
from vonk.core.limits import NAME_MAX
from vonk.delivery.snapshot import NO_LIMITS, Billing, BudgetMode, FrequencyCap, Goal, Limits, Pacing, Targeting
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.web.advertiser import words
from vonk.web.advertiser.forms.campaigns import MODE_CHOICES, BudgetForm
from vonk.web.advertiser.forms.fields import AmountField, ManyField, MomentField, PlacesField, to_minute
from vonk.web.advertiser.places import FoundPlaces, place_choices
from vonk.web.common import choices

_TARGETS: Final = ("countries", "languages", "age_bands", "genders", "interests", "devices")
REOPENING: Final = (*(name for name in _TARGETS if name != "age_bands"), "places")  # See audiences.reopens_review.


_USUAL: Final = AttributionSettings()


def _windows(days: tuple[int, ...]) -> list[tuple[int, Promise]]:
    return [(count, _days(count) if count else gettext_lazy("Never")) for count in days]


def _days(count: int) -> Promise:
    return format_lazy("{} {}", count, ngettext_lazy("day", "days", count))


class AdGroupForm(BudgetForm):
    """An ad group to be created. ``objective`` is the campaign's, None while that is chosen on the same page."""

    noun = "ad_group"

    name = forms.CharField(label=gettext_lazy("Name of the ad group"), max_length=NAME_MAX)
    countries = ManyField(
        choices.COUNTRY_CHOICES,
        label=gettext_lazy("Countries"),
        required=True,
        error_messages={"required": gettext_lazy("Choose at least one country.")},
    )
    places = PlacesField(
        label=gettext_lazy("Regions and cities"),
        help_text=gettext_lazy(
            "Of a country of which some are ticked only these are meant, and only people known to be there; of other countries all."
        ),
    )
    languages = ManyField(choices.LANGUAGE_CHOICES, label=gettext_lazy("Languages"))
    age_bands = ManyField(choices.AGE_BAND_CHOICES, label=gettext_lazy("Age"))
    genders = ManyField(choices.GENDER_CHOICES, label=gettext_lazy("Gender"))
    interests = ManyField(choices.INTEREST_CHOICES, label=gettext_lazy("Interests"))
    devices = ManyField(choices.DEVICE_CHOICES, label=gettext_lazy("Devices"))
    budget_mode = forms.ChoiceField(
        label=gettext_lazy("Budget of the ad group"),
        choices=MODE_CHOICES,
        widget=forms.RadioSelect,
        initial=BudgetMode.DAILY.value,
    )
    budget_micros = AmountField(label=gettext_lazy("Amount"), required=False)
    starts_at = MomentField(
        label=gettext_lazy("Starts"), required=False, help_text=gettext_lazy("Empty: as soon as it is approved.")
    )
    ends_at = MomentField(
        label=gettext_lazy("Ends"),
        required=False,
        help_text=gettext_lazy("Empty: until you switch it off. A budget in all needs an end."),
    )
    billing = forms.ChoiceField(
        label=gettext_lazy("You pay"),
        choices=[(value.value, text) for value, (text, _short) in words.BILLINGS.items()],
        widget=forms.RadioSelect,
    )
    goal = forms.ChoiceField(
        label=gettext_lazy("Impressions are chosen for"),
        choices=[(value.value, text) for value, (text, _short) in words.GOALS.items()],
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy(
            "For oCPM alone: the bid is for one of these. Conversions need a pixel that reports them; until some came, what is usual is assumed."
        ),
    )
    goal_event = forms.ChoiceField(
        label=gettext_lazy("Which conversions"),
        choices=[("", gettext_lazy("Those that the objective is about")), *((name, name) for name in STANDARD_NAMES)],
        required=False,
    )
    bid_micros = AmountField(
        label=gettext_lazy("Bid"),
        help_text=gettext_lazy(
            "The most you pay for it; often you pay less. A fifth of the budget or less is advised."
        ),
    )
    cost_cap = forms.TypedChoiceField(
        label=gettext_lazy("The bid is"),
        choices=[
            ("", gettext_lazy("the most for one result (bid cap)")),
            ("1", gettext_lazy("what results cost on average (cost cap); one may cost up to 1.6 times as much")),
        ],
        coerce=bool,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    pacing = forms.ChoiceField(
        label=gettext_lazy("Spend the budget"),
        choices=[(value.value, text) for value, text in words.PACINGS.items()],
        widget=forms.RadioSelect,
        initial=Pacing.SMOOTH.value,
    )
    cap_impressions = forms.IntegerField(
        label=gettext_lazy("Show to one person at most"), required=False, min_value=1, max_value=CAP_IMPRESSIONS_MAX
    )
    cap_days = forms.IntegerField(label=gettext_lazy("In"), required=False, min_value=1, max_value=CAP_DAYS_MAX)

    click_days = forms.TypedChoiceField(
        label=gettext_lazy("After a click"),
        choices=_windows(CLICK_DAYS),
        coerce=int,
        required=False,
        initial=_USUAL.click_days,
    )
    engaged_view_days = forms.TypedChoiceField(
        label=gettext_lazy("After a 6-second view"),
        choices=_windows(ENGAGED_VIEW_DAYS),
        coerce=int,
        required=False,
        initial=_USUAL.engaged_view_days,
    )
    view_days = forms.TypedChoiceField(
        label=gettext_lazy("After a view"),
        choices=_windows(VIEW_DAYS),
        coerce=int,
        required=False,
        initial=_USUAL.view_days,
    )
    counting = forms.ChoiceField(
        label=gettext_lazy("Count"),
        choices=[(value.value, text) for value, text in words.COUNTINGS.items()],
        widget=forms.RadioSelect,
        required=False,
        initial=_USUAL.counting.value,
    )

    def __init__(self, *args: object, currency: str, objective: Objective | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        billing = self.fields.get("billing")
        if isinstance(billing, forms.ChoiceField):
            if objective is not None:
                billing.choices = [(value.value, str(words.BILLINGS[value][0])) for value in BILLINGS[objective]]
            billing.initial = BILLINGS[objective or Objective.TRAFFIC][0].value
        if objective is not None and not GOALS[objective]:
            self.fields.pop("goal", None)
            self.fields.pop("goal_event", None)
        goal = self.fields.get("goal")
        if isinstance(goal, forms.ChoiceField) and objective is not None:
            goal.choices = [(value.value, str(words.GOALS[value][0])) for value in GOALS[objective]]
            goal.initial = GOALS[objective][0].value
        self.set_currency(currency)

    def minimum_words(self, minimum: str) -> str:
        """Say that a budget in all has a minimum for each of its days."""
        return _("At least %(minimum)s a day; in all, that for each day of the schedule.") % {"minimum": minimum}

    def clean(self) -> None:
        """Ask for both numbers of a cap, or none."""
        super().clean()
        impressions, days = self.cleaned_data.get("cap_impressions"), self.cleaned_data.get("cap_days")
        if impressions is not None and days is None and "cap_days" not in self.errors:
            self.add_error("cap_days", _("Say in how many days."))
        if days is not None and impressions is None and "cap_impressions" not in self.errors:
            self.add_error("cap_impressions", _("Say how many times."))

    def targeting(self) -> Targeting:
        """Return the audience that was asked for, sorted as it is kept. A place counts its country among those chosen."""
        within = places.without_parts(self.cleaned_data["places"])
        asked = {name: sorted(self.cleaned_data[name]) for name in _TARGETS}
        asked["countries"] = sorted({*asked["countries"], *(key.partition(":")[0] for key in within)})
        found = msgspec.convert(asked, Targeting)
        return msgspec.structs.replace(found, limits=msgspec.structs.replace(self.limits_before(), places=within))

    def limits_before(self) -> Limits:
        """Return what narrows the ad group beside what the form asks for."""
        return NO_LIMITS

    def places_page(self) -> FoundPlaces:
        """Return the list of places with those that are ticked."""
        return FoundPlaces(self["places"].html_name, place_choices(self["places"].value() or ()))

    def cap(self) -> FrequencyCap | None:
        """Return the frequency cap that was asked for."""
        impressions = self.cleaned_data["cap_impressions"]
        if impressions is None:
            return None
        return FrequencyCap(impressions, self.cleaned_data["cap_days"] * words.DAY_SECONDS)

    def attribution(self) -> AttributionSettings:
        """Return the windows that were asked for; those that were not are as usual."""
        asked = {name: self.cleaned_data[name] for name in AttributionSettings.__struct_fields__}
        return msgspec.convert({name: value for name, value in asked.items() if value != ""}, AttributionSettings)

    def _goal(self) -> tuple[str, str]:
        """Return what impressions are to be chosen for, and which conversions; nothing where they are not paid for so."""
        asked = self.cleaned_data
        if asked["billing"] != Billing.OCPM:
            return "", ""
        goal = asked.get("goal", "")
        event = asked.get("goal_event", "") if goal in {"", Goal.CONVERSION.value} else ""
        return goal, event

    def draft(self) -> AdGroupDraft:
        """Return the ad group that was asked for."""
        asked = self.cleaned_data
        goal, goal_event = self._goal()
        return AdGroupDraft(
            name=asked["name"],
            billing=asked["billing"],
            bid_micros=asked["bid_micros"],
            budget=self.budget(),
            targeting=self.targeting(),
            pacing=Pacing(asked["pacing"]),
            starts_at=asked["starts_at"],
            ends_at=asked["ends_at"],
            cap=self.cap(),
            cost_cap=bool(asked["cost_cap"]),
            attribution=self.attribution(),
            goal=goal,
            goal_event=goal_event,
        )


class AdGroupEditForm(AdGroupForm):
    """An ad group to be changed; how it is billed and attributed never is, nor its start once that has come."""

    billing = None  # type: ignore[assignment]  # Django's way to leave out an inherited field.
    goal = None  # type: ignore[assignment]  # Likewise.
    goal_event = None  # type: ignore[assignment]  # Likewise.
    click_days = None  # type: ignore[assignment]  # Likewise.
    engaged_view_days = None  # type: ignore[assignment]  # Likewise.
    view_days = None  # type: ignore[assignment]  # Likewise.
    counting = None  # type: ignore[assignment]  # Likewise.

    def __init__(self, *args: object, ad_group: AdGroupView, now: datetime, **kwargs: object) -> None:
        kwargs.setdefault("initial", _initial(ad_group))
        super().__init__(*args, currency=ad_group.currency, objective=ad_group.objective, **kwargs)
        self.fields["starts_at"].help_text = ""
        if ad_group.starts_at <= now:
            del self.fields["starts_at"]
        else:
            self.fields["starts_at"].required = True
        self._ad_group = ad_group

    def limits_before(self) -> Limits:
        """Return the limits of the ad group as it is."""
        return self._ad_group.targeting.limits

    def reopens(self) -> bool:
        """Whether what was asked for sends the ads to review again."""
        return reopens_review(self._ad_group.targeting, self.targeting())

    def changes(self) -> AdGroupChanges:
        """Return what differs from the ad group as it is."""
        was, asked = self._ad_group, self.cleaned_data
        starts_at = asked.get("starts_at")
        return AdGroupChanges(
            name=_unless(asked["name"], was.name),
            bid_micros=_unless(asked["bid_micros"], was.bid_micros),
            budget=_unless(self.budget(), was.budget),
            targeting=_unless(self.targeting(), was.targeting),
            limits=_unless(self.targeting().limits, was.targeting.limits),
            pacing=_unless(Pacing(asked["pacing"]), was.pacing),
            starts_at=starts_at if starts_at is not None and starts_at != to_minute(was.starts_at) else UNSET,
            ends_at=UNSET if asked["ends_at"] == to_minute(was.ends_at) else asked["ends_at"],
            cap=_unless(self.cap(), was.cap),
            cost_cap=_unless(bool(asked["cost_cap"]), was.cost_cap),
        )


def new_initial(country: str, day: str) -> dict[str, Any]:
    """Return what a new ad group's form begins with."""
    return {"name": _("Ad group of %(day)s") % {"day": day}, "countries": [country]}


def _initial(ad_group: AdGroupView) -> dict[str, Any]:
    cap = ad_group.cap
    return {
        "name": ad_group.name,
        "bid_micros": ad_group.bid_micros,
        "cost_cap": "1" if ad_group.cost_cap else "",
        "budget_mode": ad_group.budget.mode.value,
        "budget_micros": ad_group.budget.micros or None,
        "pacing": ad_group.pacing.value,
        "starts_at": to_minute(ad_group.starts_at),
        "ends_at": to_minute(ad_group.ends_at),
        "cap_impressions": cap.impressions if cap is not None else None,
        "cap_days": cap.window_seconds // words.DAY_SECONDS if cap is not None else None,
        "places": list(ad_group.targeting.limits.places),
        **{name: list(getattr(ad_group.targeting, name)) for name in _TARGETS},
    }


def _unless(asked: Any, was: Any) -> Any:
    return UNSET if asked == was else asked
