"""Create, change, switch and delete campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from msgspec import UNSET

from vonk.advertising import publish, reach
from vonk.advertising.actions import bids, submissions
from vonk.advertising.drafts import CampaignChanges, CampaignDraft
from vonk.advertising.errors import BidNotBelowBudget, BudgetMissing
from vonk.advertising.models import AdGroup, Campaign, Review
from vonk.advertising.rules import Verdict, budgets, learning, objectives, texts
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.money import format_micros
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.identity.queries import account_facts

_NOUN: Final = "campaign"


@transaction.atomic
def create(scope: Scope, draft: CampaignDraft, *, now: datetime) -> int:
    """Create a campaign in the scope's account; return its id.

    Raises FieldInvalid (name, objective, budget_micros), BudgetBelowMinimum.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    currency = account_facts(scope.account).currency
    budget = _budget(draft.budget, currency)
    campaign = Campaign.objects.create(
        account_id=scope.account,
        name=texts.name(draft.name),
        objective=objectives.objective(draft.objective).value,
        budget_mode=budget.mode.value,
        budget_micros=budget.micros,
        kept=draft.kept,
        enabled=draft.enabled,
        created_at=now,
        modified_at=now,
    )
    reach.hold_campaigns([campaign.pk])
    audit.record(scope, "campaign.created", _NOUN, campaign.pk, at=now, detail={"objective": campaign.objective})
    publish.publish_campaigns([campaign.pk], at=now)
    return campaign.pk


@transaction.atomic
def update(
    scope: Scope, campaign_id: int, changes: CampaignChanges, *, billed_micros: int, now: datetime
) -> tuple[str, ...]:
    """Change a campaign; return the names of what differs now. A budget reopens no review (reference §9.4).

    ``billed_micros`` is what was billed to the campaign in the present period of the new budget: today in the account's
    time zone for a daily one, ever for a lifetime one; billing knows it. Raises NotFound, ObjectDeleted, FieldInvalid,
    BudgetBelowMinimum, BudgetModeFixed, BudgetBelowSpend, BudgetMissing, BidNotBelowBudget.
    """
    campaign = reach.alive_campaign(reach.campaigns(scope, [campaign_id])[0])
    changed: dict[str, object] = {}
    marks: dict[str, object] = {}
    was: dict[str, object] = {}
    if changes.name is not UNSET and (name := texts.name(changes.name)) != campaign.name:
        was["name"], changed["name"], campaign.name = campaign.name, name, name
    if changes.budget is not UNSET and changes.budget != publish.budget_of(campaign):
        budget, old = _new_budget(campaign, changes.budget, billed_micros, now), publish.budget_of(campaign)
        campaign.budget_mode, campaign.budget_micros = budget.mode.value, budget.micros
        was["budget"] = {"mode": old.mode.value, "micros": old.micros}
        changed["budget"] = {"mode": budget.mode.value, "micros": budget.micros}
        if learning.is_significant(learning.Terms(0, (False, False), old), learning.Terms(0, (False, False), budget)):
            marks[learning.MARK] = True
    if changes.kept is not UNSET and (kept := {**campaign.kept, **changes.kept}) != campaign.kept:
        was["kept"], changed["kept"], campaign.kept = campaign.kept, kept, kept
    if changed:
        campaign.modified_at = now
        campaign.save(update_fields=["name", "budget_mode", "budget_micros", "kept", "modified_at"])
        audit.record(scope, "campaign.changed", _NOUN, campaign.pk, at=now, detail={**changed, **marks, "was": was})
        publish.publish_campaigns([campaign.pk], at=now)
    if "budget" in changed:
        bids.follow(campaign, now=now)
    return tuple(changed)


@transaction.atomic
def set_enabled(scope: Scope, campaign_ids: Sequence[int], enabled: bool, *, now: datetime) -> None:  # noqa: FBT001 - the state itself, not a mode
    """Switch campaigns on or off: all of them, or none when one raises NotFound or ObjectDeleted."""
    rows = [reach.alive_campaign(row) for row in reach.campaigns(scope, campaign_ids)]
    switched = [row for row in rows if row.enabled != enabled]
    for row in switched:
        row.enabled, row.modified_at = enabled, now
        row.save(update_fields=["enabled", "modified_at"])
        audit.record(scope, "campaign.switched_on" if enabled else "campaign.switched_off", _NOUN, row.pk, at=now)
    publish.publish_campaigns([row.pk for row in switched], at=now)


@transaction.atomic
def delete(scope: Scope, campaign_ids: Sequence[int], *, now: datetime) -> None:
    """Delete campaigns, and with them all that lies under them; what was deleted before stays so. Raises NotFound."""
    gone = [row for row in reach.campaigns(scope, campaign_ids) if row.deleted_at is None]
    for row in gone:
        row.deleted_at = row.modified_at = now
        row.save(update_fields=["deleted_at", "modified_at"])
        audit.record(scope, "campaign.deleted", _NOUN, row.pk, at=now)
    ids = [row.pk for row in gone]
    submissions.supersede(Review.objects.filter(ad__ad_group__campaign_id__in=ids), now=now)
    publish.publish_trees(ids, at=now)


def was_live(reviews_of: Q, *, billed_micros: int, now: datetime) -> bool:
    """Return whether anything that these reviews are about may have been delivered: approved, and its start has come.

    The start of an ad group cannot be moved once it has come, so what was live stays so.
    """
    approved = Review.objects.filter(reviews_of, verdict=Verdict.APPROVED.value, ad__ad_group__starts_at__lte=now)
    return billed_micros > 0 or approved.exists()


def _budget(wanted: Budget, currency: str) -> Budget:
    minimum = settings.VONK.daily_minimum_micros("campaign", currency)
    return budgets.check(wanted, minimum_micros=minimum, currency=currency)


def _new_budget(campaign: Campaign, wanted: Budget, billed_micros: int, now: datetime) -> Budget:
    """Return the campaign's next budget: allowed by its minimum, its spend, and what lies under it."""
    currency = account_facts(campaign.account_id).currency
    budget = _budget(wanted, currency)
    old = publish.budget_of(campaign)
    live = was_live(Q(ad__ad_group__campaign_id=campaign.pk), billed_micros=billed_micros, now=now)
    budgets.check_change(old, budget, live=live, billed_micros=billed_micros, currency=currency)
    alive = AdGroup.objects.filter(campaign_id=campaign.pk, deleted_at=None)
    if budget.mode is BudgetMode.NONE:
        if alive.filter(budget_mode=BudgetMode.NONE.value).exists():
            raise BudgetMissing
        return budget
    highest_bid = alive.filter(maximum_delivery=False).aggregate(highest=Max("bid_micros"))["highest"]
    if highest_bid is not None and highest_bid >= budget.micros:
        raise BidNotBelowBudget(field="budget_micros", budget=format_micros(budget.micros, currency), currency=currency)
    return budget
