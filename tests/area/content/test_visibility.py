"""Who sees which post: every visibility × draft × profile private × ads-only × origin, for every kind of viewer."""

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from tests.area.content import cast
from vonk.content.actions import engagement, profiles
from vonk.content.errors import ProfilePrivate
from vonk.content.models import Post, PostTag, Profile, Sound
from vonk.content.queries import cards, post_facts
from vonk.content.queries.visibility import engageable_by
from vonk.content.rules import ORGANIC, Origin, PublishAs, Visibility
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.discovery import queries as discovery

ONLOOKERS = ("nobody", "stranger", "follower", "friend", "owner")


def seen_by_rule(viewer: str, post: Post, *, private: bool) -> bool:
    """Say whether the viewer sees the post organically, in the words of the product's own rules."""
    if post.draft or post.ads_only or post.origin == Origin.ADVERTISER.value:
        return False
    if viewer == "owner":
        return True
    if post.visibility == Visibility.PRIVATE.value:
        return False
    if post.visibility == Visibility.FRIENDS.value:
        return viewer == "friend"
    return not private or viewer in {"follower", "friend"}


def in_ads_by_rule(post: Post, *, private: bool) -> bool:
    if post.draft or not post.in_ads:
        return False
    return post.ads_only or (post.visibility == Visibility.PUBLIC.value and not private)


@pytest.mark.parametrize("private", [False, True])
def test_every_post_is_seen_by_whom_it_is_meant_for(
    cleo: Scope, vik: Scope, mallory: Scope, ada: Scope, now: datetime, *, private: bool
) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    vik_profile = Profile.objects.get(handle="vik").pk
    fan = cast.creator("Fan", now)
    for follower in (vik, fan):
        engagement.follow(follower, profile_id, source=ORGANIC, now=now)
    engagement.follow(cleo, vik_profile, source=ORGANIC, now=now)
    profiles.set_private(cleo, private, now=now)
    sound = Sound.objects.create(title="Oven", created_at=now)
    video_id = cast.video(cleo, now)
    posts = []
    for visibility, draft, ads_only, in_ads in product(Visibility, (False, True), (False, True), (False, True)):
        pushed: dict[str, Any] = {
            "origin": Origin.PUSHED.value,
            "pushed_for_id": ada.account,
            "publish_as": PublishAs.PUBLIC.value,
            "draft": draft,
        }
        origins: list[dict[str, Any]] = [pushed] if draft else [pushed, {"origin": Origin.ORGANIC.value}]
        posts += [
            Post.objects.create(
                profile_id=profile_id,
                video_id=video_id,
                sound=sound,
                caption="#bread",
                visibility=visibility.value,
                ads_only=ads_only,
                in_ads=in_ads,
                created_at=now,
                **origin,
            )
            for origin in origins
        ]
    assert len(posts) == 36
    PostTag.objects.bulk_create([PostTag(post=post, tag="bread") for post in posts])
    ids = [post.pk for post in posts]
    viewers = {"nobody": None, "stranger": mallory, "follower": fan, "friend": vik, "owner": cleo}
    for name in ONLOOKERS:
        scope = viewers[name]
        person_id = scope.person if scope is not None else None
        meant = {post.pk for post in posts if seen_by_rule(name, post, private=private)}
        met = {post.pk for post in posts if in_ads_by_rule(post, private=private)}
        assert {card.post_id for card in cards.cards(person_id, ids)} == meant, name
        pages = (
            discovery.profile_page(scope, "cleo", size=100).posts,
            discovery.tag_page(scope, "bread", size=100).posts,
            discovery.sound_page(scope, sound.pk, size=100).posts,
        )
        for page in pages:
            assert {item.post_id for item in page.items} == meant, name
        in_feed = {item.post_id for item in discovery.feed_page(scope, size=100, now=now).items}
        own_hidden = {post.pk for post in posts if post.visibility != Visibility.PUBLIC.value or private}
        assert in_feed == (meant - own_hidden if name == "owner" else meant), name
        engageable = set(Post.objects.filter(engageable_by(person_id)).values_list("pk", flat=True))
        assert engageable == meant | met, name
        for post in posts:
            if post.pk not in meant:
                with pytest.raises(NotFound):
                    discovery.post_page(scope, post.pk)
    facts = post_facts(ids)
    usable = {post.pk for post in posts if not post.draft and (post.ads_only or not private)}
    for post in posts:
        public = post.ads_only or post.visibility == Visibility.PUBLIC.value
        assert facts[post.pk].available == (post.pk in usable and public)
    public_count = sum(seen_by_rule("nobody", post, private=private) for post in posts)
    assert discovery.tag_page(None, "bread").post_count == public_count


def test_only_whom_its_owner_follows_begins_to_follow_a_private_profile(
    cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    profiles.set_private(cleo, True, now=now)
    for scope in (vik, mallory):
        with pytest.raises(ProfilePrivate):
            engagement.follow(scope, profile_id, source=ORGANIC, now=now)
    engagement.follow(cleo, Profile.objects.get(handle="vik").pk, source=ORGANIC, now=now)
    assert engagement.follow(vik, profile_id, source=ORGANIC, now=now) is True
    assert engagement.follow(vik, profile_id, source=ORGANIC, now=now) is False
    with pytest.raises(ProfilePrivate):
        engagement.follow(mallory, profile_id, source=ORGANIC, now=now)
    profiles.set_private(cleo, False, now=now)
    assert engagement.follow(mallory, profile_id, source=ORGANIC, now=now) is True
    profiles.set_private(cleo, True, now=now)
    head = discovery.profile_page(mallory, "cleo").profile
    assert (head.private, head.followed, head.followers) == (True, True, 2)
