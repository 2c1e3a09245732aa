"""What is learnt from: rows of the log's records, and of whom nothing of a profile is."""

import msgspec
import pytest

from tests.unit.delivery.making import NOW_MS
from tests.unit.delivery.trained.making import START_MS, bought, decision, event
from vonk.core.taxonomy import AgeBand, Gender
from vonk.delivery.matching import viewers
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.trained import features
from vonk.delivery.trained.examples import CONVERSION_MS, LABEL_MS, Waiting, codes_of
from vonk.events.log import redacted
from vonk.events.records import Kind
from vonk.events.tokens import ViewerClaims

TOLD = ViewerClaims(
    "vik", NOW_MS + 1_000, "NL", "nl", AgeBand.AGE_25_34, Gender.MALE, ("food",), personalised=True, audiences=(1,)
)
FIELDS = tuple(field.name for field in features.SPEC.fields)


def test_a_showing_closes_with_what_came_of_it() -> None:
    waiting, shown = Waiting(), decision(1)
    waiting.take([shown, event(shown, Kind.IMPRESSION), event(shown, Kind.VIEW_6S, 7_000)])
    assert waiting.close(START_MS + LABEL_MS - 1) == []
    (closed,) = waiting.close(START_MS + LABEL_MS)
    assert (closed.ad_id, closed.labels, closed.codes) == (1, (0, 1, -1), codes_of(shown))
    assert (waiting.showings, waiting.close(START_MS + 2 * LABEL_MS)) == ({}, [])


def test_what_was_not_seen_is_invalid_or_the_viewers_own_teaches_nothing() -> None:
    waiting = Waiting()
    unseen, forged, own, empty = decision(1), decision(2), decision(3), decision(4, ad_id=0)
    waiting.take([
        unseen, forged, own, empty,
        event(forged, Kind.IMPRESSION, invalid="impossible_speed"), event(own, Kind.IMPRESSION, own=True),
    ])  # fmt: skip
    assert waiting.close(START_MS + LABEL_MS) == []


@pytest.mark.parametrize("conversions", [0, 1])
def test_a_click_closes_again_as_a_conversion_or_none(conversions: int) -> None:
    waiting, shown = Waiting(), decision(1)
    waiting.take([shown, event(shown, Kind.IMPRESSION), event(shown, Kind.CLICK_DESTINATION, 2_000)])
    assert [row.labels for row in waiting.close(START_MS + LABEL_MS)] == [(1, 0, -1)]
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(waiting), type=Waiting)  # As between two rounds.
    kept.take([msgspec.structs.replace(bought(shown, CONVERSION_MS), name="add_to_cart")])  # A step is none.
    if conversions:
        kept.take([bought(shown, CONVERSION_MS)])
    assert kept.close(START_MS + CONVERSION_MS) == []
    assert [row.labels for row in kept.close(START_MS + CONVERSION_MS + 2_000)] == [(-1, -1, conversions)]


@pytest.mark.parametrize(
    "changes",
    [{"age_band": AgeBand.AGE_13_17}, {"personalised": False}, {"age_band": AgeBand.AGE_13_17, "personalised": False}],
)
def test_minors_and_who_did_not_agree_are_the_same_whoever_they_are(changes: dict[str, object]) -> None:
    claims = msgspec.structs.replace(TOLD, **changes)
    other = msgspec.structs.replace(claims, viewer_id="other", gender=Gender.FEMALE, interests=("sports",))
    codes = [
        features.common(viewer.viewer_id, viewers.known(viewer), "for_you", NOW_MS)
        for viewer in (viewer_of(one, Context(device="ios"), "for_you") for one in (claims, other))
    ]
    assert codes[0] == codes[1]
    assert [codes[0][FIELDS.index(name)] for name in features.PROFILE] == [0, 0, 0]
    assert codes[0][FIELDS.index("country")] == features.code("NL")


def test_who_agreed_is_known_again() -> None:
    viewer = viewer_of(TOLD, Context(), "for_you")
    codes = features.common(viewer.viewer_id, viewers.known(viewer), "for_you", NOW_MS)
    assert all(codes[FIELDS.index(name)] for name in features.PROFILE)


def test_a_record_of_somebody_without_a_profile_or_erased_holds_none() -> None:
    for record in (
        decision(1, profiled=False, age_band="", gender=""),
        redacted(decision(1), {"vik"}),
        decision(1, profiled=False),  # Even if it told more than it may.
    ):
        codes = codes_of(record)  # type: ignore[arg-type]  # A decision stays one.
        assert [codes[FIELDS.index(name)] for name in features.PROFILE] == [0, 0, 0]
