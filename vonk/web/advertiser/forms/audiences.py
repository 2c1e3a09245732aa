"""Custom audiences: of a file of customers, of what people did at ads, of what they did at the advertiser's pages."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.rules.custom_audiences import (
    CONVERSION_DAYS_MAX,
    LOOKBACK_DAYS_MAX,
    NAME_MAX,
    Condition,
    Deed,
    Rule,
    Source,
)
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.web.advertiser.forms.fields import ManyField

DEEDS = (
    (Deed.LIKE.value, gettext_lazy("Liked")),
    (Deed.COMMENT.value, gettext_lazy("Commented")),
    (Deed.SHARE.value, gettext_lazy("Shared")),
    (Deed.FAVOURITE.value, gettext_lazy("Added to favourites")),
    (Deed.FOLLOW.value, gettext_lazy("Followed")),
)


class AudienceForm(forms.Form):
    """Name and source of a new audience, and what its source needs."""

    name = forms.CharField(label=gettext_lazy("Name of the audience"), max_length=NAME_MAX)
    source = forms.ChoiceField(
        label=gettext_lazy("Who is in it"),
        choices=[
            (Source.CUSTOMERS.value, gettext_lazy("Customers in a file")),
            (Source.AD_GROUPS.value, gettext_lazy("People who engaged with your ads")),
            (Source.PIXELS.value, gettext_lazy("People who did something on your website")),
        ],
        widget=forms.RadioSelect,
        initial=Source.CUSTOMERS.value,
    )
    file = forms.FileField(
        label=gettext_lazy("File of customers"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,text/plain,text/csv"}),
        help_text=gettext_lazy(
            "One SHA-256 digest of an e-mail address a line, of the address in small letters without blanks. Plain addresses are refused: nobody here shall read them."
        ),
    )
    ad_groups = ManyField((), label=gettext_lazy("Ads of these ad groups"), help_text=gettext_lazy("None: of all."))
    deeds = ManyField(DEEDS, label=gettext_lazy("What they did"))
    pixels = ManyField((), label=gettext_lazy("Pixels"))
    conversions = ManyField((), label=gettext_lazy("What they did there"), help_text=gettext_lazy("None: anything."))
    days = forms.IntegerField(
        label=gettext_lazy("In the last days"), required=False, min_value=1, max_value=LOOKBACK_DAYS_MAX, initial=30
    )

    def __init__(
        self,
        *args: object,
        ad_groups: Sequence[tuple[str, str]],
        pixels: Sequence[tuple[str, str]],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        names = [(name, _(title)) for name, title in STANDARD_NAMES.items()]  # noqa: INT001 - a closed list.
        for field, choices in (("ad_groups", ad_groups), ("pixels", pixels), ("conversions", names)):
            many = self.fields[field]
            assert isinstance(many, forms.MultipleChoiceField), "Declared above."
            many.choices = list(choices)

    def clean(self) -> None:
        """Ask for what the source needs."""
        super().clean()
        asked = self.cleaned_data
        source = asked.get("source")
        if source == Source.CUSTOMERS.value:
            if asked.get("file") is None and "file" not in self.errors:
                self.add_error("file", _("Choose a file."))
            return
        if asked.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Say in how many days."))
        if source == Source.AD_GROUPS.value and not asked.get("deeds") and "deeds" not in self.errors:
            self.add_error("deeds", _("Choose at least one."))
        if source == Source.PIXELS.value:
            if not asked.get("pixels") and "pixels" not in self.errors:
                self.add_error("pixels", _("Choose a pixel."))
            if (asked.get("days") or 0) > CONVERSION_DAYS_MAX:
                most = _("At most %(days)d days: no longer is what people did on a website kept.")
                self.add_error("days", most % {"days": CONVERSION_DAYS_MAX})

    @property
    def made_of(self) -> Source:
        """What says who is in it, of a form that is valid."""
        return Source(self.cleaned_data["source"])

    def rule(self) -> Rule:
        """Return the rule that was asked for, of an audience by one."""
        asked = self.cleaned_data
        of_pixels = self.made_of is Source.PIXELS
        return Rule(
            included=(
                Condition(
                    days=asked["days"],
                    source_ids=tuple(map(int, asked["pixels"] if of_pixels else asked["ad_groups"])),
                    deeds=() if of_pixels else tuple(map(Deed, asked["deeds"])),
                    conversions=tuple(asked["conversions"]) if of_pixels else (),
                ),
            )
        )
