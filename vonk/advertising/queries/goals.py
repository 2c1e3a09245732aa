"""Ad groups that are optimised for conversions."""

from datetime import datetime

import msgspec

from vonk.advertising.models import AdGroup
from vonk.advertising.queries.measuring import measured_since
from vonk.advertising.rules import Objective
from vonk.delivery.snapshot import Goal


class GoalGroup(msgspec.Struct, frozen=True):
    """An ad group whose impressions are chosen for conversions: which ones, and since when any can be counted."""

    id: int
    objective: Objective
    goal: Goal
    event: str  # "": those of the objective.
    click_days: int
    measured_since: datetime


def goal_groups() -> list[GoalGroup]:
    """Return every account's ad groups that are switched on and optimised for conversions, where there is a pixel."""
    rows = list(
        AdGroup.objects.filter(
            goal=Goal.CONVERSION.value,
            enabled=True,
            deleted_at=None,
            campaign__deleted_at=None,
            campaign__enabled=True,
        ).values_list("pk", "campaign__objective", "goal_event", "click_days", "campaign__account_id")
    )
    since = measured_since({account_id for *_, account_id in rows})
    return [
        GoalGroup(pk, Objective(objective), Goal.CONVERSION, event, click_days, since[account_id])
        for pk, objective, event, click_days, account_id in rows
        if account_id in since
    ]


def goals(account_id: int) -> dict[int, tuple[Goal, str]]:
    """Return what impressions are chosen for, with the name of the conversions, of those of the account's ad groups that have a goal."""
    rows = AdGroup.objects.filter(campaign__account_id=account_id).exclude(goal="")
    return {pk: (Goal(goal), event) for pk, goal, event in rows.values_list("pk", "goal", "goal_event")}
