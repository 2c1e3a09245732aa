"""What a lift test shall be."""

from django import forms
from django.utils.translation import gettext_lazy

from vonk.advertising.rules.lift_tests import SHARE_MAX, SHARE_MIN, Outcome

DAYS = (7, 14, 21, 28)
OUTCOMES = {
    Outcome.CONVERTED: gettext_lazy("Conversions"),
    Outcome.ENGAGED: gettext_lazy("Engagement with its posts, away from the ads"),
}


class LiftTestForm(forms.Form):
    """It begins at once."""

    share_percent = forms.IntegerField(
        label=gettext_lazy("Viewers held back, in percent"),
        min_value=SHARE_MIN,
        max_value=SHARE_MAX,
        initial=10,
        help_text=gettext_lazy("They do not see this campaign while the test runs. More of them find smaller lifts."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What is compared"),
        choices=[(outcome.value, title) for outcome, title in OUTCOMES.items()],
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long"), coerce=int, initial=14, choices=[(days, days) for days in DAYS]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Whatever a form takes.
        self.fields["days"].choices = [(days, gettext_lazy("%d days") % days) for days in DAYS]  # type: ignore[attr-defined]  # Of a choice.
