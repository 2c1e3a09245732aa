"""An ad account's Spark Ads posts: codes looked at, redeemed, listed, released."""

from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.actions.consents import Redeemed
from vonk.authorisation.queries import CodePreview, LibraryItem
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.consents import Code


class CodeEntered(Body, frozen=True):
    code: str


class CodeRedeemed(Body, frozen=True):
    """``agree_sha256`` is the hash of the terms that the preview shows: to send it is to agree to them.

    ``original_post_auth_code`` is a code of the author of the post that this one answers or mentions.
    """

    code: str
    agree_sha256: str | None = None
    original_post_auth_code: str | None = None


@operation(
    "POST",
    "/accounts/{account_id}/spark_posts/preview",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="See what a code gives",
    example={"code": "#…"},
)
def preview(call: Call[CodeEntered, Nothing]) -> CodePreview:
    """Raises what redeeming it would raise, and counts as a try. The code travels in the body, never in an address."""
    return queries.preview(call.scope, call.body.code, call.now)


@operation(
    "POST",
    "/accounts/{account_id}/spark_posts",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="Redeem a code",
    example={"code": "#…"},
)
def redeem(call: Call[CodeRedeemed, Nothing]) -> Redeemed:
    """From now on the account's ads may show the post. Again in the same account: no change and no error.

    ``suspended`` while an author whose post this one answers or mentions has not consented: ``missing`` says who. They
    are asked by themselves.
    """
    asked = call.body
    return consents.redeem(
        call.scope,
        asked.code,
        agree_sha256=asked.agree_sha256,
        original_code=asked.original_post_auth_code,
        now=call.now,
    )


@operation(
    "GET", "/accounts/{account_id}/spark_posts", may=Right.ACCOUNT_VIEW, summary="List the account's Spark posts"
)
def list_library(call: Call[Nothing, Paged]) -> Page[LibraryItem]:
    """Newest code first."""
    return queries.library(call.scope, call.query.paging(), call.now)


@operation(
    "GET",
    "/accounts/{account_id}/spark_posts/{consent_id}/code",
    may=Right.CAMPAIGN_EDIT,
    summary="See a redeemed code again",
)
def reveal(call: Call[Nothing, Nothing]) -> Code:
    """For the account that holds it."""
    return Code(consents.reveal_code(call.scope, call.id("consent_id")))


@operation(
    "DELETE",
    "/accounts/{account_id}/spark_posts/{consent_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Take an ended post off the list",
)
def release(call: Call[Nothing, Nothing]) -> None:
    """Once its consent has ended."""
    consents.release(call.scope, call.id("consent_id"), now=call.now)
