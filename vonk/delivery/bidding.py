"""What an ad bids now: its worth, held back by the slower of its two budgets' paces."""

from vonk.delivery import pacing
from vonk.delivery.cells import CampaignCell, GroupCell, Row
from vonk.delivery.eligibility import billed_of
from vonk.delivery.snapshot import Budget, BudgetMode, Pacing


def paced_worth(row: Row, now_ms: int) -> int:
    """Return the expected revenue of a thousand impressions at the paced bid, in whole micros."""
    terms = row.terms
    campaign = row.campaign
    if terms.pacing is Pacing.FAST or campaign.document is None:  # What is withdrawn is refused by eligibility.
        return row.worth
    multiplier = 1.0
    budget = campaign.document.budget
    if budget.mode is not BudgetMode.NONE:
        multiplier = _pace(campaign, budget, campaign, None, now_ms)
    if terms.budget.mode is not BudgetMode.NONE:
        multiplier = min(multiplier, _pace(row.group, terms.budget, campaign, row, now_ms))
    return row.worth if multiplier == 1.0 else int(row.worth * multiplier)


def _pace(
    cell: CampaignCell | GroupCell, budget: Budget, campaign: CampaignCell, row: Row | None, now_ms: int
) -> float:
    """Return the budget's multiplier; 1 where there is no end to spread a budget towards."""
    pace = cell.pace
    if 0 <= now_ms - pace.stepped_ms < pacing.TICK_MS:
        return pace.multiplier
    if budget.mode is BudgetMode.DAILY:
        period: tuple[int, int] | None = campaign.day(now_ms)
    elif row is None:
        period = campaign.flight()
    else:
        period = None if row.terms.ends_ms is None else (row.terms.starts_ms, row.terms.ends_ms)
    if period is None or not period[0] <= now_ms < period[1]:
        pace.multiplier, pace.stepped_ms = 1.0, now_ms
        return 1.0
    pacing.advance(
        pace,
        now_ms,
        start_ms=period[0],
        end_ms=period[1],
        budget=budget.micros,
        used=billed_of(budget, cell.spend, campaign, now_ms) + cell.spend.reserved,
        committed=cell.spend.billed + cell.spend.reserved,
    )
    return pace.multiplier
