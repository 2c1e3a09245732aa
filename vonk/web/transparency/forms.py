"""What the repository is searched by."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vonk.reporting.public_ads.queries import TEXT_MAX, PublicSearch
from vonk.web.common import choices


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class SearchForm(forms.Form):
    """Everything may be left empty; what is filled in narrows further."""

    text = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=_("In the ad, its landing page, or the names of who speaks, advertises and pays."),
    )
    advertiser = forms.CharField(label=_("On behalf of"), required=False, max_length=TEXT_MAX)
    payer = forms.CharField(label=_("Paid by"), required=False, max_length=TEXT_MAX)
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=[("", _("Every country")), *choices.COUNTRY_CHOICES],
        widget=choices.country_select(),
    )
    start_date = forms.DateField(label=_("Shown from (UTC)"), required=False, widget=_day())
    end_date = forms.DateField(label=_("Shown until (UTC)"), required=False, widget=_day())
    targeted = forms.ChoiceField(
        label=_("Meant for"),
        required=False,
        choices=[("", _("Either")), ("true", _("Particular groups")), ("false", _("Everybody"))],
    )

    @property
    def wanted(self) -> PublicSearch:
        """The search that is asked for, of a form that is valid."""
        asked = self.cleaned_data
        return PublicSearch(
            text=asked["text"],
            advertiser=asked["advertiser"],
            payer=asked["payer"],
            country=asked["country"],
            start_date=asked["start_date"],
            end_date=asked["end_date"],
            targeted={"true": True, "false": False}.get(asked["targeted"]),
        )

    @property
    def query(self) -> str:
        """The filled fields as a query string."""
        query = QueryDict(mutable=True)
        query.update({name: value for name in self.fields if (value := str(self.data.get(name, "")))})
        return query.urlencode()

    @property
    def more(self) -> int:
        """How many of the criteria beside the words are filled in."""
        return sum(bool(self.data.get(name, "")) for name in self.fields if name != "text")
