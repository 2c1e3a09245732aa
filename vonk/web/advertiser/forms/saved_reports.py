"""Forms of saved reports and of when they are sent."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from vonk.identity.queries.details import Colleague
from vonk.reporting.builder.files import Format
from vonk.reporting.saved.rules import NAME_MAX, Plan, Rhythm

RHYTHMS: Final = {Rhythm.DAILY: _("Every day"), Rhythm.WEEKLY: _("Every week"), Rhythm.MONTHLY: _("Every month")}
FORMATS: Final = {Format.CSV: "CSV", Format.XLSX: "XLSX"}
HOUR_USUAL: Final = 7


class SavedReportForm(forms.Form):
    """A report's name, and whether the ad account sees it."""

    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    shared = forms.BooleanField(
        label=_("Share it in the ad account"),
        required=False,
        help_text=_("Everybody in the ad account sees it and may have it sent to themselves."),
    )


class ScheduleForm(forms.Form):
    """When a report is sent, to whom, and as what."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=[(one.value, text) for one, text in RHYTHMS.items()])
    weekday = forms.TypedChoiceField(
        label=_("On"), choices=list(WEEKDAYS.items()), coerce=int, required=False,
        help_text=_("Of a weekly report."),
    )  # fmt: skip
    day = forms.IntegerField(
        label=_("Day of the month"), min_value=1, max_value=31, required=False, initial=1,
        help_text=_("Of a monthly report; the last day of shorter months."),
    )  # fmt: skip
    hour = forms.TypedChoiceField(
        label=_("At"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int, initial=HOUR_USUAL
    )
    file_format = forms.ChoiceField(label=_("File"), choices=[(one.value, text) for one, text in FORMATS.items()])
    people = forms.TypedMultipleChoiceField(label=_("To"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Iterable[Colleague], time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["people"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField), "It is declared above."
        chosen.choices = [(one.person_id, one.name) for one in people]
        self.fields["hour"].help_text = time_zone

    def plan(self) -> Plan:
        """Return when, of a form that is valid."""
        asked = self.cleaned_data
        return Plan(Rhythm(asked["rhythm"]), asked["hour"], asked["weekday"] or 0, asked["day"] or 1)
