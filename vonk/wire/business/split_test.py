"""A/B tests between two ad groups: made, moved, ended, read, and the winner let go on."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.actions import split_tests
from vonk.advertising.actions.split_tests import SplitTestDraft
from vonk.advertising.rules.split_tests import Metric, State, Variable
from vonk.control.scope import Right
from vonk.reporting.trials import queries
from vonk.reporting.trials.queries import Result
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, Moment, moment, read_moment
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
ONE: Final = {**ACCOUNT, "split_test_group_id": "1838000000000000005"}
TIMES: Final = {"start_time": "2027-01-01 00:00:00", "end_time": "2027-01-15 00:00:00"}
OBJECTS_MAX: Final = 100
_METRIC: Final = "key_metric"
_NAMES: Final = {
    "ad_group_ids": "object_ids",
    "starts_at": "start_time",
    "ends_at": "end_time",
    "winner_id": "winning_object_id",
}
_VARIABLES: Final = {
    "BIDDING_OPTIMIZATION": Variable.BIDDING,
    "TARGTING": Variable.TARGETING,  # As v1.3 spells it.
    "TARGETING": Variable.TARGETING,
    "CREATIVE": Variable.CREATIVE,
    "CUSTOM": Variable.CUSTOM,
}
_VARIABLE_NAMES: Final = {
    Variable.BIDDING: "BIDDING_OPTIMIZATION",
    Variable.TARGETING: "TARGTING",
    Variable.CREATIVE: "CREATIVE",
    Variable.CUSTOM: "CUSTOM",
}
_METRICS: Final = {
    "CLICK_THROUGH_RATE": Metric.CLICKED,
    "FOCUSED_VIEW_RATE": Metric.ENGAGED,
    "CONVERT_RATE": Metric.CONVERTED,
}
_METRIC_NAMES: Final = {metric: name for name, metric in _METRICS.items()}
_STATES: Final = {
    State.WAITING: "NOT_STARTED",
    State.RUNNING: "IN_PROGRESS",
    State.OVER: "COMPLETED",
    State.CANCELLED: "CANCELLED",
}
TestVariable = Literal["BIDDING_OPTIMIZATION", "TARGTING", "TARGETING", "CREATIVE", "CUSTOM"]


class Cell(msgspec.Struct, frozen=True):
    """The objects of one arm."""

    object_ids: Annotated[list[Id], msgspec.Meta(max_length=OBJECTS_MAX)] | None = None


class TestCreate(AskedOfAccount, frozen=True):
    """Two ad groups in ``object_ids``. Shares are compared; of costs ``report/integrated/get`` tells."""

    start_time: str
    end_time: str
    object_ids: Annotated[list[Id], msgspec.Meta(max_length=OBJECTS_MAX)] | None = None
    split_test_level: Literal["ADGROUP", "CAMPAIGN"] | None = None
    cells: Annotated[list[Cell], msgspec.Meta(max_length=OBJECTS_MAX)] | None = None
    test_variable: TestVariable | None = None
    key_metric: str | None = None
    budget: float | None = None


class TestUpdate(AskedOfAccount, frozen=True):
    """Its new times, of a test that has not begun."""

    split_test_group_id: Id
    start_time: str
    end_time: str


class TestNamed(AskedOfAccount, frozen=True):
    """Which test."""

    split_test_group_id: Id


class TestPromote(AskedOfAccount, frozen=True):
    """The test, and which of its ad groups goes on."""

    split_test_group_id: Id
    winning_object_id: Id


class TestMade(Given, frozen=True):
    """The test's id."""

    split_test_group_id: Digits


class TestObject(Given, frozen=True):
    """An ad group of the test."""

    adgroup_id: Digits
    adgroup_name: str
    optimization_goal: str


class GivenCell(Given, frozen=True):
    """The objects of one arm."""

    object_ids: list[Digits]


class PValue(Given, frozen=True):
    """How likely so great a difference is where there is none, however often one looks; below 0.05 one arm is better."""

    metric: str
    p_value: float


class ArmMetric(Given, frozen=True):
    """Of an arm's viewers, how many did it at least once."""

    metric: str
    viewers: int
    rate: float


class ArmResult(Given, frozen=True):
    """One arm: how often its ads were shown, to how many viewers, and what these did."""

    adgroup_id: Digits
    impressions: int
    viewers: int
    metrics: list[ArmMetric]


class Difference(Given, frozen=True):
    """The second arm's rate less the first's, with its 95 % interval."""

    metric: str
    difference: float
    lower: float
    upper: float
    is_conclusive: bool


class ViewersNeeded(Given, frozen=True):
    """Viewers that each arm needs to find a rate higher by this part, four times in five."""

    lift: float
    viewers_per_arm: int


class Forecast(Given, frozen=True):
    """How many viewers it takes, from the rate so far or a usual one."""

    base_rate: float
    needed: list[ViewersNeeded]


class TestResult(Given, frozen=True):
    """The test, and beyond v1.3: its arms, differences, whether the split is sound, and how many viewers it takes."""

    split_test_group_id: Digits
    split_test_status: str
    split_test_level: str
    object_info: list[TestObject]
    cells: list[GivenCell]
    test_variable: str
    key_metric: str
    start_time: Moment
    end_time: Moment
    p_value_info: list[PValue]
    winning_object_id: Digits | None
    promoted_object_id: Digits | None
    arms: list[ArmResult]
    differences: list[Difference]
    is_balanced: bool
    balance_p_value: float
    forecast: Forecast


@operation(
    "POST",
    "split_test/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Compare two ad groups on separate viewers",
    example={
        **ACCOUNT,
        **TIMES,
        "split_test_level": "ADGROUP",
        "object_ids": ["1838000000000000003", "1838000000000000004"],
        "test_variable": "CREATIVE",
        "key_metric": "CLICK_THROUGH_RATE",
    },
)
def create(call: Call[TestCreate]) -> TestMade:
    """From start to end (UTC, 1 to 30 days) each viewer sees ads of one of the two; who cannot be known again sees none.

    They have one objective and the same budget of their own, and the same targeting unless that is what is tested.
    """
    asked = call.asked
    if asked.split_test_level == "CAMPAIGN":
        raise ParameterInvalid(field="split_test_level", reason="not supported: ADGROUP; two ad groups are compared")
    if asked.budget is not None:
        raise ParameterInvalid(field="budget", reason="not supported: each ad group spends its own budget")
    metric = "CLICK_THROUGH_RATE" if asked.key_metric in (None, "", "UNSET") else str(asked.key_metric)
    if metric not in _METRICS:
        known = f"not supported: {', '.join(_METRICS)}; costs are compared in report/integrated/get"
        raise ParameterInvalid(field=_METRIC, reason=known)
    variable = asked.test_variable or "CUSTOM"
    draft = SplitTestDraft(
        ad_group_ids=tuple(_objects(asked)),
        variable=_VARIABLES[variable],
        metric=_METRICS[metric],
        starts_at=read_moment(asked.start_time, "start_time"),
        ends_at=read_moment(asked.end_time, "end_time"),
        kept={"test_variable": variable} | ({_METRIC: asked.key_metric} if asked.key_metric else {}),
    )
    with named_as_sent(_NAMES):
        made = split_tests.create(call.scope, draft, now=call.now)
    return TestMade(split_test_group_id=str(made))


@operation(
    "POST",
    "split_test/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change the times of a split test",
    example={**ONE, **TIMES},
)
def update(call: Call[TestUpdate]) -> None:
    """Before it begins: whoever moves the end after a look finds differences that are not there."""
    asked = call.asked
    starts_at, ends_at = read_moment(asked.start_time, "start_time"), read_moment(asked.end_time, "end_time")
    with named_as_sent(_NAMES):
        split_tests.move(call.scope, asked.split_test_group_id, starts_at=starts_at, ends_at=ends_at, now=call.now)


@operation("POST", "split_test/end", may=Right.CAMPAIGN_EDIT, summary="End a split test", example=ONE)
def end(call: Call[TestNamed]) -> None:
    """Within a second both ad groups are for every viewer again. What it found stays."""
    split_tests.end(call.scope, call.asked.split_test_group_id, now=call.now)


@operation(
    "POST",
    "split_test/promote",
    may=Right.CAMPAIGN_EDIT,
    summary="Let the winning ad group go on",
    example={**ONE, "winning_object_id": "1838000000000000004"},
)
def promote(call: Call[TestPromote]) -> None:
    """It is switched on, the other one off; a test that still runs ends. Budgets stay as they are."""
    asked = call.asked
    with named_as_sent(_NAMES):
        split_tests.promote(call.scope, asked.split_test_group_id, asked.winning_object_id, now=call.now)


@operation("GET", "split_test/result/get", may=Right.ACCOUNT_VIEW, summary="Read what a split test found", example=ONE)
def read(call: Call[TestNamed]) -> TestResult:
    """At any time, as often as one likes. Each viewer counts once: of those reached, how many did it at least once.

    Nothing is compared below 100 viewers, or 10 who did it. What each viewer did is kept for 60 days after the end.
    """
    return _given(queries.result(call.scope, call.asked.split_test_group_id, now=call.now))


def _objects(asked: TestCreate) -> list[Id]:
    if asked.object_ids:
        return asked.object_ids
    return [one for cell in asked.cells or () for one in cell.object_ids or ()]


def _given(found: Result) -> TestResult:
    view = found.view
    ids = [str(part.ad_group_id) for part in view.parts]
    return TestResult(
        split_test_group_id=str(view.id),
        split_test_status=_STATES[view.state],
        split_test_level="ADGROUP",
        object_info=[
            TestObject(
                adgroup_id=str(part.ad_group_id),
                adgroup_name=part.name,
                optimization_goal=_text(part.kept.get("optimization_goal")),
            )
            for part in view.parts
        ],
        cells=[GivenCell(object_ids=[one]) for one in ids],
        test_variable=_text(view.kept.get("test_variable")) or _VARIABLE_NAMES[view.variable],
        key_metric=_text(view.kept.get(_METRIC)) or _METRIC_NAMES[view.metric],
        start_time=moment(view.starts_at),
        end_time=moment(view.ends_at),
        p_value_info=[
            PValue(metric=_METRIC_NAMES[metric], p_value=one.p_value) for metric, one in found.comparisons.items()
        ],
        winning_object_id=None if found.winner_id is None else str(found.winner_id),
        promoted_object_id=None if view.promoted_id is None else str(view.promoted_id),
        arms=[
            ArmResult(
                adgroup_id=str(arm.ad_group_id),
                impressions=arm.impressions,
                viewers=arm.viewers,
                metrics=[
                    ArmMetric(metric=_METRIC_NAMES[metric], viewers=did, rate=did / arm.viewers if arm.viewers else 0.0)
                    for metric, did in arm.successes.items()
                ],
            )
            for arm in found.arms
        ],
        differences=[
            Difference(
                metric=_METRIC_NAMES[metric],
                difference=one.difference,
                lower=one.lower,
                upper=one.upper,
                is_conclusive=one.conclusive and found.balanced,
            )
            for metric, one in found.comparisons.items()
        ],
        is_balanced=found.balanced,
        balance_p_value=found.balance,
        forecast=Forecast(
            base_rate=found.base,
            needed=[ViewersNeeded(lift=one.lift, viewers_per_arm=one.viewers) for one in found.needed],
        ),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
