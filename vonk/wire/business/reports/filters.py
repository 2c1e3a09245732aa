"""``filtering`` of v1.3's reports: field, comparison and a string that holds the value, as conditions of a breakdown."""

from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, Final

import msgspec

from vonk.advertising.queries.object_pages import Keeping
from vonk.advertising.queries.reported import Named, Noun, Which
from vonk.advertising.rules import Objective, Status
from vonk.core.ids import parse_id
from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.breakdowns.wanted import Condition
from vonk.reporting.metrics import Value
from vonk.wire.business import objectives, statuses
from vonk.wire.business.ad_groups import terms as adgroup_terms
from vonk.wire.business.asked import SOUGHT_CHARS_MAX
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.reports.attributes import USUAL
from vonk.wire.business.reports.metrics import METRICS
from vonk.wire.business.status_names import PRIMARY_STATUSES
from vonk.wire.business.statuses import Level

IDS_MAX: Final = 100
FILTERS_MAX: Final = 50
VALUES_MAX: Final = 500  # Of one condition, whatever it compares: each row is held against all of them.
_CHARS_MAX: Final = 200
_ONE_OF: Final = ("IN", "CONTAIN_ANY_OF")

_ID_FIELDS: Final[dict[str, Noun]] = {
    "campaign_ids": "campaign", "campaign_id": "campaign", "adgroup_ids": "ad_group", "adgroup_id": "ad_group",
    "ad_ids": "ad", "ad_id": "ad",
}  # fmt: skip
_NAME_FIELDS: Final[dict[str, Noun]] = {"campaign_name": "campaign", "adgroup_name": "ad_group", "ad_name": "ad"}
_STATUS_FIELDS: Final[dict[str, Noun]] = {
    "campaign_status": "campaign",
    "adgroup_status": "ad_group",
    "ad_status": "ad",
}
_KEPT_FIELDS: Final = ("optimization_goal", *USUAL)
_LEVELS: Final[dict[Noun, Level]] = {"campaign": "campaign", "ad_group": "adgroup", "ad": "ad"}
_SCALES: Final[dict[Kind, float]] = {Kind.MONEY: MICROS_PER_UNIT, Kind.PERCENT: 0.01}
_NOBODY: Final = Named("campaign", ids=())

FIELDS: Final = (
    *_ID_FIELDS, *_NAME_FIELDS, *_STATUS_FIELDS, *_KEPT_FIELDS, "objective_type", "buying_type", "country_code",
)  # fmt: skip


Written = Annotated[str, msgspec.Meta(max_length=20_000)]


class ReportFilter(msgspec.Struct, frozen=True):
    """One condition as it is sent. ``filter_value`` is text that holds JSON where several values are meant."""

    field_name: str
    filter_type: str
    filter_value: Written | int | float | list[str | int | float]


class Filters(msgspec.Struct):
    """What all conditions come to; every one is fulfilled by a row."""

    which: Which = Which()
    status: Callable[[Status], bool] | None = None
    conditions: tuple[Condition, ...] = ()
    countries: frozenset[str] | None = None


def read(filters: Sequence[ReportFilter], noun: Noun | None) -> Filters:
    """Return the conditions on rows of the noun; ParameterInvalid names the field at fault."""
    found = Filters()
    if len(filters) > FILTERS_MAX:
        raise ParameterInvalid(field="filtering", reason=f"at most {FILTERS_MAX} conditions")
    for one in filters:
        name = one.field_name
        if name in _STATUS_FIELDS:
            _by_status(found, one, noun)
        elif name in METRICS and METRICS[name].formula is not None:
            found.conditions = (*found.conditions, Condition(name, _comparison(one)))
        elif name == "country_code":
            codes = frozenset("" if code == "None" else code.upper() for code in _listed(one))
            found.countries = codes if found.countries is None else found.countries & codes
        elif name == "objective_type":
            sought: frozenset[Objective] = frozenset().union(*map(objectives.objectives_sought, _listed(one)))
            found.which = msgspec.structs.replace(found.which, objectives=sought)
        else:
            found.which = msgspec.structs.replace(found.which, named=(*found.which.named, _named(one)))
    return found


def _named(one: ReportFilter) -> Named:
    name = one.field_name
    if name in _ID_FIELDS:
        return _by_id(one, _ID_FIELDS[name])
    if name in _NAME_FIELDS:
        if one.filter_type != "MATCH":
            raise _wrong(one, "names are compared with MATCH")
        if len(str(one.filter_value)) > SOUGHT_CHARS_MAX:
            raise _wrong(one, f"at most {SOUGHT_CHARS_MAX} characters")
        return Named(_NAME_FIELDS[name], name_contains=str(one.filter_value))
    if name in _KEPT_FIELDS:
        return Named("ad_group", keeping=_keeping(name, _listed(one)))
    if name == "buying_type":
        return Named("campaign") if "AUCTION" in _listed(one) else _NOBODY
    raise ParameterInvalid(
        field="filtering", reason=f"{name[:_CHARS_MAX]} is no field of it: one of {', '.join(FIELDS)}, or a metric"
    )


def _keeping(name: str, values: Collection[str]) -> tuple[Keeping, ...]:
    """Return what ad groups keep that show one of the values; those made elsewhere keep nothing and show the usual one."""
    if name == "optimization_goal":
        return tuple(adgroup_terms.optimised_for(goal) for goal in values)
    return (Keeping(name=name, values=values, absent=USUAL[name] in values),)


def _by_id(one: ReportFilter, noun: Noun) -> Named:
    texts = _values(one)
    if len(texts) > IDS_MAX:
        raise _wrong(one, f"at most {IDS_MAX} ids")
    try:
        ids = [parse_id(text) for text in texts]
    except ValueError as error:
        raise _wrong(one, "ids are strings of digits") from error
    if one.filter_type == "NOT_IN":
        return Named(noun, without=ids)
    if one.filter_type not in _ONE_OF:
        raise _wrong(one, "ids are compared with IN or NOT_IN")
    return Named(noun, ids=ids)


def _by_status(found: Filters, one: ReportFilter, noun: Noun | None) -> None:
    """Put in what the status of the report's own objects must be; of others, that it does not matter."""
    level_noun = _STATUS_FIELDS[one.field_name]
    level = _LEVELS[level_noun]
    told = [_as_asked(level, name) for name in _listed(one)]
    deleted = {of_name for of_name, _ in told}
    if level_noun != noun:
        if any(fulfils is not None for _, fulfils in told):
            raise _wrong(one, "only a status of what the rows are about narrows a report")
        return
    found.which = msgspec.structs.replace(found.which, deleted=deleted.pop() if len(deleted) == 1 else None)
    if told and all(fulfils is not None for _, fulfils in told):
        every = [fulfils for _, fulfils in told if fulfils is not None]
        found.status = lambda status: any(fulfils(status) for fulfils in every)


def _as_asked(level: Level, name: str) -> tuple[bool | None, Callable[[Status], bool] | None]:
    """Return whether deleted objects are meant, and what else the status must fulfil."""
    asked = (name, None) if name in PRIMARY_STATUSES else (None, name)
    deleted = statuses.deleted(level, *asked)
    fulfils = statuses.matching(level, *asked)
    if deleted and fulfils is None:
        return deleted, lambda status: statuses.primary(status) == "STATUS_DELETE"
    return deleted, fulfils


def _comparison(one: ReportFilter) -> Callable[[Value], bool]:
    """Return the comparison of a metric, in the units that the wire writes it in."""
    kind = METRICS[one.field_name].kind
    scale = _SCALES.get(kind, 1)
    limits = [_number(one, text) * scale for text in _values(one)]
    expected = 2 if one.filter_type in ("BETWEEN", "RANGE") else 1
    if one.filter_type not in ("IN", "NOT_IN") and len(limits) != expected:
        raise _wrong(one, f"{one.filter_type[:_CHARS_MAX]} takes {expected}")
    compare: dict[str, Callable[[float], bool]] = {
        "IN": lambda value: value in limits,
        "NOT_IN": lambda value: value not in limits,
        "BETWEEN": lambda value: limits[0] <= value <= limits[1],
        "RANGE": lambda value: limits[0] <= value <= limits[1],
        "GREATER_EQUAL": lambda value: value >= limits[0],
        "GREATER_THAN": lambda value: value > limits[0],
        "LOWER_EQUAL": lambda value: value <= limits[0],
        "LOWER_THAN": lambda value: value < limits[0],
    }
    if one.filter_type not in compare:
        raise _wrong(one, f"metrics are compared with one of {', '.join(compare)}")
    of_type = compare[one.filter_type]
    return lambda value: of_type(value or 0)


def _listed(one: ReportFilter) -> Collection[str]:
    if one.filter_type not in _ONE_OF:
        raise _wrong(one, f"it is compared with {' or '.join(_ONE_OF)}")
    return _values(one)


def _values(one: ReportFilter) -> list[str]:
    """Return the values as text: a string may hold a list as JSON, or be the one value itself."""
    value: Any = one.filter_value
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.MsgspecError, RecursionError):
            return [value]
    values = value if isinstance(value, list) else [one.filter_value]
    if len(values) > VALUES_MAX:
        raise _wrong(one, f"at most {VALUES_MAX} values")
    return [str(item) for item in values]


def _number(one: ReportFilter, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _wrong(one, "a metric is compared with numbers") from error


def _wrong(one: ReportFilter, reason: str) -> ParameterInvalid:
    return ParameterInvalid(field="filtering", reason=f"{one.field_name[:_CHARS_MAX]}: {reason}")
