"""The rules by which events are invalid, as operators set them, and how much broke them."""

from datetime import date
from http import HTTPStatus

import msgspec

from vonk.billing import validity
from vonk.billing.actions import validity as setting
from vonk.billing.validity import RuleView
from vonk.control.scope import Right
from vonk.reporting import invalid
from vonk.reporting.invalid import InvalidTraffic
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class RuleChange(Body, frozen=True):
    """How the rule is to be from now on; thresholds that ``values`` leaves out get their defaults."""

    enabled: bool = True
    values: dict[str, int] = {}


class Days(Body, frozen=True):
    """UTC days, both included, at most 31."""

    start_date: date
    end_date: date


class Rules(msgspec.Struct, frozen=True):
    items: tuple[RuleView, ...]


@operation("GET", "/validity/rules", may=Right.OPERATE, summary="List the validity rules")
def list_rules(call: Call[Nothing, Nothing]) -> Rules:
    """Each with its meaning, its thresholds and their bounds, and who set it last."""
    return Rules(validity.rules(call.scope))


@operation(
    "PUT",
    "/validity/rules/{rule}",
    may=Right.OPERATE,
    summary="Set a validity rule",
    example={"enabled": True, "values": {"clicks": 20}},
)
def set_rule(call: Call[RuleChange, Nothing]) -> RuleView:
    """The ad servers judge by it within a second; what was judged before stays judged."""
    return setting.set_rule(
        call.scope, rule=call.path["rule"], enabled=call.body.enabled, values=call.body.values, now=call.now
    )


@operation(
    "POST",
    "/validity/rules/{rule}/reset",
    may=Right.OPERATE,
    summary="Set a validity rule as it was built",
    status=HTTPStatus.OK,
)
def reset_rule(call: Call[Nothing, Nothing]) -> RuleView:
    """On, with its defaults."""
    return setting.reset_rule(call.scope, rule=call.path["rule"], now=call.now)


@operation("GET", "/invalid_traffic", may=Right.OPERATE, summary="Read the platform's invalid traffic")
def read_invalid_traffic(call: Call[Nothing, Days]) -> InvalidTraffic:
    """By rule, by hour, and the ads with most of it. Organic showings are in it, as ad 0."""
    return invalid.invalid_traffic(call.scope, start_date=call.query.start_date, end_date=call.query.end_date)
