"""What the studio asks when somebody else asks: how far a yes goes, and what a creator allows beforehand."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vonk.authorisation.rules import MESSAGE_CHARS_MAX, NOTICE_DAYS_MAX, Payment
from vonk.core.money import CURRENCY_DECIMALS, MICROS_MAX, MICROS_PER_UNIT
from vonk.web.common.choices import COUNTRY_CHOICES, INTEREST_CHOICES
from vonk.web.creator.forms import ADS_ONLY, DURATION_CHOICES, ID_MAX, ORGANIC_TOO, REACH_CHOICES

EVERYBODY: Final = "everybody"
_UNITS_MAX: Final = MICROS_MAX // MICROS_PER_UNIT
_ASKS: Final = (
    (Payment.NONE.value, _("Nothing in particular")),
    (Payment.FLAT_FEE.value, _("A flat fee of at least")),
    (Payment.SPEND_SHARE.value, _("A share of the spend of at least")),
)


class AcceptForm(forms.Form):
    """How far the yes goes. ``sha256`` is of the terms that stand on the page."""

    duration_days = forms.TypedChoiceField(
        label=_("For how long"), choices=DURATION_CHOICES, coerce=int, widget=forms.RadioSelect
    )
    reach = forms.ChoiceField(label=_("Where the post is shown"), choices=REACH_CHOICES, widget=forms.RadioSelect)
    preview_required = forms.BooleanField(
        label=_("Show me each ad before its first delivery, so that I can refuse it"), required=False
    )
    make_public = forms.BooleanField(
        label=_("Make this post public: everyone may watch it, also outside of ads"), required=False
    )
    sha256 = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        days: int,
        ads_only: bool,
        public: bool,
        extends: bool,
        sha256: str,
        auto_id: str = "id_%s",
    ) -> None:
        initial = {"duration_days": days, "reach": ADS_ONLY if ads_only else ORGANIC_TOO, "sha256": sha256}
        super().__init__(data, initial=initial, auto_id=auto_id)
        if public or extends:
            del self.fields["make_public"]
        if extends:
            del self.fields["reach"], self.fields["preview_required"]


class RefuseForm(forms.Form):
    """Why not, if the creator cares to say."""

    reason = forms.CharField(
        label=_("Why not (optional)"),
        required=False,
        max_length=MESSAGE_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StandingForm(forms.Form):
    """To what a creator says yes beforehand. Accounts come from who asked before and from a search by whole name."""

    account = forms.ChoiceField(label=_("Who may ask"), widget=forms.RadioSelect)
    duration_days_max = forms.TypedChoiceField(
        label=_("Each consent lasts at most"),
        choices=DURATION_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        initial=30,
    )
    starts_at = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: from now on."),
    )
    ends_at = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Empty: until you withdraw it. No consent under it lasts longer. The day itself is outside, in UTC."
        ),
    )
    payment = forms.ChoiceField(
        label=_("What has to be offered"), choices=_ASKS, widget=forms.RadioSelect, initial=Payment.NONE.value
    )
    fee = forms.DecimalField(
        label=_("Flat fee"), required=False, min_value=0, max_value=_UNITS_MAX, max_digits=15, decimal_places=2
    )
    share = forms.DecimalField(
        label=_("Share in percent"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    spend_cap = forms.DecimalField(
        label=_("At most spent on ads with each post"),
        required=False,
        min_value=0,
        max_value=_UNITS_MAX,
        max_digits=15,
        decimal_places=2,
        help_text=_("Empty: no limit."),
    )
    spend_total = forms.DecimalField(
        label=_("At most spent in all"),
        required=False,
        min_value=0,
        max_value=_UNITS_MAX,
        max_digits=15,
        decimal_places=2,
        help_text=_("The sum of the limits of what is accepted. Empty: no limit."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of these amounts"),
        choices=tuple((code, code) for code in sorted(CURRENCY_DECIMALS)),
        initial="EUR",
        required=False,
    )
    countries = forms.MultipleChoiceField(
        label=_("Only in these countries"),
        choices=COUNTRY_CHOICES,
        required=False,
        help_text=_("None chosen: everywhere."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Only to advertise this"),
        choices=INTEREST_CHOICES,
        required=False,
        help_text=_("None chosen: anything."),
    )
    notice_days = forms.IntegerField(
        label=_("Longest notice of a revocation, in days"),
        required=False,
        min_value=0,
        max_value=NOTICE_DAYS_MAX,
        initial=0,
        help_text=_("0: a revocation always takes effect within a second."),
    )
    preview_required = forms.BooleanField(
        label=_("Show me each ad before its first delivery, so that I can refuse it"), required=False
    )

    def __init__(self, *args: Any, accounts: tuple[tuple[int, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField), "Declared above."
        field.choices = [*((str(key), name) for key, name in accounts if key <= ID_MAX), (EVERYBODY, _("Everybody"))]


class FindForm(forms.Form):
    """Whom a standing consent is for, by whole name."""

    name = forms.CharField(
        label=_("Name of the ad account, its organisation or advertiser"),
        required=False,
        max_length=200,
        help_text=_("The whole name, as the advertiser tells it to you."),
    )
