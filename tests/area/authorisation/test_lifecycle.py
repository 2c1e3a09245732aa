"""Extension, revocation, deletion, release, and who may see a code again."""

from datetime import timedelta

import pytest

from tests.area.authorisation.world import DAY, World, bodies, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, returns
from vonk.authorisation.errors.consents import (
    AuthCodeExpired,
    AuthCodeInUse,
    AuthorizationReleased,
    AuthorizationRevoked,
    AuthorizationStillLive,
    ExtendedTooFar,
    VideoDeleted,
)
from vonk.authorisation.models import Consent
from vonk.authorisation.queries import ConsentView, Promotion
from vonk.authorisation.rules import ConsentState
from vonk.content.models import Post
from vonk.content.rules import Visibility
from vonk.control.models import Publication
from vonk.control.paging import Paging
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid, NotFound, RightMissing


def state_of(world: World, consent_id: int) -> str:
    return queries.consent_facts([consent_id], world.now)[consent_id].state.value


def test_an_extension_counts_from_the_end_while_it_lasts(world: World) -> None:
    issued = world.redeemed(days=7)
    world.advance(2 * DAY)
    extended = consents.extend(world.cleo, issued.id, duration_days=30, now=world.now)
    assert extended == consents.Extended(issued.id, issued.ends_at + 30 * DAY)
    document = grant(issued.id)
    assert document is not None
    assert document.ends_ms == to_ms(extended.ends_at)
    assert subjects(world.ada) == ["Cleo extended an authorisation"]


def test_an_expired_consent_comes_back_with_the_same_code_from_now(world: World) -> None:
    issued = world.redeemed(days=7)
    world.advance(10 * DAY)
    with pytest.raises(AuthCodeExpired):
        consents.redeem(world.ada, issued.code, now=world.now)
    assert state_of(world, issued.id) == "expired"
    came_back_at = world.now
    assert consents.extend(world.cleo, issued.id, duration_days=7, now=world.now).ends_at == world.now + 7 * DAY
    assert state_of(world, issued.id) == "active"
    assert consents.redeem(world.ada, issued.code, now=world.now).again
    assert consents.reveal_code(world.cleo, issued.id) == issued.code
    redeemed_at = issued.ends_at - 7 * DAY
    assert queries.live_spans_of([issued.id]) == {
        issued.id: ((redeemed_at, issued.ends_at), (came_back_at, came_back_at + 7 * DAY))
    }
    acts = [row.act for row in queries.history(world.cleo).items]
    assert acts[:3] == ["extended", "expired", "redeemed"]  # Nobody had noticed the end yet.


def test_an_unused_code_is_extended_too(world: World) -> None:
    issued = world.issued(days=7)
    world.advance(8 * DAY)
    consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    assert grant(issued.id) is None
    assert not consents.redeem(world.ada, issued.code, now=world.now).again
    assert queries.live_spans_of([issued.id]) == {issued.id: ((world.now, world.now + 7 * DAY),)}


def test_what_cannot_be_extended(world: World) -> None:
    issued = world.redeemed(days=365)
    with pytest.raises(FieldInvalid):
        consents.extend(world.cleo, issued.id, duration_days=8, now=world.now)
    for _ in range(3):
        consents.extend(world.cleo, issued.id, duration_days=365, now=world.now)
    consents.extend(world.cleo, issued.id, duration_days=365, now=world.now)
    with pytest.raises(ExtendedTooFar):
        consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    world.advance(30 * DAY)
    Post.objects.update(visibility=Visibility.PRIVATE.value)
    consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)  # It may come back.
    Post.objects.update(deleted_at=world.now)
    with pytest.raises(VideoDeleted):
        consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    consents.revoke(world.cleo, issued.id, now=world.now)
    with pytest.raises(AuthorizationRevoked):
        consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)


def test_revocation_is_immediate_and_said_to_the_advertiser_once(world: World) -> None:
    issued = world.redeemed()
    world.advance(DAY)
    assert consents.revoke(world.cleo, issued.id, now=world.now).changed
    assert grant(issued.id) is None
    assert state_of(world, issued.id) == "revoked"
    assert queries.consent_facts([issued.id], world.now) == {
        issued.id: ConsentView(
            id=issued.id,
            post_id=Post.objects.get().pk,
            profile_id=world.profiles["Cleo"],
            account_id=world.ada.account,
            state=ConsentState.REVOKED,
            ends_at=issued.ends_at,
            issued_at=world.now - DAY,
            redeemed_at=world.now - DAY,
            revoked_at=world.now,
        )
    }
    assert queries.live_spans_of([issued.id]) == {issued.id: ((world.now - DAY, world.now),)}
    (body,) = bodies(world.ada)
    assert "“A loaf rises” (@cleo, " in body
    assert "authorization_revoked" in body
    assert "ask the creator for a new code" in body
    sequence = Publication.objects.get(kind="grant").sequence
    rows = queries.history(world.cleo).items
    assert not consents.revoke(world.cleo, issued.id, now=world.now + DAY).changed
    assert Publication.objects.get(kind="grant").sequence == sequence
    assert queries.history(world.cleo).items == rows
    assert len(bodies(world.ada)) == 1
    assert consents.reveal_code(world.ada, issued.id) == issued.code


def test_revocation_of_an_expired_consent_closes_it_for_good(world: World) -> None:
    issued = world.redeemed(days=7)
    world.advance(7 * DAY)
    assert consents.revoke(world.cleo, issued.id, now=world.now).changed
    with pytest.raises(AuthorizationRevoked):
        consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    assert queries.live_spans_of([issued.id]) == {issued.id: ((issued.ends_at - 7 * DAY, issued.ends_at),)}


def test_only_unused_codes_are_deleted(world: World) -> None:
    unused, held = world.issued(), world.redeemed()
    with pytest.raises(AuthCodeInUse):
        consents.delete(world.cleo, held.id, now=world.now)
    assert consents.delete(world.cleo, unused.id, now=world.now)
    assert not consents.delete(world.cleo, unused.id, now=world.now)
    assert not consents.revoke(world.cleo, unused.id, now=world.now).changed
    assert state_of(world, unused.id) == "deleted"
    with pytest.raises(NotFound):
        consents.extend(world.cleo, unused.id, duration_days=7, now=world.now)
    with pytest.raises(NotFound):
        consents.reveal_code(world.cleo, unused.id)
    post_id = Consent.objects.get(pk=unused.id).post_id
    assert queries.consents_of_post(world.cleo, post_id, world.now).items == ()


def test_the_advertiser_releases_what_has_ended(world: World) -> None:
    expired, revoked, live = world.redeemed(days=7), world.redeemed(), world.redeemed()
    world.advance(7 * DAY)
    consents.revoke(world.cleo, revoked.id, now=world.now)
    with pytest.raises(AuthorizationStillLive):
        consents.release(world.ada, live.id, now=world.now)
    assert grant(expired.id) is not None  # It ends by itself.
    for ended in (expired, revoked):
        assert consents.release(world.ada, ended.id, now=world.now)
        assert not consents.release(world.ada, ended.id, now=world.now)
        assert state_of(world, ended.id) == "released"
        assert grant(ended.id) is None
        with pytest.raises(NotFound):
            consents.reveal_code(world.ada, ended.id)
        assert consents.reveal_code(world.cleo, ended.id) == ended.code
    assert [item.consent_id for item in queries.library(world.ada, Paging(), world.now).items] == [live.id]
    with pytest.raises(AuthorizationReleased):
        consents.extend(world.cleo, expired.id, duration_days=7, now=world.now)
    with pytest.raises(AuthorizationReleased):
        consents.redeem(world.ada, expired.code, now=world.now)
    assert not consents.revoke(world.cleo, expired.id, now=world.now).changed


def test_the_advertiser_gives_back_what_it_needs_no_longer(world: World) -> None:
    """Live and ended alike, by the post; no ads from then on, a letter for each that was live, and the codes are spent."""
    post_id, other_id = world.ready_post(), world.ready_post()
    expired, live = world.redeemed(post_id, days=7), world.redeemed(post_id)
    kept, unused = world.redeemed(other_id), world.issued(post_id)
    for somebody in (world.mallory, world.cleo):
        with pytest.raises((NotFound, RightMissing)):
            returns.give_back(somebody, post_id, now=world.now)
    world.advance(8 * DAY)
    before = subjects(world.cleo)
    assert returns.give_back(world.ada, post_id, now=world.now) == (expired.id, live.id)
    assert [state_of(world, one.id) for one in (expired, live, kept, unused)] == [
        "released",
        "released",
        "active",
        "issued",
    ]
    assert [grant(one.id) is None for one in (expired, live, kept)] == [True, True, False]
    assert queries.live_spans_of([live.id]) == {live.id: ((world.now - 8 * DAY, world.now),)}
    told = ["Your authorisation for Ada's bread has ended", "Ada's bread no longer uses your post"]
    assert subjects(world.cleo)[len(before) :] == told  # The end of the first had not been noticed until now.
    assert [row.act for row in queries.history(world.cleo, post_id).items][:2] == ["released", "released"]
    assert queries.verify_chain(world.profiles["Cleo"]) == []
    with pytest.raises(AuthorizationReleased):
        consents.redeem(world.ada, live.code, now=world.now)
    with pytest.raises(NotFound):
        returns.give_back(world.ada, post_id, now=world.now)


def test_pages(world: World) -> None:
    post_id = world.ready_post()
    ids = [world.redeemed(post_id).id for _ in range(3)]
    first = queries.library(world.ada, Paging(size=2), world.now)
    assert [item.consent_id for item in first.items] == ids[:0:-1]
    assert first.next_cursor is not None
    second = queries.library(world.ada, Paging(int(first.next_cursor), 2), world.now)
    assert ([item.consent_id for item in second.items], second.next_cursor) == (ids[:1], None)
    page = queries.history(world.cleo, None, Paging(size=5))
    assert [row.sequence for row in page.items] == [8, 7, 6, 5, 4]
    assert page.next_cursor == "4"
    page = queries.history(world.cleo, post_id, Paging(4, 5))
    assert [(row.sequence, row.act) for row in page.items] == [
        (3, "issued"),
        (2, "post_authorisation_on"),
    ]
    assert queries.history(world.cleo, None, Paging(2, 5)).items[0].act == "ad_settings_on"


def test_a_suspended_post_blocks_and_comes_back(world: World) -> None:
    issued = world.redeemed()
    Post.objects.update(visibility=Visibility.FRIENDS.value)
    assert state_of(world, issued.id) == "suspended"
    assert queries.library(world.ada, Paging(), world.now).items[0].post.unavailable_reason == "private"
    Post.objects.update(visibility=Visibility.PUBLIC.value)
    assert state_of(world, issued.id) == "active"
    world.advance(timedelta(days=30))
    assert state_of(world, issued.id) == "expired"


def test_where_posts_stand_with_ads(world: World) -> None:
    post_id, off_id = world.ready_post(), world.post()
    world.issued(post_id)
    world.redeemed(post_id)
    consents.revoke(world.cleo, world.redeemed(post_id).id, now=world.now)
    assert queries.promotions([post_id, off_id], world.now) == {
        post_id: Promotion(True, 1, 1),
        off_id: Promotion(False, 0, 0),
    }
