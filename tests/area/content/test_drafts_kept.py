"""Drafts are kept, planned posts are published once at their time, and nothing of them is anywhere before."""

from datetime import datetime, timedelta

import pytest

from tests.area.content import cast
from vonk.content import queries
from vonk.content.actions import drafts, erasing, posts
from vonk.content.actions.drafts import Words
from vonk.content.errors import CaptionTooLong, VideoNotReady
from vonk.content.errors.drafts import AlreadyPublished, PublishTimeNotPossible
from vonk.content.models import Post, PostDraft, PostTag, Video
from vonk.content.queries.drafts import drafts as kept
from vonk.content.rules import Disclosure, VideoState, Visibility
from vonk.control import notifications
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.core.limits import TEXT_MAX

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORDS = Words(
    caption="Rye #bread",
    visibility=Visibility.FRIENDS,
    may_duet=False,
    disclosure=Disclosure.OWN_BRAND,
    ai_generated=True,
)


def news(scope: Scope) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in notifications.news(scope, Paging()).items]


def test_a_planned_post_is_published_once_at_its_time_and_is_nowhere_before(cleo: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now)
    drafts.schedule(cleo, video_id, WORDS, publish_at=now + HOUR, now=now)
    assert [drafts.publish_due(now + at) for at in (timedelta(), HOUR - timedelta(seconds=1))] == [0, 0]
    assert (Post.objects.count(), PostTag.objects.count(), queries.own_posts(cleo, Paging()).items) == (0, 0, ())

    assert [drafts.publish_due(now + HOUR), drafts.publish_due(now + HOUR)] == [1, 0]

    post = Post.objects.get()
    assert (post.caption, post.visibility, post.may_duet, post.may_stitch) == ("Rye #bread", "friends", False, True)
    assert (post.disclosure, post.ai_generated, post.created_at) == ("own_brand", True, now + HOUR)
    assert (PostDraft.objects.count(), news(cleo)) == (0, [("schedule", "Your planned post is published")])
    with pytest.raises(AlreadyPublished) as refused:
        drafts.publish(cleo, video_id, WORDS, now=now + HOUR)
    assert refused.value.post_id == post.pk


def test_a_plan_is_let_go_changed_or_overtaken(cleo: Scope, now: datetime) -> None:
    first, second, third = (cast.video(cleo, now) for _ in range(3))
    for video_id in (first, second, third):
        drafts.schedule(cleo, video_id, WORDS, publish_at=now + HOUR, now=now)
    drafts.unschedule(cleo, first, now=now)
    drafts.unschedule(cleo, first, now=now)
    drafts.schedule(cleo, second, WORDS, publish_at=now + 3 * HOUR, now=now)
    drafts.publish(cleo, third, Words(caption="At once"), now=now)
    assert drafts.publish_due(now + 2 * HOUR) == 0
    assert [post.caption for post in Post.objects.all()] == ["At once"]
    assert {one.publish_at for one in kept(cleo, [first, second, third]).values()} == {None, now + 3 * HOUR}


def test_what_cannot_be_published_at_its_time_stays_a_draft_and_is_told_once(cleo: Scope, now: datetime) -> None:
    original = cast.post(cleo, now)
    other = cast.creator("Dora", now)
    video_id = cast.video(other, now)
    words = Words(caption="A Duet", duet_of=original)
    drafts.schedule(other, video_id, words, publish_at=now + HOUR, now=now)
    posts.set_reuse(cleo, original, may_duet=False, may_stitch=False, now=now)

    assert [drafts.publish_due(now + 2 * HOUR) for _ in range(2)] == [0, 0]

    assert (kept(other, [video_id])[video_id].failure, Post.objects.count()) == ("duet_not_allowed", 1)
    assert news(other) == [("schedule", "Your planned post could not be published")]
    drafts.schedule(other, video_id, Words(caption="Alone"), publish_at=now + 3 * HOUR, now=now + 2 * HOUR)
    assert drafts.publish_due(now + 3 * HOUR) == 1


def test_one_that_is_not_ready_yet_waits_for_its_video(cleo: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now, state=VideoState.PROCESSING.value)
    drafts.schedule(cleo, video_id, WORDS, publish_at=now + HOUR, now=now)
    assert drafts.publish_due(now + 2 * HOUR) == 0
    with pytest.raises(VideoNotReady):
        drafts.discard(cleo, video_id, now=now)
    Video.objects.filter(pk=video_id).update(state=VideoState.READY.value)
    assert drafts.publish_due(now + 2 * HOUR) == 1


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=59), -HOUR, timedelta(days=90, seconds=1)])
def test_a_plan_is_for_the_time_ahead(ahead: timedelta, cleo: Scope, now: datetime) -> None:
    with pytest.raises(PublishTimeNotPossible):
        drafts.schedule(cleo, cast.video(cleo, now), WORDS, publish_at=now + ahead, now=now)
    assert PostDraft.objects.count() == 0


def test_a_draft_may_be_too_long_and_a_plan_may_not(cleo: Scope, now: datetime) -> None:
    video_id, long = cast.video(cleo, now), Words(caption="x" * (TEXT_MAX + 1))
    drafts.save(cleo, video_id, long, now=now)
    with pytest.raises(CaptionTooLong):
        drafts.schedule(cleo, video_id, long, publish_at=now + HOUR, now=now)
    with pytest.raises(FieldInvalid):
        drafts.save(cleo, video_id, Words(caption="x" * 10_001), now=now)
    assert len(kept(cleo, [video_id])[video_id].caption) == TEXT_MAX + 1


def test_nobody_touches_anothers_draft(cleo: Scope, mallory: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now)
    drafts.schedule(cleo, video_id, WORDS, publish_at=now + HOUR, now=now)
    for act in (
        lambda: drafts.save(mallory, video_id, WORDS, now=now),
        lambda: drafts.schedule(mallory, video_id, WORDS, publish_at=now + HOUR, now=now),
        lambda: drafts.unschedule(mallory, video_id, now=now),
        lambda: drafts.publish(mallory, video_id, WORDS, now=now),
        lambda: drafts.discard(mallory, video_id, now=now),
    ):
        with pytest.raises(NotFound):
            act()
    assert kept(mallory, [video_id]) == {}
    assert kept(cleo, [video_id])[video_id].publish_at == now + HOUR


def test_an_upload_is_discarded_with_its_draft_and_an_erased_creators_plans_end(
    cleo: Scope, mallory: Scope, now: datetime
) -> None:
    gone, hers = cast.video(cleo, now), cast.video(mallory, now)
    drafts.save(cleo, gone, WORDS, now=now)
    drafts.discard(cleo, gone, now=now)
    drafts.schedule(mallory, hers, WORDS, publish_at=now + HOUR, now=now)
    erasing.erase(mallory, mallory.person, now=now)
    assert (Video.objects.filter(pk=gone).count(), PostDraft.objects.count()) == (0, 0)
    assert drafts.publish_due(now + 2 * HOUR) == 0
    with pytest.raises(Problem):
        drafts.publish(cleo, gone, WORDS, now=now)
