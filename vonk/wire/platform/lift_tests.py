"""Lift tests: a campaign held back from a share of viewers, to measure what it adds."""

from datetime import datetime

import msgspec

from vonk.advertising.actions import lift_tests
from vonk.advertising.actions.lift_tests import LiftTestDraft
from vonk.advertising.rules.lift_tests import Outcome, State
from vonk.control.scope import Right
from vonk.reporting.lift import queries
from vonk.reporting.lift.queries import LiftResult, Outlook
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform.drafts import Created


class NewLiftTest(Body, frozen=True):
    """``share_percent`` of the viewers are the control group; ``outcome`` is what is compared."""

    share_percent: int
    outcome: Outcome
    starts_at: datetime
    ends_at: datetime


class OutlookQuery(Body, frozen=True):
    """A test that somebody thinks of, of so many days."""

    share_percent: int
    outcome: Outcome
    days: int


class ForbidReason(Body, frozen=True):
    """Why, as the account reads it."""

    reason: str


class GroupOfTest(msgspec.Struct, frozen=True):
    """Viewers for whom the campaign won a slot, and how many did what is measured afterwards."""

    viewers: int
    did: int
    rate: float


class ComparisonOfTest(msgspec.Struct, frozen=True):
    """The exposed group's rate less the control group's. ``p_value`` allows for looking as often as one likes."""

    difference: float
    lower: float
    upper: float
    p_value: float


class LiftTestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A test with what it found so far.

    ``lift`` is relative to the control group's rate; ``lower`` and ``upper`` are its interval of 95 %, null while too few
    did it. ``detectable`` is the smallest lift that groups of these sizes find four times in five. Nothing may be
    concluded where ``balanced`` is false.
    """

    id: int
    campaign_id: int
    share_percent: int
    outcome: Outcome
    state: State
    starts_at: datetime
    ends_at: datetime
    over_at: datetime
    forbidden: bool
    exposed: GroupOfTest
    control: GroupOfTest
    comparison: ComparisonOfTest | None
    lift: float | None
    lower: float | None
    upper: float | None
    incremental: int
    detectable: float | None
    balanced: bool
    conclusive: bool


class LiftTests(msgspec.Struct, frozen=True):
    """Newest first."""

    items: tuple[LiftTestAnswer, ...]


@operation(
    "POST",
    "/accounts/{account_id}/campaigns/{campaign_id}/lift_tests",
    may=Right.CAMPAIGN_EDIT,
    summary="Begin a lift test of a campaign",
    example={
        "share_percent": 10,
        "outcome": "converted",
        "starts_at": "2027-01-01T00:00:00Z",
        "ends_at": "2027-01-15T00:00:00Z",
    },
)
def create_lift_test(call: Call[NewLiftTest, Nothing]) -> Created:
    """From its start the campaign is not shown to the control group, and nothing is billed for them."""
    asked = call.body
    draft = LiftTestDraft(
        share_percent=asked.share_percent, outcome=asked.outcome, starts_at=asked.starts_at, ends_at=asked.ends_at
    )
    return Created(lift_tests.create(call.scope, call.id("campaign_id"), draft, now=call.now))


@operation(
    "GET",
    "/accounts/{account_id}/campaigns/{campaign_id}/lift_tests",
    may=Right.ACCOUNT_VIEW,
    summary="List a campaign's lift tests",
)
def list_lift_tests(call: Call[Nothing, Nothing]) -> LiftTests:
    """All of them with their results."""
    return LiftTests(tuple(map(_answer, queries.results_of(call.scope, call.id("campaign_id"), now=call.now))))


@operation(
    "GET",
    "/accounts/{account_id}/campaigns/{campaign_id}/lift_outlook",
    may=Right.ACCOUNT_VIEW,
    summary="Ask what a lift test could find",
)
def read_lift_outlook(call: Call[Nothing, OutlookQuery]) -> Outlook:
    """Going by the viewers reached, and the rate, of as many days before today."""
    asked = call.query
    return queries.outlook(
        call.scope,
        call.id("campaign_id"),
        outcome=asked.outcome,
        share_percent=asked.share_percent,
        days=asked.days,
        now=call.now,
    )


@operation(
    "GET", "/accounts/{account_id}/lift_tests/{lift_test_id}", may=Right.ACCOUNT_VIEW, summary="Read a lift test"
)
def read_lift_test(call: Call[Nothing, Nothing]) -> LiftTestAnswer:
    """With what it found so far; looking often misleads nobody."""
    return _answer(queries.result(call.scope, call.id("lift_test_id"), now=call.now))


@operation(
    "POST", "/accounts/{account_id}/lift_tests/{lift_test_id}/end", may=Right.CAMPAIGN_EDIT, summary="End a lift test"
)
def end_lift_test(call: Call[Nothing, Nothing]) -> None:
    """Within a second the campaign is for every viewer again; what was found stays."""
    lift_tests.end(call.scope, call.id("lift_test_id"), now=call.now)


@operation(
    "PUT",
    "/operating/ad_accounts/{ad_account_id}/lift_ban",
    may=Right.OPERATE,
    summary="Forbid an account's lift tests",
    example={"reason": "They hold back campaigns of public interest."},
)
def forbid_lift_tests(call: Call[ForbidReason, Nothing]) -> None:
    """Those that run end now; the account reads the reason."""
    lift_tests.forbid(call.scope, call.id("ad_account_id"), reason=call.body.reason, now=call.now)


@operation(
    "DELETE", "/operating/ad_accounts/{ad_account_id}/lift_ban", may=Right.OPERATE, summary="Allow lift tests again"
)
def allow_lift_tests(call: Call[Nothing, Nothing]) -> None:
    """Nothing that was ended begins again."""
    lift_tests.allow(call.scope, call.id("ad_account_id"), now=call.now)


def _answer(found: LiftResult) -> LiftTestAnswer:
    view, compared, lift = found.view, found.comparison, found.lift
    return LiftTestAnswer(
        id=view.id,
        campaign_id=view.campaign_id,
        share_percent=view.share_percent,
        outcome=view.outcome,
        state=view.state,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        over_at=view.over_at,
        forbidden=view.forbidden,
        exposed=GroupOfTest(found.exposed.viewers, found.exposed.did, found.exposed.rate),
        control=GroupOfTest(found.control.viewers, found.control.did, found.control.rate),
        comparison=ComparisonOfTest(compared.difference, compared.lower, compared.upper, compared.p_value)
        if compared is not None
        else None,
        lift=lift.lift if lift is not None else None,
        lower=lift.low if lift is not None else None,
        upper=lift.high if lift is not None else None,
        incremental=found.incremental,
        detectable=found.detectable,
        balanced=found.balanced,
        conclusive=found.conclusive,
    )
