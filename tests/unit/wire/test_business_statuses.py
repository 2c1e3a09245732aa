"""What each cause is called in v1.3, at each level, and what filters by these names let through."""

import itertools
from typing import get_args

import pytest

from vonk.advertising.rules import CAUSES, Cause, Primary, Stage, Status
from vonk.advertising.rules.causes import PRIMARY_OF
from vonk.wire.business import statuses
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.status_names import PRIMARY_STATUSES, SECONDARY_STATUSES
from vonk.wire.business.statuses import Level

LEVELS: tuple[Level, ...] = get_args(Level)


def of(cause: Cause) -> Status:
    return Status(PRIMARY_OF[CAUSES[cause].stage], cause, (cause,))


@pytest.mark.parametrize("level", LEVELS)
def test_every_cause_has_a_name_that_v1_3_has_and_is_found_by_it(level: Level) -> None:
    for cause in Cause:
        status = of(cause)
        name = statuses.secondary(level, status)
        assert name in SECONDARY_STATUSES[level], (level, cause, name)
        fulfils = statuses.matching(level, None, name)
        assert fulfils is not None
        assert fulfils(status)
        others = [other for other in Cause if fulfils(of(other))]
        told = {statuses.secondary(level, of(other)) for other in others}
        if name.startswith("STATUS_"):  # What something comes to, whatever else it is called.
            assert {PRIMARY_OF[CAUSES[other].stage] for other in others} <= {
                status.primary,
                Primary.DONE,
                Primary.NOT_DELIVERING,
            }
        else:
            assert told == {name}


@pytest.mark.parametrize("level", LEVELS)
def test_primary_filters_part_everything_that_is_not_deleted(level: Level) -> None:
    alive = [cause for cause in Cause if CAUSES[cause].stage is not Stage.DELETED]
    found: dict[str, list[Cause]] = {}
    for name in PRIMARY_STATUSES:
        fulfils = statuses.matching(level, name, None)
        if fulfils is not None:
            found[name] = [cause for cause in alive if fulfils(of(cause))]
    assert sorted(itertools.chain.from_iterable(found.values())) == sorted(alive)
    assert bool(found["STATUS_TIME_DONE"]) == (level != "campaign")


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_deleted_is_listed_when_it_is_asked_for(level: Level) -> None:
    prefix = {"campaign": "CAMPAIGN", "adgroup": "ADGROUP", "ad": "AD"}[level]
    everything, not_deleted, only = f"{prefix}_STATUS_ALL", f"{prefix}_STATUS_NOT_DELETE", f"{prefix}_STATUS_DELETE"
    expected: dict[tuple[str | None, str | None], bool | None] = {
        (None, None): False,
        ("STATUS_NOT_DELETE", None): False,
        ("STATUS_ALL", None): None,
        ("STATUS_DELETE", None): True,
        ("STATUS_DELIVERY_OK", None): False,
        (None, everything): None,
        ("STATUS_NOT_DELETE", everything): False,
        ("STATUS_DELETE", everything): True,
        (None, not_deleted): False,
        (None, only): True,
    }
    assert {pair: statuses.deleted(level, *pair) for pair in expected} == expected
    assert [pair for pair in expected if statuses.matching(level, *pair) is None] == [
        pair for pair in expected if pair not in {("STATUS_DELIVERY_OK", None), (None, only)}
    ]


def test_names_of_another_level_are_refused() -> None:
    for asked in (("STATUS", None), (None, "AD_STATUS_DELETE")):
        with pytest.raises(ParameterInvalid, match=r"filtering\.(primary|secondary)_status: .* is not one of"):
            statuses.matching("campaign", *asked)


def test_what_its_owner_did_with_it() -> None:
    told = [statuses.operation_status(on, gone) for on, gone in ((True, False), (False, False), (True, True))]
    assert told == ["ENABLE", "DISABLE", "DELETE"]
