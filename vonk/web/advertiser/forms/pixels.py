"""A pixel's name."""

from django import forms
from django.utils.translation import gettext_lazy

from vonk.advertising.rules.pixels import PIXEL_NAME_MAX


class PixelForm(forms.Form):
    """What a pixel is called."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=PIXEL_NAME_MAX,
        help_text=gettext_lazy("For you: the shop or site that it stands in."),
    )
