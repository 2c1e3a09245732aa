"""A list of codes."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.core.limits import BODY_BYTES_MAX


class ListForm(forms.Form):
    """Pasted, or in a file; the file counts when there are both."""

    codes = forms.CharField(
        label=gettext_lazy("Codes, one a line"),
        required=False,
        max_length=BODY_BYTES_MAX,
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "#…",
            }
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
        help_text=gettext_lazy("The codes may stand in any column; everything else is left alone."),
    )

    def clean(self) -> None:
        """Ask for one of the two."""
        super().clean()
        if self.cleaned_data.get("file") is None and not self.cleaned_data.get("codes", "").strip() and not self.errors:
            self.add_error("codes", _("Paste the codes, or choose a file."))
