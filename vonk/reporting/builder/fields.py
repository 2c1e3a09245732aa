"""The metrics that a report may be made of: those of every page, and those of the business API's reports.

Pages, files and the glossary read this table: name, group, title, a sentence on what it says, its formula and its source.
"""

from enum import StrEnum
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vonk.reporting.breakdowns.columns import Column, Kind, of_metric
from vonk.reporting.metrics import BY_NAME, METRICS, Metric

Text = str | Promise


class Group(StrEnum):
    """What metrics are about, in the order in which they are offered."""

    MONEY = "money"
    DELIVERY = "delivery"
    VIDEO = "video"
    CLICKS = "clicks"
    INTERACTION = "interaction"
    RESULTS = "results"
    EVENTS = "events"
    INVALID = "invalid"


GROUP_TITLES: Final[dict[Group, Text]] = {
    Group.MONEY: _("Money"),
    Group.DELIVERY: pgettext_lazy("metrics", "Delivery"),
    Group.VIDEO: _("Video"),
    Group.CLICKS: _("Clicks"),
    Group.INTERACTION: _("Interaction"),
    Group.RESULTS: _("Results and conversions"),
    Group.EVENTS: _("Events on your pages and in your shop"),
    Group.INVALID: _("Gross and invalid"),
}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A metric on offer. ``says`` is what it tells in a sentence, ``formula`` how it is made, in words."""

    name: str
    group: Group
    title: Text
    says: Text
    formula: Text
    source: str
    column: Column

    @property
    def kind(self) -> Kind:
        """How its values are to be read."""
        return self.column.kind


def _group(metric: Metric) -> Group:
    """Return where a declared metric belongs."""
    name = metric.name
    if metric.gross:
        return Group.INVALID
    if name in {"spend", "cpm", "cpc", "cpv", "cost_per_1000_reached"}:
        return Group.MONEY
    if name.endswith("_1d") or name in _INTERACTION:
        return Group.INTERACTION
    if metric.followed:
        return Group.RESULTS
    if name in _DELIVERY:
        return Group.DELIVERY
    return Group.CLICKS if "click" in name or name in _CLICKS else Group.VIDEO


_DELIVERY: Final = frozenset({"impressions", "reach", "frequency", "viewable", "viewable_rate"})
_CLICKS: Final = frozenset({"ctr", "landing_page_views"})
_INTERACTION: Final = frozenset({
    "likes", "comments", "shares", "favourites", "follows", "hides", "reports", "clicks_all", "engagement_rate",
    "profile_visits", "profile_visit_rate",
})  # fmt: skip

_SAYS: Final[dict[str, Text]] = {
    "frequency": _("How often each viewer reached saw it on average."),
    "cost_per_1000_reached": _("What it cost to reach a thousand different viewers."),
    "viewable_rate": _("How many of the impressions could really be seen."),
    "vtr_2s": _("How many of those for whom it began stayed two seconds."),
    "vtr_6s": _("How many of those for whom it began stayed six seconds, or to the end of a shorter one."),
    "completion_rate": _("How many of those for whom it began stayed to the end."),
    "average_watch_time": _("How long one play lasted on average."),
    "ctr": _("How many of the impressions led to a tap that opens the destination."),
    "engagement_rate": _("How many taps of any kind, likes and follows too, there were for each impression."),
    "profile_visit_rate": _("How many of the impressions led to a visit of the profile."),
    "anchor_click_rate": _("How many of the impressions led to a tap on the anchor."),
    "invalid_rate": _("How much of what was shown does not count."),
    "invalid_click_rate": _("How many of the clicks do not count."),
    "cpm": _("What a thousand impressions cost."),
    "cpc": _("What one click on the destination cost on average."),
    "cpv": _("What one 6-second view cost on average."),
    "conversion_rate": _("How many conversions there were for each impression."),
    "cost_per_conversion": _("What one conversion cost on average."),
    "roas": _("How many times over the value of conversions brought back what was spent."),
    "cost_per_result": _("What one result cost on average."),
    "result_rate": _("How many results there were for each impression."),
}
"""What rates say, beside their definition, which is a formula."""


def _declared(metric: Metric) -> Field:
    says = _SAYS.get(metric.name)
    needs = sorted(of_metric(metric.name).needs)
    return Field(
        name=metric.name,
        group=_group(metric),
        title=metric.title,
        says=metric.definition if says is None else says,
        formula=format_lazy(_("Counted as {names}."), names=" + ".join(needs)) if says is None else metric.definition,
        source=metric.source,
        column=of_metric(metric.name),
    )


DECLARED: Final = tuple(_declared(metric) for metric in METRICS)
assert _SAYS.keys() <= BY_NAME.keys(), "A sentence belongs to a declared metric."
