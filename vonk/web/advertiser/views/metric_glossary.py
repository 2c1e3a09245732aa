"""The glossary: every metric and dimension of reports with what it says, its formula and its source."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.builder.dimensions import DIMENSIONS
from vonk.reporting.builder.fields import GROUP_TITLES, Group
from vonk.reporting.builder.further import FIELDS
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer


class Entry(msgspec.Struct, frozen=True):
    """One metric or dimension."""

    name: str
    title: str
    says: str
    formula: str
    unit: str
    source: str


class Section(msgspec.Struct, frozen=True):
    """Entries under a heading."""

    title: str
    entries: tuple[Entry, ...]


class GlossaryPage(msgspec.Struct, frozen=True):
    """The page."""

    sections: tuple[Section, ...]
    dimensions: tuple[Entry, ...]


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show every metric and dimension."""
    units = {
        Kind.COUNT: _("Number"),
        Kind.MONEY: _("Money"),
        Kind.PERCENT: _("Percent"),
        Kind.RATIO: _("Times"),
        Kind.SECONDS: _("Seconds"),
    }
    sections = tuple(
        Section(
            str(GROUP_TITLES[group]),
            tuple(
                Entry(one.name, str(one.title), str(one.says), str(one.formula), units[one.kind], _source(one.source))
                for one in FIELDS.values()
                if one.group is group
            ),
        )
        for group in Group
    )
    dimensions = tuple(Entry(one.name, str(one.title), str(one.says), "", "", "") for one in DIMENSIONS.values())
    return answer(request, desk, "metric_glossary.html", GlossaryPage(sections, dimensions))


def _source(source: str) -> str:
    """Return where the definition comes from, as people outside know it."""
    if source.startswith("MRC"):
        return source
    if source.startswith("business API"):
        return _("Business API, report/integrated")
    return _("Vonk")
