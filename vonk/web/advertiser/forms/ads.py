"""Ads: which post, which button, where it leads."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import UNSET

from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.queries import AdView
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.core.limits import NAME_MAX, URL_MAX
from vonk.core.taxonomy import INTERESTS
from vonk.web.advertiser.creatives import CreativeCard


class AdForm(forms.Form):
    """An ad to be created: with a redeemed post (``spark``), or with a video of the account's own."""

    spark = forms.BooleanField(label=gettext_lazy("Use account to deliver Spark Ads"), required=False, initial=True)
    consent_id = forms.TypedChoiceField(
        label=gettext_lazy("Post"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    post_id = forms.TypedChoiceField(
        label=gettext_lazy("Video"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    name = forms.CharField(label=gettext_lazy("Name of the ad"), max_length=NAME_MAX)
    call_to_action = forms.ChoiceField(
        label=gettext_lazy("Button"),
        choices=list(CALLS_TO_ACTION.items()),
        initial="learn_more",
    )
    landing_url = forms.CharField(
        label=gettext_lazy("Landing page"),
        max_length=URL_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "url"}),
        help_text=gettext_lazy("Where the button leads."),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("What is advertised"),
        required=False,
        help_text=gettext_lazy("Some creators say what their posts may advertise: then it is needed."),
    )

    def __init__(
        self, *args: object, sparks: Sequence[CreativeCard], own: Sequence[CreativeCard], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        for name, cards in (("consent_id", sparks), ("post_id", own)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField), "Declared above."
            field.choices = [(str(card.id), card.title) for card in cards]
        button = self.fields["call_to_action"]
        assert isinstance(button, forms.ChoiceField), "Declared above."
        texts = {key: _(text) for key, text in CALLS_TO_ACTION.items()}  # noqa: INT001 - texts come from the closed list.
        button.choices = sorted(texts.items(), key=itemgetter(1))
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField), "Declared above."
        subjects = {key: _(text) for key, text in INTERESTS.items()}  # noqa: INT001 - texts come from the closed list.
        category.choices = [("", _("Choose…")), *sorted(subjects.items(), key=itemgetter(1))]
        self._identities = {card.id: card.identity_id for card in own}

    def clean(self) -> None:
        """Every ad shows something."""
        super().clean()
        name = "consent_id" if self.is_spark else "post_id"
        if self.cleaned_data.get(name) is None and name not in self.errors:
            self.add_error(name, _("Choose a post.") if self.is_spark else _("Choose a video."))

    @property
    def is_spark(self) -> bool:
        """Whether a redeemed post is to be shown."""
        return bool(self.cleaned_data.get("spark"))

    def creative(self) -> dict[str, Any]:
        """Return what the ad shows, as drafts name it."""
        if self.is_spark:
            return {"consent_id": self.cleaned_data["consent_id"]}
        post_id = self.cleaned_data["post_id"]
        return {"identity_id": self._identities[post_id], "post_id": post_id}

    def draft(self) -> AdDraft:
        """Return the ad that was asked for."""
        asked = self.cleaned_data
        return AdDraft(
            name=asked["name"],
            call_to_action=asked["call_to_action"],
            landing_url=asked["landing_url"],
            category=asked["category"],
            **self.creative(),
        )


class AdEditForm(AdForm):
    """An ad to be changed. A Spark Ad stays one."""

    spark = None  # type: ignore[assignment]  # Django's way to leave out an inherited field.

    def __init__(
        self, *args: object, ad: AdView, sparks: Sequence[CreativeCard], own: Sequence[CreativeCard], **kwargs: object
    ) -> None:
        kwargs.setdefault(
            "initial",
            {
                "name": ad.name,
                "call_to_action": ad.call_to_action,
                "landing_url": ad.landing_url,
                "category": ad.category,
                "consent_id": ad.consent_id,
                "post_id": ad.post_id,
            },
        )
        super().__init__(*args, sparks=sparks, own=own, **kwargs)
        del self.fields["post_id" if ad.consent_id is not None else "consent_id"]
        self._ad = ad

    @property
    def is_spark(self) -> bool:
        """Whether it is one already."""
        return self._ad.consent_id is not None

    def changes(self) -> AdChanges:
        """Return what differs from the ad as it is."""
        was, asked = self._ad, self.cleaned_data
        same = asked.get("consent_id") == was.consent_id if self.is_spark else asked["post_id"] == was.post_id
        return AdChanges(
            name=UNSET if asked["name"] == was.name else asked["name"],
            call_to_action=UNSET if asked["call_to_action"] == was.call_to_action else asked["call_to_action"],
            landing_url=UNSET if asked["landing_url"] == was.landing_url else asked["landing_url"],
            category=UNSET if asked["category"] == was.category else asked["category"],
            **({} if same else self.creative()),
        )
