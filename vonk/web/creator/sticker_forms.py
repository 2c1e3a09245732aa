"""What is put over a video: stickers and subtitles."""

from typing import Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from vonk.content.stickers import OPTION_MAX, OPTIONS, PLACES, SUBTITLES_CHARS_MAX, TEXT_MAX, Drawn, Kind
from vonk.core.limits import URL_MAX
from vonk.web.common.choices import LANGUAGE_CHOICES, language_select

KIND_CHOICES: Final = (
    (Kind.TEXT.value, _("Text")),
    (Kind.POLL.value, _("Poll")),
    (Kind.COUNTDOWN.value, _("Countdown")),
    (Kind.LINK.value, _("Link")),
)


class StickerForm(forms.Form):
    """One sticker. What its kind does not need may stay empty; x and y are its middle, in thousandths of the frame."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_CHOICES, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Text or question"), max_length=TEXT_MAX)
    option_1 = forms.CharField(label=_("Answer 1"), max_length=OPTION_MAX, required=False)
    option_2 = forms.CharField(label=_("Answer 2"), max_length=OPTION_MAX, required=False)
    option_3 = forms.CharField(label=_("Answer 3, if you like"), max_length=OPTION_MAX, required=False)
    option_4 = forms.CharField(label=_("Answer 4, if you like"), max_length=OPTION_MAX, required=False)
    ends_at = forms.DateTimeField(
        label=_("Counts down to"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    url = forms.CharField(
        label=_("Address"), max_length=URL_MAX, required=False, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    x = forms.IntegerField(
        label=_("From the side (80 to 920)"), initial=500, min_value=PLACES.start, max_value=PLACES.stop - 1
    )
    y = forms.IntegerField(
        label=_("From above (80 to 920)"), initial=300, min_value=PLACES.start, max_value=PLACES.stop - 1
    )

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Handed on as they come.
        zone = timezone.get_current_timezone_name()
        self.fields["ends_at"].help_text = say("Time zone: %(zone)s.") % {"zone": zone}

    def drawn(self) -> Drawn:
        """Return the sticker that a valid form describes."""
        said = self.cleaned_data
        return Drawn(
            kind=Kind(said["kind"]),
            x=said["x"],
            y=said["y"],
            text=said["text"],
            options=tuple(said[f"option_{number}"] for number in range(1, OPTIONS.stop)),
            ends_at=said["ends_at"],
            url=said["url"],
        )


class SubtitlesForm(forms.Form):
    """A WebVTT file, and the language that is spoken in it."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES, widget=language_select())
    file = forms.FileField(
        label=_("WebVTT file"),
        help_text=_("A text that begins with WEBVTT; most video editors export it."),
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def clean_file(self) -> str:
        """Return the file's text."""
        file = self.cleaned_data["file"]
        if file.size > SUBTITLES_CHARS_MAX * 4:
            raise forms.ValidationError(say("This file is too large for subtitles."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(say("This file is no text in UTF-8.")) from error
        return text
