"""How ads were aimed, in words."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.core import places
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.limits import dayparting
from vonk.reporting.public_ads.parameters import Parameter
from vonk.web.common import choices


class Line(msgspec.Struct, frozen=True):
    """A parameter in words; ``codes`` are what the browser names, of its list ``names``."""

    label: str
    text: str
    codes: tuple[str, ...] = ()
    names: str = ""
    excludes: bool = False


_LABELS: Final = {
    "countries": gettext_lazy("Countries"),
    "places": gettext_lazy("Only in"),
    "languages": gettext_lazy("Languages"),
    "age_bands": gettext_lazy("Age"),
    "genders": gettext_lazy("Gender"),
    "interests": gettext_lazy("Interests"),
    "behaviours": gettext_lazy("What people did with posts of late"),
    "audiences": gettext_lazy("People in the advertiser's audiences"),
    "audiences_out": gettext_lazy("Left out"),
    "devices": gettext_lazy("Devices"),
    "android_min": gettext_lazy("Android from version"),
    "ios_min": gettext_lazy("iOS from version"),
    "models": gettext_lazy("Models of device"),
    "prices": gettext_lazy("What the device costs, from"),
    "connections": gettext_lazy("Connections"),
    "carriers": gettext_lazy("Mobile networks"),
    "surfaces": gettext_lazy("Where in the app"),
    "keywords": gettext_lazy("What is searched for"),
    "inventory": gettext_lazy("Fit of the posts around it"),
    "hours": gettext_lazy("Hours of the week"),
}
_AUDIENCES: Final = {
    "customers": gettext_lazy("the advertiser's customers"),
    "ad_groups": gettext_lazy("people who did something at its ads"),
    "posts": gettext_lazy("people who did something at posts"),
    "followers": gettext_lazy("followers of a profile"),
    "pixels": gettext_lazy("visitors of the advertiser's pages"),
    "lookalike": gettext_lazy("people like those of another audience"),
    "gone": gettext_lazy("an audience that is no more"),
}
_HALF_HOURS_A_DAY: Final = 48


def lines(parameters: Iterable[Parameter]) -> tuple[Line, ...]:
    """Return every parameter in the reader's language."""
    return tuple(_line(parameter) for parameter in parameters)


def _line(parameter: Parameter) -> Line:
    label = str(_LABELS[parameter.name])
    if parameter.name in {"countries", "languages"}:
        names = "region" if parameter.name == "countries" else "language"
        return Line(label, "", parameter.values, names, parameter.excludes)
    return Line(label, _text(parameter.name, parameter.values), excludes=parameter.excludes)


def _text(name: str, values: tuple[str, ...]) -> str:
    texts: dict[str, Mapping[str, object]] = {
        "age_bands": dict(choices.AGE_BAND_CHOICES),
        "genders": dict(choices.GENDER_CHOICES),
        "devices": dict(choices.DEVICE_CHOICES),
        "audiences": _AUDIENCES,
        "audiences_out": _AUDIENCES,
    }
    if name == "interests":
        return ", ".join(_(INTERESTS.get(value, value)) for value in values)  # noqa: INT001 - a closed list.
    if name == "behaviours":
        about = dict.fromkeys(value.split(":")[1] for value in values)
        return ", ".join(_(INTERESTS.get(one, one)) for one in about)  # noqa: INT001 - a closed list.
    if name == "places":
        found = [(value, places.of_key(value)) for value in values]
        return "; ".join(value if place is None else places.full_name(place) for value, place in found)
    if name == "hours":
        return _days(values[0])
    known = texts.get(name, {})
    return ", ".join(str(known.get(value, value)) for value in values)


def _days(packed: str) -> str:
    """Return on which days of the week an ad is shown at all."""
    marks = dayparting.unpack(packed)
    shown = [
        str(day)
        for number, day in WEEKDAYS_ABBR.items()
        if "1" in marks[number * _HALF_HOURS_A_DAY : (number + 1) * _HALF_HOURS_A_DAY]
    ]
    return _("At chosen hours of %(days)s") % {"days": ", ".join(shown)}
