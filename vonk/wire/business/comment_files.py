"""Lists of comments and of blocked words as files: links that are signed and good for an hour, and what they lead to."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from vonk.advertising.queries.comments import CommentBelowAd, comments_of_ad_group
from vonk.content.moderation import WORDS_MAX, ExportKind, folded
from vonk.content.queries import moderation
from vonk.content.queries.moderation import CommentsWanted, Order
from vonk.control import clock
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope, Via
from vonk.core import sheets
from vonk.core.errors import Problem
from vonk.identity import access
from vonk.wire.business.asked import day
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import moment

LIVES: Final = timedelta(hours=1)
ROWS_MAX: Final = 10_000
PART_ROWS: Final = 500
PATH: Final = "/open_api/comment_files/"
_SALT: Final = "vonk.wire.business.comment_files"
_COLUMNS: Final = ("comment_id", "comment_type", "comment_status", "create_time", "user_name", "content", "replies")
_MORE: Final = ("hit_blockedword", "original_comment_id", "tiktok_item_id", "ad_id", "ad_name")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Which comments a task lists, as it remembers it."""

    ad_group_id: str
    start_date: str
    end_date: str
    answers: bool | None = None
    hidden: bool | None = None
    by_answers: bool = False
    ascending: bool = False
    ids: tuple[str, ...] | None = None


def wanted(kept: Kept) -> CommentsWanted:
    """Return which comments are asked for; ParameterInvalid for days that are none, or in the wrong order."""
    start, end = day(kept.start_date, "start_time"), day(kept.end_date, "end_time")
    if end < start:
        raise ParameterInvalid(field="end_time", reason="a day that is not before start_time")
    return CommentsWanted(
        ids=None if kept.ids is None else [int(one) for one in kept.ids],
        answers=kept.answers,
        hidden=kept.hidden,
        since=datetime.combine(start, time.min, UTC),
        until=datetime.combine(end, time.min, UTC) + timedelta(days=1),
        order=Order.ANSWERS if kept.by_answers else Order.TIME,
        ascending=kept.ascending,
    )


def path_of(scope: Scope, kind: ExportKind, export_id: int, *, now: datetime) -> str:
    """Return the path under which the file is served for an hour to whoever knows it, while the person may read it."""
    until = int((now + LIVES).timestamp())
    return PATH + signing.dumps([kind.value, export_id, scope.account, scope.person, until], salt=_SALT)


@require_safe
def download(_request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Answer the file that the link is for, while the link is good."""
    now = clock.present().now()
    try:
        kind, export_id, account_id, person_id, until = signing.loads(ticket, salt=_SALT)
        if now.timestamp() >= until:
            return _gone()
        actor = access.Actor(person_id, Via.BUSINESS_API)
        scope = access.advertiser(actor, account_id, may=Right.ACCOUNT_VIEW)
        lines = _lines(scope, ExportKind(kind), export_id, now)
    except (signing.BadSignature, Problem):  # Who lost the account since is told no more than a stranger.
        return _gone()
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{export_id}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _gone() -> HttpResponse:
    return HttpResponseNotFound("The link has expired. Ask the task for another one.")


def _lines(scope: Scope, kind: ExportKind, export_id: int, now: datetime) -> Iterator[str]:
    asked = moderation.export_asked(scope, kind, export_id, now=now)
    if kind is ExportKind.WORDS:
        only = {folded(word) for word in asked["words"]} if asked["words"] is not None else None
        words = moderation.blocked_words(scope, Numbering(1, WORDS_MAX)).items
        listed = (one for one in words if only is None or folded(one) in only)
        return sheets.lines(["blocked_word"], ([sheets.harmless(one)] for one in listed))
    kept = msgspec.convert(asked, Kept)
    return sheets.lines(
        [*_COLUMNS, *_MORE],
        (
            [
                str(one.comment.id),
                "COMMENT" if one.comment.reply_to is None else "REPLY",
                "HIDDEN" if one.comment.hidden else "PUBLIC",
                moment(one.comment.at),
                sheets.harmless(one.comment.display_name),
                sheets.harmless(one.comment.text),
                str(one.comment.answers),
                "true" if one.hit else "false",
                str(one.comment.reply_to or ""),
                str(one.post.id),
                str(one.ad.id),
                sheets.harmless(one.ad.name),
            ]
            for one in _found(scope, kept, now)
        ),
    )


def _found(scope: Scope, kept: Kept, now: datetime) -> list[CommentBelowAd]:
    """Return the comments, read in parts, at once: whoever may not read them is told so before the first line is sent."""
    found: list[CommentBelowAd] = []
    for number in range(1, ROWS_MAX // PART_ROWS + 1):
        part = comments_of_ad_group(scope, int(kept.ad_group_id), wanted(kept), Numbering(number, PART_ROWS), now=now)
        found += part.items
        if len(found) >= part.total or not part.items:
            break
    return found
