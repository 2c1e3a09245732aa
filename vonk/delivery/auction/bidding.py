"""What an ad bids now: its worth, held back by the slowest of its budgets' paces and the cap on what results cost.

An ad group's bid means what its strategy says (delivery science §5):

- bid cap: the most for one result. The paces hold it back, nothing raises it.
- cost cap: what results shall cost on average. The bid for one may be up to ``COST_SWING_MAX`` of it.
- maximum delivery: set by the platform high enough that the paces find their own level below it.

Each multiplier is run by itself and the lowest counts: that keeps both promises, one after the other would not.
"""

from typing import Final

from vonk.delivery.limits import pacing
from vonk.delivery.matching import budgets
from vonk.delivery.matching.cells import CampaignCell, GroupCell, Row
from vonk.delivery.matching.eligibility import billed_of
from vonk.delivery.pricing import costs
from vonk.delivery.snapshot import Budget, BudgetMode, Goal, Pacing, Strategy

COST_SWING_MAX: Final = costs.SWING_MAX
KEPT_MS: Final = 3_600_000  # A bid is worked out anew at least so often.


def paced_worth(row: Row, now_ms: int) -> int:
    """Return the expected revenue of a thousand impressions at the paced bid, with the ad's esteem, in whole micros."""
    terms = row.terms
    campaign = row.campaign
    if campaign.document is None:  # What is withdrawn is refused by eligibility.
        return row.worth
    multiplier = 1.0
    if terms.strategy is Strategy.COST_CAP:
        multiplier = _cost(row, now_ms) / COST_SWING_MAX
    if terms.pacing is not Pacing.FAST and not row.standing:  # What is reserved is spread by its reservation.
        budget = campaign.document.budget
        if budget.mode is not BudgetMode.NONE:
            multiplier = min(multiplier, _pace(campaign, budget, campaign, None, now_ms))
        if terms.budget.mode is not BudgetMode.NONE:
            multiplier = min(multiplier, _pace(row.group, terms.budget, campaign, row, now_ms))
    if multiplier == 1.0:
        return row.worth
    return max(row.worth - row.revenue + int(row.revenue * multiplier), 0)


def bid_now(row: Row, now_ms: int) -> int:
    """Return what ``paced_worth`` does, from the row while that still holds. ``offers`` has this line by line, for speed."""
    if row.bid_from_ms <= now_ms < row.bid_until_ms and row.bid_edition == row.edition.number:
        return row.bid
    return settle_bid(row, now_ms)


def settle_bid(row: Row, now_ms: int) -> int:
    """Return what ``paced_worth`` does, and keep it in the row until a multiplier may move or something is published."""
    worth = paced_worth(row, now_ms)
    terms, campaign = row.terms, row.campaign
    until_ms = now_ms + KEPT_MS
    if campaign.document is None:
        until_ms = now_ms
    elif not row.standing and terms.pacing is not Pacing.FAST:
        if campaign.document.budget.mode is not BudgetMode.NONE:
            until_ms = min(until_ms, campaign.pace.stepped_ms + pacing.TICK_MS)
        if terms.budget.mode is not BudgetMode.NONE:
            until_ms = min(until_ms, row.group.pace.stepped_ms + pacing.TICK_MS)
    if terms.strategy is Strategy.COST_CAP:
        until_ms = min(until_ms, row.group.cost.stepped_ms + costs.STEP_MS)
    row.bid, row.bid_edition, row.bid_from_ms, row.bid_until_ms = worth, row.edition.number, now_ms, until_ms
    return worth


def results(aim: Goal | None, group: GroupCell) -> tuple[float, int, tuple[float, float]]:
    """Return what the ad group's results follow from, what it has shown, and how many results each of these comes to.

    That is what is bid for, or thousands of impressions. Conversions are those that its clicks and impressions are
    expected to lead to, by the rate that was counted.
    """
    tallies = group.tallies.values()
    if aim is Goal.VIEW:
        return float(sum(tally.views for tally in tallies)), 0, (1.0, 0.0)
    if aim is None:
        return sum(tally.impressions for tally in tallies) / 1000, 0, (1.0, 0.0)
    clicks = float(sum(tally.clicks for tally in tallies))
    if aim is Goal.CLICK:
        return clicks, 0, (1.0, 0.0)
    after = group.after
    return clicks, sum(tally.impressions for tally in tallies), (after.per_click, after.per_impression)


def _cost(row: Row, now_ms: int) -> float:
    cost = row.group.cost
    if 0 <= now_ms - cost.stepped_ms < costs.STEP_MS:
        return cost.multiplier
    cap_micros, group = row.terms.bid_micros, row.group
    usual_micros = group.usual.ecpm_micros / (1000 * row.rate) if row.aim is not None else group.usual.ecpm_micros
    counted, impressions, worths = results(row.aim, group)
    return cost.advance(
        now_ms,
        cap_micros=cap_micros,
        billed=group.spend.billed,
        results=counted,
        impressions=impressions,
        worths=worths,
        assumed_micros=costs.assumed(cap_micros, usual_micros),
    )


def _pace(
    cell: CampaignCell | GroupCell, budget: Budget, campaign: CampaignCell, row: Row | None, now_ms: int
) -> float:
    """Return the budget's multiplier; 1 where there is no end to spread a budget towards."""
    pace = cell.pace
    if 0 <= now_ms - pace.stepped_ms < pacing.TICK_MS:
        return pace.multiplier
    period = _period(budget, campaign, row, now_ms)
    if period is None or not period[0] <= now_ms < period[1]:
        pace.multiplier, pace.stepped_ms = 1.0, now_ms
        return 1.0
    pacing.advance(
        pace,
        now_ms,
        plan=campaign.traffic.plan(campaign.hours() if row is None else row.hours, campaign.offset_ms(now_ms)),
        start_ms=period[0],
        end_ms=period[1],
        budget=budgets.allowed(budget, cell, campaign, now_ms),
        used=billed_of(budget, cell.spend, campaign, now_ms) + cell.spend.reserved,
        committed=cell.spend.billed + cell.spend.reserved,
    )
    return pace.multiplier


def _period(budget: Budget, campaign: CampaignCell, row: Row | None, now_ms: int) -> tuple[int, int] | None:
    """Return from when until when the budget is to be spread: its day, within the flight; or the flight."""
    flight = campaign.flight() if row is None else (row.terms.starts_ms, row.terms.ends_ms)
    if budget.mode is BudgetMode.DAILY:
        start_ms, end_ms = campaign.day(now_ms)
        if flight is None:
            return start_ms, end_ms
        return max(start_ms, flight[0]), end_ms if flight[1] is None else min(end_ms, flight[1])
    return None if flight is None or flight[1] is None else (flight[0], flight[1])
