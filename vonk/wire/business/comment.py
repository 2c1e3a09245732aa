"""Comments below ads: read, answered, hidden and shown as far as the creator lets the ad account."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.queries import comments as below_ads
from vonk.advertising.queries import objects
from vonk.advertising.queries.comments import CommentBelowAd
from vonk.authorisation.actions import comments
from vonk.content.actions import moderation_exports
from vonk.content.moderation import ExportKind
from vonk.content.queries import moderation
from vonk.control.paging import Numbered
from vonk.control.scope import Right, Scope
from vonk.wire.business import comment_files, speaking
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

PAGE_SIZE_MAX: Final = 100
IDS_MAX: Final = 100
CommentType = Literal["COMMENT", "REPLY"]
CommentStatus = Literal["PUBLIC", "HIDDEN"]
Types = list[Literal["ALL", "COMMENT", "REPLY"]]
Statuses = list[Literal["ALL", "PUBLIC", "HIDDEN"]]
SortField = Literal["CREATE_TIME", "LIKES", "REPLIES", "SMART"]
SortType = Literal["ASC", "DESC"]


class CommentRow(Given, frozen=True):
    """A comment below an ad. Comments are not liked or pinned here. ``user_id`` is a profile; null for an advertiser's."""

    comment_id: Digits
    content: str
    comment_type: CommentType
    comment_status: CommentStatus
    likes: int
    replies: int
    create_time: int
    original_comment_id: Digits | None
    reply_to_comment_id: Digits | None
    hit_blockedword: bool
    is_pinned: bool
    can_delete: bool
    is_auth_comment_manage_scope: bool
    user_id: Digits | None
    user_name: str
    user_avatar_url: str
    tiktok_item_id: Digits
    identity_id: Digits
    identity_type: str
    campaign_id: Digits
    campaign_name: str
    adgroup_id: Digits
    adgroup_name: str
    ad_id: Digits
    ad_name: str
    ad_text: str
    video_cover_url: str
    video_play_url: str
    app_id: str | None


class CommentList(Given, frozen=True):
    comments: tuple[CommentRow, ...]
    page_info: PageInfo


class Listing(AskedOfAccount, frozen=True):
    """Which comments. Dates are UTC, both included. LIKES and SMART sort as CREATE_TIME does."""

    search_field: Literal["ADGROUP_ID"]
    search_value: Id
    start_time: str
    end_time: str
    comment_type: Types | None = None
    comment_status: Statuses | None = None
    sort_field: SortField = "CREATE_TIME"
    sort_type: SortType = "DESC"


class ListAsked(Listing, frozen=True, kw_only=True):
    page: int | None = None
    page_size: int | None = None


@operation("GET", "comment/list", may=Right.ACCOUNT_VIEW, summary="List the comments below an ad group's ads")
def get(call: Call[ListAsked]) -> CommentList:
    """All of a post of which the account may look after the comments; of others the shown ones written on its ads."""
    page = numbering(call.asked.page, call.asked.page_size, most=PAGE_SIZE_MAX)
    wanted = comment_files.wanted(_kept(call.asked))
    found = below_ads.comments_of_ad_group(call.scope, call.asked.search_value, wanted, page, now=call.now)
    return _listed(call, found)


class Reference(AskedOfAccount, frozen=True):
    """``original_comment_id`` is read and not needed: an answer knows what it answers."""

    comment_id: Id
    comment_type: CommentType
    original_comment_id: Id | None = None
    app: str | None = None
    page: int | None = None
    page_size: int | None = None


@operation("GET", "comment/reference", may=Right.ACCOUNT_VIEW, summary="List the answers to a comment")
def get_answers(call: Call[Reference]) -> CommentList:
    """Newest first; of an answer it and those beside it."""
    page = numbering(call.asked.page, call.asked.page_size, most=PAGE_SIZE_MAX)
    return _listed(call, below_ads.answers_of(call.scope, call.asked.comment_id, page, now=call.now))


class Place(AskedOfAccount, frozen=True):
    """A comment below one ad, and as whom the ad speaks."""

    ad_id: Id
    tiktok_item_id: Id
    comment_id: Id
    identity_id: Id
    identity_type: Literal["AUTH_CODE", "TT_USER", "BC_AUTH_TT", "CUSTOMIZED_USER"]
    identity_authorized_bc_id: Id | None = None


class Posted(Place, frozen=True, kw_only=True):
    comment_type: Literal["REPLY"]
    text: str


_EXAMPLE: Final = {
    "advertiser_id": "1838681029295206400",
    "ad_id": "1838681029295206401",
    "tiktok_item_id": "1838681029295206402",
    "comment_id": "1838681029295206403",
    "identity_id": "1838681029295206404",
    "identity_type": "BC_AUTH_TT",
}


@operation(
    "POST",
    "comment/post",
    may=Right.CAMPAIGN_EDIT,
    summary="Answer a comment",
    example={**_EXAMPLE, "comment_type": "REPLY", "text": "Open till six."},
)
def post(call: Call[Posted]) -> CommentRow:
    """In the ad account's advertiser name, labelled as such: nobody speaks as a creator but the creator."""
    _require_place(call.scope, call.asked, now=call.now)
    made = comments.answer_below(call.scope, call.asked.comment_id, call.asked.text, now=call.now)
    return _rows(call, [below_ads.comment_below_ads(call.scope, made, now=call.now)])[0]


@operation("POST", "comment/delete", may=Right.CAMPAIGN_EDIT, summary="Delete an answer of one's own", example=_EXAMPLE)
def delete(call: Call[Place]) -> None:
    """Of the ad account's, whoever wrote it; ``can_delete`` says of which."""
    _require_place(call.scope, call.asked, now=call.now)
    comments.delete_own(call.scope, call.asked.comment_id, now=call.now)


class StatusUpdate(AskedOfAccount, frozen=True):
    """``ad_type`` is read and does not choose: there is one kind of ad."""

    comment_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
    operation: CommentStatus
    ad_type: Literal["BIDDING", "BRAND"] | None = None


@operation(
    "POST",
    "comment/status/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Hide or show comments",
    example={
        "advertiser_id": "1838681029295206400",
        "comment_ids": ["1838681029295206403"],
        "operation": "HIDDEN",
    },
)
def update_status(call: Call[StatusUpdate]) -> None:
    """All or none. Hidden from everybody but the author and the creator, who may show them again, for good."""
    asked = call.asked
    comments.set_hidden(call.scope, asked.comment_ids, hidden=asked.operation == "HIDDEN", now=call.now)


class TaskCreate(Listing, frozen=True, kw_only=True):
    """What is to be in the file; of ``comment_ids`` those alone. ``lang`` is read: the file is in English."""

    comment_ids: list[Id] | None = None
    lang: str | None = None


class TaskMade(Given, frozen=True):
    task_id: Digits


@operation(
    "POST",
    "comment/task/create",
    may=Right.ACCOUNT_VIEW,
    summary="Ask for comments as a file",
    example={
        "advertiser_id": "1838681029295206400",
        "search_field": "ADGROUP_ID",
        "search_value": "1838681029295206401",
        "start_time": "2026-11-01",
        "end_time": "2026-11-30",
    },
)
def create_task(call: Call[TaskCreate]) -> TaskMade:
    """The newest 10,000 of them, as CSV. The task is good for 30 days; the file is as new as its fetching."""
    kept = _kept(call.asked, call.asked.comment_ids)
    comment_files.wanted(kept)  # So that what cannot be listed is refused now.
    objects.ad_group(call.scope, call.asked.search_value)
    made = moderation_exports.ask(call.scope, ExportKind.COMMENTS, msgspec.to_builtins(kept), now=call.now)
    return TaskMade(task_id=str(made))


class TaskCheck(AskedOfAccount, frozen=True):
    task_id: Id
    source: str | None = None


class TaskState(Given, frozen=True):
    """``url`` is good for an hour, for whoever knows it."""

    task_id: Digits
    status: Literal["SUCCEED"]
    url: str


@operation("GET", "comment/task/check", may=Right.ACCOUNT_VIEW, summary="Fetch the link to a file of comments")
def check_task(call: Call[TaskCheck]) -> TaskState:
    """There is nothing to wait for: the file is written while it is fetched."""
    moderation.export_asked(call.scope, ExportKind.COMMENTS, call.asked.task_id, now=call.now)
    path = comment_files.path_of(call.scope, ExportKind.COMMENTS, call.asked.task_id, now=call.now)
    return TaskState(task_id=str(call.asked.task_id), status="SUCCEED", url=call.link(path))


def _kept(asked: Listing, ids: list[Id] | None = None) -> comment_files.Kept:
    """Return what is asked for, as a task remembers it."""
    types, statuses = set(asked.comment_type or ("ALL",)), set(asked.comment_status or ("ALL",))
    return comment_files.Kept(
        ad_group_id=str(asked.search_value),
        start_date=asked.start_time,
        end_date=asked.end_time,
        answers=None if "ALL" in types or len(types) > 1 else types == {"REPLY"},
        hidden=None if "ALL" in statuses or len(statuses) > 1 else statuses == {"HIDDEN"},
        by_answers=asked.sort_field == "REPLIES",
        ascending=asked.sort_type == "ASC",
        ids=None if ids is None else tuple(str(one) for one in ids),
    )


def _require_place(scope: Scope, place: Place, *, now: datetime) -> None:
    """Raise ParameterInvalid unless the ad shows the post and speaks as the identity, and the comment stands below it."""
    found = objects.ad(scope, place.ad_id)
    if found.post_id != place.tiktok_item_id:
        raise ParameterInvalid(field="tiktok_item_id", reason="not the post that the ad shows")
    if found.identity_id != place.identity_id:
        raise ParameterInvalid(field="identity_id", reason="not the identity as which the ad speaks")
    if _identity_types(scope, {found.consent_id}, now=now)[found.consent_id] != place.identity_type:
        raise ParameterInvalid(field="identity_type", reason="not the type of the identity as which the ad speaks")
    if below_ads.comment_below_ads(scope, place.comment_id, now=now).post.id != found.post_id:
        raise ParameterInvalid(field="comment_id", reason="not below the post that the ad shows")


def _identity_types(scope: Scope, consent_ids: Collection[int | None], *, now: datetime) -> dict[int | None, str]:
    """Return as what the creator of each consent speaks; without a consent an ad speaks as a custom identity."""
    known = speaking.speakers_of(scope, {one for one in consent_ids if one is not None}, now=now)
    found: dict[int | None, str] = {consent_id: one.identity_type for consent_id, one in known.items()}
    return {None: speaking.CUSTOMIZED_USER, **found}


def _listed(call: Call[ListAsked] | Call[Reference], page: Numbered[CommentBelowAd]) -> CommentList:
    return CommentList(comments=_rows(call, page.items), page_info=page_info(page))


def _rows(
    call: Call[ListAsked] | Call[Reference] | Call[Posted], items: Sequence[CommentBelowAd]
) -> tuple[CommentRow, ...]:
    types = _identity_types(call.scope, {one.ad.consent_id for one in items}, now=call.now)
    return tuple(
        CommentRow(
            comment_id=str(one.comment.id),
            content=one.comment.text,
            comment_type="COMMENT" if one.comment.reply_to is None else "REPLY",
            comment_status="HIDDEN" if one.comment.hidden else "PUBLIC",
            likes=0,
            replies=one.comment.answers,
            create_time=int(one.comment.at.timestamp()),
            original_comment_id=_digits(one.comment.reply_to),
            reply_to_comment_id=_digits(one.comment.reply_to),
            hit_blockedword=one.hit,
            is_pinned=False,
            can_delete=one.own and one.looked_after,
            is_auth_comment_manage_scope=one.looked_after,
            user_id=_digits(one.comment.profile_id),
            user_name=one.comment.display_name,
            user_avatar_url=call.link(one.comment.avatar_url),
            tiktok_item_id=str(one.post.id),
            identity_id=str(one.ad.identity_id),
            identity_type=types[one.ad.consent_id],
            campaign_id=str(one.ad.campaign_id),
            campaign_name=one.ad.campaign_name,
            adgroup_id=str(one.ad.ad_group_id),
            adgroup_name=one.ad.ad_group_name,
            ad_id=str(one.ad.id),
            ad_name=one.ad.name,
            ad_text=one.post.caption,
            video_cover_url=call.link(one.post.poster_url),
            video_play_url=call.link(one.post.video_url),
            app_id=None,
        )
        for one in items
    )


def _digits(made: int | None) -> str | None:
    return str(made) if made is not None else None
