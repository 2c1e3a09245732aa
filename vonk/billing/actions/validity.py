"""An operator sets the rules by which events are invalid; the ad servers have it within a second."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.billing import validity
from vonk.billing.errors import ValidityThresholdInvalid
from vonk.billing.models import ValidityTuning
from vonk.billing.validity import RuleView
from vonk.control import audit, publications
from vonk.control.scope import Right, Scope
from vonk.core.errors import Phrase
from vonk.delivery.snapshot import DocumentKind, RuleTuning
from vonk.events.rules import INVALID_RULES, InvalidRule

DOCUMENT_ID: Final = 1
NOUN: Final = "validity"  # The trail's; its object is the one document.


@transaction.atomic
def set_rule(scope: Scope, *, rule: str, enabled: bool, values: Mapping[str, int], now: datetime) -> RuleView:
    """Turn a rule on or off and set its thresholds; those that ``values`` leaves out get their defaults.

    What was judged before stays judged. Setting what is in force already changes nothing. Operators only; NotFound for
    an unknown rule, ValidityThresholdInvalid for a threshold that the rule has not or a number outside its bounds.
    """
    scope.require(Right.OPERATE)
    known = validity.known_rule(rule)
    wanted = RuleTuning(enabled, _checked(known, values))
    rows = _locked()
    before = RuleTuning(rows[known.value].enabled, dict(rows[known.value].values))
    if wanted == before:
        return validity.rule(scope, rule)
    row = rows[known.value]
    row.enabled, row.values, row.person_id, row.set_at = wanted.enabled, wanted.values, scope.person_id, now
    row.save(update_fields=["enabled", "values", "person_id", "set_at"])
    tunings = {name: RuleTuning(one.enabled, dict(one.values)) for name, one in rows.items()}
    publications.publish(DocumentKind.VALIDITY, DOCUMENT_ID, validity.document_of(tunings), at=now)
    audit.record(
        scope,
        "validity.rule_set",
        NOUN,
        DOCUMENT_ID,
        at=now,
        detail={
            "rule": known.value,
            "enabled": wanted.enabled,
            "values": wanted.values,
            "enabled_before": before.enabled,
            "values_before": before.values,
        },
    )
    return validity.rule(scope, rule)


def reset_rule(scope: Scope, *, rule: str, now: datetime) -> RuleView:
    """Set a rule as it was built: on, with its defaults. Operators only; NotFound for an unknown rule."""
    return set_rule(scope, rule=rule, enabled=True, values={}, now=now)


def _checked(rule: InvalidRule, values: Mapping[str, int]) -> dict[str, int]:
    """Return what differs from the defaults."""
    thresholds = INVALID_RULES[rule].thresholds
    for name, value in values.items():
        if name not in thresholds:
            raise ValidityThresholdInvalid(rule=rule.value, reason=Phrase("it has no threshold %(name)s", name=name))
        least, most = thresholds[name].least, thresholds[name].most
        if not least <= value <= most:
            raise ValidityThresholdInvalid(
                rule=rule.value,
                reason=Phrase("%(name)s is from %(least)s to %(most)s", name=name, least=least, most=most),
            )
    return {name: value for name, value in sorted(values.items()) if value != thresholds[name].default}


def _locked() -> dict[str, ValidityTuning]:
    """Return every rule's row, locked until commit: the document tells of all of them, so its writers take turns."""
    names = sorted(rule.value for rule in InvalidRule)
    ValidityTuning.objects.bulk_create([ValidityTuning(rule=name) for name in names], ignore_conflicts=True)
    rows = ValidityTuning.objects.select_for_update().filter(rule__in=names).order_by("rule")
    return {row.rule: row for row in rows}
