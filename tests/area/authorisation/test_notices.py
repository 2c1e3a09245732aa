"""What the platform notices by itself, exactly once."""

from datetime import timedelta

import pytest

from tests.area.authorisation.world import DAY, World, bodies, grant, subjects
from vonk.authorisation import digests, queries
from vonk.authorisation.actions import consents, notices
from vonk.authorisation.actions.notices import Noticed, notice_ended
from vonk.authorisation.models import Consent
from vonk.content.actions import posts, profiles
from vonk.content.rules import Visibility
from vonk.control import notifications
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging

NOTHING = Noticed(ended=0, reminded=0, gone=0, back=0)
SECOND = timedelta(seconds=1)


def acts(world: World) -> list[str]:
    return [row.act.value for row in reversed(queries.history(world.cleo).items)]


def test_the_end_is_recorded_and_written_to_both_sides_once(world: World) -> None:
    issued = world.redeemed(days=7)
    world.now = issued.ends_at - DAY
    notice_ended(world.now)
    before = len(subjects(world.ada)), len(subjects(world.cleo))
    world.now = issued.ends_at - timedelta(microseconds=1)
    assert notice_ended(world.now) == NOTHING
    world.now = issued.ends_at
    assert notice_ended(world.now) == Noticed(ended=1, reminded=0, gone=0, back=0)
    assert notice_ended(world.now) == NOTHING
    assert notice_ended(world.now + DAY) == NOTHING
    assert subjects(world.ada)[before[0] :] == ["The authorisation of a post by Cleo has ended"]
    assert subjects(world.cleo)[before[1] :] == ["Your authorisation for Ada's bread has ended"]
    assert "auth_code_expired" in bodies(world.ada)[-1]
    assert acts(world)[-1] == "expired"
    assert queries.history(world.cleo).items[0].person_name is None
    assert grant(issued.id) is not None  # The document ends by itself.


def test_an_unused_code_ends_quietly(world: World) -> None:
    issued = world.issued(days=7)
    assert notice_ended(issued.ends_at) == Noticed(ended=1, reminded=0, gone=0, back=0)
    assert subjects(world.cleo) == ["A code of yours has ended unused"]
    assert subjects(world.ada) == []


def test_what_was_revoked_or_deleted_does_not_end_again(world: World) -> None:
    revoked, deleted = world.redeemed(days=7), world.issued(days=7)
    consents.revoke(world.cleo, revoked.id, now=world.now)
    consents.delete(world.cleo, deleted.id, now=world.now)
    assert notice_ended(world.now + 8 * DAY) == NOTHING


def test_an_extended_consent_ends_again(world: World) -> None:
    issued = world.redeemed(days=7)
    assert notice_ended(issued.ends_at).ended == 1
    ends_at = consents.extend(world.cleo, issued.id, duration_days=7, now=issued.ends_at).ends_at
    assert notice_ended(issued.ends_at + SECOND) == NOTHING
    assert notice_ended(ends_at).ended == 1
    assert acts(world).count("expired") == 2


def test_reminders_at_14_7_3_and_1_days_to_both_sides_once_each(world: World) -> None:
    issued = world.redeemed(days=30)
    start = len(subjects(world.cleo))
    at = world.now
    while at < issued.ends_at:
        notice_ended(at)
        notice_ended(at + SECOND)
        at += timedelta(hours=6)
    days = (14, 7, 3, 1)
    assert subjects(world.ada) == [f"{left} days left: the authorisation of a post by Cleo" for left in days]
    assert subjects(world.cleo)[start:] == [f"{left} days left: your authorisation for Ada's bread" for left in days]
    assert [row.detail for row in reversed(queries.history(world.cleo).items) if row.act == "reminded"] == [
        {"days_left": left} for left in days
    ]


def test_reminders_nobody_was_there_for_come_as_one(world: World) -> None:
    issued = world.redeemed(days=30)
    assert notice_ended(issued.ends_at - 2 * DAY) == Noticed(ended=0, reminded=1, gone=0, back=0)
    assert subjects(world.ada) == ["2 days left: the authorisation of a post by Cleo"]
    assert notice_ended(issued.ends_at - DAY).reminded == 1


def test_nobody_is_reminded_of_what_was_just_chosen(world: World) -> None:
    issued = world.redeemed(days=7)
    assert notice_ended(world.now) == NOTHING
    assert notice_ended(issued.ends_at - 3 * DAY).reminded == 1
    ends_at = consents.extend(world.cleo, issued.id, duration_days=7, now=issued.ends_at - 3 * DAY).ends_at
    assert notice_ended(ends_at - 7 * DAY).reminded == 1  # Ten days: seven comes again.


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("private", "not_public_video"),
        ("removed", "video_unavailable"),
        ("banned", "account_banned"),
    ],
)
def test_a_post_that_goes_and_comes_back_is_noticed_each_time(world: World, way: str, reason: str) -> None:
    post_id = world.ready_post()
    issued = world.redeemed(post_id)
    go = {
        "private": lambda: posts.set_visibility(world.cleo, post_id, Visibility.PRIVATE, now=world.now),
        "removed": lambda: posts.remove(world.olu, post_id, "violence", now=world.now),
        "banned": lambda: profiles.ban(world.olu, world.profiles["Cleo"], reason="spam", now=world.now),
    }
    come_back = {
        "private": lambda: posts.set_visibility(world.cleo, post_id, Visibility.PUBLIC, now=world.now),
        "removed": lambda: posts.restore(world.olu, post_id, now=world.now),
        "banned": lambda: profiles.unban(world.olu, world.profiles["Cleo"], now=world.now),
    }
    letters = len(subjects(world.cleo))
    for round_number in (1, 2):
        go[way]()
        assert notice_ended(world.now) == Noticed(ended=0, reminded=0, gone=1, back=0)
        assert notice_ended(world.now) == NOTHING
        assert subjects(world.ada)[-1] == "A post by Cleo is no longer available"
        assert reason in bodies(world.ada)[-1]
        assert subjects(world.cleo)[letters:] == ["Ads with your post have stopped"] * round_number
        come_back[way]()
        assert notice_ended(world.now) == Noticed(ended=0, reminded=0, gone=0, back=1)
        assert notice_ended(world.now) == NOTHING
        assert subjects(world.ada)[-1] == "A post by Cleo is available again"
    assert acts(world)[-4:] == ["post_gone", "post_back", "post_gone", "post_back"]
    assert Consent.objects.get(pk=issued.id).gone_noticed_at is None


def test_a_deleted_post_is_noticed(world: World) -> None:
    post_id = world.ready_post()
    world.redeemed(post_id)
    posts.delete(world.cleo, post_id, now=world.now)
    assert notice_ended(world.now) == Noticed(ended=0, reminded=0, gone=1, back=0)
    assert queries.history(world.cleo, post_id).items[0].detail == {"reason": "video_deleted"}


def test_a_private_post_shown_only_in_ads_is_not_gone(world: World) -> None:
    post_id = world.ready_post(visibility=Visibility.PRIVATE.value)
    issued = world.issued(post_id, ads_only=True)
    consents.redeem(world.ada, issued.code, now=world.now)
    assert notice_ended(world.now) == NOTHING


def test_a_round_is_bounded_and_the_rest_follows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "PER_ROUND_MAX", 2)
    post_id = world.ready_post()
    for _ in range(5):
        world.issued(post_id, days=7)
    world.advance(7 * DAY)
    assert [notice_ended(world.now).ended for _ in range(4)] == [2, 2, 1, 0]
    assert queries.verify_chain(None) == []


def test_what_falls_due_together_is_one_letter_to_each_side(world: World) -> None:
    post_id = world.ready_post()
    held = [world.redeemed(post_id, days=30) for _ in range(3)]
    unused = world.issued(post_id, days=30)
    start = len(subjects(world.cleo))
    world.now = held[0].ends_at - 3 * DAY
    assert notice_ended(world.now).reminded == 3
    assert subjects(world.ada) == ["3 authorisations end soon"]
    assert subjects(world.cleo)[start:] == ["3 authorisations end soon"]
    for consent in held:
        assert f"/studio/consents/{consent.id}/extend/" in bodies(world.cleo)[-1]
        assert f"/advertiser/spark-posts/{consent.id}/ask-extension/" in bodies(world.ada)[-1]
    world.now = held[0].ends_at
    assert notice_ended(world.now) == Noticed(ended=4, reminded=0, gone=0, back=0)
    assert notice_ended(world.now) == NOTHING
    assert subjects(world.ada)[1:] == ["3 authorisations have ended"]
    assert subjects(world.cleo)[start + 1 :] == ["4 authorisations have ended"]
    assert acts(world)[-4:] == ["expired"] * 4
    assert AuditEntry.objects.filter(action="consent.expired", account_id=world.ada.account).count() == 3
    assert queries.verify_chain(None) == []
    assert unused.id in {row.consent_id for row in queries.history(world.cleo).items if row.act == "expired"}


def test_a_long_list_is_cut_and_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "LINES_MAX", 2)
    post_id = world.ready_post()
    held = [world.redeemed(post_id, days=7) for _ in range(5)]
    notice_ended(held[0].ends_at)
    assert "… and 3 more." in bodies(world.ada)[-1]
    assert bodies(world.ada)[-1].count("/ask-extension/") == 2


def test_one_reminder_leads_to_one_tap_and_is_news_in_the_product(world: World) -> None:
    issued = world.redeemed(days=30)
    world.now = issued.ends_at - 14 * DAY
    notice_ended(world.now)
    extend, ask = f"/studio/consents/{issued.id}/extend/", f"/advertiser/spark-posts/{issued.id}/ask-extension/"
    for scope, link, subject in (
        (world.cleo, extend, "14 days left: your authorisation for Ada's bread"),
        (world.ada, ask, "14 days left: the authorisation of a post by Cleo"),
    ):
        newest = notifications.news(scope, Paging()).items[0]
        assert (newest.text, newest.link, newest.kind, newest.seen_at) == (subject, link, "consent", None)
        assert link in bodies(scope)[-1]


def test_the_end_of_a_notice_is_recorded_as_of_that_instant(world: World) -> None:
    issued = world.redeemed(days=30)
    over = world.now + 2 * DAY
    Consent.objects.filter(pk=issued.id).update(notice_given_at=world.now, ending_at=over, remind_at=None)
    assert notice_ended(over - SECOND) == NOTHING
    start = len(subjects(world.ada))
    assert notice_ended(over + DAY) == Noticed(ended=0, reminded=0, gone=0, back=0, revoked=1)
    assert notice_ended(over + DAY) == NOTHING
    assert Consent.objects.get(pk=issued.id).revoked_at == over
    newest = queries.history(world.cleo).items[0]
    assert (newest.act.value, newest.at) == ("revoked", over)
    assert len(subjects(world.ada)) == start + 1
    assert notice_ended(issued.ends_at + DAY) == NOTHING  # It was revoked; it does not expire as well.
    assert grant(issued.id) is None
