"""New captions of a locked post: proposed, agreed to, reviewed, switched; nobody else's, and each answered once."""

from datetime import datetime, timedelta

import pytest

from tests.area.content import cast
from vonk.content import queries
from vonk.content.actions import captions, engagement, posts
from vonk.content.errors import (
    CaptionDecided,
    CaptionNotLocked,
    CaptionTooLong,
    CaptionUnchanged,
    CaptionUnderway,
)
from vonk.content.models import CaptionVersion, Post, PostMention, PostTag
from vonk.content.rules import ORGANIC, CaptionState
from vonk.control.models import AuditEntry, Publication
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

HOUR = timedelta(hours=1)


def locked(cleo: Scope, now: datetime, caption: str = "Fresh #bread") -> int:
    post_id = cast.post(cleo, now, caption)
    posts.authorise(post_id, ads_only=False, now=now)
    posts.show_in_ads(post_id, now=now)
    return post_id


def states(post_id: int) -> list[tuple[int, CaptionState]]:
    return [(view.number, view.state) for view in queries.caption_history(post_id)]


def test_the_creators_own_is_reviewed_and_switched_to(
    cleo: Scope, vik: Scope, olu: Scope, mallory: Scope, now: datetime
) -> None:
    post_id = locked(cleo, now)
    engagement.like(vik, post_id, source=ORGANIC, now=now)
    version_id = captions.propose(cleo, post_id, "  Fresh #rye with @vik ", now=now)
    queue = queries.caption_reviews(olu, Paging()).items
    assert [(item.version.id, item.version.text, item.version.replaces, item.post.id) for item in queue] == [
        (version_id, "Fresh #rye with @vik", "Fresh #bread", post_id)
    ]
    assert queries.captions_waiting(olu) == 1
    assert Post.objects.get(pk=post_id).caption == "Fresh #bread", "Nothing changes before a reviewer says so."
    for scope in (cleo, mallory):
        with pytest.raises(RightMissing):
            captions.approve(scope, version_id, now=now)
        with pytest.raises(RightMissing):
            queries.caption_reviews(scope, Paging())
    captions.approve(olu, version_id, now=now + HOUR)
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.caption, facts.caption_locked) == ("Fresh #rye with @vik", True)
    assert list(PostTag.objects.filter(post_id=post_id).values_list("tag", flat=True)) == ["rye"]
    assert list(PostMention.objects.values_list("profile__handle", flat=True)) == ["vik"]
    assert queries.counts([post_id])[post_id].likes == 1
    document = Publication.objects.get(kind="post", object_id=post_id).document
    assert document is not None
    assert "Fresh #rye with @vik" in document
    view = queries.caption_review(olu, version_id).version
    assert (view.state, view.replaces, view.reviewed_at) == (CaptionState.CURRENT, "Fresh #bread", now + HOUR)
    for act in (captions.approve, captions.withdraw):
        with pytest.raises(CaptionDecided):
            act(olu if act is captions.approve else cleo, version_id, now=now)
    second = captions.propose(cleo, post_id, "Fresh #spelt", now=now + HOUR)
    captions.approve(olu, second, now=now + 2 * HOUR)
    assert states(post_id) == [(2, CaptionState.CURRENT), (1, CaptionState.REPLACED)]
    assert [view.replaces for view in queries.caption_history(post_id)] == ["Fresh #rye with @vik", "Fresh #bread"]
    acts = list(AuditEntry.objects.filter(noun="caption").order_by("pk").values_list("action", flat=True))
    assert acts == ["caption.proposed", "caption.approved"] * 2


def test_an_advertisers_waits_for_the_creator(cleo: Scope, ada: Scope, olu: Scope, now: datetime) -> None:
    post_id = locked(cleo, now)
    first = captions.propose(ada, post_id, "Order #bread", now=now)
    assert (states(post_id), queries.captions_waiting(olu)) == ([(1, CaptionState.PROPOSED)], 0)
    with pytest.raises(CaptionDecided):
        captions.approve(olu, first, now=now)
    second = captions.propose(ada, post_id, "Order #bread today", now=now)
    assert states(post_id) == [(2, CaptionState.PROPOSED), (1, CaptionState.SUPERSEDED)]
    captions.agree(cleo, second, now=now)
    with pytest.raises(CaptionUnderway):
        captions.propose(ada, post_id, "Order #bread now", now=now)
    captions.reject(olu, second, ["misleading_claim", "leads_elsewhere"], " Where? ", now=now)
    view = queries.caption_review(olu, second).version
    assert (view.state, view.reasons, view.note) == (
        CaptionState.REJECTED,
        ("misleading_claim", "leads_elsewhere"),
        "Where?",
    )
    third = captions.propose(ada, post_id, "Order bread", now=now)
    captions.refuse(cleo, third, now=now)
    fourth = captions.propose(ada, post_id, "Order our bread", now=now)
    captions.withdraw(ada, fourth, now=now)
    fifth = captions.propose(ada, post_id, "Order good bread", now=now)
    own = captions.propose(cleo, post_id, "My bread", now=now)
    assert [state for _, state in states(post_id)] == [
        CaptionState.IN_REVIEW,
        CaptionState.SUPERSEDED,
        CaptionState.WITHDRAWN,
        CaptionState.REFUSED,
        CaptionState.REJECTED,
        CaptionState.SUPERSEDED,
    ]
    for decided in (first, second, third, fourth, fifth):
        for act in (captions.agree, captions.refuse, captions.withdraw):
            with pytest.raises(CaptionDecided):
                act(cleo, decided, now=now)
    captions.withdraw(cleo, own, now=now)
    assert queries.captions_waiting(olu) == 0
    assert Post.objects.get(pk=post_id).caption == "Fresh #bread"


def test_what_is_refused_changes_nothing(
    cleo: Scope, vik: Scope, ada: Scope, olu: Scope, mallory: Scope, now: datetime
) -> None:
    unlocked, post_id = cast.post(cleo, now, "Free"), locked(cleo, now)
    with pytest.raises(CaptionNotLocked):
        captions.propose(cleo, unlocked, "Freer", now=now)
    with pytest.raises(CaptionUnchanged):
        captions.propose(cleo, post_id, " Fresh #bread ", now=now)
    with pytest.raises(CaptionTooLong):
        captions.propose(cleo, post_id, "🥐" * 1_101, now=now)
    with pytest.raises(FieldInvalid):
        captions.propose(cleo, post_id, "a\x00b", now=now)
    with pytest.raises(RightMissing):
        captions.propose(mallory, post_id, "Mine", now=now)
    with pytest.raises(NotFound):
        captions.propose(cleo, 1, "Mine", now=now)
    assert CaptionVersion.objects.count() == 0
    version_id = captions.propose(ada, post_id, "Order bread", now=now)
    for scope, act in ((vik, captions.agree), (vik, captions.refuse), (mallory, captions.withdraw)):
        with pytest.raises(NotFound):
            act(scope, version_id, now=now)
    other = cast.advertiser("Otto", now)
    with pytest.raises(NotFound):
        captions.withdraw(other, version_id, now=now)
    with pytest.raises(CaptionUnderway):
        captions.propose(other, post_id, "Order mine", now=now)
    captions.agree(cleo, version_id, now=now)
    for reasons in ([], ["because"]):
        with pytest.raises(FieldInvalid):
            captions.reject(olu, version_id, reasons, now=now)
    with pytest.raises(FieldInvalid):
        captions.reject(olu, version_id, ["offensive"], "x" * 501, now=now)
    assert states(post_id) == [(1, CaptionState.IN_REVIEW)]
    posts.delete(cleo, post_id, now)
    assert queries.caption_reviews(olu, Paging()).items == ()
    with pytest.raises(NotFound):
        captions.approve(olu, version_id, now=now)
    assert Post.objects.get(pk=post_id).caption == "Fresh #bread"
