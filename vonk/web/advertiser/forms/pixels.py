"""A pixel's name, and the site that it stands in."""

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


class SiteForm(forms.Form):
    """Which page to open with the live tester."""

    site = forms.URLField(
        label=gettext_lazy("Your page"),
        max_length=2048,
        assume_scheme="https",
        help_text=gettext_lazy("A page in which the pixel stands. What your ads lead to is filled in."),
    )
