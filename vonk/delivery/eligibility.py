"""Whether one ad may be shown to one viewer now, and if not, why, and for how long that will last."""

from collections.abc import Iterator

from vonk.delivery import dayparting
from vonk.delivery.cells import AnyCell, CampaignCell, FundsCell, GrantCell, GroupCell, Row
from vonk.delivery.counters import Counters, Leases, Limit, Purse, Spend
from vonk.delivery.refusals import Refusal
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.delivery.targets import Viewer


def refuse(row: Row, viewer: Viewer, counters: Counters, now_ms: int) -> Refusal | None:
    """Return the first reason against showing this ad, None when there is none."""
    terms = row.terms
    if row.campaign.document is None:
        return Refusal.CAMPAIGN_NOT_DELIVERING
    if now_ms < terms.starts_ms:
        return Refusal.NOT_STARTED
    if terms.ends_ms is not None and now_ms >= terms.ends_ms:
        return Refusal.ENDED
    if row.narrowed and (refusal := _refuse_narrowed(row, now_ms)) is not None:
        return refusal
    if row.post.document is None:
        return Refusal.POST_GONE
    licensed = row.post.document.countries
    if licensed and viewer.country not in licensed:  # Its sound's licence binds whatever the consent says.
        return Refusal.GRANT_COUNTRY
    if row.grant is not None and (refusal := _refuse_grant(row, viewer, now_ms)) is not None:
        return refusal
    if (refusal := _refuse_money(row, now_ms)) is not None:
        return refusal
    cap = terms.cap
    if cap is not None:
        since_ms = now_ms - cap.window_seconds * 1000
        if counters.seen(viewer.viewer_id, terms.id, since_ms) >= cap.impressions:
            return Refusal.SEEN_TOO_OFTEN
    leases = counters.leases
    if leases is not None and not _leased(row, leases, now_ms):
        return Refusal.BUDGET_NOT_LEASED
    return None


def lasting(row: Row, refusal: Refusal, now_ms: int) -> tuple[AnyCell, int | None] | None:
    """Return how long the refusal will hold whoever asks: until the cell's next publication, or an instant before it.

    None when the next viewer, or the next minute, may see it otherwise.
    """
    match refusal:
        case Refusal.CAMPAIGN_NOT_DELIVERING:
            return row.campaign, None
        case Refusal.NOT_STARTED:
            return row.group, row.terms.starts_ms
        case Refusal.ENDED:
            return row.group, None
        case Refusal.LIMITS_UNMET:
            return row.group, None
        case Refusal.OUTSIDE_HOURS:
            return row.group, row.campaign.opening_ms(row.hours, now_ms)
        case Refusal.POST_GONE:
            return row.post, None
        case Refusal.GRANT_ABSENT | Refusal.GRANT_EXPIRED if row.grant is not None:
            return row.grant, None
        case Refusal.GRANT_CATEGORY if row.grant is not None and (narrow := _narrow(row, row.grant)) is not None:
            return narrow, None
        case Refusal.ORIGINAL_ABSENT if row.grant is not None:
            return _absent_original(row.grant, row.ad.account_id, now_ms)
        case Refusal.GRANT_NOT_STARTED if row.grant is not None and row.grant.document is not None:
            return row.grant, row.grant.document.starts_ms
        case Refusal.GRANT_SPEND_CAP if row.grant is not None and row.grant.document is not None:
            return _lasting_cap(row, row.grant)
        case Refusal.FUNDS_ABSENT:
            return row.funds, None
        case Refusal.OUT_OF_FUNDS:
            return (row.funds, None) if row.funds.available() < row.cost_micros_max else None
        case Refusal.CAMPAIGN_OUT_OF_BUDGET if row.campaign.document is not None:
            return _lasting_budget(row, row.campaign, row.campaign.document.budget, now_ms)
        case Refusal.AD_GROUP_OUT_OF_BUDGET:
            return _lasting_budget(row, row.group, row.terms.budget, now_ms)
        case _:
            return None


def billed_of(budget: Budget, spend: Spend, campaign: CampaignCell, at_ms: int) -> int:
    """Return what was billed against the budget, in the account's day that holds the instant or ever."""
    if budget.mode is not BudgetMode.DAILY:
        return spend.billed
    if not campaign.day_start_ms <= at_ms < campaign.day_end_ms:
        campaign.find_day(at_ms)
    return spend.billed_between(campaign.day_start_ms, campaign.day_end_ms)


def _refuse_narrowed(row: Row, now_ms: int) -> Refusal | None:
    """Refuse what asks for limits that nobody here can judge, and what is not shown at this hour of the week."""
    if row.terms.targeting.unmet:
        return Refusal.LIMITS_UNMET
    return None if dayparting.holds(row.hours, row.campaign.half_hour(now_ms)) else Refusal.OUTSIDE_HOURS


def _refuse_grant(row: Row, viewer: Viewer, now_ms: int) -> Refusal | None:
    assert row.grant is not None
    grant = row.grant.document
    if grant is None or grant.post_id != row.ad.post_id or grant.account_id != row.ad.account_id:
        return Refusal.GRANT_ABSENT
    if now_ms >= grant.ends_ms:
        return Refusal.GRANT_EXPIRED
    if now_ms < grant.starts_ms:
        return Refusal.GRANT_NOT_STARTED
    if row.grant.requires and (refusal := _refuse_originals(row, row.grant, viewer, now_ms)) is not None:
        return refusal
    if grant.categories and row.ad.category not in grant.categories:
        return Refusal.GRANT_CATEGORY
    if grant.countries and viewer.country not in grant.countries:  # Nor is one whom nobody knows to be there.
        return Refusal.GRANT_COUNTRY
    cap_micros = row.grant.cap_micros() if row.grant.requires else grant.spend_cap_micros
    if cap_micros is not None:
        spend = row.grant.spend
        if spend.billed + spend.reserved + row.cost_micros_max > cap_micros:
            return Refusal.GRANT_SPEND_CAP
    return None


def _narrow(row: Row, grant: GrantCell) -> GrantCell | None:
    """Return the consent, this one or an original author's, that does not cover what the ad advertises."""
    for cell in (grant, *grant.requires):
        if cell.document is not None and cell.document.categories and row.ad.category not in cell.document.categories:
            return cell
    return None


def _refuse_originals(row: Row, grant: GrantCell, viewer: Viewer, now_ms: int) -> Refusal | None:
    """Hold the ad to every original author's consent, as it is held to the consent for the post itself."""
    if _absent_original(grant, row.ad.account_id, now_ms) is not None:
        return Refusal.ORIGINAL_ABSENT
    if _narrow(row, grant) is not None:
        return Refusal.GRANT_CATEGORY
    for original in grant.requires:
        limits = original.document
        if limits is not None and limits.countries and viewer.country not in limits.countries:
            return Refusal.GRANT_COUNTRY
    return None


def _absent_original(grant: GrantCell, account_id: int, now_ms: int) -> tuple[AnyCell, int | None] | None:
    """Return whose publication, or until which instant, the first absent original is waited for; None: all are there."""
    for original in grant.requires:
        document = original.document
        if document is None or document.account_id != account_id or now_ms >= document.ends_ms:
            return original, None
        if now_ms < document.starts_ms:
            return original, document.starts_ms
        if original.post is None or original.post.document is None:
            return original.post or original, None
    return None


def _refuse_money(row: Row, now_ms: int) -> Refusal | None:
    """Refuse when the dearest event would pass what is left after everything billed and promised."""
    campaign = row.campaign
    assert campaign.document is not None
    funds: FundsCell = row.funds
    if funds.document is None or funds.document.currency != campaign.document.currency:
        return Refusal.FUNDS_ABSENT
    cost = row.cost_micros_max
    if funds.document.balance_micros - funds.spend.unsettled - funds.spend.reserved < cost:
        return Refusal.OUT_OF_FUNDS
    budget = campaign.document.budget
    if budget.mode is not BudgetMode.NONE:
        used = billed_of(budget, campaign.spend, campaign, now_ms) + campaign.spend.reserved
        if used + cost > budget.micros:
            return Refusal.CAMPAIGN_OUT_OF_BUDGET
    budget = row.terms.budget
    if budget.mode is not BudgetMode.NONE:
        used = billed_of(budget, row.group.spend, campaign, now_ms) + row.group.spend.reserved
        if used + cost > budget.micros:
            return Refusal.AD_GROUP_OUT_OF_BUDGET
    return None


def _leased(row: Row, leases: Leases, now_ms: int) -> bool:
    """Tell whether this server may promise the ad's dearest event. Each purse is asked, so that all leases come at once."""
    answers = [leases.allow(limit, row.cost_micros_max) for limit in _limits(row, now_ms)]
    return all(answers)


def _limits(row: Row, now_ms: int) -> Iterator[Limit]:
    """Yield what each purse may pay in its period. Funds are counted from the beginning: balance and all that was billed."""
    assert row.campaign.document is not None
    for purse, object_id, budget in (
        (Purse.CAMPAIGN, row.ad.campaign_id, row.campaign.document.budget),
        (Purse.AD_GROUP, row.ad.ad_group_id, row.terms.budget),
    ):
        if budget.mode is BudgetMode.DAILY:
            yield Limit(purse, object_id, budget.micros, *row.campaign.day(now_ms))
        elif budget.mode is BudgetMode.LIFETIME:
            yield Limit(purse, object_id, budget.micros)
    if row.grant is not None and row.grant.document is not None:
        cap_micros = row.grant.cap_micros()
        if cap_micros is not None:
            yield Limit(Purse.GRANT, row.ad.grant_id, cap_micros)
    if row.funds.document is not None:
        spend = row.funds.spend
        limit_micros = row.funds.document.balance_micros + spend.billed - spend.unsettled
        yield Limit(Purse.ACCOUNT, row.ad.account_id, limit_micros)


def _lasting_cap(row: Row, grant: GrantCell) -> tuple[AnyCell, int | None] | None:
    cap_micros = grant.cap_micros()
    if grant.requires or cap_micros is None or grant.spend.billed + row.cost_micros_max <= cap_micros:
        return None  # Promises may be released, and another author may raise their limit.
    return grant, None


def _lasting_budget(
    row: Row, cell: CampaignCell | GroupCell, budget: Budget, now_ms: int
) -> tuple[AnyCell, int | None] | None:
    if billed_of(budget, cell.spend, row.campaign, now_ms) + row.cost_micros_max <= budget.micros:
        return None  # Only promises stand in the way; they may be released.
    return cell, row.campaign.day(now_ms)[1] if budget.mode is BudgetMode.DAILY else None
