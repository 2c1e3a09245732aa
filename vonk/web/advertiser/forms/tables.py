"""The form of a table's saved view."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.advertising.rules.tables import NAME_MAX


class ViewForm(forms.Form):
    """What a view is called, and who sees it."""

    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    shared = forms.BooleanField(label=_("Everybody in this account sees it"), required=False)
