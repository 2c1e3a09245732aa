"""Reports become a queue by post; a restriction has its statement of reasons; an appeal is somebody else's to decide."""

from datetime import datetime, timedelta

import msgspec
import pytest
from django.db import transaction

from tests.area.authorisation.world import World, bodies, subjects
from vonk.content.actions import judging, posts
from vonk.content.errors.judgements import AppealNotWaiting, AppealOwnJudgement, JudgementOver
from vonk.content.judgements import APPEAL_FOR, MODERATION_REASONS, Judgement, JudgementAppeal, ReportReason, Reports
from vonk.content.models import Post, PostJudgement, PostReport
from vonk.content.queries import judgements as queries
from vonk.content.queries.candidates import Wanted, candidates
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

pytestmark = pytest.mark.django_db
NOTE = "The price in the second picture is made up."


@pytest.fixture
def world(now: datetime) -> World:
    return World(now)


@pytest.fixture
def ole(world: World) -> Scope:
    """Another moderator."""
    return msgspec.structs.replace(world.olu, person_id=world.mallory.person)


@transaction.atomic
def report(world: World, post_id: int, why: ReportReason, times: int = 1, in_ads: int = 0) -> None:
    judging.add_reports({(post_id, why.value): Reports(times, in_ads, world.now)})


def offered(world: World) -> list[int]:
    return [one.post_id for one in candidates(None, Wanted(newest=9), as_of=world.now, recent=None)]


def test_reports_of_a_post_stand_together_the_longest_ago_first(world: World) -> None:
    first, second = world.ready_post(), world.ready_post()
    report(world, first, ReportReason.HATEFUL)
    world.advance(timedelta(hours=1))
    report(world, second, ReportReason.SEXUAL)
    report(world, first, ReportReason.MISLEADING, 2, in_ads=2)
    report(world, first, ReportReason.MISLEADING)
    report(world, 7, ReportReason.OTHER)
    page = queries.reported_posts(world.olu, Paging(size=1))
    (item,) = page.items
    assert (item.post.id, item.count, item.in_ads, item.by_reason) == (first, 4, 2, ((1, 3), (3, 1)))
    assert (item.last_at - item.first_at, page.next_cursor) == (timedelta(hours=1), "1")
    assert [one.post.id for one in queries.reported_posts(world.olu, Paging(1, 1)).items] == [second]
    assert (queries.reported_count(world.olu), queries.next_reported(world.olu, first)) == (2, second)
    with pytest.raises(RightMissing):
        queries.reported_posts(world.cleo, Paging())


def test_keeping_a_post_answers_its_reports_and_tells_nobody(world: World) -> None:
    post_id = world.ready_post()
    report(world, post_id, ReportReason.OTHER)
    letters = subjects(world.cleo)
    judging.judge(world.olu, post_id, Judgement.KEEP, now=world.now)
    assert (queries.reported_count(world.olu), subjects(world.cleo)) == (0, letters)
    assert [(one.view.judgement, one.view.reports) for one in queries.judgements_of(world.olu, post_id)] == [
        (Judgement.KEEP, 1)
    ]


def test_a_limited_post_is_offered_by_no_feed_and_says_why(world: World) -> None:
    post_id = world.ready_post()
    assert offered(world) == [post_id]
    judging.judge(world.olu, post_id, Judgement.LIMIT, "deceives", NOTE, now=world.now)
    assert (offered(world), Post.objects.get(pk=post_id).removed_at) == ([], None)
    assert subjects(world.cleo)[-1] == "Your post was limited"
    for said in (MODERATION_REASONS["deceives"], NOTE, "A moderator came across it", "/studio/decisions/"):
        assert said in bodies(world.cleo)[-1]
    judging.judge(world.olu, post_id, Judgement.KEEP, now=world.now)
    assert offered(world) == [post_id]


def test_a_removal_holds_until_it_is_decided_otherwise(world: World) -> None:
    post_id = world.ready_post()
    report(world, post_id, ReportReason.SEXUAL)
    judging.judge(world.olu, post_id, Judgement.REMOVE, "sexual", NOTE, now=world.now)
    assert Post.objects.get(pk=post_id).removed_reason == MODERATION_REASONS["sexual"]
    assert "Viewers had reported it" in bodies(world.cleo)[-1]
    judging.judge(world.olu, post_id, Judgement.LIMIT, "sexual", NOTE, now=world.now)
    post = Post.objects.get(pk=post_id)
    assert (post.removed_at, post.limited_at) == (None, world.now)
    assert PostJudgement.objects.filter(post=post, over_at=None).count() == 1


def test_an_appeal_is_decided_by_somebody_else_once(world: World, ole: Scope) -> None:
    post_id = world.ready_post()
    made = judging.judge(world.olu, post_id, Judgement.REMOVE, "rights", NOTE, now=world.now)
    assert queries.own_judgement(world.cleo, made, now=world.now).appealable_until == world.now + APPEAL_FOR
    with pytest.raises(NotFound):
        judging.appeal(world.mallory, made, "Mine!", now=world.now)
    judging.appeal(world.cleo, made, " It is mine. ", now=world.now)
    with pytest.raises(JudgementOver):
        judging.appeal(world.cleo, made, "Again.", now=world.now)
    assert [(one.view.appeal, one.mine) for one in queries.judgement_appeals(world.olu, Paging()).items] == [
        ("It is mine.", True)
    ]
    with pytest.raises(AppealOwnJudgement):
        judging.answer(world.olu, made, "No.", overturn=False, now=world.now)
    with pytest.raises(FieldInvalid):
        judging.answer(ole, made, " ", overturn=True, now=world.now)
    judging.answer(ole, made, "It is hers.", overturn=True, now=world.now)
    view = queries.own_judgement(world.cleo, made, now=world.now)
    assert (view.appeal_state, view.answer, view.over_at) == (JudgementAppeal.OVERTURNED, "It is hers.", world.now)
    assert Post.objects.get(pk=post_id).removed_at is None
    assert subjects(world.cleo)[-1] == "Your appeal: your post is free again"
    with pytest.raises(AppealNotWaiting):
        judging.answer(ole, made, "Hm.", overturn=False, now=world.now)


def test_what_stands_stays_and_time_runs_out(world: World, ole: Scope) -> None:
    post_id = world.ready_post()
    made = judging.judge(world.olu, post_id, Judgement.REMOVE, "spam", NOTE, now=world.now)
    with pytest.raises(JudgementOver):
        judging.appeal(world.cleo, made, "Late.", now=world.now + APPEAL_FOR)
    judging.appeal(world.cleo, made, "Why?", now=world.now)
    judging.answer(ole, made, "It is spam.", overturn=False, now=world.now)
    assert Post.objects.get(pk=post_id).removed_at is not None
    assert subjects(world.cleo)[-1] == "Your appeal: the decision stands"


def test_what_is_asked_wrongly_changes_nothing(world: World) -> None:
    post_id = world.ready_post()
    report(world, post_id, ReportReason.OTHER)
    for judgement, reason, note in (
        (Judgement.LIMIT, "", NOTE), (Judgement.REMOVE, "ugly", NOTE), (Judgement.REMOVE, "spam", " "),
        (Judgement.KEEP, "", "x" * 1_001),
    ):  # fmt: skip
        with pytest.raises(FieldInvalid):
            judging.judge(world.olu, post_id, judgement, reason, note, now=world.now)
    with pytest.raises(RightMissing):
        judging.judge(world.cleo, post_id, Judgement.KEEP, now=world.now)
    posts.delete(world.cleo, post_id, world.now)
    with pytest.raises(NotFound):
        judging.judge(world.olu, post_id, Judgement.KEEP, now=world.now)
    assert (PostJudgement.objects.count(), PostReport.objects.count()) == (0, 1)
