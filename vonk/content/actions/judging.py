"""Judge posts that viewers report, with a statement of reasons to the creator (DSA art. 17), and appeals (art. 20)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from vonk.content.actions import posts, publishing
from vonk.content.errors.judgements import AppealNotWaiting, AppealOwnJudgement, JudgementOver
from vonk.content.judgements import (
    MODERATION_REASONS,
    RESTRICTIONS,
    Judgement,
    JudgementAppeal,
    ReportReason,
    Reports,
    appeal_text,
    appealable_until,
    note,
    reason,
)
from vonk.content.models import Post, PostJudgement, PostReport
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.control.wording import later as _
from vonk.core.errors import NotFound
from vonk.identity.actions import letters

PAGE: Final = "/studio/decisions/"
_NOUN: Final = "judgement"
_KIND: Final = "moderation"


def add_reports(found: Mapping[tuple[int, int], Reports]) -> None:
    """Add reports by post and reason; posts that are not there, or no more, are passed over.

    Needs an open transaction: the log's position is in it.
    """
    there = set(
        Post.objects.filter(pk__in={post for post, _why in found}, deleted_at=None).values_list("pk", flat=True)
    )
    for (post_id, why), reports in sorted(found.items()):
        if post_id not in there:
            continue
        row, made = PostReport.objects.get_or_create(
            post_id=post_id,
            reason=why if why in set(ReportReason) else ReportReason.OTHER.value,
            defaults={
                "count": reports.times,
                "in_ads": reports.in_ads,
                "first_at": reports.last_at,
                "last_at": reports.last_at,
            },
        )
        if not made:
            PostReport.objects.filter(post_id=row.post_id, reason=row.reason).update(
                count=F("count") + reports.times, in_ads=F("in_ads") + reports.in_ads, last_at=reports.last_at
            )


@transaction.atomic
def judge(scope: Scope, post_id: int, judgement: Judgement, why: str = "", said: str = "", *, now: datetime) -> int:
    """Keep, limit or remove a post, and answer the reports of it; return the decision's id.

    A restriction needs one of MODERATION_REASONS and a note that its creator reads. What an earlier decision restricted
    and this one does not is free again. Raises RightMissing, NotFound, FieldInvalid (reason, note).
    """
    scope.require(Right.REVIEW)
    key, text = reason(judgement, why), note(judgement, said)
    post = publishing.lock(post_id)
    if post is None or post.deleted_at is not None:
        raise NotFound(noun="post")
    reports = {str(row.reason): row.count for row in PostReport.objects.filter(post=post).order_by("reason")}
    PostJudgement.objects.filter(post=post, over_at=None).update(over_at=now)
    row = PostJudgement.objects.create(
        post=post,
        judgement=judgement.value,
        reason=key,
        note=text,
        reports=reports,
        moderator_id=scope.person,
        decided_at=now,
    )
    PostReport.objects.filter(post=post).delete()
    _apply(scope, post, judgement, key, now=now)
    detail = {"post": str(post_id), "judgement": judgement.value, "reason": key, "reports": reports}
    audit.record(scope, "post.judged", _NOUN, row.pk, at=now, detail=detail)
    if judgement in RESTRICTIONS:
        _tell_restricted(row, now=now)
    return row.pk


@transaction.atomic
def appeal(scope: Scope, judgement_id: int, text: str, *, now: datetime) -> None:
    """Appeal a restriction of one's own post, once, within six months.

    Raises RightMissing, NotFound, FieldInvalid (text), JudgementOver.
    """
    scope.require(Right.CREATE)
    said = appeal_text(text)
    row = (
        PostJudgement.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=judgement_id, post__profile__owner_id=scope.person, post__deleted_at=None)
        .first()
    )
    if row is None:
        raise NotFound(noun="decision")
    restricts = Judgement(row.judgement) in RESTRICTIONS and row.over_at is None
    if not restricts or row.appeal_state is not None or now >= appealable_until(row.decided_at):
        raise JudgementOver
    row.appeal, row.appeal_state, row.appealed_at = said, JudgementAppeal.WAITING.value, now
    row.save(update_fields=["appeal", "appeal_state", "appealed_at"])
    audit.record(scope, "judgement.appealed", _NOUN, row.pk, at=now, detail={"post": str(row.post_id)})


@transaction.atomic
def answer(scope: Scope, judgement_id: int, text: str, *, overturn: bool, now: datetime) -> None:
    """Decide on an appeal, with an answer of 1 to 1,000 characters: let the decision stand, or take it back.

    Raises RightMissing, NotFound, FieldInvalid (note), AppealNotWaiting, AppealOwnJudgement.
    """
    scope.require(Right.REVIEW)
    said = note(Judgement.LIMIT, text)
    post_id = PostJudgement.objects.filter(pk=judgement_id).values_list("post_id", flat=True).first()
    post = publishing.lock(post_id) if post_id is not None else None
    if post is None:
        raise NotFound(noun="appeal")
    row = PostJudgement.objects.get(pk=judgement_id)
    if row.appeal_state != JudgementAppeal.WAITING or row.over_at is not None:
        raise AppealNotWaiting
    if row.moderator_id == scope.person:
        raise AppealOwnJudgement
    state = JudgementAppeal.OVERTURNED if overturn else JudgementAppeal.UPHELD
    row.appeal_state, row.answer, row.appeal_decided_at, row.appeal_decider_id = state.value, said, now, scope.person
    row.over_at = now if overturn else None
    row.save()
    if overturn:
        _apply(scope, post, Judgement.KEEP, "", now=now)
    audit.record(scope, f"judgement.{state.value}", _NOUN, row.pk, at=now, detail={"post": str(row.post_id)})
    _tell_answered(row, overturned=overturn, now=now)


def _apply(scope: Scope, post: Post, judgement: Judgement, key: str, *, now: datetime) -> None:
    """Have the post be where the decision says; what is so already stays."""
    limited = now if judgement is Judgement.LIMIT else None
    if (post.limited_at is None) != (limited is None):
        post.limited_at = limited
        post.save(update_fields=["limited_at"])
    if judgement is Judgement.REMOVE and post.removed_at is None:
        posts.remove(scope, post.pk, MODERATION_REASONS[key], now)
    elif judgement is not Judgement.REMOVE and post.removed_at is not None:
        posts.restore(scope, post.pk, now)


def _tell_restricted(row: PostJudgement, *, now: datetime) -> None:
    """Write the statement of reasons: what was done, where and for how long, why, how that came about, and what can be done."""
    removed = row.judgement == Judgement.REMOVE
    done = (
        _("Your post was removed. Nobody sees it any more, anywhere, and ads with it have stopped.")
        if removed
        else _(
            "Your post was limited. It stays on your profile and in ads, and is no longer offered by feeds and search, anywhere."
        )
    )
    notice = (
        _("Viewers had reported it; a moderator looked at it and decided, not a machine.")
        if row.reports
        else _("A moderator came across it and decided, not a machine.")
    )
    body = _(
        "%(done)s This holds until it is decided otherwise.\n\n"
        "The rule of our terms that it breaks: %(rule)s\n%(note)s\n\n%(notice)s\n\n"
        "If you think that this is wrong, appeal within six months: somebody else decides.\n%(link)s"
    )
    _write(
        row,
        _("Your post was removed") if removed else _("Your post was limited"),
        body
        % {
            "done": done,
            "rule": _(MODERATION_REASONS[row.reason]),  # noqa: INT001 - a closed list.
            "note": row.note,
            "notice": notice,
            "link": settings.VONK.site_url + PAGE,
        },
        now=now,
    )


def _tell_answered(row: PostJudgement, *, overturned: bool, now: datetime) -> None:
    subject = _("Your appeal: your post is free again") if overturned else _("Your appeal: the decision stands")
    body = _("Somebody else than the first moderator has looked at your post again.\n\n%(answer)s\n%(link)s")
    _write(row, subject, body % {"answer": row.answer, "link": settings.VONK.site_url + PAGE}, now=now)


def _write(row: PostJudgement, subject: str, body: str, *, now: datetime) -> None:
    owner_id = row.post.profile.owner_id
    if owner_id is not None:  # An advertiser's own creative has no creator; its ads' review is told to the account.
        letters.to_person(owner_id, subject=subject, body=body, now=now, link=PAGE, kind=_KIND)
