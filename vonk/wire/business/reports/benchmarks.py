"""How ads stand among other advertisers' ads of their kind (report/ad_benchmark)."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.queries.reported import Named, Noun, Which
from vonk.advertising.rules import Objective
from vonk.control.scope import Right
from vonk.reporting.benchmarks.queries import RankedAd, ranking
from vonk.reporting.benchmarks.rules import Trait
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.interests import interest_ids
from vonk.wire.business.objectives import objective_type
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

IDS_MAX: Final = 100
PAGE_SIZE_MAX: Final = 100
PER_MINUTE_MAX: Final = 30  # Each call looks at all ads of the platform.
PLACEMENT: Final = "TIKTOK"
_TRAITS: Final[dict[str, Trait | None]] = {
    "LOCATION": Trait.COUNTRIES,
    "AD_CATEGORY": Trait.CATEGORY,
    "EXTERNAL_ACTION": Trait.OBJECTIVE,
    "PLACEMENT": None,  # There is one.
}
_MEASURES: Final = {
    "impression": "impressions",
    "click": "clicks",
    "ctr": "click_rate",
    "profile_visits_rate": "profile_rate",
    "video_views": "plays",
    "video_watched_2s": "view_2s",
    "video_watched_6s": "view_6s",
    "video_views_p25": "p25",
    "video_views_p50": "p50",
    "video_views_p75": "p75",
    "video_views_p100": "p100",
    "average_video_play": "watch_time",
}
"""v1.3's metric, and the measure that is compared."""
_NOT_COMPARED: Final = frozenset({"cost", "cpa", "cpc", "cpm", "cpv", "conversion", "cvr", "pvr"})
_NOUNS: Final[dict[str, Noun]] = {"ad_ids": "ad", "adgroup_ids": "ad_group", "campaign_ids": "campaign"}
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]


class BenchmarkFilter(msgspec.Struct, frozen=True, kw_only=True):
    """One of these: which ads, or those of which ad groups or campaigns."""

    ad_ids: Ids | None = None
    adgroup_ids: Ids | None = None
    campaign_ids: Ids | None = None


class BenchmarkAsked(AskedOfAccount, frozen=True, kw_only=True):
    """Which ads, compared with those that share these dimensions, over the last whole days."""

    dimensions: Annotated[
        list[Literal["LOCATION", "AD_CATEGORY", "EXTERNAL_ACTION", "PLACEMENT"]],
        msgspec.Meta(min_length=1, max_length=4),
    ]
    filtering: BenchmarkFilter
    compare_time_window: Literal["7", "14", "30", "60"] = "7"
    metrics_fields: list[str] | None = None
    sort_field: Literal["CREATE_TIME", "AD_ID"] | None = None
    sort_type: Literal["ASC", "DES", "DESC"] | None = None
    page: int | None = None
    page_size: int | None = None


class BenchmarkInfo(Given, frozen=True):
    """The ad and what it has in common with those it is compared with. ``reason``, our own: why it has no rank.

    ``location`` is "" where it may be shown in several countries, or in all; ``ad_category`` "0" where none is said.
    """

    ad_id: Digits
    location: str
    placement: str
    ad_category: Digits
    external_action: str
    reason: str | None


class Benchmark(Given, frozen=True):
    """0.6 says: above some 60 % of the ads that it is compared with. Nothing is said with a ``reason``."""

    info: BenchmarkInfo
    metrics: dict[str, float]


class Benchmarks(Given, frozen=True):
    """A page of ads. ``compare_date``: the last of the days compared, in UTC."""

    compare_date: str
    list: list[Benchmark]
    page_info: PageInfo


@operation(
    "GET",
    "report/ad_benchmark/get",
    may=Right.ACCOUNT_VIEW,
    per_minute=PER_MINUTE_MAX,
    summary="Compare ads with other advertisers'",
    example={
        "advertiser_id": "1838000000000000001",
        "dimensions": ["AD_CATEGORY"],
        "filtering": {"ad_ids": ["1838000000000000009"]},
    },
)
def get(call: Call[BenchmarkAsked]) -> Benchmarks:
    """A rank in tenths, among at least 20 ads of at least 10 other advertisers; the ad needs 1,000 impressions itself.

    What others pay is told to nobody: metrics of cost and conversions are refused by name.
    """
    asked = call.asked
    names = _metrics(asked.metrics_fields)
    found = ranking(
        call.scope,
        _which(asked.filtering),
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
        by=[trait for trait in dict.fromkeys(_TRAITS[one] for one in asked.dimensions) if trait is not None],
        days=int(asked.compare_time_window),
        oldest_first=asked.sort_type == "ASC",
        now=call.now,
    )
    return Benchmarks(
        compare_date=found.last_day.isoformat(),
        list=[_benchmark(one, names) for one in found.page.items],
        page_info=page_info(found.page),
    )


def _metrics(asked: list[str] | None) -> list[str]:
    if not asked:
        return list(_MEASURES)
    refused = next((one for one in asked if one in _NOT_COMPARED), None)
    if refused is not None:
        raise ParameterInvalid(field="metrics_fields", reason=f"{refused} is not compared: what others pay is not told")
    if not set(asked) <= set(_MEASURES):
        raise ParameterInvalid(field="metrics_fields", reason=f"of {', '.join(_MEASURES)}")
    return asked


def _which(asked: BenchmarkFilter) -> Which:
    named = {noun: getattr(asked, name) for name, noun in _NOUNS.items() if getattr(asked, name) is not None}
    if len(named) != 1:
        raise ParameterInvalid(field="filtering", reason=f"one of {', '.join(_NOUNS)}")
    return Which(named=tuple(Named(noun, ids=ids) for noun, ids in named.items()))


def _benchmark(one: RankedAd, names: list[str]) -> Benchmark:
    traits, ranks = one.traits, one.ranks
    nothing: dict[str, Any] = {}
    return Benchmark(
        info=BenchmarkInfo(
            ad_id=str(one.ad_id),
            location=traits.countries[0] if len(traits.countries) == 1 else "",
            placement=PLACEMENT,
            ad_category=interest_ids([traits.category])[0] if traits.category else "0",
            external_action=objective_type(Objective(traits.objective), nothing),
            reason=None if one.why is None else one.why.value,
        ),
        metrics={name: ranks[_MEASURES[name]] for name in names if _MEASURES[name] in ranks},
    )
