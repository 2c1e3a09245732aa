"""New captions of posts that stand in ads: proposed, agreed to, reviewed."""

import msgspec

from vonk.authorisation.actions import captions
from vonk.authorisation.queries.captions import caption_versions
from vonk.content import queries
from vonk.content.queries import CaptionReview, CaptionView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation

_EXAMPLE = {"caption": "Bread, slowly #bread"}


class ProposedCaption(Body, frozen=True):
    caption: str


class CaptionRejection(Body, frozen=True):
    """At least one reason; the note is shown to both sides."""

    reasons: tuple[str, ...]
    note: str = ""


class CaptionProposed(msgspec.Struct, frozen=True):
    id: int


@operation("POST", "/posts/{post_id}/captions", may=Right.CREATE, summary="Propose a new caption", example=_EXAMPLE)
def propose(call: Call[ProposedCaption, Nothing]) -> CaptionProposed:
    """For a post whose caption is locked. Once a reviewer approves it, the post and every ad with it switch at once."""
    return CaptionProposed(captions.propose(call.scope, call.id("post_id"), call.body.caption, now=call.now))


@operation("GET", "/posts/{post_id}/captions", may=Right.CREATE, summary="List a post's captions")
def list_captions(call: Call[Nothing, Nothing]) -> tuple[CaptionView, ...]:
    """Every version, newest first."""
    return caption_versions(call.scope, call.id("post_id"))


@operation("POST", "/captions/{caption_id}/agreement", may=Right.CREATE, summary="Agree to an advertiser's caption")
def agree(call: Call[Nothing, Nothing]) -> None:
    """A reviewer looks at it next."""
    captions.agree(call.scope, call.id("caption_id"), now=call.now)


@operation("POST", "/captions/{caption_id}/refusal", may=Right.CREATE, summary="Refuse an advertiser's caption")
def refuse(call: Call[Nothing, Nothing]) -> None:
    """It is told; the post stays as it is."""
    captions.refuse(call.scope, call.id("caption_id"), now=call.now)


@operation("POST", "/captions/{caption_id}/withdrawal", may=Right.CREATE, summary="Take a caption back")
def withdraw(call: Call[Nothing, Nothing]) -> None:
    """Until it is reviewed: one's own, or an advertiser's that one had agreed to."""
    captions.withdraw(call.scope, call.id("caption_id"), now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/posts/{post_id}/captions",
    may=Right.CAMPAIGN_EDIT,
    summary="Propose a new caption as an advertiser",
    example=_EXAMPLE,
)
def propose_for_account(call: Call[ProposedCaption, Nothing]) -> CaptionProposed:
    """Where the terms name captions among the edits, or the account pushed the post. The creator has to agree first."""
    return CaptionProposed(captions.propose(call.scope, call.id("post_id"), call.body.caption, now=call.now))


@operation(
    "GET",
    "/accounts/{account_id}/posts/{post_id}/captions",
    may=Right.ACCOUNT_VIEW,
    summary="List the captions of a post that an account holds",
)
def list_captions_for_account(call: Call[Nothing, Nothing]) -> tuple[CaptionView, ...]:
    """What the post says and said, and what the account proposed, newest first."""
    return caption_versions(call.scope, call.id("post_id"))


@operation(
    "POST",
    "/accounts/{account_id}/captions/{caption_id}/withdrawal",
    may=Right.CAMPAIGN_EDIT,
    summary="Take an advertiser's caption back",
)
def withdraw_for_account(call: Call[Nothing, Nothing]) -> None:
    """Until it is reviewed."""
    captions.withdraw(call.scope, call.id("caption_id"), now=call.now)


@operation("GET", "/caption_reviews", may=Right.REVIEW, summary="Read the queue of captions")
def list_caption_reviews(call: Call[Nothing, Paged]) -> Page[CaptionReview]:
    """What waits for a reviewer, newest first."""
    return queries.caption_reviews(call.scope, call.query.paging())


@operation("GET", "/caption_reviews/{caption_id}", may=Right.REVIEW, summary="Read one caption to review")
def read_caption_review(call: Call[Nothing, Nothing]) -> CaptionReview:
    """With the post that would say it."""
    return queries.caption_review(call.scope, call.id("caption_id"))


@operation("POST", "/caption_reviews/{caption_id}/approval", may=Right.REVIEW, summary="Approve a caption")
def approve(call: Call[Nothing, Nothing]) -> None:
    """The post and every ad with it say it from now on; likes and numbers stay."""
    captions.approve(call.scope, call.id("caption_id"), now=call.now)


@operation(
    "POST",
    "/caption_reviews/{caption_id}/rejection",
    may=Right.REVIEW,
    summary="Reject a caption",
    example={"reasons": ["misleading_claim"], "note": "The post does not show it."},
)
def reject(call: Call[CaptionRejection, Nothing]) -> None:
    """Both sides see the reasons and the note."""
    captions.reject(call.scope, call.id("caption_id"), call.body.reasons, call.body.note, now=call.now)
