"""Every column that a table may have, and the sets of columns that are offered."""

from collections.abc import Sequence
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vonk.advertising.queries.reported import NOUNS, Noun
from vonk.reporting.metrics import BY_NAME, METRICS

CUSTOM: Final = "custom"
TREND: Final = "trend"
COLUMNS_MAX: Final = 40  # Of one table: more is nothing that anybody reads.

_ALL: Final = frozenset(NOUNS)
_GROUPS: Final = frozenset[Noun]({"ad_group"})
_ADS: Final = frozenset[Noun]({"ad"})


class Column(msgspec.Struct, frozen=True):
    """One column: of what tables, and by what it is ordered ("" by nothing). ``metric``: its cells are numbers of reports."""

    name: str
    title: str | Promise
    nouns: frozenset[Noun] = _ALL
    order: str = ""
    metric: bool = False
    meaning: str | Promise = ""

    @property
    def number(self) -> bool:
        """Whether its cells stand at the end."""
        return self.metric or self.name in {"budget", "bid"}


FACTS: Final[tuple[Column, ...]] = (
    Column("campaign", _("Campaign"), frozenset({"ad_group", "ad"}), "campaign"),
    Column("ad_group", _("Ad group"), _ADS, "ad_group"),
    Column("objective", _("Objective"), frozenset({"campaign"}), "objective"),
    Column("budget", _("Budget"), frozenset({"campaign", "ad_group"}), "budget"),
    Column("bid", _("Bid"), _GROUPS, "bid"),
    Column("starts", _("Start"), _GROUPS, "starts"),
    Column("ends", _("End"), _GROUPS, "ends"),
    Column("creator", _("Speaks as"), _ADS),
    Column("kind", _("Kind"), _ADS),
    Column("consent_ends", _("Authorised until"), _ADS),
    Column("review", _("Review"), _ADS),
    Column("landing", _("Landing page"), _ADS),
    Column("created", _("Created"), _ALL, "created"),
    Column("id", _("ID"), _ALL),
    Column(TREND, _("Trend"), _ALL, meaning=_("The first number of the table, day by day.")),
)
_OF_METRICS: Final = tuple(
    Column(metric.name, metric.title, _ALL, metric.name, metric=True, meaning=metric.definition) for metric in METRICS
)
ALL: Final[dict[str, Column]] = {column.name: column for column in (*FACTS, *_OF_METRICS)}

_TERMS: Final = ("campaign", "ad_group", "objective", "budget", "bid")
SETS: Final[dict[str, tuple[str | Promise, tuple[str, ...]]]] = {
    "performance": (
        _("Performance"),
        ("budget", "bid", "spend", TREND, "impressions", "clicks", "ctr", "cpc", "cpm", "results", "cost_per_result"),
    ),
    "video": (
        _("Video"),
        (
            "spend", TREND, "video_views", "view_2s", "view_6s", "vtr_6s", "p25", "p50", "p75", "p100", "completion_rate",
            "average_watch_time", "cpv",
        ),
    ),
    "engagement": (
        _("Engagement"),
        (
            "spend", TREND, "impressions", "engagement_rate", "likes", "comments", "shares", "favourites", "follows",
            "profile_visits", "clicks_all",
        ),
    ),
    "spark": (
        _("Spark"),
        (
            "creator", "kind", "consent_ends", "review", "spend", TREND, "view_6s", "profile_visits", "follows",
            "music_clicks", "likes_1d", "follows_1d",
        ),
    ),
    "delivery": (
        _("Delivery"),
        (
            "campaign", "ad_group", "objective", "budget", "bid", "starts", "ends", "spend", TREND, "served", "impressions",
            "viewable_rate", "gross_impressions", "invalid_rate", "cpm",
        ),
    ),
}  # fmt: skip
"""Sets by name: title and columns; what a table has not is left out of its set."""
DEFAULT: Final = "performance"

LESS_IS_BETTER: Final = frozenset(
    {name for name in BY_NAME if name.startswith("cost_per_")} | {"cpm", "cpc", "cpv", "hides", "reports"}
    | {name for name in BY_NAME if name.startswith("invalid_")}
)  # fmt: skip
NEITHER: Final = frozenset({"spend", "frequency", "served", "gross_impressions", "gross_clicks"})
"""Metrics of which more is neither better nor worse."""


def of(noun: Noun, names: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of these names that the noun's table can have, each once, in their order."""
    known = [ALL[name] for name in dict.fromkeys(names) if name in ALL and noun in ALL[name].nouns]
    return tuple(known[:COLUMNS_MAX])


def of_set(noun: Noun, name: str) -> tuple[Column, ...]:
    """Return the columns of a set."""
    return of(noun, SETS[name][1])


def choosable(noun: Noun) -> tuple[Column, ...]:
    """Return every column that the noun's table can have."""
    return tuple(column for column in ALL.values() if noun in column.nouns)
