"""Targeting, caps, and what the objective allows."""

from typing import Any

import msgspec
import pytest

from vonk.advertising.errors import BillingNotForObjective, CallToActionNotForObjective, MinorsProtected
from vonk.advertising.rules import BILLINGS, CALLS_TO_ACTION, OBJECTIVE_TEXTS, Objective, audiences, objectives
from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import AgeBand
from vonk.delivery.snapshot import Billing, FrequencyCap, Limits, Targeting

NL = Targeting(countries=("NL",))
HOLLAND, UTRECHT, AMSTERDAM = "NL:2749879", "NL:2745912", "NL:2759794"  # A region, a city elsewhere, one in the first.


def wanting(**lists: Any) -> Targeting:
    return msgspec.structs.replace(NL, **lists)


def test_lists_are_sorted_and_free_of_doubles() -> None:
    wanted = wanting(countries=("NL", "BE", "NL"), devices=("ios", "android"))
    assert audiences.targeting(wanted, Objective.REACH) == Targeting(countries=("BE", "NL"), devices=("android", "ios"))


@pytest.mark.parametrize("field", [name for name in Targeting.__struct_fields__ if name not in {"unmet", "limits"}])
def test_unknown_values_are_refused(field: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        audiences.targeting(wanting(**{field: ("nowhere",)}), Objective.REACH)
    assert caught.value.field == field


def test_hours_and_limits_that_nobody_judges_are_kept_in_one_form() -> None:
    asked = wanting(dayparting="0" * 83 + "1", unmet=("isp_ids", "carrier_ids", "isp_ids"))
    found = audiences.targeting(asked, Objective.REACH)
    assert (found.dayparting, found.unmet) == ("0" * 83 + "1", ("carrier_ids", "isp_ids"))
    for wrong in ("1", "0" * 85, "G" * 84):
        with pytest.raises(FieldInvalid, match="84 hexadecimal digits"):
            audiences.targeting(wanting(dayparting=wrong), Objective.REACH)


def test_a_country_is_needed() -> None:
    with pytest.raises(FieldInvalid) as caught:
        audiences.targeting(Targeting(), Objective.REACH)
    assert caught.value.field == "countries"


@pytest.mark.parametrize(
    "lists", [{"interests": ("food",)}, {"genders": ("female",)}, {"interests": ("food",), "genders": ("other",)}]
)
def test_minors_are_not_profiled(lists: dict[str, tuple[str, ...]]) -> None:
    adults = wanting(age_bands=(AgeBand.AGE_18_24,), **lists)
    assert audiences.targeting(adults, Objective.REACH).age_bands == ("18_24",)
    with pytest.raises(MinorsProtected) as caught:
        audiences.targeting(wanting(age_bands=("13_17", "18_24"), **lists), Objective.REACH)
    assert caught.value.values == {"used": ", ".join(lists)}


def test_minors_may_be_reached_by_context() -> None:
    wanted = wanting(age_bands=("13_17",), languages=("nl",), devices=("ios",))
    assert audiences.targeting(wanted, Objective.TRAFFIC) == wanted


@pytest.mark.parametrize("objective", [Objective.LEAD_GENERATION, Objective.SHOP_PURCHASES])
def test_some_objectives_are_for_adults(objective: Objective) -> None:
    with pytest.raises(MinorsProtected):
        audiences.targeting(wanting(age_bands=("13_17",)), objective)


@pytest.mark.parametrize("cap", [FrequencyCap(1, 86_400), FrequencyCap(1_000, 30 * 86_400), None])
def test_a_cap_is_kept(cap: FrequencyCap | None) -> None:
    assert audiences.frequency_cap(cap) == cap


@pytest.mark.parametrize(
    ("cap", "field"),
    [
        (FrequencyCap(0, 86_400), "cap_impressions"),
        (FrequencyCap(1_001, 86_400), "cap_impressions"),
        (FrequencyCap(1, 0), "cap_window_seconds"),
        (FrequencyCap(1, 86_401), "cap_window_seconds"),
        (FrequencyCap(1, 31 * 86_400), "cap_window_seconds"),
        (FrequencyCap(1, -86_400), "cap_window_seconds"),
    ],
)
def test_a_cap_has_bounds(cap: FrequencyCap, field: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        audiences.frequency_cap(cap)
    assert caught.value.field == field


@pytest.mark.parametrize("field", Targeting.__struct_fields__)
def test_all_but_age_reopens_review(field: str) -> None:
    assert audiences.reopens_review(NL, wanting(**{field: ("other",)})) == (
        field not in {"age_bands", "dayparting", "unmet"}
    )
    assert not audiences.reopens_review(NL, NL)


def test_every_objective_is_declared_whole() -> None:
    assert set(BILLINGS) == set(OBJECTIVE_TEXTS) == set(Objective)
    assert all(BILLINGS.values())


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("billing", Billing)
def test_the_objective_decides_what_is_paid_for(objective: Objective, billing: Billing) -> None:
    if billing in BILLINGS[objective]:
        assert objectives.billing(billing.value, objective) is billing
    else:
        with pytest.raises(BillingNotForObjective):
            objectives.billing(billing.value, objective)


@pytest.mark.parametrize("button", CALLS_TO_ACTION)
def test_buttons(button: str) -> None:
    assert objectives.call_to_action(button, Objective.COMMUNITY_INTERACTION) == button
    if button == "view_profile":
        with pytest.raises(CallToActionNotForObjective):
            objectives.call_to_action(button, Objective.TRAFFIC)
    else:
        assert objectives.call_to_action(button, Objective.TRAFFIC) == button


def test_unknown_names_are_named() -> None:
    with pytest.raises(FieldInvalid) as caught:
        objectives.objective("fame")
    assert caught.value.field == "objective"
    with pytest.raises(FieldInvalid) as caught:
        objectives.billing("cpx", Objective.REACH)
    assert caught.value.field == "billing"
    with pytest.raises(FieldInvalid) as caught:
        objectives.call_to_action("run", Objective.REACH)
    assert caught.value.field == "call_to_action"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("places", ("2950159",)),
        ("places", ("XX:2950159",)),
        ("places", ("NL:2950159",)),  # Berlin.
        ("places", ("DE:2950159",)),  # It is not in the countries.
        ("places", ("NL:1",)),
        ("connections", ("carrier pigeon",)),
        ("prices", (30,)),
        ("surfaces", ("elsewhere",)),
        ("keywords", ("",)),
        ("keywords", ("x" * 65,)),
        ("keywords", tuple(f"word {number}" for number in range(1_001))),
        ("behaviours", ("like:nothing:7",)),
        ("behaviours", ("like:food:8",)),
        ("audiences", ("mine",)),
        ("audiences_out", ("1" * 20,)),
        ("inventory", "any"),
        ("android_min", -1),
        ("ios_min", 10**13),
    ],
)
def test_unknown_limits_are_refused(field: str, value: object) -> None:
    limits = msgspec.structs.replace(Limits(), **{field: value})
    with pytest.raises(FieldInvalid) as caught:
        audiences.targeting(wanting(limits=limits), Objective.REACH)
    assert caught.value.field == field


def test_limits_have_one_form() -> None:
    wanted = Limits(
        keywords=("Rye  Bread", "rye bread", "Cake"), places=(HOLLAND, UTRECHT, AMSTERDAM, HOLLAND), prices=(50, 0, 50)
    )
    found = audiences.targeting(wanting(limits=wanted), Objective.REACH).limits
    assert found == Limits(keywords=("cake", "rye bread"), places=(UTRECHT, HOLLAND), prices=(0, 50))


@pytest.mark.parametrize(
    "limits", [Limits(audiences=("1",)), Limits(audiences_out=("1",)), Limits(behaviours=("like:food:7",))]
)
def test_minors_are_wanted_by_nothing_of_a_profile(limits: Limits) -> None:
    with pytest.raises(MinorsProtected):
        audiences.targeting(wanting(age_bands=("13_17",), limits=limits), Objective.REACH)
