"""The creative of a non-Spark ad: its text is judged, whoever asks, and an identity comes with its post or not at all."""

import pytest

from tests.area.advertising.town import Town
from vonk.advertising.actions import creatives
from vonk.advertising.actions.creatives import NewIdentity
from vonk.content.models import Post, Profile
from vonk.core.errors import FieldInvalid, NotFound, RightMissing


def test_a_creative_is_made_with_its_identity(town: Town) -> None:
    video_id = Post.objects.get(pk=town.own_post(town.ada, town.identity(town.ada))).video_id
    made = creatives.make(
        town.ada, video_id=video_id, identity=NewIdentity("The oven"), text=" Warm bread ", now=town.now
    )
    post = Post.objects.get(pk=made.post_id)
    assert (post.caption, post.ads_only, post.profile_id) == ("Warm bread", True, made.identity_id)
    assert Profile.objects.get(pk=made.identity_id).display_name == "The oven"


@pytest.mark.parametrize("text", ["", "  ", "x" * 101, "\u9eb5" * 51, "Bread \U0001f35e"])
def test_a_text_beyond_the_rule_makes_nothing(town: Town, text: str) -> None:
    video_id = Post.objects.get(pk=town.own_post(town.ada, town.identity(town.ada))).video_id
    before = (Post.objects.count(), Profile.objects.count())
    with pytest.raises(FieldInvalid) as refused:
        creatives.make(
            town.ada, video_id=video_id, identity=NewIdentity("The oven"), text=text, now=town.now, field="caption"
        )
    assert (refused.value.field, Post.objects.count(), Profile.objects.count()) == ("caption", *before)


def test_only_the_account_makes_its_creatives(town: Town) -> None:
    identity_id = town.identity(town.ada)
    video_id = Post.objects.get(pk=town.own_post(town.ada, identity_id)).video_id
    before = Post.objects.count()
    with pytest.raises(NotFound):
        creatives.make(town.mallory, video_id=video_id, identity=identity_id, text="Buy mine", now=town.now)
    with pytest.raises(RightMissing):
        creatives.make(town.olu, video_id=video_id, identity=identity_id, text="Buy mine", now=town.now)
    assert Post.objects.count() == before
