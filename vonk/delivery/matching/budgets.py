"""What a budget allows in its present period."""

from typing import Final

from vonk.core.clock import DAY_MS, from_ms
from vonk.delivery.matching.cells import CampaignCell, GroupCell, local_day, zone_of
from vonk.delivery.snapshot import Budget, BudgetMode

CARRIED_SHARE_MAX: Final = 4  # A quarter of the budget (delivery science §6).


def allowed(budget: Budget, cell: CampaignCell | GroupCell, campaign: CampaignCell, at_ms: int) -> int:
    """Return the most that may be billed to the campaign or ad group in the period that holds the instant, in micros.

    A daily budget that carries is raised by what the day before it left of the budget, up to a quarter of it, except on
    a week's first day: so a week never pays more than its days' budgets. A day of which nothing was billed leaves
    nothing, because nobody knows here whether there was anything to deliver.
    """
    if not budget.carries or budget.mode is not BudgetMode.DAILY:
        return budget.micros
    start_ms, end_ms = campaign.day(at_ms)
    if cell.day_before[0] != start_ms:
        cell.day_before = start_ms, _billed_before(cell, campaign, start_ms, end_ms)
    former = cell.day_before[1]
    if not former:
        return budget.micros
    return budget.micros + min(max(budget.micros - former, 0), budget.micros // CARRIED_SHARE_MAX)


def _billed_before(cell: CampaignCell | GroupCell, campaign: CampaignCell, start_ms: int, end_ms: int) -> int:
    """Return what was billed on the day before the one that begins at ``start_ms``, 0 on a week's first day."""
    assert campaign.known is not None, "Only a campaign that was once published has ads."
    if from_ms(start_ms).astimezone(zone_of(campaign.known.time_zone)).weekday() == 0:
        return 0
    former = cell.spend.billed_between(*local_day(campaign.known.time_zone, start_ms - DAY_MS // 2))
    cell.spend.billed_between(start_ms, end_ms)  # The purse keeps one day at hand: the present one.
    return former
