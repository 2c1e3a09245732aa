"""The consent's state machine, who may authorise what, and when reminders are due."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation.errors.consents import ERRORS
from vonk.authorisation.rules import (
    REMINDER_DAYS,
    ConsentFacts,
    ConsentState,
    Extension,
    OriginalFacts,
    PostToPromote,
    Refusal,
    days_left,
    extended_end,
    live_spans,
    next_reminder_at,
    promotion_refusal,
    redemption_refusal,
    state,
)
from vonk.content.rules import Format

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ISSUED = ConsentFacts(NOW + 30 * DAY, None, None, None, None, True)
ACTIVE = msgspec.structs.replace(ISSUED, redeemed_at=NOW)
POST = PostToPromote(
    profile_id=1,
    video_ready=True,
    public=True,
    unavailable_reason=None,
    originals=(),
    mentioned_profile_ids=(),
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ISSUED, ConsentState.ISSUED),
        (ACTIVE, ConsentState.ACTIVE),
        (msgspec.structs.replace(ACTIVE, post_available=False), ConsentState.SUSPENDED),
        (msgspec.structs.replace(ISSUED, post_available=False), ConsentState.ISSUED),
        (msgspec.structs.replace(ACTIVE, ends_at=NOW), ConsentState.EXPIRED),
        (msgspec.structs.replace(ISSUED, ends_at=NOW), ConsentState.EXPIRED),
        (msgspec.structs.replace(ACTIVE, ends_at=NOW + timedelta(microseconds=1)), ConsentState.ACTIVE),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW + timedelta(microseconds=1)), ConsentState.ENDING),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW), ConsentState.REVOKED),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW, ends_at=NOW), ConsentState.REVOKED),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW + DAY, post_available=False), ConsentState.SUSPENDED),
        (msgspec.structs.replace(ACTIVE, originals_met=False), ConsentState.SUSPENDED),
        (msgspec.structs.replace(ACTIVE, ends_at=NOW, revoked_at=NOW), ConsentState.REVOKED),
        (msgspec.structs.replace(ACTIVE, revoked_at=NOW, released_at=NOW), ConsentState.RELEASED),
        (msgspec.structs.replace(ISSUED, ends_at=NOW, deleted_at=NOW), ConsentState.DELETED),
    ],
)
def test_state_follows_from_instants(facts: ConsentFacts, expected: ConsentState) -> None:
    assert state(facts, NOW) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"unavailable_reason": "deleted"}, Refusal.VIDEO_DELETED),
        ({"unavailable_reason": "removed"}, Refusal.VIDEO_UNAVAILABLE),
        ({"unavailable_reason": "profile_banned"}, Refusal.ACCOUNT_BANNED),
        ({"unavailable_reason": "something new"}, Refusal.VIDEO_UNAVAILABLE),
        ({"unavailable_reason": "draft"}, Refusal.VIDEO_NOT_READY),
        ({"unavailable_reason": "account_private"}, Refusal.ACCOUNT_PRIVATE),
        ({"video_ready": False}, Refusal.VIDEO_NOT_READY),
        ({"format": Format.STORY}, Refusal.STORY_VIDEO),
        ({"format": Format.CAROUSEL}, None),
        (
            {"format": Format.CAROUSEL, "originals": (OriginalFacts(1, is_answer=False),)},
            Refusal.CAROUSEL_DUET,
        ),
        ({"sound_commercial": False}, Refusal.MUSIC_RIGHTS_MISSING),
        ({"disclosed": False}, None),
        ({"originals": (OriginalFacts(2, is_answer=False),)}, None),  # Its author is asked when it is taken up.
        ({"originals": (OriginalFacts(1, is_answer=False),)}, None),
        ({"originals": (OriginalFacts(1, is_answer=True),)}, Refusal.MULTI_DUET_STITCH),
        ({"originals": (OriginalFacts(2, is_answer=True),)}, Refusal.MULTI_DUET_STITCH),
        ({"mentioned_profile_ids": (1,)}, None),
        ({"mentioned_profile_ids": (2,)}, None),
        ({"mentioned_profile_ids": (1, 1)}, Refusal.MENTION_MULTIPLE_VIDEOS),
        ({"public": False, "unavailable_reason": "private"}, Refusal.NOT_PUBLIC_VIDEO),
        (
            {"public": False},
            Refusal.NOT_PUBLIC_VIDEO,
        ),  # Shown in ads alone until now: it does not become public by itself.
    ],
)
def test_who_may_authorise_what(changes: dict[str, object], expected: Refusal | None) -> None:
    post = msgspec.structs.replace(POST, **changes)
    assert promotion_refusal(post, ads_only=False, make_public=False) is expected


@pytest.mark.parametrize("choice", [{"ads_only": True, "make_public": False}, {"ads_only": False, "make_public": True}])
def test_a_private_post_needs_its_creators_word(choice: dict[str, bool]) -> None:
    post = msgspec.structs.replace(POST, public=False, unavailable_reason="private")
    assert promotion_refusal(post, **choice) is None


def test_who_is_paid_says_so() -> None:
    post = msgspec.structs.replace(POST, disclosed=False)
    assert promotion_refusal(post, ads_only=False, make_public=False, paid=True) is Refusal.DISCLOSURE_MISSING


@pytest.mark.parametrize("reason", ["draft", "private"])
def test_a_pushed_post_is_consented_to_before_it_is_published(reason: str) -> None:
    post = msgspec.structs.replace(POST, public=False, unavailable_reason=reason)
    assert promotion_refusal(post, ads_only=False, make_public=False, pushed=True) is None


@pytest.mark.parametrize(
    ("facts", "holder", "reason", "expected"),
    [
        (ISSUED, None, None, None),
        (ISSUED, None, "deleted", Refusal.VIDEO_DELETED),
        (ISSUED, None, "removed", Refusal.VIDEO_UNAVAILABLE),
        (ISSUED, None, "private", Refusal.NOT_PUBLIC_VIDEO),
        (ISSUED, None, "profile_banned", Refusal.ACCOUNT_BANNED),
        (ISSUED, None, "something new", Refusal.VIDEO_UNAVAILABLE),
        (msgspec.structs.replace(ISSUED, deleted_at=NOW), None, None, Refusal.AUTH_CODE_NOT_FOUND),
        (msgspec.structs.replace(ISSUED, ends_at=NOW), None, None, Refusal.AUTH_CODE_EXPIRED),
        (msgspec.structs.replace(ISSUED, ends_at=NOW), None, "deleted", Refusal.AUTH_CODE_EXPIRED),
        (msgspec.structs.replace(ISSUED, revoked_at=NOW), None, None, Refusal.AUTHORIZATION_REVOKED),
        (ACTIVE, 5, None, None),
        (ACTIVE, 5, "private", None),
        (ACTIVE, 6, None, Refusal.AUTH_CODE_ALREADY_USED),
        (msgspec.structs.replace(ACTIVE, revoked_at=NOW), 6, None, Refusal.AUTH_CODE_ALREADY_USED),
        (msgspec.structs.replace(ACTIVE, revoked_at=NOW), 5, None, Refusal.AUTHORIZATION_REVOKED),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW + DAY), 5, None, None),
        (msgspec.structs.replace(ACTIVE, ending_at=NOW), 5, None, Refusal.AUTHORIZATION_REVOKED),
        (msgspec.structs.replace(ACTIVE, ends_at=NOW), 5, None, Refusal.AUTH_CODE_EXPIRED),
        (msgspec.structs.replace(ACTIVE, ends_at=NOW, released_at=NOW), 5, None, Refusal.AUTHORIZATION_RELEASED),
    ],
)
def test_why_a_code_does_not_work(
    facts: ConsentFacts, holder: int | None, reason: str | None, expected: Refusal | None
) -> None:
    assert redemption_refusal(facts, NOW, unavailable_reason=reason, holder=holder, asker=5) is expected


def test_every_refusal_has_its_error() -> None:
    assert set(ERRORS) == set(Refusal)
    for refusal, error in ERRORS.items():
        assert error.code == refusal.value
        assert error.message
        assert error.cause
        assert error.remedy


def test_an_extension_counts_from_the_later_of_now_and_the_end() -> None:
    assert extended_end(NOW + DAY, 7, NOW) == NOW + 8 * DAY
    assert extended_end(NOW - DAY, 7, NOW) == NOW + 7 * DAY


def test_a_day_begun_counts_whole() -> None:
    assert [days_left(NOW + part * DAY, NOW) for part in (-1, 0, 0.001, 1, 1.5, 7)] == [0, 0, 1, 1, 2, 7]


def test_reminders_come_14_7_3_and_1_days_before_the_end() -> None:
    ends_at = NOW + 30 * DAY
    instants = []
    at: datetime | None = NOW
    while at is not None:
        at = next_reminder_at(ends_at, at)
        instants.append(at)
    assert instants == [NOW + 16 * DAY, NOW + 23 * DAY, NOW + 27 * DAY, NOW + 29 * DAY, None]


def test_who_chose_seven_days_just_now_is_reminded_at_three() -> None:
    assert next_reminder_at(NOW + 7 * DAY, NOW) == NOW + 4 * DAY


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_reminder_lies_ahead_and_before_the_end(term: timedelta) -> None:
    ends_at = NOW + term
    at = next_reminder_at(ends_at, NOW)
    if at is None:
        assert term <= min(REMINDER_DAYS) * DAY
    else:
        assert NOW < at < ends_at
        assert (ends_at - at) in {days * DAY for days in REMINDER_DAYS}


def test_spans_leave_out_a_lapse() -> None:
    first_end, second_end = NOW + 7 * DAY, NOW + 40 * DAY
    early = Extension(NOW + DAY, NOW + 3 * DAY, first_end)
    late = Extension(NOW + 10 * DAY, first_end, second_end)
    assert live_spans(NOW, first_end, None, [early]) == ((NOW, first_end),)
    assert live_spans(NOW, second_end, None, [early, late]) == ((NOW, first_end), (NOW + 10 * DAY, second_end))
    assert live_spans(NOW, second_end, NOW + 12 * DAY, [early, late]) == (
        (NOW, first_end),
        (NOW + 10 * DAY, NOW + 12 * DAY),
    )
    assert live_spans(NOW, second_end, NOW, []) == ((NOW, NOW),), "Empty, and still followed by its grace."
