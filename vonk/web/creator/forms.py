"""What the studio asks. Lengths, handles and captions are judged by the areas; their refusals appear beside the field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vonk.advertising.rules import CREATOR_NOTE_MAX
from vonk.authorisation.rules import ACCOUNTS_PER_CODE_MAX, DURATION_DEFAULT_DAYS, DURATIONS_DAYS
from vonk.content.actions.profiles import BIO_CHARS_MAX
from vonk.content.rules import Disclosure, Visibility
from vonk.core.limits import TEXT_MAX
from vonk.core.time_zones import time_zones
from vonk.web.creator import planning

VISIBILITY_CHOICES: Final = (
    (Visibility.PUBLIC.value, _("Everyone")),
    (Visibility.FRIENDS.value, _("Friends")),
    (Visibility.PRIVATE.value, _("Only you")),
)
DURATION_CHOICES: Final = (
    (7, _("7 days")),
    (30, _("30 days")),
    (60, _("60 days")),
    (365, _("365 days")),
)
assert tuple(days for days, _label in DURATION_CHOICES) == DURATIONS_DAYS, "Every duration has its words."
ID_MAX: Final = 2**63 - 1  # Ids are 64-bit.
ORGANIC_TOO: Final = "organic_too"
ADS_ONLY: Final = "ads_only"
WORDS_CHARS_MAX: Final = 60_000  # More than a full list of the longest words.
REACH_CHOICES: Final = (
    (ORGANIC_TOO, _("In ads and as an ordinary post")),
    (ADS_ONLY, _("Only show in ads")),
)


def disclosure_of(*, own_brand: bool, branded: bool) -> Disclosure:
    """Return what two switches say together (reference §3: with both on, the paid partnership wins)."""
    if branded:
        return Disclosure.BRANDED
    return Disclosure.OWN_BRAND if own_brand else Disclosure.NONE


def caption_area() -> forms.Textarea:
    """Return a text area that ``caption.js`` counts as the server does, in UTF-16 units."""
    return forms.Textarea(attrs={"rows": 4, "data-count": str(TEXT_MAX), "autocapitalize": "sentences"})


class _ManyFiles(forms.FileInput):
    """A field that takes several files; what the form validates is the last, and the view takes them all."""

    allow_multiple_selected = True

    def value_from_datadict(
        self,
        data: Mapping[str, Any],  # noqa: ARG002 - as Django calls it.
        files: "MultiValueDict[str, UploadedFile[Any]]",
        name: str,
    ) -> "UploadedFile[Any] | None":
        """Return the last file, as a field of one file has it."""
        return files.get(name)


class UploadForm(forms.Form):
    """The files. An empty one is content's to refuse, which says why."""

    video = forms.FileField(
        label=_("Videos"),
        allow_empty_file=True,
        widget=_ManyFiles(attrs={"accept": "video/*,.mkv,.avi,.flv,.wmv,.mts,.m2ts,.ts", "multiple": True}),
        help_text=_("Any format, shape and length that can be played. We make it ready for every device."),
    )


class PublishForm(forms.Form):
    """Everything about a new post but its video. ``sounds`` are pairs of id and title."""

    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        widget=caption_area(),
        help_text=_("Use #hashtags to be found and @handles to name people."),
    )
    sound_id = forms.TypedChoiceField(label=_("Sound"), required=False, coerce=int, empty_value=None)
    visibility = forms.ChoiceField(
        label=_("Who can watch"), choices=VISIBILITY_CHOICES, widget=forms.RadioSelect, initial=Visibility.PUBLIC.value
    )
    own_brand = forms.BooleanField(label=_("It promotes your own brand (“Promotional content”)"), required=False)
    branded = forms.BooleanField(label=_("It promotes somebody else's (“Paid partnership”)"), required=False)
    ai_generated = forms.BooleanField(label=_("It was made with AI; the label cannot be taken off"), required=False)
    may_duet = forms.BooleanField(label=_("Others may make a Duet with it"), required=False, initial=True)
    may_stitch = forms.BooleanField(label=_("Others may Stitch it"), required=False, initial=True)
    duet_of = forms.IntegerField(required=False, min_value=1, max_value=ID_MAX, widget=forms.HiddenInput)
    stitch_of = forms.IntegerField(required=False, min_value=1, max_value=ID_MAX, widget=forms.HiddenInput)

    def __init__(self, *args: object, sounds: tuple[tuple[int, str], ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        field = self.fields["sound_id"]
        assert isinstance(field, forms.TypedChoiceField), "Declared above."
        field.choices = [("", _("The video's own sound")), *sounds]


class VideoPostForm(PublishForm):
    """Everything about the post of an upload, and when it is published. ``zone`` is the creator's."""

    publish_at = forms.CharField(
        label=_("Day and time"),
        required=False,
        max_length=25,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: object, zone: ZoneInfo, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        self.zone = zone
        self.fields["publish_at"].help_text = gettext("In your time zone: %(zone)s.") % {
            "zone": zone.key.replace("_", " ")
        }

    def clean_publish_at(self) -> datetime | None:
        """Return the instant; it is asked for only where the post is planned."""
        if self.data.get("act") != "schedule":
            return None
        return planning.instant_of(self.cleaned_data["publish_at"], self.zone)


class CoverForm(forms.Form):
    """The cover: a file of one's own, or the frame that a script puts here."""

    cover = forms.FileField(
        label=_("Picture"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("JPEG, PNG, WebP or GIF."),
    )


class PicturesForm(PublishForm):
    """Everything about a new post but its pictures. Nobody duets or stitches them."""

    may_duet = may_stitch = duet_of = stitch_of = None  # type: ignore[assignment]  # How Django takes a field away.

    def __init__(self, *args: object, sounds: tuple[tuple[int, str], ...], **kwargs: object) -> None:
        super().__init__(*args, sounds=sounds, **kwargs)
        field = self.fields["sound_id"]
        assert isinstance(field, forms.TypedChoiceField), "Declared above."
        field.choices = [("", _("No sound")), *sounds]


class CaptionForm(forms.Form):
    """A post's caption."""

    caption = forms.CharField(label=_("Caption"), required=False, widget=caption_area())


class VisibilityForm(forms.Form):
    """Who may watch a post."""

    visibility = forms.ChoiceField(label=_("Who can watch"), choices=VISIBILITY_CHOICES, widget=forms.RadioSelect)


class DisclosureForm(forms.Form):
    """Whose commercial interest the post serves: two switches, as viewers know them; with both, the partnership shows."""

    own_brand = forms.BooleanField(
        label=_("Your brand"), required=False, help_text=_("You promote yourself: viewers read “Promotional content”.")
    )
    branded = forms.BooleanField(
        label=_("Branded content"),
        required=False,
        help_text=_("You promote somebody else, for money or goods: viewers read “Paid partnership”."),
    )

    @staticmethod
    def initial_of(disclosure: Disclosure) -> dict[str, bool]:
        """Return how the switches stand."""
        return {"own_brand": disclosure is Disclosure.OWN_BRAND, "branded": disclosure is Disclosure.BRANDED}

    def disclosure(self) -> Disclosure:
        """Return what was chosen."""
        return disclosure_of(own_brand=self.cleaned_data["own_brand"], branded=self.cleaned_data["branded"])


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(time_zones())]


class TimeZoneForm(forms.Form):
    """Where the creator's days begin."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)


class PrivacyForm(forms.Form):
    """Whether only followers see one's posts."""

    private = forms.BooleanField(
        label=_("Private profile"),
        required=False,
        help_text=_("Only people who follow you see your posts, and only people you follow can begin to follow you."),
    )


class ReuseForm(forms.Form):
    """What others may make of a post."""

    may_duet = forms.BooleanField(label=_("Others may make a Duet with it"), required=False)
    may_stitch = forms.BooleanField(label=_("Others may Stitch it"), required=False)


class SwitchForm(forms.Form):
    """The position a switch is to have."""

    on = forms.TypedChoiceField(choices=(("1", "on"), ("0", "off")), coerce=lambda text: text == "1")


class IssueForm(forms.Form):
    """What the creator consents to with a new code."""

    reach = forms.ChoiceField(
        label=_("Where the post is shown"),
        choices=REACH_CHOICES,
        widget=forms.RadioSelect,
        initial=ORGANIC_TOO,
        help_text=_("It holds for the post, whichever code it is used with; the newest code decides."),
    )
    duration_days = forms.TypedChoiceField(
        label=_("For how long"),
        choices=DURATION_CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        initial=DURATION_DEFAULT_DAYS,
    )
    accounts_max = forms.IntegerField(
        label=_("For how many ad accounts"),
        min_value=1,
        max_value=ACCOUNTS_PER_CODE_MAX,
        required=False,
        initial=1,
        help_text=_("More than one for an agency: each account that uses the code is listed here."),
    )
    preview_required = forms.BooleanField(
        label=_("Show me each ad before its first delivery, so that I can refuse it"), required=False
    )
    make_public = forms.BooleanField(
        label=_("Make this post public: everyone may watch it, also outside of ads"), required=False
    )

    def __init__(self, *args: object, public: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on.
        if public:
            del self.fields["make_public"]


class ExtendForm(forms.Form):
    """By how much a code lasts longer."""

    duration_days = forms.TypedChoiceField(
        label=_("Extend by"), choices=DURATION_CHOICES, coerce=int, initial=DURATION_DEFAULT_DAYS
    )


class StartForm(forms.Form):
    """What a first profile needs."""

    handle = forms.CharField(
        label=_("Handle"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The address of your profile: 2 to 24 letters a–z, digits, dots and underscores."),
    )
    display_name = forms.CharField(label=_("Name"), help_text=_("As others see you."))


class ProfileForm(StartForm):
    """How others see a creator."""

    bio = forms.CharField(
        label=_("About you"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": str(BIO_CHARS_MAX)}),
    )


class PictureForm(forms.Form):
    """The picture of a profile."""

    avatar = forms.FileField(
        label=_("Picture"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("JPEG, PNG, WebP or GIF. It is shown as a circle."),
    )


class AdRefusalForm(forms.Form):
    """Why an ad with one's post is refused."""

    note = forms.CharField(
        label=_("Why, for the advertiser"),
        max_length=CREATOR_NOTE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoldForm(forms.Form):
    """Whether every comment waits."""

    hold_all = forms.BooleanField(
        label=_("Hold every new comment"),
        required=False,
        help_text=_("Nobody but you and its author reads a comment before you approve it."),
    )


class WordsForm(forms.Form):
    """Words for the list, one a line."""

    words = forms.CharField(
        label=_("Words, one a line"),
        max_length=WORDS_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Capitals, accents, look-alike letters and invisible characters make no difference."),
    )
