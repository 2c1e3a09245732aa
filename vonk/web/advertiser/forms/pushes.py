"""A post to be published under a creator's name."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.authorisation.queries.pushes import PushIdentity
from vonk.content.actions.pushes import Draft
from vonk.content.rules import Disclosure, PublishAs
from vonk.core.limits import TEXT_MAX

PUBLISH_CHOICES = (
    (PublishAs.ADS_ONLY.value, gettext_lazy("In ads alone (recommended): it is not on the creator's profile")),
    (
        PublishAs.PRIVATE.value,
        gettext_lazy("Private: on the profile for the creator's eyes; ads wait until it is public"),
    ),
    (PublishAs.PUBLIC.value, gettext_lazy("Public: on the profile for everybody")),
)
assert {value for value, _label in PUBLISH_CHOICES} == set(PublishAs), "Every way has its words."
DISCLOSURE_CHOICES = (
    (Disclosure.BRANDED.value, gettext_lazy("“Paid partnership”: the creator promotes you")),
    (Disclosure.OWN_BRAND.value, gettext_lazy("“Promotional content”: the creator promotes their own brand")),
)


class DraftForm(forms.Form):
    """What is said, how it is published, what viewers are told. ``sounds`` are pairs of id and title."""

    caption = forms.CharField(
        label=gettext_lazy("Caption"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": str(TEXT_MAX)}),
        help_text=gettext_lazy("As in the app: #hashtags, @mentions, emoji."),
    )
    sound_id = forms.TypedChoiceField(
        label=gettext_lazy("Sound"), required=False, coerce=int, empty_value=None, widget=forms.Select
    )
    publish_as = forms.ChoiceField(
        label=gettext_lazy("Once its ad is approved, it is published"),
        choices=PUBLISH_CHOICES,
        widget=forms.RadioSelect,
        initial=PublishAs.ADS_ONLY.value,
    )
    disclosure = forms.ChoiceField(
        label=gettext_lazy("Viewers read"),
        choices=DISCLOSURE_CHOICES,
        widget=forms.RadioSelect,
        initial=Disclosure.BRANDED.value,
    )
    ai_generated = forms.BooleanField(
        label=gettext_lazy("It was made with AI; the label cannot be taken off"), required=False
    )

    def __init__(self, *args: object, sounds: tuple[tuple[int, str], ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["sound_id"]
        assert isinstance(field, forms.TypedChoiceField), "Declared above."
        field.choices = [("", _("The video's own sound")), *sounds]

    def draft(self, video_id: int) -> Draft:
        """Return what was written, about the video."""
        asked = self.cleaned_data
        return Draft(
            video_id=video_id,
            caption=asked["caption"],
            publish_as=PublishAs(asked["publish_as"]),
            disclosure=Disclosure(asked["disclosure"]),
            sound_id=asked["sound_id"],
            ai_generated=asked["ai_generated"],
        )


class PushForm(DraftForm):
    """A new one: under whose name, and yes to the terms of their access."""

    access_id = forms.ChoiceField(label=gettext_lazy("Under the name of"), widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=gettext_lazy("I agree to the creator's terms, where there are some below"), required=False
    )
    field_order = ("access_id",)

    def __init__(
        self, *args: object, identities: tuple[PushIdentity, ...], sounds: tuple[tuple[int, str], ...], **kwargs: object
    ) -> None:
        super().__init__(*args, sounds=sounds, **kwargs)
        field = self.fields["access_id"]
        assert isinstance(field, forms.ChoiceField), "Declared above."
        field.choices = [(str(one.access_id), _name(one)) for one in identities]
        field.initial = str(identities[0].access_id) if identities else None
        if not any(one.terms_id for one in identities):
            del self.fields["agreed"]


def _name(identity: PushIdentity) -> str:
    name = f"{identity.profile.display_name} (@{identity.profile.handle})"
    return name if identity.may_profile else _("%(name)s: in ads alone") % {"name": name}
