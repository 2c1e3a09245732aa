"""How a post is judged, and an appeal against that answered."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.content.judgements import MODERATION_REASONS, NOTE_MAX, Judgement

JUDGEMENTS: Final = (
    (Judgement.KEEP, _("Keep: nothing is wrong with it")),
    (Judgement.LIMIT, _("Limit: no feed and no search offers it")),
    (Judgement.REMOVE, _("Remove: nobody sees it, in ads neither")),
)


class JudgeForm(forms.Form):
    """What becomes of the post. Rule and words go to its creator."""

    judgement = forms.ChoiceField(label=_("Decision"), choices=JUDGEMENTS, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("The rule that it breaks"),
        required=False,
        choices=[("", _("None")), *((key, _(text)) for key, text in MODERATION_REASONS.items())],  # noqa: INT001 - a closed list.
    )
    note = forms.CharField(
        label=_("What exactly is wrong"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": str(NOTE_MAX)}),
        help_text=_("The creator reads rule and words as a statement of reasons. Name nobody else."),
    )


class AnswerForm(forms.Form):
    """Why an appeal is decided so; the creator reads it."""

    answer = forms.CharField(
        label=_("Answer to the creator"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": str(NOTE_MAX)}),
    )
