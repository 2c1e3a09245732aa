"""Campaigns and ad groups of an account as outside tools list them: filtered, by number of page."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from vonk.advertising.models import AdGroup, Campaign
from vonk.advertising.queries.objects import ad_group_view, campaign_view
from vonk.advertising.queries.views import AdGroupView, CampaignView
from vonk.advertising.rules import Objective
from vonk.control.paging import Listing, Numbered, Numbering, numbered
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope
from vonk.delivery.snapshot import Billing, Goal
from vonk.identity.queries import AccountFacts, account_facts


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What an object must keep by a name: one of the ``values``, or nothing where ``absent`` allows that.

    ``billings`` are those of ad groups of which keeping nothing comes to the same, and ``aims`` what impressions are chosen
    for, with the campaign's objective, likewise; None: of all of them.
    """

    name: str
    values: Collection[str]
    absent: bool = False
    billings: Collection[Billing] | None = None
    aims: Collection[tuple[Goal, Objective]] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which campaigns or ad groups of an account a list holds; None of a filter means any.

    ``deleted``: True only what was deleted, or lies under something deleted; False none of it; None all.
    ``billings``, ``maximum_delivery`` and ``cost_cap`` are ad groups' alone.
    """

    ids: Collection[int] | None = None
    campaign_ids: Collection[int] | None = None
    name_contains: str | None = None
    objectives: Collection[Objective] | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    deleted: bool | None = False
    keeping: tuple[Keeping, ...] = ()
    billings: Collection[Billing] | None = None
    maximum_delivery: bool | None = None
    cost_cap: bool | None = None


_LIVING: Final = Wanted()
_CAMPAIGNS: Final = Listing(lambda: _campaigns(given("account"), _LIVING))
_AD_GROUPS: Final = Listing(lambda: _ad_groups(given("account"), _LIVING).select_related("campaign"))
"""What nearly every list asks for: all that is not deleted."""


def numbered_campaigns(
    scope: Scope, wanted: Wanted, numbering: Numbering, account: AccountFacts | None = None
) -> Numbered[CampaignView]:
    """Return a numbered page of the account's campaigns, newest first; for whoever knows the facts of the ``account``."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = (account or account_facts(scope.account)).currency
    if wanted == _LIVING:
        return _CAMPAIGNS.numbered(numbering, lambda row: campaign_view(row, currency), account=scope.account)
    return numbered(_campaigns(scope.account, wanted), numbering, lambda row: campaign_view(row, currency))


def numbered_ad_groups(scope: Scope, wanted: Wanted, numbering: Numbering) -> Numbered[AdGroupView]:
    """Return a numbered page of the account's ad groups, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    if wanted == _LIVING:
        return _AD_GROUPS.numbered(numbering, lambda row: ad_group_view(row, currency), account=scope.account)
    rows = _ad_groups(scope.account, wanted).select_related("campaign")
    return numbered(rows, numbering, lambda row: ad_group_view(row, currency))


def campaign_ids(scope: Scope, wanted: Wanted) -> list[int]:
    """Return the ids of the account's campaigns that are wanted, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    return list(_campaigns(scope.account, wanted).order_by("-pk").values_list("pk", flat=True))


def ad_group_ids(scope: Scope, wanted: Wanted) -> list[int]:
    """Return the ids of the account's ad groups that are wanted, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    return list(_ad_groups(scope.account, wanted).order_by("-pk").values_list("pk", flat=True))


def listed_campaigns(scope: Scope, ids: Sequence[int]) -> tuple[CampaignView, ...]:
    """Return those of the ids that are the account's campaigns, deleted ones too, in their order."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    found = {row.pk: row for row in _campaigns(scope.account, Wanted(ids=ids, deleted=None))}
    return tuple(campaign_view(found[made], currency) for made in ids if made in found)


def listed_ad_groups(scope: Scope, ids: Sequence[int]) -> tuple[AdGroupView, ...]:
    """Return those of the ids that are the account's ad groups, deleted ones too, in their order."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    rows = _ad_groups(scope.account, Wanted(ids=ids, deleted=None)).select_related("campaign")
    found = {row.pk: row for row in rows}
    return tuple(ad_group_view(found[made], currency) for made in ids if made in found)


def living_ad_groups(scope: Scope) -> int:
    """Return how many ad groups of the account are not deleted."""
    scope.require(Right.ACCOUNT_VIEW)
    return _ad_groups(scope.account, _LIVING).count()


def _campaigns(account_id: int, wanted: Wanted) -> QuerySet[Campaign]:
    rows = Campaign.objects.filter(_fulfils(wanted, objective="objective"), account_id=account_id)
    if wanted.deleted is None:
        return rows
    return rows.filter(deleted_at__isnull=not wanted.deleted)


def _ad_groups(account_id: int, wanted: Wanted) -> QuerySet[AdGroup]:
    rows = AdGroup.objects.filter(_fulfils(wanted, objective="campaign__objective"), campaign__account_id=account_id)
    if wanted.campaign_ids is not None:
        rows = rows.filter(campaign_id__in=wanted.campaign_ids)
    if wanted.billings is not None:
        rows = rows.filter(billing__in=[one.value for one in wanted.billings])
    if wanted.maximum_delivery is not None:
        rows = rows.filter(maximum_delivery=wanted.maximum_delivery)
    if wanted.cost_cap is not None:
        rows = rows.filter(cost_cap=wanted.cost_cap)
    if wanted.deleted is None:
        return rows
    gone = Q(deleted_at__isnull=False) | Q(campaign__deleted_at__isnull=False)
    return rows.filter(gone if wanted.deleted else ~gone)


def _fulfils(wanted: Wanted, *, objective: str) -> Q:
    conditions = {
        "pk__in": wanted.ids,
        "name__icontains": wanted.name_contains,
        f"{objective}__in": None if wanted.objectives is None else [one.value for one in wanted.objectives],
        "created_at__gte": wanted.created_from,
        "created_at__lte": wanted.created_until,
    }
    found = Q(**{name: value for name, value in conditions.items() if value is not None})
    for one in wanted.keeping:
        found &= keeps(one)
    return found


def keeps(wanted: Keeping) -> Q:
    """Return the condition for campaigns or ad groups that keep what is wanted."""
    found = Q(**{f"kept__{wanted.name}__in": list(wanted.values)})
    if not wanted.absent:
        return found
    nothing = ~Q(kept__has_key=wanted.name)
    if wanted.billings is not None:
        alike = Q(billing__in=[billing.value for billing in wanted.billings])
        for goal, objective in wanted.aims:
            alike |= Q(goal=goal.value, campaign__objective=objective.value)
        nothing &= alike
    return found | nothing
