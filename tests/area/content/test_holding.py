"""Comments that wait for a creator: who sees them, what is counted, who decides."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.area.content import cast
from vonk.content import queries
from vonk.content.actions import comments, engagement, holding
from vonk.content.errors.comments import CreatorWordsLimit
from vonk.content.models import Comment, CreatorBlockedWord, EngagementChange
from vonk.content.moderation import WORDS_MAX, Held
from vonk.content.queries import studio_comments
from vonk.content.queries.moderation import CommentsWanted, moderated_comments
from vonk.content.queries.studio_comments import Which
from vonk.content.rules import ORGANIC, Source
from vonk.control import notifications
from vonk.control.paging import Numbering, Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound

pytestmark = pytest.mark.django_db
AD = Source(ad_id=77, decision_id=88)


def read(scope: Scope | None, post_id: int) -> list[tuple[str, bool]]:
    return [(one.text, one.hidden) for one in queries.comments(scope, post_id, Paging()).items]


def counted(post_id: int) -> int:
    found = queries.counts([post_id]).get(post_id)
    return found.comments if found is not None else 0


def answers_of(scope: Scope | None, post_id: int) -> list[str]:
    return [one.text for one in queries.comments(scope, post_id, Paging()).items[0].answers]


def waiting(scope: Scope) -> list[tuple[str, str]]:
    return [(one.text, one.held) for one in studio_comments.studio_comments(scope, Which.HELD, Paging()).items]


def test_a_comment_with_a_blocked_word_waits_and_is_there_for_two(
    cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    post_id = cast.post(cleo, now)
    assert holding.block(cleo, ["Scam", "ѕсаm", "oplichter"], now=now) == 2
    engagement.comment(mallory, post_id, "Total sc\u200bám!", source=AD, now=now)
    engagement.comment(mallory, post_id, "scammers", source=ORGANIC, now=now)
    engagement.comment(cleo, post_id, "My own scam", source=ORGANIC, now=now)

    everybody = [("My own scam", False), ("scammers", False)]
    assert read(vik, post_id) == read(None, post_id) == everybody
    assert read(mallory, post_id) == read(cleo, post_id) == [*everybody, ("Total sc\u200bám!", True)]
    assert waiting(cleo) == [("Total sc\u200bám!", Held.WORD.value)]
    engagement.comment(vik, post_id, "scam?", source=ORGANIC, now=now)
    told = notifications.news(cleo, Paging()).items
    assert [(one.kind, one.text, one.link) for one in told] == [
        ("comments", "A comment waits for your decision", "/studio/comments/")
    ]
    engagement.delete_comment(vik, Comment.objects.get(text="scam?").pk, now)
    assert (waiting(vik), waiting(mallory), studio_comments.held_count(cleo)) == ([], [], 1)
    assert counted(post_id) == 2
    held_id = Comment.objects.exclude(held="").get(deleted_at=None).pk
    with pytest.raises(NotFound):
        comments.reply(vik, held_id, "me too", now=now)
    wanted = CommentsWanted(whole_posts=frozenset({post_id}), ad_ids=frozenset({77}))
    assert {one.text for one in moderated_comments(wanted, Numbering(1, 10)).items} == {"My own scam", "scammers"}


def test_approved_it_is_counted_in_its_hour_and_deleted_it_never_was(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    holding.set_hold_all(cleo, True, now=now)
    first, second, third = (
        engagement.comment(vik, post_id, text, source=ORGANIC, now=now) for text in ("one", "two", "three")
    )
    assert (counted(post_id), EngagementChange.objects.count()) == (0, 0)
    later = now + timedelta(days=1)

    assert holding.approve(cleo, [first, second], now=later) == 2
    assert holding.approve(cleo, [first], now=later) == 0
    with pytest.raises(NotFound):
        holding.delete(cleo, [first, third], now=later)
    assert holding.delete(cleo, [third], now=later) == 1

    assert (counted(post_id), waiting(cleo)) == (2, [])
    assert read(None, post_id) == [("two", False), ("one", False)]
    hours = {
        row.bucket
        for row in queries.tallies(post_ids=[post_id], start=now - timedelta(days=1), end=later, by=queries.Bucket.HOUR)
    }
    assert hours == {now.replace(minute=0, second=0, microsecond=0)}
    engagement.delete_comment(vik, first, later)
    assert counted(post_id) == 1


def test_its_author_deletes_it_while_it_waits_and_nothing_is_taken_off(cleo: Scope, vik: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    holding.set_hold_all(cleo, True, now=now)
    comment_id = engagement.comment(vik, post_id, "never mind", source=ORGANIC, now=now)
    engagement.delete_comment(vik, comment_id, now)
    with pytest.raises(NotFound):
        holding.approve(cleo, [comment_id], now=now)
    assert (counted(post_id), waiting(cleo)) == (0, [])


def test_showing_one_is_approving_it_and_answers_wait_too(
    cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    post_id = cast.post(cleo, now)
    below = engagement.comment(vik, post_id, "nice", source=ORGANIC, now=now)
    holding.block(cleo, ["scam"], now=now)
    reply_id = comments.reply(mallory, below, "a scam", now=now)
    assert (answers_of(vik, post_id), answers_of(mallory, post_id), answers_of(cleo, post_id)) == (
        [],
        ["a scam"],
        ["a scam"],
    )
    comments.show_comment(cleo, reply_id, now)
    assert (answers_of(None, post_id), counted(post_id), waiting(cleo)) == (["a scam"], 1, [])


@pytest.mark.parametrize("act", [holding.approve, holding.delete])
def test_nobody_decides_about_anothers(
    act: Callable[..., int], cleo: Scope, vik: Scope, mallory: Scope, now: datetime
) -> None:
    post_id = cast.post(cleo, now)
    holding.set_hold_all(cleo, True, now=now)
    comment_id = engagement.comment(vik, post_id, "hello", source=ORGANIC, now=now)
    for stranger in (mallory, vik):
        with pytest.raises(NotFound):
            act(stranger, [comment_id], now=now)
    with pytest.raises(FieldInvalid):
        act(cleo, [], now=now)
    with pytest.raises(FieldInvalid):
        act(cleo, range(1, 102), now=now)
    assert waiting(cleo) == [("hello", Held.ALL.value)]


@pytest.mark.parametrize("word", ["", "   ", "\u200b", "x" * 101, "a\x07b"])
def test_what_is_no_word_is_refused(word: str, cleo: Scope, now: datetime) -> None:
    with pytest.raises(FieldInvalid):
        holding.block(cleo, ["fine", word], now=now)
    assert CreatorBlockedWord.objects.count() == 0


def test_a_list_is_bounded_and_ones_own(cleo: Scope, mallory: Scope, now: datetime) -> None:
    holding.block(cleo, [f"word{number}" for number in range(WORDS_MAX)], now=now)
    with pytest.raises(CreatorWordsLimit):
        holding.block(cleo, ["word1", "another"], now=now)
    word_id = CreatorBlockedWord.objects.get(word="word0").pk
    with pytest.raises(NotFound):
        holding.unblock(mallory, word_id, now=now)
    assert holding.unblock(cleo, word_id, now=now) == "word0"
    assert holding.block(cleo, ["another"], now=now) == 1
    assert studio_comments.creator_words(mallory) == ()
