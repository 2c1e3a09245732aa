"""What may be authorised, and how."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from tests.area.authorisation.world import DAY, World, grant
from vonk.authorisation import codes, queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.errors.consents import (
    AccountBanned,
    AccountPrivate,
    AdvertiserPostNotSupported,
    CarouselDuetNotSupported,
    MentionMultipleVideos,
    MultiDuetStitch,
    MusicRightsMissing,
    NotPublicVideo,
    OpenCodesLimited,
    StoryVideoNotSupported,
    VideoDeleted,
    VideoUnavailable,
)
from vonk.authorisation.models import Consent, ConsentRecord, PostAuthorisation
from vonk.content.errors import VideoNotReady
from vonk.content.models import Post, Profile, Sound
from vonk.content.rules import Format, Origin, VideoState, Visibility
from vonk.core.errors import FieldInvalid, NotFound, Problem


def switched_on(world: World, **changed: Any) -> int:
    """A post that became what it is after its switch went on."""
    post_id = world.post(**changed)
    world.switch_on(world.post())
    PostAuthorisation.objects.create(post_id=post_id, on=True, changed_at=world.now)
    return post_id


@pytest.mark.parametrize("days", [7, 30, 60, 365])
def test_a_code_for_7_30_60_or_365_days(world: World, days: int) -> None:
    post_id = world.ready_post()
    issued = world.issued(post_id, days=days)
    assert issued.ends_at == world.now + timedelta(days=days)
    assert codes.parse(issued.code) == issued.code
    assert grant(issued.id) is None  # A code authorises nothing until it is redeemed.
    post = Post.objects.get(pk=post_id)
    assert (post.caption_locked, post.ads_only, post.in_ads) == (True, False, False)
    (row,) = queries.consents_of_post(world.cleo, post_id, world.now).items
    assert (row.id, row.state, row.duration_days, row.days_left) == (issued.id, "issued", days, days)
    assert (row.code_hint, row.account_name, row.redeemed_at) == (issued.code[-4:], None, None)


def test_thirty_days_unless_said_otherwise(world: World) -> None:
    issued = consents.issue(world.cleo, world.ready_post(), now=world.now)
    assert issued.ends_at == world.now + 30 * DAY


@pytest.mark.parametrize("days", [0, 1, 29, 366, -7])
def test_no_other_duration(world: World, days: int) -> None:
    with pytest.raises(FieldInvalid) as caught:
        world.issued(world.ready_post(), days=days)
    assert caught.value.field == "duration_days"
    assert not Consent.objects.exists()


def test_the_code_is_kept_sealed_and_in_no_record(world: World) -> None:
    issued = world.redeemed()
    row = Consent.objects.get(pk=issued.id)
    body = issued.code.removeprefix("#")
    assert row.code_encrypted is not None
    assert row.code_digest is not None
    assert body not in str(bytes(row.code_encrypted))
    assert body not in row.code_digest
    assert not any(body in str(values) for values in ConsentRecord.objects.values())
    assert consents.reveal_code(world.cleo, issued.id) == issued.code
    assert consents.reveal_code(world.ada, issued.id) == issued.code


def test_ads_only_hides_the_post_from_feeds(world: World) -> None:
    post_id = world.ready_post()
    world.issued(post_id, ads_only=True)
    post = Post.objects.get(pk=post_id)
    assert (post.ads_only, post.visibility) == (True, "public")


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.FRIENDS])
def test_nothing_becomes_public_as_a_side_effect(world: World, visibility: Visibility) -> None:
    post_id = world.ready_post(visibility=visibility.value)
    with pytest.raises(NotPublicVideo):
        world.issued(post_id)
    post = Post.objects.get(pk=post_id)
    assert (post.visibility, post.ads_only, post.caption_locked) == (visibility.value, False, False)
    with pytest.raises(FieldInvalid):
        world.issued(post_id, ads_only=True, make_public=True)
    issued = world.issued(post_id, ads_only=True)
    assert Post.objects.get(pk=post_id).visibility == visibility.value
    consents.redeem(world.ada, issued.code, now=world.now)
    with pytest.raises(NotPublicVideo):  # Nor later, when it is shown in ads alone already.
        world.issued(post_id)
    assert Post.objects.get(pk=post_id).ads_only
    world.issued(post_id, make_public=True)
    post = Post.objects.get(pk=post_id)
    assert (post.visibility, post.ads_only) == ("public", False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"deleted_at": timedelta(0)}, VideoDeleted),
        ({"removed_at": timedelta(0), "removed_reason": "violence"}, VideoUnavailable),
        ({"video_state": VideoState.PROCESSING}, VideoNotReady),
        ({"video_state": VideoState.FAILED}, VideoNotReady),
    ],
)
def test_a_post_that_does_not_play_is_refused(world: World, changed: dict[str, Any], error: type[Problem]) -> None:
    values = {key: world.now if isinstance(value, timedelta) else value for key, value in changed.items()}
    with pytest.raises(error):
        world.issued(switched_on(world, **values))
    assert not Consent.objects.exists()


def test_a_post_that_ads_do_not_take_is_refused_by_name(world: World) -> None:
    sound = Sound.objects.create(title="Rain", commercial=False, created_at=world.now)
    own = world.post()
    for changed, error in (
        ({"format": Format.STORY.value}, StoryVideoNotSupported),
        ({"format": Format.CAROUSEL.value, "duet_of_id": own}, CarouselDuetNotSupported),
        ({"sound": sound}, MusicRightsMissing),
    ):
        with pytest.raises(error):
            world.issued(switched_on(world, **changed))
    post_id = switched_on(world)
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(private=True)
    with pytest.raises(AccountPrivate):
        world.issued(post_id)
    assert not Consent.objects.exists()


@pytest.mark.parametrize("kind", ["duet_of_id", "stitch_of_id"])
def test_answers_to_answers_are_refused(world: World, kind: str) -> None:
    original = world.post("Vik")
    world.issued(switched_on(world, **{kind: original}))  # Vik is asked when somebody takes it up.
    answer = world.post("Cleo", **{kind: world.post("Cleo")})
    with pytest.raises(MultiDuetStitch):
        world.issued(switched_on(world, **{kind: answer}))
    world.issued(switched_on(world, **{kind: world.post("Cleo")}))


def test_captions_that_point_to_posts(world: World) -> None:
    site = settings.VONK.site_url
    own, theirs = world.post(), world.post("Vik")
    world.issued(switched_on(world, caption=f"As in {site}/posts/{own}/"))
    world.issued(switched_on(world, caption=f"As in {site}/posts/{theirs}/"))
    with pytest.raises(MentionMultipleVideos):
        world.issued(switched_on(world, caption=f"As in {site}/posts/{own}/ and {site}/posts/{theirs}/"))


def test_a_banned_profile_is_refused_whatever_else_it_chooses(world: World) -> None:
    post_id = world.ready_post(visibility=Visibility.PRIVATE.value)
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(banned_at=world.now)
    for choice in ({}, {"ads_only": True}, {"make_public": True}):
        with pytest.raises((AccountBanned, NotPublicVideo)) as caught:
            world.issued(post_id, **choice)
        assert choice == {} or caught.type is AccountBanned
    assert Post.objects.get(pk=post_id).visibility == "private"
    assert not Consent.objects.exists()


def test_an_advertisers_own_creative_is_refused(world: World) -> None:
    identity = Profile.objects.create(account_id=world.ada.account, display_name="Bread", created_at=world.now)
    post_id = world.post("Ada", profile_id=identity.pk, origin=Origin.ADVERTISER.value)
    with pytest.raises(AdvertiserPostNotSupported):
        switches.set_post_authorisation(world.ada, post_id, on=True, now=world.now)
    with pytest.raises(AdvertiserPostNotSupported):
        consents.issue(world.ada, post_id, now=world.now)
    with pytest.raises(NotFound):
        consents.issue(world.mallory, post_id, now=world.now)


def test_unused_codes_of_a_post_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consents, "OPEN_CODES_MAX", 2)
    post_id = world.ready_post()
    first, _ = world.issued(post_id), world.issued(post_id)
    with pytest.raises(OpenCodesLimited):
        world.issued(post_id)
    consents.delete(world.cleo, first.id, now=world.now)
    world.redeemed(post_id)
    world.issued(post_id)
