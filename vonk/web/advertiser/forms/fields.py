"""Fields of our own: amounts, days, and lists to tick."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.core import places
from vonk.core.money import format_micros, parse_micros

ID_MAX: Final = 2**63 - 1  # Ids are 64-bit.
_THOUSANDS: Final = re.compile(r"\d{1,3}([.,\s]\d{3})+([.,]\d+)?")
_MINUTE_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


class AmountField(forms.CharField):
    """An amount of money, typed in units, cleaned to micros; None when it was left empty."""

    currency = "EUR"

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write micros as units."""
        return format_micros(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Read the amount; nobody's thousand becomes a one."""
        typed: str = super().clean(value)
        if not typed:
            return None
        if _THOUSANDS.fullmatch(typed):
            raise ValidationError(_("Write the amount without marks between the thousands, for example 1500 or 12.50."))
        try:
            micros = parse_micros(typed)
        except ValueError as error:
            raise ValidationError(_("Write an amount, for example 25 or 12.50.")) from error
        if micros <= 0:
            raise ValidationError(_("Write an amount above zero."))
        return micros


class MomentField(forms.DateTimeField):
    """A day and a minute in the active time zone, which is the account's."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format=_MINUTE_FORMATS[0])
        super().__init__(widget=widget, input_formats=list(_MINUTE_FORMATS), **kwargs)


class ManyField(forms.MultipleChoiceField):
    """A list to tick; nothing ticked means everybody."""

    def __init__(self, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(choices=list(choices), widget=forms.CheckboxSelectMultiple, **kwargs)


class PlacesField(forms.MultipleChoiceField):
    """Regions and cities, as targeting names them: too many to list, they are searched for (``views.places``)."""

    def __init__(self, **kwargs: Any) -> None:
        unknown = {"invalid_choice": gettext_lazy("No place is known as %(value)s.")}
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, error_messages=unknown, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Tell whether there is such a place."""
        return places.of_key(str(value)) is not None


def to_minute(at: datetime | None) -> datetime | None:
    """Return the instant as such a field can show it."""
    return at.replace(second=0, microsecond=0) if at is not None else None
