"""Numbers by material: of every video that ads showed, all of its ads together."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.queries import shown
from vonk.advertising.queries.reported import Named, Noun, Which
from vonk.control.paging import Numbered
from vonk.control.scope import Right
from vonk.reporting.breakdowns.queries import breakdown
from vonk.reporting.breakdowns.wanted import Condition, Order, Row, Wanted
from vonk.reporting.metrics import Value
from vonk.wire.business import materials
from vonk.wire.business.asked import AskedOfAccount, Sought, day, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Given, PageInfo, micros, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.reports import given as report_given
from vonk.wire.business.reports.asked import PAGE_SIZE_MAX, MetricsUnknown
from vonk.wire.business.reports.metrics import METRICS
from vonk.wire.codec import Id

DAYS_MAX: Final = 365
IDS_MAX: Final = 1_000
MATERIALS_MAX: Final = 10
INFO: Final = (
    "material_id", "video_id", "image_id", "page_id", "num_ads", "related_ad_ids", "adgroup_number",
    "related_adgroup_ids", "placement",
)  # fmt: skip
"""What is said of a material, in its order."""

_USUAL_INFO: Final = ("material_id", "video_id", "image_id", "page_id")
_USUAL_METRICS: Final = ("spend", "impressions")
Ids = Annotated[list[Id], msgspec.Meta(max_length=IDS_MAX)]


class Range(msgspec.Struct, frozen=True):
    """Between these, both excluded; null has no bound."""

    min: float | None = None
    max: float | None = None


class MaterialFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which materials, by themselves or by the ads that show them."""

    material_id: Annotated[list[Id], msgspec.Meta(max_length=MATERIALS_MAX)] | None = None
    ad_id: Ids | None = None
    ad_name: Sought | None = None
    adgroup_id: Ids | None = None
    adgroup_name: Sought | None = None
    campaign_id: Ids | None = None
    campaign_name: Sought | None = None
    spend: Range | None = None
    conversion: Range | None = None
    country_code: list[str] | None = None
    material_name: str | None = None


class CreativeReportAsked(AskedOfAccount, frozen=True):
    """Over which days (the account's), and what is told. ``lifetime``: over all that ever was."""

    material_type: Literal["VIDEO", "IMAGE", "INSTANT_PAGE"]
    lifetime: bool = False
    start_date: str | None = None
    end_date: str | None = None
    info_fields: list[str] | None = None
    metrics_fields: list[str] | None = None
    filtering: MaterialFilter | None = None
    sort_field: str | None = None
    sort_type: Literal["ASC", "DESC"] = "DESC"
    page: int | None = None
    page_size: int | None = None


class CreativeRow(Given, frozen=True):
    """A material: what was asked of it, and its numbers as text, as in every report."""

    info: dict[str, Any]
    metrics: dict[str, str]


class CreativeReport(Given, frozen=True):
    """A page of materials."""

    list: tuple[CreativeRow, ...]
    page_info: PageInfo


@operation(
    "GET",
    "creative/report/get",
    may=Right.ACCOUNT_VIEW,
    summary="Read numbers by material",
    example={
        "advertiser_id": "1790000000000000001",
        "material_type": "VIDEO",
        "start_date": "2026-01-01",
        "end_date": "2026-01-30",
        "metrics_fields": ["spend", "impressions", "clicks"],
    },
)
def get(call: Call[CreativeReportAsked]) -> CreativeReport:
    """Every video that ads of the account show or showed, deleted ones too, newest first unless sorted by a metric: its
    numbers are those of its ads together, so they add up to the account's. IMAGE and INSTANT_PAGE are empty: ads here are
    videos. A Spark Ad's video is its creator's, and not of the library.
    """
    asked = call.asked
    info = _known(asked.info_fields, INFO, _USUAL_INFO)
    wanted = _wanted(asked)
    if asked.material_type != "VIDEO":
        return CreativeReport(list=(), page_info=page_info(Numbered((), 0, wanted.numbering)))
    found = breakdown([call.scope], wanted, now=call.now)
    ads = shown.ads_of_videos(call.scope, [row.object_id for row in found.rows])
    names = tuple(dict.fromkeys(asked.metrics_fields or _USUAL_METRICS))
    rows = tuple(_row(row, ads.get(row.object_id, []), info, names) for row in found.rows)
    return CreativeReport(list=rows, page_info=page_info(Numbered(rows, found.total, found.numbering)))


def _wanted(asked: CreativeReportAsked) -> Wanted:
    filters = asked.filtering or MaterialFilter()
    for field in ("country_code", "material_name"):
        if getattr(filters, field) is not None:
            raise ParameterInvalid(field=f"filtering.{field}", reason="materials are not filtered by it here")
    names = tuple(dict.fromkeys(asked.metrics_fields or _USUAL_METRICS))
    unknown = [name[:100] for name in names if name not in METRICS or METRICS[name].formula is None]
    if unknown:
        raise MetricsUnknown(names=unknown)
    if asked.sort_field is not None and asked.sort_field not in names:
        raise ParameterInvalid(field="sort_field", reason="one of metrics_fields")
    first, last = _span(asked)
    conditions = (
        *_between("spend", filters.spend, money=True),
        *_between("conversion", filters.conversion, money=False),
    )
    return Wanted(
        noun="ad",
        by_video=True,
        videos=None if filters.material_id is None else frozenset(filters.material_id),
        start_date=first,
        end_date=last,
        columns={name: METRICS[name] for name in (*names, *(one.column for one in conditions))},
        which=Which(named=tuple(_named(filters)), deleted=None),
        conditions=conditions,
        order=None if asked.sort_field is None else Order(asked.sort_field, asked.sort_type == "DESC"),
        numbering=numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
    )


def _named(filters: MaterialFilter) -> list[Named]:
    asked: tuple[tuple[Noun, list[Id] | None, str | None], ...] = (
        ("campaign", filters.campaign_id, filters.campaign_name),
        ("ad_group", filters.adgroup_id, filters.adgroup_name),
        ("ad", filters.ad_id, filters.ad_name),
    )
    return [
        Named(noun, ids=ids, name_contains=name) for noun, ids, name in asked if ids is not None or name is not None
    ]


def _span(asked: CreativeReportAsked) -> tuple[date | None, date | None]:
    if asked.lifetime:
        return None, None
    for field, given in (("start_date", asked.start_date), ("end_date", asked.end_date)):
        if given is None:
            raise ParameterInvalid(field=field, reason="it is missing, and lifetime is not true")
    first, last = day(asked.start_date or "", "start_date"), day(asked.end_date or "", "end_date")
    if not 0 <= (last - first).days <= DAYS_MAX:
        raise ParameterInvalid(field="end_date", reason=f"from start_date on, at most {DAYS_MAX} days after it")
    return first, last


def _between(column: str, bounds: Range | None, *, money: bool) -> tuple[Condition, ...]:
    if bounds is None:
        return ()
    field = f"filtering.{column}"
    low, high = (
        None if bound is None else micros(bound, field) if money else bound for bound in (bounds.min, bounds.max)
    )

    def fulfils(value: Value) -> bool:
        counted = value or 0
        return (low is None or counted > low) and (high is None or counted < high)

    return (Condition(column, fulfils),)


def _known(asked: Sequence[str] | None, known: Sequence[str], usual: Sequence[str]) -> tuple[str, ...]:
    unknown = [name[:100] for name in asked or () if name not in known]
    if unknown:
        raise ParameterInvalid(field="info_fields", reason=f"{unknown}: unknown; of {', '.join(known)}")
    return tuple(dict.fromkeys(asked or usual))


def _row(row: Row, ads: list[tuple[int, int]], info: Sequence[str], names: Sequence[str]) -> CreativeRow:
    groups = list(dict.fromkeys(group_id for _, group_id in ads))
    told: dict[str, Any] = {
        "material_id": str(row.object_id),
        "video_id": materials.video_id(row.object_id),
        "image_id": None,
        "page_id": None,
        "num_ads": len(ads),
        "related_ad_ids": [str(ad_id) for ad_id, _ in ads],
        "adgroup_number": len(groups),
        "related_adgroup_ids": [str(group_id) for group_id in groups],
        "placement": ["PLACEMENT_TIKTOK"],
    }
    metrics = {name: report_given.written(row.values[name], METRICS[name].kind) for name in names}
    return CreativeRow(info={name: told[name] for name in info}, metrics=metrics)
