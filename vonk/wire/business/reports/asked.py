"""What reports are asked for, from v1.3's parameters to a breakdown."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec

from vonk.billing.queries import By
from vonk.control.scope import Scope
from vonk.core.errors import Invalid, NotFound
from vonk.identity import queries as identity
from vonk.reporting.breakdowns.columns import Column
from vonk.reporting.breakdowns.wanted import Order, Wanted
from vonk.wire.business.asked import Asked, day, numbering
from vonk.wire.business.errors import AccountForbidden, ParameterInvalid
from vonk.wire.business.operation import Call
from vonk.wire.business.reports import dimensions as report_dimensions
from vonk.wire.business.reports import filters as report_filters
from vonk.wire.business.reports.dimensions import COUNTRY, IDS, LEVELS, Dimensions
from vonk.wire.business.reports.filters import ReportFilter
from vonk.wire.business.reports.metrics import METRICS
from vonk.wire.codec import Id

PAGE_SIZE_MAX: Final = 1_000
ACCOUNTS_MAX: Final = 5
BUSINESS_ACCOUNTS_MAX: Final = 100
DAYS_MAX: Final[dict[By, int]] = {By.NONE: 365, By.DAY: 30, By.HOUR: 1}
"""Between the first day and the last."""

WITH_SEVERAL: Final = ("advertiser_id", "currency", "timezone")
"""Metrics that reports over several ad accounts have unasked."""

ReportType = Literal["BASIC", "AUDIENCE", "PLAYABLE_MATERIAL", "CATALOG", "BC", "TT_SHOP"]
Level = Literal[
    "AUCTION_ADVERTISER", "AUCTION_CAMPAIGN", "AUCTION_ADGROUP", "AUCTION_AD", "RESERVATION_ADVERTISER",
    "RESERVATION_CAMPAIGN", "RESERVATION_ADGROUP", "RESERVATION_AD",
]  # fmt: skip


class MetricsUnknown(Invalid):
    """No metric has this name. The message is v1.3's own, to the letter."""

    code = "report_metrics_unknown"
    message = "Invalid metric fields: %(names)s"
    remedy = "Ask for metrics that /developers/operations/report/ names."
    link = "/developers/operations/report/"


class ReportAsked(Asked, frozen=True, kw_only=True):
    """A report. Its parameters are those of reading one at once and of having one made."""

    report_type: ReportType
    advertiser_id: Id | None = None
    advertiser_ids: list[Id] | None = None
    bc_id: Id | None = None
    service_type: Literal["AUCTION", "RESERVATION"] | None = None
    data_level: Level | None = None
    dimensions: list[str] = []
    audience_dimensions: list[str] | None = None  # As in v1.2: one client still sends them apart.
    metrics: list[str] | None = None
    start_date: str | None = None
    end_date: str | None = None
    query_lifetime: bool | None = None
    filtering: list[ReportFilter] | None = None
    order_field: str | None = None
    order_type: Literal["ASC", "DESC"] | None = None
    enable_total_metrics: bool | None = None
    multi_adv_report_in_utc_time: bool | None = None
    query_mode: Literal["REGULAR", "CHUNK"] | None = None
    page: int | None = None
    page_size: int | None = None


class Read(msgspec.Struct, frozen=True):
    """A report as it is made and written. ``wanted`` is None where nothing can be in it."""

    wanted: Wanted | None
    dimensions: Dimensions
    metrics: tuple[str, ...]


def scopes_of(call: Call[Any], asked: ReportAsked) -> list[Scope]:
    """Return the scopes over the ad accounts that the report is of; AccountForbidden for one that is not the caller's."""
    if asked.report_type == "BC":
        return _of_business(call, asked)
    return [_of_advertiser(call, one) for one in advertisers(asked)]


def advertisers(asked: ReportAsked) -> list[int]:
    """Return the ad accounts that a report names; ParameterInvalid for none and for too many."""
    ids = list(dict.fromkeys(asked.advertiser_ids or ([] if asked.advertiser_id is None else [asked.advertiser_id])))
    if not ids:
        raise ParameterInvalid(field="advertiser_id", reason="it is missing")
    if len(ids) > ACCOUNTS_MAX:
        raise ParameterInvalid(field="advertiser_ids", reason=f"at most {ACCOUNTS_MAX}")
    return [int(one) for one in ids]


def _of_advertiser(call: Call[Any], advertiser_id: int) -> Scope:
    try:
        return call.over_advertiser(advertiser_id)
    except NotFound as problem:
        raise AccountForbidden(noun="advertiser", account_id=advertiser_id) from problem


def _of_business(call: Call[Any], asked: ReportAsked) -> list[Scope]:
    """Return the scopes over those of the Business Center's ad accounts that the caller reaches."""
    if asked.bc_id is None:
        raise ParameterInvalid(field="bc_id", reason="it is missing")
    try:
        scope = call.over_business(asked.bc_id)
    except NotFound as problem:
        raise AccountForbidden(noun="Business Center", account_id=asked.bc_id) from problem
    assert call.actor is not None, "A scope is somebody's."
    reached = call.actor.account_ids  # Of an app: a Business Center's report is of what it was let into.
    accounts = [one for one in identity.ad_accounts(scope) if reached is None or one.id in reached]
    if len(accounts) > BUSINESS_ACCOUNTS_MAX:
        raise ParameterInvalid(field="bc_id", reason=f"it has more than {BUSINESS_ACCOUNTS_MAX} ad accounts")
    return call.over_advertisers([account.id for account in accounts])


def read(asked: ReportAsked) -> Read:
    """Return what the parameters come to; ParameterInvalid names the one at fault."""
    names = tuple(dict.fromkeys(asked.metrics or ["spend", "impressions"]))
    unknown = [name[:100] for name in names if name not in METRICS]
    if unknown:
        raise MetricsUnknown(names=unknown)
    pages = numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX)
    asks = [*asked.dimensions, *(asked.audience_dimensions or [])]
    if asked.report_type not in ("BASIC", "AUDIENCE", "BC"):  # Nothing here is playable, in a catalogue or in a shop.
        return Read(None, Dimensions(tuple(asks), None, By.NONE, ()), names)
    dimensions = report_dimensions.read(asks, audience_report=asked.report_type == "AUDIENCE")
    level = _level(asked, dimensions)
    if "RESERVATION" in (asked.service_type, level.partition("_")[0]):  # Nothing here is reserved.
        return Read(None, dimensions, names)
    noun = LEVELS[level]
    start_date, end_date = _span(asked, dimensions)
    filters = report_filters.read(asked.filtering or [], noun)
    if filters.countries is not None and COUNTRY not in dimensions.audiences:
        raise ParameterInvalid(field="filtering", reason="country_code takes the dimension of that name")
    several = WITH_SEVERAL if asked.advertiser_ids or asked.report_type == "BC" else ()
    metrics = tuple(dict.fromkeys([*names, *several]))
    columns: dict[str, Column] = {
        name: METRICS[name] for name in (*metrics, *(condition.column for condition in filters.conditions))
    }
    wanted = Wanted(
        noun=noun,
        by_object=dimensions.id_name is not None,
        by=dimensions.by,
        parts=dimensions.parts,
        countries=filters.countries,
        start_date=start_date,
        end_date=end_date,
        utc=bool(asked.multi_adv_report_in_utc_time),
        columns=columns,
        which=filters.which,
        status=filters.status,
        conditions=filters.conditions,
        order=_order(asked, dimensions, metrics),
        numbering=pages,
        with_total=bool(asked.enable_total_metrics),
    )
    return Read(wanted, dimensions, metrics)


def _level(asked: ReportAsked, dimensions: Dimensions) -> str:
    level = asked.data_level or ("AUCTION_ADVERTISER" if asked.report_type == "BC" else None)
    if level is None:
        raise ParameterInvalid(field="data_level", reason="it is missing")
    if dimensions.id_name is not None and level.removeprefix("RESERVATION") != level:
        return level
    if dimensions.id_name is not None and IDS[dimensions.id_name] != level:
        raise ParameterInvalid(
            field="data_level",
            reason=f"{level} does not fit the dimension {dimensions.id_name}: {IDS[dimensions.id_name]}",
        )
    return level


def _span(asked: ReportAsked, dimensions: Dimensions) -> tuple[date | None, date | None]:
    """Return the first and the last day, or None twice for all that ever was."""
    if asked.query_lifetime:
        if asked.report_type != "BASIC" or dimensions.by is not By.NONE or dimensions.audiences:
            raise ParameterInvalid(field="query_lifetime", reason="BASIC reports alone, by an id and nothing else")
        return None, None
    for field, given in (("start_date", asked.start_date), ("end_date", asked.end_date)):
        if given is None:
            raise ParameterInvalid(field=field, reason="it is missing")
    first, last = day(asked.start_date or "", "start_date"), day(asked.end_date or "", "end_date")
    if last < first:
        raise ParameterInvalid(field="end_date", reason="it is before start_date")
    most = DAYS_MAX[dimensions.by]
    if (last - first).days > most:
        reason = f"max time span must be less than {most} days" if most > 1 else "max time span is one day"
        raise ParameterInvalid(field="end_date", reason=reason)
    return first, last


def _order(asked: ReportAsked, dimensions: Dimensions, metrics: Sequence[str]) -> Order | None:
    """Return the order; ``order_type`` without a field orders nothing."""
    if asked.order_field is None:
        return None
    descending = asked.order_type != "ASC"
    if asked.order_field in report_dimensions.TIMES and asked.order_field in dimensions.names:
        return Order(None, descending)
    if asked.order_field not in metrics:
        raise ParameterInvalid(field="order_field", reason="one of the metrics asked for, or the time dimension")
    return Order(asked.order_field, descending)
