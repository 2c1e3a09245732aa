"""Comments of posts that an ad account advertises: read, hidden, shown and answered by a creator's leave."""

from vonk.authorisation.actions import comments
from vonk.authorisation.queries.comments import comments_of
from vonk.content.queries import CommentView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.engagement import Answer, CommentCreated

_PATH = "/accounts/{account_id}/spark_posts/{consent_id}/comments"


class CommentsQuery(Paged, frozen=True):
    """``from_ad``: those written on ads alone, or those that were not."""

    from_ad: bool | None = None


@operation("GET", _PATH, may=Right.CAMPAIGN_EDIT, summary="List the comments of an advertised post")
def list_advertised_comments(call: Call[Nothing, CommentsQuery]) -> Page[CommentView]:
    """Newest first, hidden ones too. Needs the creator's access with the scope `comments`, as do the acts below."""
    return comments_of(call.scope, call.id("consent_id"), call.query.paging(), call.now, from_ad=call.query.from_ad)


@operation("PUT", _PATH + "/{comment_id}/hidden", may=Right.CAMPAIGN_EDIT, summary="Hide a comment for an advertiser")
def hide_advertised_comment(call: Call[Nothing, Nothing]) -> None:
    """From everybody but its author and the creator, who sees who hid it and may show it again, for good."""
    comments.hide(call.scope, call.id("consent_id"), call.id("comment_id"), now=call.now)


@operation("DELETE", _PATH + "/{comment_id}/hidden", may=Right.CAMPAIGN_EDIT, summary="Show what an advertiser hid")
def show_advertised_comment(call: Call[Nothing, Nothing]) -> None:
    """What the creator hid stays hidden."""
    comments.show(call.scope, call.id("consent_id"), call.id("comment_id"), now=call.now)


@operation(
    "POST",
    _PATH + "/{comment_id}/answers",
    may=Right.CAMPAIGN_EDIT,
    summary="Answer a comment as the advertiser",
    example={"text": "Open till six."},
)
def answer_advertised_comment(call: Call[Answer, Nothing]) -> CommentCreated:
    """In the ad account's advertiser name, labelled as the advertiser's."""
    consent_id, comment_id = call.id("consent_id"), call.id("comment_id")
    return CommentCreated(comments.answer(call.scope, consent_id, comment_id, call.body.text, now=call.now))


@operation("DELETE", _PATH + "/{comment_id}", may=Right.CAMPAIGN_EDIT, summary="Delete the advertiser's own answer")
def delete_advertised_answer(call: Call[Nothing, Nothing]) -> None:
    """Whoever wrote it in the account."""
    comments.delete_answer(call.scope, call.id("consent_id"), call.id("comment_id"), now=call.now)
