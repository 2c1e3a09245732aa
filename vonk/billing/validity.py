"""How the validity rules are set: what an operator reads, and the document that the ad servers obey.

The rules themselves, with their meaning, defaults and bounds, are declared in ``vonk.events.rules``.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db.models import Count

from vonk.billing.models import FindingEvent, ValidityTuning
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.delivery.snapshot import RuleTuning, ValidityDocument
from vonk.events.rules import INVALID_RULES, InvalidRule


class ThresholdView(msgspec.Struct, frozen=True, kw_only=True):
    """One threshold of a rule: what is in force, what is built in, and between which numbers it may be set."""

    name: str
    value: int
    default: int
    least: int
    most: int
    unit: str
    meaning: str


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """One rule as it is in force. ``person_id`` and ``set_at`` say who set it last; None: nobody has."""

    rule: str
    title: str
    meaning: str
    enabled: bool
    thresholds: tuple[ThresholdView, ...]
    as_built: bool
    person_id: int | None
    set_at: datetime | None


def rules(scope: Scope) -> tuple[RuleView, ...]:
    """Return every rule as it is in force, in the order of the table; operators only."""
    scope.require(Right.OPERATE)
    rows = {row.rule: row for row in ValidityTuning.objects.all()}
    return tuple(_view(rule, rows.get(rule.value)) for rule in INVALID_RULES)


def rule(scope: Scope, name: str) -> RuleView:
    """Return one rule as it is in force; operators only. NotFound when there is no rule of that name."""
    scope.require(Right.OPERATE)
    known = known_rule(name)
    return _view(known, ValidityTuning.objects.filter(rule=known.value).first())


def known_rule(name: str) -> InvalidRule:
    """Return the rule of that name; NotFound when there is none."""
    try:
        return InvalidRule(name)
    except ValueError as error:
        raise NotFound(noun="validity rule") from error


class FoundLater(msgspec.Struct, frozen=True):
    """How many of an ad's events of one UTC hour findings have made invalid since, under which rule."""

    hour_at: datetime
    ad_id: int
    rule: str
    events: int


def found_later(scope: Scope, *, start: datetime, end: datetime) -> list[FoundLater]:
    """Return what findings have made invalid of the events received from start to end (exclusive); operators only."""
    scope.require(Right.OPERATE)
    rows = FindingEvent.objects.filter(hour_at__gte=start, hour_at__lt=end).values_list(
        "hour_at", "ad_id", "finding__rule"
    )
    counted = rows.annotate(count=Count("pk")).order_by("hour_at", "ad_id", "finding__rule")
    return [FoundLater(*row) for row in counted]


def document_of(tunings: Mapping[str, RuleTuning]) -> ValidityDocument:
    """Return what the ad servers are told: the rules that are not as built, in the order of their names."""
    return ValidityDocument({name: tunings[name] for name in sorted(tunings) if tunings[name] != RuleTuning()})


def _view(known: InvalidRule, row: ValidityTuning | None) -> RuleView:
    entry = INVALID_RULES[known]
    values: Mapping[str, int] = row.values if row is not None else {}
    enabled = row.enabled if row is not None else True
    return RuleView(
        rule=known.value,
        title=entry.title,
        meaning=entry.meaning,
        enabled=enabled,
        thresholds=tuple(
            ThresholdView(
                name=name,
                value=values.get(name, threshold.default),
                default=threshold.default,
                least=threshold.least,
                most=threshold.most,
                unit=threshold.unit,
                meaning=threshold.meaning,
            )
            for name, threshold in entry.thresholds.items()
        ),
        as_built=enabled and not values,
        person_id=row.person_id if row is not None else None,
        set_at=row.set_at if row is not None else None,
    )
