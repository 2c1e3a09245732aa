"""Operators set the validity rules; nobody else, and the ad servers are told in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests import patience
from tests.area.billing.world import NOW, OPERATOR
from vonk.billing import validity
from vonk.billing.actions.validity import reset_rule, set_rule
from vonk.billing.errors import ValidityThresholdInvalid
from vonk.billing.models import ValidityTuning
from vonk.control import publications
from vonk.control.models import AuditEntry
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind, RuleTuning, ValidityDocument, decode_document
from vonk.events.rules import INVALID_RULES, InvalidRule

pytestmark = pytest.mark.django_db


def published() -> ValidityDocument:
    document = decode_document(DocumentKind.VALIDITY, publications.published(DocumentKind.VALIDITY)[1])
    assert isinstance(document, ValidityDocument)
    return document


def test_every_rule_is_on_with_its_defaults_until_somebody_sets_it() -> None:
    found = validity.rules(OPERATOR)
    assert [one.rule for one in found] == [rule.value for rule in INVALID_RULES]
    assert all(one.enabled and one.as_built and one.set_at is None and one.person_id is None for one in found)
    for one in found:
        declared = INVALID_RULES[InvalidRule(one.rule)].thresholds
        assert {threshold.name: threshold.value for threshold in one.thresholds} == {
            name: threshold.default for name, threshold in declared.items()
        }


def test_what_is_set_is_published_kept_and_on_the_trail() -> None:
    view = set_rule(OPERATOR, rule="too_fast", enabled=True, values={"click_ms": 300, "watched_percent": 90}, now=NOW)
    assert (view.enabled, view.as_built, view.person_id, view.set_at) == (True, False, 9, NOW)
    assert {one.name: (one.value, one.default) for one in view.thresholds} == {
        "watched_percent": (90, 90),
        "click_ms": (300, 200),
    }
    set_rule(OPERATOR, rule="known_bot", enabled=False, values={}, now=NOW)
    assert published() == ValidityDocument(
        {"known_bot": RuleTuning(enabled=False), "too_fast": RuleTuning(values={"click_ms": 300})}
    )
    assert (
        list(AuditEntry.objects.order_by("id").values_list("action", "noun", "object_id", "person_id"))
        == [("validity.rule_set", "validity", 1, 9)] * 2
    )
    assert AuditEntry.objects.order_by("id").first().detail == {  # type: ignore[union-attr]  # Just made.
        "rule": "too_fast",
        "enabled": True,
        "values": {"click_ms": 300},
        "enabled_before": True,
        "values_before": {},
    }


def test_a_reset_rule_is_as_built_and_leaves_the_document() -> None:
    set_rule(OPERATOR, rule="too_many", enabled=False, values={"clicks": 3}, now=NOW)
    view = reset_rule(OPERATOR, rule="too_many", now=NOW + timedelta(hours=1))
    assert (view.enabled, view.as_built, view.set_at) == (True, True, NOW + timedelta(hours=1))
    assert published() == ValidityDocument({})


def test_setting_what_is_in_force_changes_nothing() -> None:
    set_rule(OPERATOR, rule="too_many", enabled=True, values={"clicks": 3}, now=NOW)
    sequence = publications.last_sequence()
    view = set_rule(OPERATOR, rule="too_many", enabled=True, values={"clicks": 3}, now=NOW + timedelta(hours=1))
    assert (view.set_at, publications.last_sequence(), AuditEntry.objects.count()) == (NOW, sequence, 1)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("too_fast", {"click_ms": 5_001}),
        ("too_fast", {"click_ms": -1}),
        ("too_fast", {"clicks": 10}),
        ("known_bot", {"clicks": 10}),
    ],
)
def test_a_threshold_is_the_rules_own_and_within_its_bounds(rule: str, values: dict[str, int]) -> None:
    with pytest.raises(ValidityThresholdInvalid):
        set_rule(OPERATOR, rule=rule, enabled=True, values=values, now=NOW)
    assert not ValidityTuning.objects.exists()
    assert publications.published(DocumentKind.VALIDITY) == {}


def test_an_unknown_rule_is_not_found() -> None:
    with pytest.raises(NotFound):
        set_rule(OPERATOR, rule="no_such_rule", enabled=True, values={}, now=NOW)
    with pytest.raises(NotFound):
        validity.rule(OPERATOR, "no_such_rule")


def test_nobody_else_sees_or_sets_a_rule() -> None:
    everything_else = Scope(person_id=1, rights=frozenset(Right) - {Right.OPERATE}, account_id=1)
    with pytest.raises(RightMissing):
        validity.rules(everything_else)
    with pytest.raises(RightMissing):
        set_rule(everything_else, rule="known_bot", enabled=False, values={}, now=NOW)
    assert not ValidityTuning.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_are_both_obeyed() -> None:
    barrier = Barrier(2)

    def turn_off(rule: str) -> None:
        try:
            barrier.wait(timeout=patience.SECONDS)
            set_rule(OPERATOR, rule=rule, enabled=False, values={}, now=NOW)
        finally:
            connection.close()

    for first, second in (("known_bot", "data_centre"), ("too_fast", "too_many"), ("own_showing", "not_rendered")):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(turn_off, (first, second)))
        assert {first, second} <= published().rules.keys()
    assert published().rules == dict.fromkeys(
        ("data_centre", "known_bot", "not_rendered", "own_showing", "too_fast", "too_many"), RuleTuning(enabled=False)
    )
