"""Whom an ad group's targeting lets in, with and without consent to personalised ads (decision 13)."""

import pytest

from vonk.core.taxonomy import AgeBand
from vonk.delivery.matching.targets import Targets, Viewer
from vonk.delivery.snapshot import Targeting

ADULTS = tuple(band.value for band in AgeBand if band is not AgeBand.AGE_13_17)
EVERYBODY, ALL_ADULTS, YOUNG_ADULTS, WOMEN, GARDENERS = range(5)
TARGETING = {
    EVERYBODY: Targeting(countries=("NL",)),
    ALL_ADULTS: Targeting(countries=("NL",), age_bands=ADULTS),
    YOUNG_ADULTS: Targeting(countries=("NL",), age_bands=("18_24", "25_34")),
    WOMEN: Targeting(countries=("NL",), genders=("female",)),
    GARDENERS: Targeting(countries=("NL",), interests=("gardening",)),
}
VIK = Viewer("vik", "NL", "en", "25_34", "female", "ios", ("gardening",))


@pytest.fixture
def targets() -> Targets:
    made = Targets()
    for place, targeting in TARGETING.items():
        made.add(place, targeting)
    return made


def matched(targets: Targets, viewer: Viewer) -> set[int]:
    bits = targets.match(viewer)
    return {place for place in TARGETING if bits >> place & 1}


def test_who_agreed_is_matched_by_everything(targets: Targets) -> None:
    assert matched(targets, VIK) == {EVERYBODY, ALL_ADULTS, YOUNG_ADULTS, WOMEN, GARDENERS}


def test_who_did_not_agree_is_an_adult_somewhere_and_nothing_more(targets: Targets) -> None:
    without_profile = Viewer("vik", "NL", "en", "25_34", "female", "ios", ()).unprofiled()
    assert matched(targets, without_profile) == {EVERYBODY, ALL_ADULTS}


def test_what_the_page_is_about_is_no_profile(targets: Targets) -> None:
    on_a_garden_page = Viewer("vik", "NL", "en", "25_34", "", "ios", ("gardening",)).unprofiled()
    assert matched(targets, on_a_garden_page) == {EVERYBODY, ALL_ADULTS, GARDENERS}


def test_a_minor_meets_nothing_for_adults(targets: Targets) -> None:
    minor = Viewer("vik", "NL", "en", "13_17", "female", "ios", ("gardening",)).contextual()
    assert matched(targets, minor) == {EVERYBODY}


def test_whose_age_is_unknown_meets_nothing_with_an_age(targets: Targets) -> None:
    unknown = Viewer("", "NL", "en", "", "", "ios", ()).unprofiled()
    assert matched(targets, unknown) == {EVERYBODY}


def test_what_was_taken_out_is_met_by_nobody(targets: Targets) -> None:
    for place, targeting in TARGETING.items():
        targets.remove(place, targeting)
    assert matched(targets, VIK) == set()
