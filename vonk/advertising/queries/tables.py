"""Tables of an account's campaigns, ad groups or ads: filtered, ordered and cut into pages by the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from vonk.advertising import publish
from vonk.advertising.models import Ad, AdGroup, Campaign
from vonk.advertising.queries.objects import ad_group_view, ad_views, campaign_view
from vonk.advertising.queries.reported import Noun
from vonk.advertising.queries.views import AdGroupView, AdView, CampaignView
from vonk.advertising.rules import Objective, Verdict
from vonk.authorisation.queries.limits import held_consents
from vonk.content.queries import profile_briefs
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.core.ids import parse_id
from vonk.identity.queries import account_facts

CREATORS_MAX: Final = 500  # Offered in a filter; more are found by their name.

_TO: Final[dict[Noun, dict[Noun, str]]] = {
    "campaign": {"campaign": ""},
    "ad_group": {"campaign": "campaign__", "ad_group": ""},
    "ad": {"campaign": "ad_group__campaign__", "ad_group": "ad_group__", "ad": ""},
}
"""From the rows of a noun to what they lie under."""
_BELOW: Final[dict[Noun, str]] = {"campaign": "ad_group__campaign", "ad_group": "ad_group", "ad": "pk"}
"""From ads to the rows of a noun."""

ORDERS: Final[dict[Noun, dict[str, Any]]] = {
    "campaign": {
        "name": Lower("name"),
        "created": F("pk"),
        "objective": F("objective"),
        "budget": F("budget_micros"),
        "on": F("enabled"),
    },
    "ad_group": {
        "name": Lower("name"),
        "created": F("pk"),
        "campaign": Lower("campaign__name"),
        "budget": F("budget_micros"),
        "bid": F("bid_micros"),
        "starts": F("starts_at"),
        "ends": F("ends_at"),
        "on": F("enabled"),
    },
    "ad": {
        "name": Lower("name"),
        "created": F("pk"),
        "campaign": Lower("ad_group__campaign__name"),
        "ad_group": Lower("ad_group__name"),
        "on": F("enabled"),
    },
}
"""What the rows of a noun can be ordered by, beside their numbers."""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which objects of an account a table holds; what is empty or None means any. Deleted ones are in none.

    ``text`` is part of the name, or the id. Of campaigns and ad groups ``spark``, ``creators`` (ids of profiles),
    ``consent_ends_by`` and ``verdicts`` ask for an ad in them that is so.
    """

    campaign_ids: Collection[int] = ()
    ad_group_ids: Collection[int] = ()
    ids: Collection[int] | None = None
    text: str = ""
    objectives: Collection[Objective] = ()
    enabled: bool | None = None
    spark: bool | None = None
    creators: Collection[int] = ()
    consent_ends_by: datetime | None = None
    verdicts: Collection[Verdict] = ()


class Order(msgspec.Struct, frozen=True):
    """By one of ORDERS, or the name of a metric; equal ones newest first."""

    key: str = "created"
    descending: bool = True


def page_ids(
    scope: Scope, noun: Noun, sought: Sought, order: Order, numbering: Numbering, *, now: datetime
) -> tuple[list[int], int]:
    """Return a page of the ids that are sought, and how many there are in all. ``order.key`` is one of ORDERS."""
    rows = _rows(scope, noun, sought, now=now)
    first = (numbering.page - 1) * numbering.size
    ids = _ordered(rows, noun, order).values_list("pk", flat=True)[first : first + numbering.size]
    return list(ids), rows.count()


def all_ids(scope: Scope, noun: Noun, sought: Sought, order: Order, *, now: datetime) -> list[int]:
    """Return every id that is sought, in order."""
    return list(_ordered(_rows(scope, noun, sought, now=now), noun, order).values_list("pk", flat=True))


def count_of_ads(scope: Scope) -> int:
    """Return how many ads of the account are not deleted."""
    scope.require(Right.ACCOUNT_VIEW)
    return _alive("ad", scope.account).count()


def table_campaigns(scope: Scope, ids: Collection[int]) -> dict[int, CampaignView]:
    """Return those of the ids that are the account's campaigns."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    rows = Campaign.objects.filter(pk__in=ids, account_id=scope.account)
    return {row.pk: campaign_view(row, currency) for row in rows}


def table_ad_groups(scope: Scope, ids: Collection[int]) -> dict[int, AdGroupView]:
    """Return those of the ids that are the account's ad groups."""
    scope.require(Right.ACCOUNT_VIEW)
    currency = account_facts(scope.account).currency
    rows = AdGroup.objects.filter(pk__in=ids, campaign__account_id=scope.account).select_related("campaign")
    return {row.pk: ad_group_view(row, currency) for row in rows}


def table_ads(scope: Scope, ids: Collection[int]) -> dict[int, AdView]:
    """Return those of the ids that are the account's ads."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.filter(pk__in=ids, ad_group__campaign__account_id=scope.account)
    return {view.id: view for view in ad_views(list(rows.select_related("ad_group__campaign")))}


def creators_of_ads(scope: Scope) -> Mapping[int, str]:
    """Return the profiles under which the account's ads speak, by id, in the order of their names."""
    scope.require(Right.ACCOUNT_VIEW)
    ids = _alive("ad", scope.account).order_by().values_list("identity_id", flat=True).distinct()[:CREATORS_MAX]
    briefs = profile_briefs(list(ids))
    names = {made: brief.display_name for made, brief in briefs.items()}
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def _alive(noun: Noun, account_id: int) -> "QuerySet[Any]":
    model: dict[Noun, Any] = {"campaign": Campaign.objects, "ad_group": AdGroup.objects, "ad": Ad.objects}
    to = _TO[noun]
    living = {f"{prefix}deleted_at": None for prefix in to.values()}
    rows: QuerySet[Any] = model[noun].filter(**living, **{f"{to['campaign']}account_id": account_id})
    return rows


def _rows(scope: Scope, noun: Noun, sought: Sought, *, now: datetime) -> "QuerySet[Any]":
    scope.require(Right.ACCOUNT_VIEW)
    to = _TO[noun]
    conditions: dict[str, object] = {}
    if sought.ids is not None:
        conditions["pk__in"] = list(sought.ids)
    if sought.campaign_ids:
        conditions[f"{to['campaign']}pk__in"] = list(sought.campaign_ids)
    if sought.ad_group_ids and "ad_group" in to:
        conditions[f"{to['ad_group']}pk__in"] = list(sought.ad_group_ids)
    if sought.objectives:
        conditions[f"{to['campaign']}objective__in"] = [one.value for one in sought.objectives]
    if sought.enabled is not None:
        conditions["enabled"] = sought.enabled
    rows = _alive(noun, scope.account).filter(**conditions)
    if sought.text:
        rows = rows.filter(_named(sought.text))
    of_ads = _of_ads(scope, sought, now=now)
    if of_ads is None:
        return rows
    if noun == "ad":
        return (
            rows.annotate(newest_verdict=publish.NEWEST_VERDICT).filter(of_ads)
            if sought.verdicts
            else rows.filter(of_ads)
        )
    inside = Ad.objects.filter(deleted_at=None, **{_BELOW[noun]: OuterRef("pk")})
    if sought.verdicts:
        inside = inside.annotate(newest_verdict=publish.NEWEST_VERDICT)
    return rows.filter(Exists(inside.filter(of_ads)))


def _named(text: str) -> Q:
    try:
        return Q(name__icontains=text) | Q(pk=parse_id(text))
    except ValueError:
        return Q(name__icontains=text)


def _of_ads(scope: Scope, sought: Sought, *, now: datetime) -> Q | None:
    """Return what is asked of ads, None when nothing is."""
    wanted = Q()
    if sought.spark is not None:
        wanted &= Q(consent__isnull=not sought.spark)
    if sought.creators:
        wanted &= Q(identity_id__in=list(sought.creators))
    if sought.consent_ends_by is not None:
        wanted &= Q(consent_id__in=_ending(scope, sought.consent_ends_by, now=now))
    if sought.verdicts:
        wanted &= Q(newest_verdict__in=[one.value for one in sought.verdicts])
    return wanted or None


def _ending(scope: Scope, by: datetime, *, now: datetime) -> list[int]:
    """Return the consents of the account's ads that end until then, or have ended. There are far fewer than ads."""
    consents = _alive("ad", scope.account).filter(consent__isnull=False).order_by().values_list("consent_id", flat=True)
    held = held_consents(list(consents.distinct()), now)
    return [
        consent_id
        for consent_id, one in held.items()
        if (one.ending_at is not None and one.ending_at <= by) or any(limit.ends_at <= by for limit in one.limits)
    ]


def _ordered(rows: "QuerySet[Any]", noun: Noun, order: Order) -> "QuerySet[Any]":
    by = ORDERS[noun][order.key]
    if order.key == "created":
        return rows.order_by("-pk" if order.descending else "pk")
    return rows.order_by(by.desc(nulls_last=True) if order.descending else by.asc(nulls_last=True), "-pk")
