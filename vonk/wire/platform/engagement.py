"""Likes, favourites, shares, comments and follows: on the post itself, with where they came from."""

import msgspec

from vonk.advertising.actions import comments as judged
from vonk.content import queries
from vonk.content.actions import comments, engagement
from vonk.content.queries import CommentView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform import showings


class FromShowing(Body, frozen=True):
    """The token of the showing that it came from. Without one it counts as organic; with a wrong one it is refused."""

    showing_token: str | None = None


class NewComment(Body, frozen=True):
    text: str
    showing_token: str | None = None


class Answer(Body, frozen=True):
    text: str


class Changed(msgspec.Struct, frozen=True):
    """False when it was so already."""

    changed: bool


class CommentCreated(msgspec.Struct, frozen=True):
    id: int


_EXAMPLE = {"showing_token": None}


@operation("PUT", "/posts/{post_id}/like", may=Right.VIEW, summary="Like a post", example=_EXAMPLE)
def like(call: Call[FromShowing, Nothing]) -> Changed:
    """Counted once a person, for the source it came from."""
    post_id = call.id("post_id")
    source = showings.source(call.scope, call.body.showing_token, post_id=post_id, now=call.now)
    return Changed(engagement.like(call.scope, post_id, source=source, now=call.now))


@operation("DELETE", "/posts/{post_id}/like", may=Right.VIEW, summary="Take a like back")
def unlike(call: Call[Nothing, Nothing]) -> Changed:
    """Taken from the source that it was counted for."""
    return Changed(engagement.unlike(call.scope, call.id("post_id"), now=call.now))


@operation("PUT", "/posts/{post_id}/favourite", may=Right.VIEW, summary="Keep a post", example=_EXAMPLE)
def favourite(call: Call[FromShowing, Nothing]) -> Changed:
    """Among one's favourites."""
    post_id = call.id("post_id")
    source = showings.source(call.scope, call.body.showing_token, post_id=post_id, now=call.now)
    return Changed(engagement.favourite(call.scope, post_id, source=source, now=call.now))


@operation("DELETE", "/posts/{post_id}/favourite", may=Right.VIEW, summary="Keep a post no longer")
def unfavourite(call: Call[Nothing, Nothing]) -> Changed:
    """Taken from the source that it was counted for."""
    return Changed(engagement.unfavourite(call.scope, call.id("post_id"), now=call.now))


@operation("POST", "/posts/{post_id}/shares", may=Right.VIEW, summary="Count a share", example=_EXAMPLE)
def share(call: Call[FromShowing, Nothing]) -> None:
    """Each time is a share."""
    post_id = call.id("post_id")
    source = showings.source(call.scope, call.body.showing_token, post_id=post_id, now=call.now)
    engagement.share(call.scope, post_id, source=source, now=call.now)


@operation("GET", "/posts/{post_id}/comments", may=None, summary="List a post's comments")
def list_comments(call: Call[Nothing, Paged]) -> Page[CommentView]:
    """Newest first."""
    return queries.comments(call.caller, call.id("post_id"), call.query.paging())


@operation(
    "POST", "/posts/{post_id}/comments", may=Right.VIEW, summary="Comment on a post", example={"text": "Lovely!"}
)
def comment(call: Call[NewComment, Nothing]) -> CommentCreated:
    """Up to 500 characters. With a word that an advertiser of the post blocks it may be hidden from others at once."""
    post_id = call.id("post_id")
    source = showings.source(call.scope, call.body.showing_token, post_id=post_id, now=call.now)
    return CommentCreated(judged.write(call.scope, post_id, call.body.text, source=source, now=call.now))


@operation("DELETE", "/comments/{comment_id}", may=Right.VIEW, summary="Delete a comment")
def delete_comment(call: Call[Nothing, Nothing]) -> None:
    """One's own."""
    engagement.delete_comment(call.scope, call.id("comment_id"), call.now)


@operation("POST", "/comments/{comment_id}/removal", may=Right.REVIEW, summary="Delete a comment as a moderator")
def remove_comment(call: Call[Nothing, Nothing]) -> None:
    """Anybody's, for good."""
    engagement.delete_comment(call.scope, call.id("comment_id"), call.now)


@operation("PUT", "/comments/{comment_id}/hidden", may=Right.CREATE, summary="Hide a comment on one's post")
def hide_comment(call: Call[Nothing, Nothing]) -> None:
    """From everybody but its author. No advertiser shows it again."""
    comments.hide_comment(call.scope, call.id("comment_id"), call.now)


@operation("DELETE", "/comments/{comment_id}/hidden", may=Right.CREATE, summary="Show a hidden comment")
def show_comment(call: Call[Nothing, Nothing]) -> None:
    """Again, to everybody, whoever hid it. No advertiser hides it again."""
    comments.show_comment(call.scope, call.id("comment_id"), call.now)


@operation(
    "POST",
    "/comments/{comment_id}/answers",
    may=Right.CREATE,
    summary="Answer a comment on one's post",
    example={"text": "Thank you!"},
)
def answer_comment(call: Call[Answer, Nothing]) -> CommentCreated:
    """Shown below it; up to 500 characters. Answers are counted nowhere, and are not answered."""
    return CommentCreated(comments.answer_comment(call.scope, call.id("comment_id"), call.body.text, now=call.now))


@operation("PUT", "/profiles/{profile_id}/follow", may=Right.VIEW, summary="Follow a creator", example=_EXAMPLE)
def follow(call: Call[FromShowing, Nothing]) -> Changed:
    """From one of their posts, when a showing's token comes with it, or from their profile."""
    profile_id = call.id("profile_id")
    token = call.body.showing_token
    source = showings.source(call.scope, token, profile_id=profile_id, now=call.now)
    return Changed(
        engagement.follow(call.scope, profile_id, post_id=showings.post_of(token), source=source, now=call.now)
    )


@operation("DELETE", "/profiles/{profile_id}/follow", may=Right.VIEW, summary="Follow no longer")
def unfollow(call: Call[Nothing, Nothing]) -> Changed:
    """Taken from the source that it was counted for."""
    return Changed(engagement.unfollow(call.scope, call.id("profile_id"), now=call.now))
