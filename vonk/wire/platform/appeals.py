"""Appeals: what an advertiser says against a rejection, once, and what somebody else than the first reviewer decides."""

from vonk.advertising.actions import appeals
from vonk.advertising.queries import appeals as queries
from vonk.advertising.queries.appeals import Appealing, AppealItem
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class AppealText(Body, frozen=True):
    """1 to 2,000 characters."""

    text: str


class AppealAnswer(Body, frozen=True):
    """Why it is decided so, for the advertiser: 1 to 1,000 characters."""

    answer: str


@operation(
    "POST",
    "/accounts/{account_id}/ads/{ad_id}/appeal",
    may=Right.CAMPAIGN_EDIT,
    summary="Appeal an ad's rejection",
    example={"text": "The price stands on the landing page, below the picture."},
)
def make_appeal(call: Call[AppealText, Nothing]) -> Appealing:
    """Once for each rejection, within the days that the policy gives. Editing the ad makes it moot."""
    ad_id = call.id("ad_id")
    appeals.appeal(call.scope, ad_id, call.body.text, now=call.now)
    return queries.appealing(call.scope, ad_id, now=call.now)


@operation("GET", "/accounts/{account_id}/ads/{ad_id}/appeal", may=Right.ACCOUNT_VIEW, summary="Read an ad's appeal")
def read_appeal(call: Call[Nothing, Nothing]) -> Appealing:
    """Of its newest review, with the answer once there is one, or until when an appeal can be made."""
    return queries.appealing(call.scope, call.id("ad_id"), now=call.now)


@operation("GET", "/appeals", may=Right.REVIEW, summary="Read the appeals that wait")
def list_appeals(call: Call[Nothing, Paged]) -> Page[AppealItem]:
    """The longest waiting first."""
    return queries.appeals(call.scope, call.query.paging())


@operation(
    "POST",
    "/appeals/{appeal_id}/rejection",
    may=Right.REVIEW,
    summary="Let a rejection stand",
    example={"answer": "The landing page still names another price."},
)
def uphold_appeal(call: Call[AppealAnswer, Nothing]) -> None:
    """Never by who rejected the ad."""
    appeals.uphold(call.scope, call.id("appeal_id"), call.body.answer, now=call.now)


@operation(
    "POST",
    "/appeals/{appeal_id}/approval",
    may=Right.REVIEW,
    summary="Approve a rejected ad after all",
    example={"answer": "The price is on the landing page now."},
)
def overturn_appeal(call: Call[AppealAnswer, Nothing]) -> None:
    """Never by who rejected the ad."""
    appeals.overturn(call.scope, call.id("appeal_id"), call.body.answer, now=call.now)
