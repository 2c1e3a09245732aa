"""Review: what may be shown as an ad."""

from vonk.advertising import queries
from vonk.advertising.actions import reviews
from vonk.advertising.queries import ReviewItem
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class Rejection(Body, frozen=True):
    """At least one reason; the note is shown to the advertiser."""

    reasons: tuple[str, ...]
    note: str = ""


@operation("GET", "/reviews", may=Right.REVIEW, summary="Read the review queue")
def list_reviews(call: Call[Nothing, Paged]) -> Page[ReviewItem]:
    """The longest waiting first."""
    return queries.review_queue(call.scope, call.query.paging())


@operation("GET", "/reviews/{review_id}", may=Right.REVIEW, summary="Read one review")
def read_review(call: Call[Nothing, Nothing]) -> ReviewItem:
    """With everything that is needed to judge the ad."""
    return queries.review(call.scope, call.id("review_id"))


@operation("POST", "/reviews/{review_id}/approval", may=Right.REVIEW, summary="Approve an ad")
def approve(call: Call[Nothing, Nothing]) -> None:
    """It may be shown from now on."""
    reviews.approve(call.scope, call.id("review_id"), now=call.now)


@operation(
    "POST",
    "/reviews/{review_id}/rejection",
    may=Right.REVIEW,
    summary="Reject an ad",
    example={"reasons": ["misleading_claim"], "note": "The price is not on the landing page."},
)
def reject(call: Call[Rejection, Nothing]) -> None:
    """Its advertiser sees the reasons and the note."""
    reviews.reject(call.scope, call.id("review_id"), call.body.reasons, call.body.note, now=call.now)
