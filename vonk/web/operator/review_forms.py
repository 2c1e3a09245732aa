"""What the queues of review are narrowed by, and what is answered to an appeal."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vonk.advertising.queries.reviewing import Sort, Wanted
from vonk.advertising.rules.reviews import NOTE_MAX
from vonk.web.common import choices

_AGES = (("", _("Any time")), ("1", _("An hour or more")), ("4", _("4 hours or more")), ("24", _("A day or more")))


class QueueForm(forms.Form):
    """Which of the queue; what cannot be read narrows nothing."""

    sort = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("All")),
            (Sort.NEW, _("New")),
            (Sort.CHANGED, _("Changed since its approval")),
            (Sort.SECOND, _("Needs a second person")),
            (Sort.SPARK, _("Spark Ads")),
            (Sort.OWN, _("Non-Spark ads")),
        ],
    )
    hours = forms.ChoiceField(label=_("Waits"), required=False, choices=_AGES)
    advertiser = forms.CharField(label=_("Advertiser"), required=False, max_length=100)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("All")), *choices.LANGUAGE_CHOICES],
        widget=choices.language_select(),
    )

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        self.full_clean()
        asked = self.cleaned_data
        return Wanted(
            sort=Sort(asked["sort"]) if asked.get("sort") else None,
            hours=int(asked.get("hours") or 0),
            advertiser=asked.get("advertiser", ""),
            language=asked.get("language", ""),
        )

    @property
    def query(self) -> str:
        """What is asked for, as a query string with its question mark; "" for all."""
        self.full_clean()
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in self.cleaned_data.items() if value})
        return f"?{query.urlencode()}" if query else ""


class AppealForm(forms.Form):
    """Why an appeal is decided so; the advertiser reads it."""

    answer = forms.CharField(
        label=_("Answer to the advertiser"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": str(NOTE_MAX)}),
        help_text=_("Why it is decided so. They read exactly this."),
    )
