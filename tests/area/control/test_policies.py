"""Policies: what holds when, who changed it, and the way back."""

from datetime import UTC, datetime, timedelta

import pytest

from vonk.advertising.policies import APPEAL_DAYS, FORBIDDEN_CATEGORIES
from vonk.control import policies
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.policies import PolicyInEffect, PolicyUnchanged
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLU = Scope(person_id=9, rights=frozenset({Right.OPERATE, Right.REVIEW}))
REVIEWER = Scope(person_id=8, rights=frozenset({Right.REVIEW}))
NAME = APPEAL_DAYS.name


def days(at: datetime = NOW) -> int:
    return policies.number(APPEAL_DAYS, now=at)


def test_a_change_holds_from_its_moment_and_says_what_was() -> None:
    assert days() == 183
    made = policies.change(OLU, NAME, 30, " Shorter. ", effective_at=NOW + HOUR, now=NOW)
    assert (days(), days(NOW + HOUR), made.was, made.value, made.note) == (183, 30, 183, 30, "Shorter.")
    view = policies.one(REVIEWER, NAME, now=NOW)
    assert (view.value, view.since, [one.id for one in view.coming]) == (183, None, [made.id])
    entry = AuditEntry.objects.get(noun="policy")
    assert (entry.action, entry.person_id, entry.detail["from"], entry.detail["to"]) == ("policy.changed", 9, 183, 30)


def test_the_way_back_is_a_change_of_its_own() -> None:
    first = policies.change(OLU, NAME, 30, now=NOW)
    policies.change(OLU, NAME, 60, now=NOW + HOUR)
    reverted = policies.revert(OLU, first.id, now=NOW + 2 * HOUR)
    assert (reverted.was, reverted.value, days(NOW + 2 * HOUR), days(NOW + HOUR), days(NOW)) == (60, 183, 183, 60, 30)
    assert [one.value for one in policies.history(REVIEWER, NAME, Paging()).items] == [183, 60, 30]
    with pytest.raises(PolicyUnchanged):
        policies.revert(OLU, first.id, now=NOW + 3 * HOUR)


def test_what_has_not_taken_effect_can_be_withdrawn_once() -> None:
    coming = policies.change(OLU, NAME, 30, effective_at=NOW + HOUR, now=NOW)
    policies.withdraw(OLU, coming.id, now=NOW)
    assert days(NOW + HOUR) == 183
    with pytest.raises(PolicyInEffect):
        policies.withdraw(OLU, coming.id, now=NOW)
    made = policies.change(OLU, NAME, 30, now=NOW)
    with pytest.raises(PolicyInEffect):
        policies.withdraw(OLU, made.id, now=NOW)


def test_choices_come_in_their_order_each_once() -> None:
    made = policies.change(OLU, FORBIDDEN_CATEGORIES.name, ("travel", "food", "food"), now=NOW)
    assert made.value == ("food", "travel")
    assert policies.chosen(FORBIDDEN_CATEGORIES, now=NOW) == {"food", "travel"}


def test_what_is_no_value_is_refused_and_nothing_changes() -> None:
    for wrong in (0, 367, ("food",)):
        with pytest.raises(FieldInvalid):
            policies.change(OLU, NAME, wrong, now=NOW)
    with pytest.raises(FieldInvalid):
        policies.change(OLU, FORBIDDEN_CATEGORIES.name, ("guns",), now=NOW)
    with pytest.raises(FieldInvalid):
        policies.change(OLU, NAME, 30, effective_at=NOW - HOUR, now=NOW)
    with pytest.raises(FieldInvalid):
        policies.change(OLU, NAME, 30, "x" * 301, now=NOW)
    with pytest.raises(PolicyUnchanged):
        policies.change(OLU, NAME, 183, now=NOW)
    with pytest.raises(NotFound):
        policies.change(OLU, "nothing", 1, now=NOW)
    with pytest.raises(RightMissing):
        policies.change(REVIEWER, NAME, 30, now=NOW)
    with pytest.raises(RightMissing):
        policies.every(Scope(person_id=1, rights=frozenset({Right.VIEW})), now=NOW)
    assert policies.history(OLU, NAME, Paging()).items == ()
