"""A draft that an advertiser pushed, what a post says of itself, and the rights to a sound."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.area.content import cast
from vonk.content import queries
from vonk.content.actions import disclosures, posts, pushes, sounds
from vonk.content.actions.pushes import Draft
from vonk.content.errors import (
    DisclosureKept,
    PostIsDraft,
    PostIsPublished,
    PushDurationNotSupported,
    SoundNotLibrary,
    VideoNotReady,
)
from vonk.content.models import Post, PostTag, Profile, Sound, Video
from vonk.content.rules import Disclosure, Format, Origin, PublishAs, VideoState, Visibility
from vonk.control.models import Publication
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

DAY = timedelta(days=1)


def clip(scope: Scope, now: datetime, **values: Any) -> int:
    fields: dict[str, Any] = {"source_bytes": 4_000_000, "duration_ms": 10_000, "width": 1080, "height": 1920}
    return cast.video(scope, now, **{**fields, **values})


def draft(ada: Scope, now: datetime, **changed: Any) -> Draft:
    values: dict[str, Any] = {
        "video_id": clip(ada, now),
        "caption": "Our #bread",
        "publish_as": PublishAs.ADS_ONLY,
        "disclosure": Disclosure.BRANDED,
    }
    return Draft(**{**values, **changed})


@pytest.mark.parametrize(
    ("publish_as", "visibility", "ads_only", "reason"),
    [
        (PublishAs.ADS_ONLY, Visibility.PRIVATE, True, None),
        (PublishAs.PRIVATE, Visibility.PRIVATE, False, "private"),
        (PublishAs.PUBLIC, Visibility.PUBLIC, False, None),
    ],
)
def test_a_draft_is_published_as_it_was_chosen(
    cleo: Scope,
    ada: Scope,
    now: datetime,
    publish_as: PublishAs,
    visibility: Visibility,
    *,
    ads_only: bool,
    reason: str | None,
) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    post_id = pushes.push(ada, profile_id, draft(ada, now, publish_as=publish_as), now=now)
    posts.authorise(post_id, ads_only=ads_only, now=now)
    posts.show_in_ads(post_id, now=now)
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.origin, facts.owner_id, facts.account_id, facts.pushed_for, facts.draft, facts.publish_as) == (
        Origin.PUSHED,
        cleo.person,
        None,
        ada.account,
        True,
        publish_as,
    )
    assert (facts.available, facts.unavailable_reason, facts.disclosure) == (False, "draft", Disclosure.BRANDED)
    assert Publication.objects.filter(kind="post", object_id=post_id).exclude(document="").count() == 0
    assert [post.id for post in queries.own_posts(cleo, Paging()).items] == [post_id]
    assert [post.id for post in queries.pushed_posts(ada, Paging()).items] == [post_id]
    with pytest.raises(PostIsDraft):
        posts.set_visibility(cleo, post_id, Visibility.PUBLIC, now)
    assert pushes.publish_pushed(post_id, now=now + DAY) is True
    assert pushes.publish_pushed(post_id, now=now + 2 * DAY) is False
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.draft, facts.visibility, facts.ads_only, facts.unavailable_reason) == (
        False,
        visibility,
        ads_only,
        reason,
    )
    assert facts.created_at == now + DAY
    published = Publication.objects.filter(kind="post", object_id=post_id).exclude(document="").count()
    assert published == (0 if reason else 1)
    with pytest.raises(PostIsPublished):
        pushes.edit(ada, post_id, draft(ada, now), now=now)
    with pytest.raises(PostIsPublished):
        pushes.discard(ada, post_id, now=now)
    posts.set_visibility(cleo, post_id, Visibility.PUBLIC, now)
    assert queries.post_facts([post_id])[post_id].available is True


def test_a_draft_is_its_advertisers_to_change_and_its_creators_to_delete(
    cleo: Scope, vik: Scope, ada: Scope, now: datetime
) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    other = cast.advertiser("Otto", now)
    first = draft(ada, now)
    post_id = pushes.push(ada, profile_id, first, now=now)
    posts.authorise(post_id, ads_only=True, now=now)
    again = draft(ada, now, caption="Our #rye", publish_as=PublishAs.PUBLIC, ai_generated=True)
    pushes.edit(ada, post_id, again, now=now)
    pushes.edit(ada, post_id, draft(ada, now, video_id=again.video_id, caption="Our #rye"), now=now)
    facts = queries.pushed_post(ada, post_id)
    assert (facts.caption, facts.video_id, facts.ads_only, facts.ai_generated) == (
        "Our #rye",
        again.video_id,
        True,
        True,
    )
    assert list(PostTag.objects.filter(post_id=post_id).values_list("tag", flat=True)) == ["rye"]
    for refused in (
        lambda: pushes.edit(other, post_id, draft(other, now), now=now),
        lambda: pushes.discard(other, post_id, now=now),
        lambda: queries.pushed_post(other, post_id),
        lambda: posts.delete(vik, post_id, now),
        lambda: pushes.edit(ada, post_id, draft(ada, now, video_id=clip(other, now)), now=now),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(RightMissing):
        pushes.edit(cleo, post_id, again, now=now)
    assert queries.pushed_post(ada, post_id) == facts
    posts.delete(cleo, post_id, now)
    assert again.video_id is not None
    assert Video.objects.get(pk=again.video_id).rendition_key is not None, "The advertiser's video is still theirs."
    assert pushes.publish_pushed(post_id, now=now) is False
    second = pushes.push(ada, profile_id, draft(ada, now, video_id=again.video_id), now=now)
    pushes.discard(ada, second, now=now)
    assert [post.id for post in queries.own_posts(cleo, Paging()).items] == []


def test_what_cannot_be_pushed_leaves_nothing(cleo: Scope, ada: Scope, now: datetime) -> None:
    profile_id = Profile.objects.get(handle="cleo").pk
    for problem, changed in (
        (PushDurationNotSupported, {"video_id": clip(ada, now, duration_ms=4_000)}),
        (VideoNotReady, {"video_id": clip(ada, now, state=VideoState.PROCESSING.value)}),
        (NotFound, {"video_id": clip(cleo, now)}),
        (NotFound, {"sound_id": 1}),
        (FieldInvalid, {"caption": "a\x07b"}),
    ):
        with pytest.raises(problem):
            pushes.push(ada, profile_id, draft(ada, now, **changed), now=now)
    identity = Profile.objects.create(account_id=ada.account, display_name="Bakery", created_at=now).pk
    for nobody in (1, identity):
        with pytest.raises(NotFound):
            pushes.push(ada, nobody, draft(ada, now), now=now)
    assert Post.objects.count() == 0


def test_disclosure_is_changed_and_never_dropped_once_relied_on(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now, format=Format.STORY, disclosure=Disclosure.OWN_BRAND)
    facts = queries.own_post(cleo, post_id)
    assert (facts.format, facts.disclosure, facts.ai_generated) == (Format.STORY, Disclosure.OWN_BRAND, False)
    disclosures.set_disclosure(cleo, post_id, Disclosure.NONE, now=now)
    posts.authorise(post_id, ads_only=False, now=now)
    disclosures.set_disclosure(cleo, post_id, Disclosure.NONE, now=now)  # As it was.
    disclosures.set_disclosure(cleo, post_id, Disclosure.BRANDED, now=now)
    with pytest.raises(DisclosureKept):
        disclosures.set_disclosure(cleo, post_id, Disclosure.NONE, now=now)
    with pytest.raises(NotFound):
        disclosures.set_disclosure(vik, post_id, Disclosure.OWN_BRAND, now=now)
    posts.show_in_ads(post_id, now=now)
    disclosures.set_ai_generated(cleo, post_id, now=now)
    document = Publication.objects.get(kind="post", object_id=post_id).document
    assert document is not None
    assert '"disclosure":"branded"' in document
    assert '"ai_generated":true' in document


def test_the_rights_to_a_sound_of_the_library(cleo: Scope, olu: Scope, now: datetime) -> None:
    sound_id = sounds.add_to_library(olu, title="Rain", now=now)
    post_id = cast.post(cleo, now, sound_id=sound_id)
    sounds.set_rights(olu, sound_id, commercial=True, countries=["NL", "BE", "NL"], now=now)
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.sound_commercial, facts.sound_countries, facts.sound_profile_id) == (True, ("BE", "NL"), 0)
    sounds.set_rights(olu, sound_id, commercial=False, countries=[], now=now)
    assert queries.sound(sound_id) == queries.SoundView(sound_id, "Rain", "", commercial=False, countries=())
    original = Sound.objects.create(title="o", profile=Profile.objects.get(handle="cleo"), created_at=now).pk
    with pytest.raises(SoundNotLibrary):
        sounds.set_rights(olu, original, commercial=False, countries=[], now=now)
    with pytest.raises(FieldInvalid):
        sounds.set_rights(olu, sound_id, commercial=True, countries=["Holland"], now=now)
    with pytest.raises(NotFound):
        sounds.set_rights(olu, 1, commercial=True, countries=[], now=now)
    with pytest.raises(RightMissing):
        sounds.set_rights(cleo, sound_id, commercial=True, countries=[], now=now)
    assert queries.sound(sound_id).commercial is False
