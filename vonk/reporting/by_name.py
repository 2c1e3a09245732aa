"""Conversions by their names: steps on the way and what they led to, for an account's days."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.billing.queries import By
from vonk.control.scope import Right, Scope
from vonk.events.conversions.contract import STEPS
from vonk.identity import queries as identity
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.reports import check_span, midnight


class NamedConversions(msgspec.Struct, frozen=True):
    """How many of a name followed from the account's ads, by touch. A ``step`` is not in the sum of conversions."""

    name: str
    step: bool
    after_click: int
    after_engaged: int
    after_view: int
    value_micros: int

    @property
    def count(self) -> int:
        """All of them."""
        return self.after_click + self.after_engaged + self.after_view


def conversions_by_name(scope: Scope, *, start_date: date, end_date: date) -> tuple[NamedConversions, ...]:
    """Return what was attributed to the account's ads on these days, both included, most first. Raises SpanInvalid."""
    scope.require(Right.ACCOUNT_VIEW)
    check_span(start_date, end_date, By.NONE)
    zone = ZoneInfo(identity.account_facts(scope.account).time_zone)
    rows = attribution.attributed(
        advertising.ads_under(account_id=scope.account, with_deleted=True).keys(),
        start=midnight(start_date, zone),
        end=midnight(end_date + timedelta(days=1), zone),
    )
    counts: dict[str, dict[TouchKind, int]] = {}
    values: dict[str, int] = {}
    for row in rows:
        if row.touch is not TouchKind.EXPOSURE:
            of_name = counts.setdefault(row.name, {})
            of_name[row.touch] = of_name.get(row.touch, 0) + row.count
            values[row.name] = values.get(row.name, 0) + row.value_micros
    found = [
        NamedConversions(
            name,
            name in STEPS,
            of_name.get(TouchKind.CLICK, 0),
            of_name.get(TouchKind.ENGAGED, 0),
            of_name.get(TouchKind.VIEW, 0),
            values[name],
        )
        for name, of_name in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))
