"""What an A/B test found so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Count, Q, Sum

from vonk.advertising.queries import split_tests
from vonk.advertising.queries.split_tests import SplitTestView
from vonk.advertising.rules.split_tests import Metric, State
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.delivery.experiments import proportions as rules
from vonk.delivery.experiments.proportions import Comparison, Proportion
from vonk.events.conversions.contract import STEPS
from vonk.reporting.models import Conversion, Trial

LIFTS: Final = (0.05, 0.1, 0.2)
BASE_USUAL: Final = 0.01  # Until the test has viewers of its own; delivery science §8: the mean of real tests is 1.5 %.


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """What one ad group did in the test: impressions, viewers, and how many of these did what at least once."""

    ad_group_id: int
    impressions: int
    viewers: int
    successes: dict[Metric, int]


class Needed(msgspec.Struct, frozen=True):
    """How many viewers each arm needs to find a rate that differs by this part of the first one's."""

    lift: float
    viewers: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A test's arms in its order, and the second compared with the first by each metric that enough did.

    ``balance`` is how likely so uneven an assignment is by chance; below ``rules.UNBALANCED_BELOW`` it is none. ``base``
    is the rate that ``needed`` starts from.
    """

    view: SplitTestView
    arms: tuple[Arm, Arm]
    comparisons: dict[Metric, Comparison]
    balance: float
    base: float
    needed: tuple[Needed, ...]

    @property
    def balanced(self) -> bool:
        """Whether the viewers are split as they should be."""
        return self.balance >= rules.UNBALANCED_BELOW

    @property
    def winner_id(self) -> int | None:
        """The better ad group by the test's own metric; None while nobody may say so, and where the split is broken."""
        found = self.comparisons.get(self.view.metric)
        if found is None or not found.conclusive or not self.balanced:
            return None
        return self.arms[1 if found.difference > 0 else 0].ad_group_id


def result(scope: Scope, test_id: int, *, now: datetime) -> Result:
    """Return what the account's test found. Each viewer counts once. NotFound when there is no such test."""
    view = split_tests.split_test(scope, test_id, now=now)
    first, second = (_arm(view, part.ad_group_id) for part in view.parts)
    spent = (min(now, view.over_at) - view.starts_at) / (view.ends_at - view.starts_at)
    comparisons = {}
    if view.state in (State.RUNNING, State.OVER) and spent > 0:
        for metric in Metric:
            one, other = (Proportion(arm.successes[metric], arm.viewers) for arm in (first, second))
            found = rules.compare(one, other, progress=min(1.0, spent))
            if found is not None:
                comparisons[metric] = found
    base = _base(view, (first, second))
    return Result(
        view=view,
        arms=(first, second),
        comparisons=comparisons,
        balance=rules.balance(first.viewers, second.viewers),
        base=base,
        needed=tuple(Needed(lift, rules.viewers_needed(base, lift)) for lift in LIFTS if base * (1 + lift) < 1),
    )


def _arm(view: SplitTestView, ad_group_id: int) -> Arm:
    rows = Trial.objects.filter(test_id=view.id, ad_group_id=ad_group_id, impressions__gt=0)
    sums: Mapping[str, int | None] = rows.aggregate(
        impressions=Sum("impressions"),
        viewers=Count("pk"),
        engaged=Count("pk", filter=Q(engaged__gt=0)),
        clicked=Count("pk", filter=Q(clicks__gt=0)),
    )
    touched = Q(touch_at_ms__gte=to_ms(view.starts_at), touch_at_ms__lt=to_ms(view.over_at))
    bought = Conversion.objects.filter(touched, ad_group_id=ad_group_id).exclude(viewer_id="").exclude(name__in=STEPS)
    viewers = rows.filter(viewer_id__in=bought.values("viewer_id")).count()
    return Arm(
        ad_group_id=ad_group_id,
        impressions=sums["impressions"] or 0,
        viewers=sums["viewers"] or 0,
        successes={
            Metric.CLICKED: sums["clicked"] or 0,
            Metric.ENGAGED: sums["engaged"] or 0,
            Metric.CONVERTED: viewers,
        },
    )


def _base(view: SplitTestView, arms: tuple[Arm, Arm]) -> float:
    """Return the rate to reckon with: the test's own so far, or a usual one while too few were reached."""
    viewers = sum(arm.viewers for arm in arms)
    successes = sum(arm.successes[view.metric] for arm in arms)
    if viewers < rules.VIEWERS_MIN or not rules.SUCCESSES_MIN <= successes < viewers:
        return BASE_USUAL
    return successes / viewers
