"""The ledger's filters say what the pure rule says, its pages hold everything once, and its file too."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.area.authorisation.world import DAY, World
from tests.chance import examples
from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent, ConsentNeed
from vonk.authorisation.queries import LedgerFilter, LedgerSort
from vonk.authorisation.queries.ledger import LISTED
from vonk.authorisation.rules import NO_END, ConsentFacts, ConsentState, Road, state
from vonk.content.models import Post, Profile
from vonk.content.rules import Origin, PublishAs, VideoState, Visibility
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, RightMissing

HOURS = st.none() | st.integers(-48, 48)
FATES = st.fixed_dictionaries({
    "ends": st.integers(-48, 48),
    "ending": HOURS,
    "revoked": st.booleans(),
    "released": st.booleans(),
    "deleted": st.booleans(),
    "draft": st.booleans(),
    "ads_only": st.booleans(),
    "visibility": st.sampled_from(list(Visibility)),
    "met": st.none() | st.booleans(),
})  # fmt: skip


@settings(max_examples=examples(4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(FATES, min_size=4, max_size=12), at=st.integers(-3, 3))
def test_each_state_in_sql_is_the_pure_rules(world: World, fates: list[dict[str, Any]], at: int) -> None:
    now = world.now + timedelta(hours=at)
    ConsentNeed.objects.all().delete()
    Consent.objects.all().delete()
    expected: dict[int, ConsentState] = {}
    original = world.post("Mallory")
    pushed: dict[str, Any] = {
        "origin": Origin.PUSHED.value,
        "pushed_for_id": world.ada.account,
        "publish_as": PublishAs.PUBLIC.value,
    }
    for fate in fates:
        post_id = world.post(
            deleted_at=world.now if fate["deleted"] else None,
            draft=fate["draft"],
            **(pushed if fate["draft"] else {}),
            ads_only=fate["ads_only"],
            visibility=fate["visibility"].value,
        )
        ending_at = world.now + timedelta(hours=fate["ending"]) if fate["ending"] is not None else None
        row = Consent.objects.create(
            post_id=post_id,
            profile_id=world.profiles["Cleo"],
            account_id=world.ada.account,
            duration_days=7,
            issued_at=world.now - 9 * DAY,
            redeemed_at=world.now - 9 * DAY,
            ends_at=world.now + timedelta(hours=fate["ends"]),
            notice_given_at=world.now - 9 * DAY if ending_at is not None else None,
            ending_at=ending_at,
            revoked_at=world.now if fate["revoked"] else None,
            released_at=world.now if fate["released"] else None,
        )
        if fate["met"] is not None:
            meets = Consent.objects.create(
                post_id=original,
                profile_id=world.profiles["Mallory"],
                account_id=world.mallory.account,
                duration_days=7,
                issued_at=world.now - 9 * DAY,
                redeemed_at=world.now - 9 * DAY,
                ends_at=NO_END if fate["met"] else world.now - 9 * DAY,
            )
            ConsentNeed.objects.create(
                consent=row, original_id=original, profile_id=world.profiles["Mallory"], met_by=meets
            )
        shown = not fate["deleted"] and not fate["draft"]
        expected[row.pk] = state(
            ConsentFacts(
                ends_at=row.ends_at,
                redeemed_at=row.redeemed_at,
                revoked_at=row.revoked_at,
                released_at=row.released_at,
                deleted_at=None,
                post_available=shown and (fate["ads_only"] or fate["visibility"] is Visibility.PUBLIC),
                ending_at=ending_at,
                originals_met=fate["met"] is not False,
            ),
            now,
        )
    for one in ConsentState:
        page = queries.ledger(world.ada, LedgerFilter(states=frozenset({one})), Paging(size=100), now)
        found = {item.consent_id: item.state for item in page.items}
        assert found == {key: value for key, value in expected.items() if value is one}
        assert page.total == len(found)
    listed = queries.ledger(world.ada, LedgerFilter(), Paging(size=100), now)
    assert {item.consent_id: item.state for item in listed.items} == {
        key: value for key, value in expected.items() if value in LISTED
    }


def test_what_hides_a_post_suspends_its_row(world: World) -> None:
    held = world.redeemed()
    hidden = LedgerFilter(states=frozenset({ConsentState.SUSPENDED}))
    profile = Profile.objects.filter(pk=world.profiles["Cleo"])
    posts = Post.objects.all()
    for hide, show in (
        (lambda: profile.update(banned_at=world.now), lambda: profile.update(banned_at=None)),
        (lambda: profile.update(private=True), lambda: profile.update(private=False)),
        (lambda: posts.update(removed_at=world.now), lambda: posts.update(removed_at=None)),
        (lambda: _video(VideoState.FAILED), lambda: _video(VideoState.READY)),
    ):
        hide()
        assert [row.consent_id for row in queries.ledger(world.ada, hidden, Paging(), world.now).items] == [held.id]
        show()
        assert queries.ledger(world.ada, hidden, Paging(), world.now).items == ()


def _video(state_of_video: VideoState) -> None:
    for post in Post.objects.select_related("video"):
        post.video.state = state_of_video.value
        post.video.save(update_fields=["state"])


def test_every_order_pages_through_everything_once(world: World, django_assert_max_num_queries: Any) -> None:
    cleos = world.ready_post()
    ids = [world.redeemed(cleos, days=days).id for days in (30, 7, 30, 60, 7)]
    mallorys = consents.issue(world.people["Mallory"], world.ready_post("Mallory"), duration_days=7, now=world.now)
    consents.redeem(world.ada, mallorys.code, now=world.now)
    ids.append(mallorys.id)
    orders = {
        LedgerSort.NEWEST: [5, 4, 3, 2, 1, 0],
        LedgerSort.END: [5, 4, 1, 2, 0, 3],
        LedgerSort.CREATOR: [4, 3, 2, 1, 0, 5],
    }
    for sort, places in orders.items():
        seen, cursor = list[int](), None
        while True:
            page = queries.ledger(world.ada, LedgerFilter(sort=sort), Paging(cursor, 2), world.now)
            seen += [item.consent_id for item in page.items]
            assert page.total == 6
            if page.next_cursor is None:
                break
            cursor = int(page.next_cursor)
        assert seen == [ids[place] for place in places], sort
        filed = [
            row.consent_id
            for rows in queries.ledger_rows(world.ada, LedgerFilter(sort=sort), world.now)
            for row in rows
        ]
        assert filed == seen
    with django_assert_max_num_queries(8):  # However many rows a page has.
        queries.ledger(world.ada, LedgerFilter(states=frozenset({ConsentState.ACTIVE})), Paging(), world.now)
    assert [row.consent_id for row in queries.held_by_account(world.ada, [ids[3], 4711, ids[0]], world.now)] == [
        ids[3],
        ids[0],
    ]


def test_filters_and_what_is_wrong_with_them(world: World) -> None:
    loaf, roll = world.ready_post(caption="A loaf"), world.ready_post("Mallory", caption="A ROLL")
    first = world.redeemed(loaf, days=7)
    second = consents.issue(world.people["Mallory"], roll, duration_days=30, now=world.now)
    consents.redeem(world.ada, second.code, now=world.now)
    endless = Consent.objects.create(
        post_id=loaf, profile_id=world.profiles["Cleo"], account_id=world.ada.account, duration_days=0,
        road=Road.ACCOUNT_ACCESS.value, issued_at=world.now, redeemed_at=world.now, ends_at=NO_END,
    ).pk  # fmt: skip

    def found(**wanted: Any) -> set[int]:
        page = queries.ledger(world.ada, LedgerFilter(**wanted), Paging(), world.now)
        return {item.consent_id for item in page.items}

    assert found() == {first.id, second.id, endless}
    assert found(creator="@Mallory") == {second.id}
    assert found(creator="mal") == set()
    assert found(road=Road.ACCOUNT_ACCESS) == {endless}
    assert found(days_left_max=7) == {first.id}
    assert found(days_left_max=6) == set()
    assert found(days_left_max=30) == {first.id, second.id}
    assert found(text="roll") == {second.id}
    assert found(text="@cle") == {first.id, endless}
    assert found(text=first.code) == {first.id}, "By its end: the code itself is nowhere to be compared with."
    assert found(text="%") == set()
    (row,) = queries.ledger(world.ada, LedgerFilter(road=Road.ACCOUNT_ACCESS), Paging(), world.now).items
    assert (row.ends_at, row.days_left, row.state, row.terms) == (None, None, "active", None)
    consents.revoke(world.cleo, first.id, now=world.now)
    assert found(days_left_max=30) == {second.id}
    for wrong in ({"days_left_max": -1}, {"days_left_max": 10_000}, {"text": "x" * 101}):
        with pytest.raises(FieldInvalid):
            found(**wrong)
    with pytest.raises(FieldInvalid):
        queries.ledger(world.mallory, LedgerFilter(), Paging(first.id), world.now)
    assert queries.ledger(world.mallory, LedgerFilter(), Paging(), world.now).items == ()
    assert queries.held_by_account(world.mallory, [first.id], world.now) == ()
    with pytest.raises(RightMissing):
        queries.ledger(world.cleo, LedgerFilter(), Paging(), world.now)
