"""Reasons, notes, and what changed between two subjects of review."""

import msgspec
import pytest

from vonk.advertising.rules import REVIEW_REASONS, Change, Subject, changes, reviews
from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Targeting

SUBJECT = Subject(1, 2, "A loaf", "order_now", "https://bread.example/", Targeting(countries=("NL",)))


def test_reasons_come_in_their_declared_order_and_once() -> None:
    assert reviews.reasons(["offensive", "music_rights", "offensive"]) == ("music_rights", "offensive")
    assert reviews.reasons(reversed(REVIEW_REASONS)) == tuple(REVIEW_REASONS)


@pytest.mark.parametrize("keys", [[], ["boring"], ["offensive", "boring"]])
def test_reasons_are_needed_and_known(keys: list[str]) -> None:
    with pytest.raises(FieldInvalid) as caught:
        reviews.reasons(keys)
    assert caught.value.field == "reasons"


def test_a_note_has_a_bound() -> None:
    assert reviews.note(" " + "a" * 1_000 + "\n") == "a" * 1_000
    with pytest.raises(FieldInvalid) as caught:
        reviews.note("a" * 1_001)
    assert caught.value.field == "note"


def test_the_same_subject_has_no_changes() -> None:
    assert changes(SUBJECT, SUBJECT) == ()


def test_every_part_is_compared() -> None:
    both = ("x", "y")
    wanted = Targeting(both, both, both, both, both, both)
    other = Subject(5, 6, "Two loaves", "shop_now", "https://rye.example/", wanted)
    assert changes(SUBJECT, other) == (
        Change("post", "1", "5"),
        Change("identity", "2", "6"),
        Change("caption", "A loaf", "Two loaves"),
        Change("call_to_action", "order_now", "shop_now"),
        Change("landing_url", "https://bread.example/", "https://rye.example/"),
        Change("countries", "NL", "x, y"),
        *(Change(part, "", "x, y") for part in ("languages", "age_bands", "genders", "interests", "devices")),
    )


def test_when_an_ad_is_shown_is_not_judged() -> None:
    hours = msgspec.structs.replace(SUBJECT.targeting, dayparting="f" * 84, unmet=("isp_ids",))
    assert changes(SUBJECT, msgspec.structs.replace(SUBJECT, targeting=hours)) == ()


def test_a_subject_survives_being_kept() -> None:
    assert msgspec.convert(msgspec.to_builtins(SUBJECT), Subject) == SUBJECT
