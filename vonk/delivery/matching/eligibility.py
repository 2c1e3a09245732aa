"""Whether one ad may be shown to one viewer now, and if not, why, and for how long that will last."""

from collections.abc import Iterator
from typing import Final

from vonk.delivery.limits import dayparting
from vonk.delivery.limits.counters import Counters, Leases, Limit, Purse, Spend
from vonk.delivery.matching import arms, budgets, frequency
from vonk.delivery.matching.cells import AnyCell, CampaignCell, FundsCell, GrantCell, GroupCell, Row
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import Budget, BudgetMode

_PASSING: Final = frozenset({  # Of the next viewer nobody knows yet.
    Refusal.SEEN_TOO_OFTEN, Refusal.AD_SEEN_TOO_OFTEN, Refusal.CAMPAIGN_SEEN_TOO_OFTEN, Refusal.ADVERTISER_SEEN_TOO_OFTEN,
    Refusal.CAPS_UNKNOWN, Refusal.OTHER_ARM, Refusal.CAMPAIGN_ALREADY_SHOWN, Refusal.FORMAT_NOT_WANTED,
    Refusal.BELOW_RESERVE,
})  # fmt: skip
_KEPT_MS: Final = 3_600_000  # That an ad may be shown is looked at anew at least so often,
_LEFT_TIMES_MIN: Final = 100  # and each time where less is left than the price of so many events.


def refuse(row: Row, viewer: Viewer, counters: Counters, now_ms: int) -> Refusal | None:
    """Return the first reason against showing this ad, None when there is none.

    Of most ads it is known from the last time that nothing but caps can refuse them: until something is published, an
    end passes, or so much was billed and promised of all purses together that one of the ad's could be empty.
    """
    if (
        row.fit_from_ms <= now_ms < row.fit_until_ms
        and counters.committed <= row.fit_committed
        and row.fit_edition == row.edition.number
    ):
        return frequency.passed(row.caps, viewer.viewer_id, counters, now_ms) if row.caps else None
    refusal = refuse_anew(row, viewer, counters, now_ms)
    if refusal is None:
        _keep_fit(row, counters, now_ms)
    return refusal


def refuse_anew(row: Row, viewer: Viewer, counters: Counters, now_ms: int) -> Refusal | None:
    """Return what ``refuse`` does, by looking at everything."""
    terms = row.terms
    if row.campaign.document is None:
        return Refusal.CAMPAIGN_NOT_DELIVERING
    if now_ms < terms.starts_ms:
        return Refusal.NOT_STARTED
    if terms.ends_ms is not None and now_ms >= terms.ends_ms:
        return Refusal.ENDED
    if terms.arm is not None and not arms.holds(terms.arm, viewer.viewer_id, now_ms):
        return Refusal.OTHER_ARM
    if row.narrowed and (refusal := _refuse_narrowed(row, viewer, now_ms)) is not None:
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
    if (refusal := frequency.refuse(row, viewer.viewer_id, counters, now_ms)) is not None:
        return refusal
    leases = counters.leases
    if leases is not None and not _leased(row, leases, now_ms):
        return Refusal.BUDGET_NOT_LEASED
    return None


def lasting(row: Row, refusal: Refusal, now_ms: int) -> tuple[AnyCell, int | None] | None:
    """Return how long the refusal will hold whoever asks: until the cell's next publication, or an instant before it.

    None when the next viewer, or the next minute, may see it otherwise.
    """
    if refusal in _PASSING:
        return None
    match refusal:
        case Refusal.CAMPAIGN_NOT_DELIVERING:
            return row.campaign, None
        case Refusal.NOT_STARTED:
            return row.group, row.terms.starts_ms
        case Refusal.ENDED:
            return row.group, None
        case Refusal.LIMITS_UNMET | Refusal.AUDIENCE_ENDED:
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


def _keep_fit(row: Row, counters: Counters, now_ms: int) -> None:
    """Note for how long, and until how much is committed, an ad that was just not refused can be refused by caps alone.

    Only the second time that it is asked since something was published: many are never asked again.
    """
    edition = row.edition.number
    if row.fit_edition != edition:
        row.fit_edition, row.fit_until_ms = edition, 0
        return
    terms, grant, campaign, post = row.terms, row.grant, row.campaign.document, row.post.document
    if counters.leases is not None or terms.arm is not None or row.narrowed or campaign is None or post is None:
        return
    consent = grant.document if grant is not None else None
    if post.countries or (grant is not None and (consent is None or consent.countries or grant.requires)):
        return  # It depends on the viewer, or on others' consents.
    left = _left(row, now_ms)
    if left < row.cost_micros_max * _LEFT_TIMES_MIN:
        return
    until_ms = now_ms + _KEPT_MS
    if terms.ends_ms is not None:
        until_ms = min(until_ms, terms.ends_ms)
    if consent is not None:
        until_ms = min(until_ms, consent.ends_ms)
    if BudgetMode.DAILY in {campaign.budget.mode, terms.budget.mode}:
        until_ms = min(until_ms, row.campaign.day(now_ms)[1])
    row.fit_from_ms, row.fit_until_ms = now_ms, until_ms
    row.fit_committed = counters.committed + left - row.cost_micros_max
    row.caps = frequency.asked(row, counters)


def _left(row: Row, now_ms: int) -> int:
    """Return what the ad's purse with the least left has, in micros: its limit less what is billed and promised."""
    campaign, funds = row.campaign, row.funds
    assert campaign.document is not None, "It was not refused."
    assert funds.document is not None, "Nor for this."
    left = funds.document.balance_micros - funds.spend.unsettled - funds.spend.reserved
    cells: tuple[tuple[Budget, CampaignCell | GroupCell], ...] = (
        (campaign.document.budget, campaign),
        (row.terms.budget, row.group),
    )
    for budget, cell in cells:
        if budget.mode is not BudgetMode.NONE:
            used = billed_of(budget, cell.spend, campaign, now_ms) + cell.spend.reserved
            left = min(left, budgets.allowed(budget, cell, campaign, now_ms) - used)
    cap_micros = row.grant.cap_micros() if row.grant is not None else None
    if row.grant is not None and cap_micros is not None:
        left = min(left, cap_micros - row.grant.spend.billed - row.grant.spend.reserved)
    return left


def _refuse_narrowed(row: Row, viewer: Viewer, now_ms: int) -> Refusal | None:
    """Refuse what asks for limits that nobody here can judge, and what is not shown at this hour of the week."""
    if row.terms.targeting.unmet:
        return Refusal.LIMITS_UNMET
    limits = row.terms.targeting.limits
    if limits.audiences_out:
        if limits.audiences_until_ms and now_ms >= limits.audiences_until_ms:
            return Refusal.AUDIENCE_ENDED
        if viewer.told_ms < limits.audiences_since_ms:
            return Refusal.AUDIENCE_NEW
    return (
        None if not row.hours or dayparting.holds(row.hours, row.campaign.half_hour(now_ms)) else Refusal.OUTSIDE_HOURS
    )


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
        if used + cost > budgets.allowed(budget, campaign, campaign, now_ms):
            return Refusal.CAMPAIGN_OUT_OF_BUDGET
    budget = row.terms.budget
    if budget.mode is not BudgetMode.NONE:
        used = billed_of(budget, row.group.spend, campaign, now_ms) + row.group.spend.reserved
        if used + cost > budgets.allowed(budget, row.group, campaign, now_ms):
            return Refusal.AD_GROUP_OUT_OF_BUDGET
    return None


def _leased(row: Row, leases: Leases, now_ms: int) -> bool:
    """Tell whether this server may promise the ad's dearest event. Each purse is asked, so that all leases come at once."""
    answers = [leases.allow(limit, row.cost_micros_max) for limit in _limits(row, now_ms)]
    return all(answers)


def _limits(row: Row, now_ms: int) -> Iterator[Limit]:
    """Yield what each purse may pay in its period. Funds are counted from the beginning: balance and all that was billed."""
    assert row.campaign.document is not None
    for purse, object_id, budget, cell in (
        (Purse.CAMPAIGN, row.ad.campaign_id, row.campaign.document.budget, row.campaign),
        (Purse.AD_GROUP, row.ad.ad_group_id, row.terms.budget, row.group),
    ):
        if budget.mode is BudgetMode.DAILY:
            allowed = budgets.allowed(budget, cell, row.campaign, now_ms)
            yield Limit(purse, object_id, allowed, *row.campaign.day(now_ms))
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
    allowed = budgets.allowed(budget, cell, row.campaign, now_ms)
    if billed_of(budget, cell.spend, row.campaign, now_ms) + row.cost_micros_max <= allowed:
        return None  # Only promises stand in the way; they may be released.
    return cell, row.campaign.day(now_ms)[1] if budget.mode is BudgetMode.DAILY else None
