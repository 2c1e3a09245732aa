"""What the values of dimensions are called: names of what is one's own, words of closed lists, days as they are written."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising import queries as advertising
from vonk.advertising.rules import OBJECTIVE_TEXTS, Objective
from vonk.content.queries import post_facts
from vonk.content.queries.profiles import profile_briefs
from vonk.control.scope import Scope
from vonk.core.taxonomy import AgeBand, Gender
from vonk.delivery.snapshot import Billing
from vonk.reporting.builder.dimensions import DIMENSIONS, NON_SPARK, SPARK, Dimension, Nature, Text
from vonk.reporting.builder.queries import BuiltReport
from vonk.reporting.reached.rules import UNTOLD

Labels = Mapping[tuple[str, str], str]
"""By dimension and value."""

_NAMED: Final = frozenset({"campaign", "ad_group", "ad"})
_CAPTION_CHARS: Final = 60

LISTED: Final[dict[str, dict[str, Text]]] = {
    "kind": {SPARK: gettext_lazy("Spark Ads"), NON_SPARK: gettext_lazy("Non-Spark ads")},
    "billing": {
        Billing.CPM.value: gettext_lazy("Impressions (CPM)"),
        Billing.CPC.value: gettext_lazy("Clicks (CPC)"),
        Billing.CPV.value: gettext_lazy("6-second views (CPV)"),
        Billing.OCPM.value: gettext_lazy("Impressions, for results (oCPM)"),
    },
    "age": {
        **{band.value: band.value.replace("_", "–") for band in AgeBand},
        AgeBand.AGE_55_PLUS.value: "55+",
        UNTOLD: gettext_lazy("Not told"),
    },
    "gender": {
        Gender.FEMALE.value: gettext_lazy("Women"),
        Gender.MALE.value: gettext_lazy("Men"),
        UNTOLD: gettext_lazy("Not told"),
    },
    "region": {UNTOLD: gettext_lazy("Not told")},
    "placement": {UNTOLD: gettext_lazy("Feed of posts")},
    "platform": {UNTOLD: gettext_lazy("Not told")},
}
"""Words of closed lists."""


def listed(name: str) -> dict[str, str]:
    """Return the values of a dimension with few, by value; {} of one whose values are not known beforehand."""
    if name == "objective":
        return {one.value: _(OBJECTIVE_TEXTS[one]) for one in Objective}  # noqa: INT001 - texts come from the closed list.
    return {value: str(text) for value, text in LISTED.get(name, {}).items()}


def labels(scope: Scope, report: BuiltReport) -> Labels:
    """Return what the values of the report's rows and columns are called."""
    query = report.query
    values: dict[str, set[str]] = {}
    for place, name in enumerate(query.rows):
        values[name] = {row.values[place] for row in report.rows}
    if query.column:
        values[query.column] = set(report.columns)
    return {
        (name, value): text for name, found in values.items() for value, text in of_values(scope, name, found).items()
    }


def of_values(scope: Scope, name: str, values: Iterable[str]) -> dict[str, str]:
    """Return what these values of a dimension are called; a number where nobody knows a name."""
    found = set(values)
    dimension = DIMENSIONS[name]
    if dimension.nature is Nature.TIME:
        return {value: _time(dimension, value) for value in found}
    if name == "country":
        return {value: value or _("Not told") for value in found}
    if name in _NAMED:
        names = advertising.names(scope, name, [int(value) for value in found])
        return {value: names.get(int(value), value) for value in found}
    if name == "identity":
        briefs = profile_briefs([int(value) for value in found])
        return {
            value: (f"{brief.display_name} (@{brief.handle})" if brief.handle else brief.display_name)
            if (brief := briefs.get(int(value)))
            else value
            for value in found
        }
    if name == "post":
        posts = post_facts({int(value) for value in found})
        return {value: _caption(posts[int(value)].caption, value) if int(value) in posts else value for value in found}
    words = listed(name)
    return {value: words.get(value, value) for value in found}


def _caption(caption: str, post_id: str) -> str:
    line = " ".join(caption.split())
    if not line:
        return _("Post %(id)s") % {"id": post_id}
    return line if len(line) <= _CAPTION_CHARS else line[: _CAPTION_CHARS - 1] + "…"


def _time(dimension: Dimension, value: str) -> str:
    match dimension.name:
        case "day":
            return str(formats.date_format(date.fromisoformat(value), "DATE_FORMAT"))
        case "week":
            day = formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
            return _("Week of %(day)s") % {"day": day}
        case "month":
            return str(formats.date_format(date.fromisoformat(f"{value}-01"), "YEAR_MONTH_FORMAT"))
        case "weekday":
            return str(WEEKDAYS[int(value)])
        case "hour":
            day = formats.date_format(date.fromisoformat(value[:10]), "SHORT_DATE_FORMAT")
            return f"{day} {value[11:]}:00"
    return f"{value}:00"
