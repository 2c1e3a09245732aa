"""Like, favourite, share, comment and follow, each with its source, each counted in the same transaction.

Whatever is done twice is done once: the database decides which of two calls was first. Taking something back takes
its count out of the source and hour where it was counted, so no counter is ever below zero. The rows themselves say
who did what, when and where, so they need no audit row.
"""

from datetime import datetime

from django.db import transaction

from vonk.content import captions
from vonk.content.actions import changes, counting, holding, tallies
from vonk.content.actions.tallies import TallyKey
from vonk.content.errors import FollowSelf, ProfilePrivate
from vonk.content.models import Comment, Engagement, Follow, Post, Profile
from vonk.content.queries import visibility
from vonk.content.rules import METRIC_OF, EngagementKind, Metric, Source
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.clock import hour_of
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.limits import COMMENT_MAX


@transaction.atomic
def like(scope: Scope, post_id: int, *, source: Source, now: datetime) -> bool:
    """Like the post; False when the person did before. NotFound when the post is not there for them."""
    return _engage(scope, post_id, EngagementKind.LIKE, source, now)


@transaction.atomic
def unlike(scope: Scope, post_id: int, *, now: datetime) -> bool:  # noqa: ARG001  # Every action is told the time.
    """Take a like back; False when there was none."""
    return _take_back(scope, post_id, EngagementKind.LIKE)


@transaction.atomic
def favourite(scope: Scope, post_id: int, *, source: Source, now: datetime) -> bool:
    """Keep the post among the person's favourites; False when it is there already."""
    return _engage(scope, post_id, EngagementKind.FAVOURITE, source, now)


@transaction.atomic
def unfavourite(scope: Scope, post_id: int, *, now: datetime) -> bool:  # noqa: ARG001  # Every action is told the time.
    """Take the post out of the favourites; False when it was not there."""
    return _take_back(scope, post_id, EngagementKind.FAVOURITE)


@transaction.atomic
def share(scope: Scope, post_id: int, *, source: Source, now: datetime) -> None:
    """Count that the person shared the post; each time is a share."""
    _may_engage(scope, post_id)
    shared = Engagement.objects.create(
        post_id=post_id,
        person_id=scope.person,
        kind=EngagementKind.SHARE.value,
        ad_id=source.ad_id,
        decision_id=source.decision_id,
        at=now,
    )
    tallies.add({TallyKey(post_id, source.ad_id, hour_of(now), Metric.SHARES.value): 1})
    _tell(shared, Metric.SHARES, given=True)


@transaction.atomic
def follow(scope: Scope, profile_id: int, *, post_id: int | None = None, source: Source, now: datetime) -> bool:
    """Follow a creator, from one of their posts or from their profile; False when the person does already.

    Whom a private profile's owner follows may follow it; nobody else begins to, and who did before stays. Raises NotFound
    for a profile that is not there or is a custom identity, FollowSelf, ProfilePrivate.
    """
    scope.require(Right.VIEW)
    followed = Profile.objects.filter(pk=profile_id, owner__isnull=False, banned_at=None, deleted_at=None).first()
    if followed is None:
        raise NotFound(noun="profile")
    if followed.owner_id == scope.person:
        raise FollowSelf
    if post_id is not None:
        _may_engage(scope, post_id)
        if not Post.objects.filter(pk=post_id, profile_id=profile_id).exists():
            raise NotFound(noun="post")
    if followed.private and not _may_begin_to_follow(scope.person, followed):
        raise ProfilePrivate
    row, created = Follow.objects.get_or_create(
        person_id=scope.person,
        profile_id=profile_id,
        defaults={"post_id": post_id, "ad_id": source.ad_id, "decision_id": source.decision_id, "at": now},
    )
    if created and post_id is not None:
        tallies.add({TallyKey(post_id, source.ad_id, hour_of(now), Metric.FOLLOWS.value): 1})
    if created:
        _tell(row, Metric.FOLLOWS, given=True)
    return created


@transaction.atomic
def unfollow(scope: Scope, profile_id: int, *, now: datetime) -> bool:  # noqa: ARG001  # Every action is told the time.
    """Follow no longer; False when the person did not."""
    scope.require(Right.VIEW)
    row = Follow.objects.filter(person_id=scope.person, profile_id=profile_id).first()
    if row is None or not Follow.objects.filter(pk=row.pk).delete()[0]:
        return False
    _tell(row, Metric.FOLLOWS, given=False)
    if row.post_id is not None:
        tallies.add({TallyKey(row.post_id, row.ad_id, hour_of(row.at), Metric.FOLLOWS.value): -1})
    return True


@transaction.atomic
def comment(scope: Scope, post_id: int, text: str, *, source: Source, now: datetime) -> int:
    """Comment on a post that is there for the person; return the comment's id. It may have to wait for the creator."""
    _may_engage(scope, post_id)
    text = captions.clean_text("text", text)
    if not 1 <= len(text) <= COMMENT_MAX:
        raise FieldInvalid("text", "1 to %(most)s characters", most=COMMENT_MAX)
    profile = Profile.objects.get(posts=post_id)
    written = Comment.objects.create(
        post_id=post_id,
        person_id=scope.person,
        text=text,
        held=holding.reason(profile, scope.person, text),
        ad_id=source.ad_id,
        decision_id=source.decision_id,
        at=now,
    )
    counting.count_comment(written)
    holding.tell(written, now=now)
    return written.pk


@transaction.atomic
def delete_comment(scope: Scope, comment_id: int, now: datetime) -> None:
    """Delete one's own comment or answer, or any as a moderator; NotFound for everybody else's. Twice is once."""
    scope.require(Right.VIEW)
    row = Comment.objects.select_for_update(no_key=True).filter(pk=comment_id).first()
    if row is None or (row.person_id != scope.person and Right.REVIEW not in scope.rights):
        raise NotFound(noun="comment")
    if not Comment.objects.filter(pk=comment_id, deleted_at=None).update(deleted_at=now):
        return
    counting.uncount_comment(row)
    audit.record(scope, "comment.deleted", "comment", comment_id, at=now)


@transaction.atomic
def delete_comments_of(person_id: int, *, now: datetime) -> int:
    """Delete every comment of a person who is erased, and its words, also of those deleted before; return how many."""
    for row in (
        Comment.objects.select_for_update(no_key=True).filter(person_id=person_id, deleted_at=None).order_by("pk")
    ):
        Comment.objects.filter(pk=row.pk).update(deleted_at=now)
        counting.uncount_comment(row)
    return Comment.objects.filter(person_id=person_id).update(text="")


def _engage(scope: Scope, post_id: int, kind: EngagementKind, source: Source, now: datetime) -> bool:
    _may_engage(scope, post_id)
    row, created = Engagement.objects.get_or_create(
        post_id=post_id,
        person_id=scope.person,
        kind=kind.value,
        defaults={"ad_id": source.ad_id, "decision_id": source.decision_id, "at": now},
    )
    if created:
        tallies.add({TallyKey(post_id, source.ad_id, hour_of(now), METRIC_OF[kind].value): 1})
        _tell(row, METRIC_OF[kind], given=True)
    return created


def _take_back(scope: Scope, post_id: int, kind: EngagementKind) -> bool:
    scope.require(Right.VIEW)
    row = Engagement.objects.filter(post_id=post_id, person_id=scope.person, kind=kind.value).first()
    if row is None or not Engagement.objects.filter(pk=row.pk).delete()[0]:
        return False
    tallies.add({TallyKey(post_id, row.ad_id, hour_of(row.at), METRIC_OF[kind].value): -1})
    _tell(row, METRIC_OF[kind], given=False)
    return True


def _tell(row: Engagement | Follow, metric: Metric, *, given: bool) -> None:
    """Tell those who read on of an organic engagement; what happened on an ad is the ad's already."""
    if row.ad_id == 0:
        profile_id = row.profile_id if isinstance(row, Follow) else row.post.profile_id
        changes.tell(
            metric,
            row.pk,
            person_id=row.person_id,
            post_id=row.post_id or 0,
            profile_id=profile_id,
            at=row.at,
            given=given,
        )


def _may_begin_to_follow(person_id: int, profile: Profile) -> bool:
    assert profile.owner_id is not None, "A custom identity is not followed."
    already = Follow.objects.filter(person_id=person_id, profile=profile)
    wanted = Follow.objects.filter(person_id=profile.owner_id, profile__owner_id=person_id)
    return already.exists() or wanted.exists()


def _may_engage(scope: Scope, post_id: int) -> None:
    scope.require(Right.VIEW)
    if not Post.objects.filter(visibility.engageable_by(scope.person), pk=post_id).exists():
        raise NotFound(noun="post")
