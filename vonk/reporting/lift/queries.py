"""What a lift test found so far, and what one could find."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Count, Q

from vonk.advertising import queries as advertising
from vonk.advertising.queries import lift_tests
from vonk.advertising.queries.lift_tests import LiftTestView
from vonk.advertising.rules.lift_tests import Outcome, State, check_share
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid
from vonk.delivery.experiments import proportions, splits
from vonk.delivery.experiments.proportions import Comparison, Proportion
from vonk.delivery.explaining import lift as ghosts
from vonk.delivery.explaining.lift import Lift
from vonk.events.conversions.contract import STEPS
from vonk.reporting.fates.queries import today
from vonk.reporting.lift.store import KNOWN_BY
from vonk.reporting.models import Conversion, Engagement, LiftViewer
from vonk.reporting.reach.queries import reach

BASE_USUAL: Final = 0.01  # While nothing is known; delivery science §8: the mean of real tests is 1.5 %.
DAYS_MAX: Final = 30


class Group(msgspec.Struct, frozen=True):
    """Viewers for whom the campaign won a slot, and how many of them did it afterwards."""

    viewers: int
    did: int

    @property
    def rate(self) -> float:
        """The share; 0 where nobody is in the group."""
        return self.did / self.viewers if self.viewers else 0.0


class LiftResult(msgspec.Struct, frozen=True, kw_only=True):
    """A test's groups compared. ``comparison`` may be looked at as often as one likes; None where too few are in it.

    ``lift`` is relative to the control group's rate, with its interval of 95 % for a single look. ``balance`` is how
    likely so uneven a split is by chance. ``incremental`` is how many of the exposed did it because of the campaign.
    """

    view: LiftTestView
    exposed: Group
    control: Group
    comparison: Comparison | None
    lift: Lift | None
    balance: float
    detectable: float | None

    @property
    def balanced(self) -> bool:
        """Whether the viewers are split as they should be."""
        return self.balance >= proportions.UNBALANCED_BELOW

    @property
    def conclusive(self) -> bool:
        """Whether it may be said that the campaign makes a difference."""
        return self.balanced and self.comparison is not None and self.comparison.conclusive

    @property
    def incremental(self) -> int:
        """How many of the exposed would not have done it without; below 0 where fewer did it than without."""
        return round(self.exposed.did - self.control.rate * self.exposed.viewers)


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What a test of these days could find, going by as many days before today.

    ``measured`` is False where too little was seen to know the rate, and a usual one is taken. ``detectable`` is the
    smallest lift that is found four times in five; None where none would be.
    """

    viewers: int
    base: float
    measured: bool
    detectable: float | None


def result(scope: Scope, test_id: int, *, now: datetime) -> LiftResult:
    """Return what the account's test found so far, as counted within the last minute. NotFound when there is none."""
    return _result(lift_tests.lift_test(scope, test_id, now=now), now)


def results_of(scope: Scope, campaign_id: int, *, now: datetime) -> tuple[LiftResult, ...]:
    """Return the results of all tests of the account's campaign, newest first; NotFound when there is no such campaign."""
    campaign = advertising.campaign(scope, campaign_id)
    return tuple(_result(view, now) for view in lift_tests.of_campaign(scope, campaign.id, now=now))


def outlook(
    scope: Scope, campaign_id: int, *, outcome: Outcome, share_percent: int, days: int, now: datetime
) -> Outlook:
    """Return what a test of the account's campaign could find. NotFound, FieldInvalid."""
    scope.require(Right.ACCOUNT_VIEW)
    check_share(share_percent)
    if not 1 <= days <= DAYS_MAX:
        raise FieldInvalid("days", "from 1 to %(most)s", most=DAYS_MAX)
    campaign = advertising.campaign(scope, campaign_id)
    ads = advertising.ads_under(campaign_ids=[campaign.id], with_deleted=True)
    last = today(scope, now)
    met = reach(dict.fromkeys(ads, campaign.id), first=last - timedelta(days=days - 1), last=last, by_day=False)
    viewers = met[campaign.id, None].viewers if (campaign.id, None) in met else 0
    did = _did(scope.account, campaign.id, outcome, since_ms=to_ms(now - timedelta(days=days)))
    known = viewers >= proportions.VIEWERS_MIN and proportions.SUCCESSES_MIN <= did < viewers
    base = did / viewers if known else BASE_USUAL
    control = viewers * share_percent // 100
    return Outlook(
        viewers=viewers,
        base=base,
        measured=known,
        detectable=proportions.detectable(base, control, viewers - control),
    )


def _did(account_id: int, campaign_id: int, outcome: Outcome, *, since_ms: int) -> int:
    """Return how many different people did it lately."""
    if outcome is Outcome.CONVERTED:
        rows = Conversion.objects.filter(account_id=account_id, known_by=KNOWN_BY, at_ms__gte=since_ms)
        return rows.exclude(name__in=STEPS).values("viewer_id").distinct().count()
    posts = advertising.posts_of_campaign(campaign_id)
    engaged = Engagement.objects.filter(post_id__in=sorted(posts), at_ms__gte=since_ms)
    return engaged.values("viewer_id").distinct().count()


def _result(view: LiftTestView, now: datetime) -> LiftResult:
    exposed, control = (_group(view, control=of_control) for of_control in (False, True))
    spent = (min(now, view.over_at) - view.starts_at) / (view.ends_at - view.starts_at)
    comparison = None
    if view.state in {State.RUNNING, State.OVER} and spent > 0:
        comparison = proportions.compare(
            Proportion(control.did, control.viewers), Proportion(exposed.did, exposed.viewers), progress=min(1.0, spent)
        )
    return LiftResult(
        view=view,
        exposed=exposed,
        control=control,
        comparison=comparison,
        lift=ghosts.lift(
            exposed=exposed.viewers,
            exposed_converted=exposed.did,
            control=control.viewers,
            control_converted=control.did,
        ),
        balance=splits.apart(control.viewers, exposed.viewers, first_share=view.share_percent / 100),
        detectable=proportions.detectable(control.rate or BASE_USUAL, control.viewers, exposed.viewers),
    )


def _group(view: LiftTestView, *, control: bool) -> Group:
    field = "converted" if view.outcome is Outcome.CONVERTED else "engaged"
    sums = LiftViewer.objects.filter(test_id=view.id, control=control).aggregate(
        viewers=Count("pk"), did=Count("pk", filter=Q(**{field: True}))
    )
    return Group(sums["viewers"], sums["did"])
