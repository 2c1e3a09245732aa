"""Which campaigns, ad groups or ads a report has rows of, which ads are behind each, and what it says of them."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final, Literal, NamedTuple

import msgspec
from django.db.models import Q, QuerySet

from vonk.advertising import publish
from vonk.advertising.models import Ad, AdGroup, Campaign
from vonk.advertising.queries.object_pages import Keeping, keeps
from vonk.advertising.rules import Objective
from vonk.content.queries import post_facts
from vonk.control.scope import Right, Scope
from vonk.delivery.snapshot import Billing, Budget, Goal

Noun = Literal["campaign", "ad_group", "ad"]
NOUNS: Final[tuple[Noun, ...]] = ("campaign", "ad_group", "ad")
OBJECTS_PER_QUERY: Final = 5_000

_FROM: Final[dict[Noun, dict[Noun, str]]] = {
    "campaign": {"campaign": ""},
    "ad_group": {"campaign": "campaign__", "ad_group": ""},
    "ad": {"campaign": "ad_group__campaign__", "ad_group": "ad_group__", "ad": ""},
}
"""From the rows of a noun to what they lie under."""


class Named(msgspec.Struct, frozen=True):
    """A condition on one noun: its ids are among these, or are not; its name holds this text, whatever its case."""

    noun: Noun
    ids: Collection[int] | None = None
    without: Collection[int] | None = None
    name_contains: str | None = None
    keeping: tuple[Keeping, ...] = ()  # Of ad groups alone: they keep one of these; none: whatever they keep.


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which objects of an account a report is of. ``deleted``: False leaves them out, True is only them, None all."""

    named: tuple[Named, ...] = ()
    objectives: Collection[Objective] | None = None
    deleted: bool | None = False


class ReportedAd(NamedTuple):
    """An ad behind an object of a report (0: behind the whole account)."""

    object_id: int
    billing: str
    post_id: int
    objective: str
    goal: str = ""
    goal_event: str = ""


class Reported(msgspec.Struct, frozen=True):
    """The objects of a report, newest first, and by their ids the ads behind them, deleted ones too."""

    objects: tuple[int, ...]
    ads: Mapping[int, ReportedAd]


class ReportedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of an object beside its numbers; of what lies below it nothing. ``kept`` is by noun."""

    campaign_id: int
    campaign_name: str
    objective: Objective
    campaign_budget: Budget
    campaign_enabled: bool
    ad_group_id: int = 0
    ad_group_name: str = ""
    ad_group_budget: Budget = Budget()
    ad_group_enabled: bool = False
    billing: Billing | None = None
    bid_micros: int = 0
    maximum_delivery: bool = False  # Nobody set the bid.
    cost_cap: bool = False  # The bid is an average.
    goal: Goal | None = None  # What impressions are chosen for.
    ad_id: int = 0
    ad_name: str = ""
    ad_enabled: bool = False
    text: str = ""
    call_to_action: str = ""
    landing_url: str = ""
    deleted: bool
    kept: Mapping[str, Mapping[str, Any]]


def reported(scope: Scope, noun: Noun | None, which: Which) -> Reported:
    """Return the account's objects of the noun (None: the account itself, which has no objects) and the ads behind them."""
    scope.require(Right.ACCOUNT_VIEW)
    of = _FROM["ad"]
    ads = Ad.objects.filter(ad_group__campaign__account_id=scope.account).filter(_wanted(which, "ad"))
    if noun is not None:
        ads = ads.filter(_deleted(which, noun, of))
    columns = [
        *([f"{of[noun]}pk"] if noun else []),
        "ad_group__billing",
        "post_id",
        "ad_group__campaign__objective",
        "ad_group__goal",
        "ad_group__goal_event",
    ]
    behind = {
        ad_id: ReportedAd(*rest) if noun else ReportedAd(0, *rest)
        for ad_id, *rest in ads.order_by().values_list("pk", *columns)
    }
    if noun is None:
        return Reported((), behind)
    below = NOUNS[NOUNS.index(noun) + 1 :]
    if noun == "ad" or any(one.noun in below for one in which.named):  # Then an object is wanted for what is below it.
        return Reported(tuple(sorted({ad.object_id for ad in behind.values()}, reverse=True)), behind)
    rows = _rows(noun, scope.account).filter(_wanted(which, noun)).filter(_deleted(which, noun, _FROM[noun]))
    return Reported(tuple(rows.order_by("-pk").values_list("pk", flat=True)), behind)


def reported_facts(scope: Scope, noun: Noun, ids: Collection[int]) -> dict[int, ReportedFacts]:
    """Return what a report says of those ids that are the account's, deleted ones too."""
    scope.require(Right.ACCOUNT_VIEW)
    ordered = sorted(set(ids))
    found: dict[int, ReportedFacts] = {}
    for at in range(0, len(ordered), OBJECTS_PER_QUERY):
        rows = _rows(noun, scope.account).filter(pk__in=ordered[at : at + OBJECTS_PER_QUERY])
        if noun == "campaign":
            found.update({row.pk: _facts(row) for row in rows if isinstance(row, Campaign)})
        elif noun == "ad_group":
            groups = [row for row in rows.select_related("campaign") if isinstance(row, AdGroup)]
            found.update({row.pk: _facts(row.campaign, row) for row in groups})
        else:
            found.update(_of_ads([row for row in rows.select_related("ad_group__campaign") if isinstance(row, Ad)]))
    return found


def _of_ads(rows: Collection[Ad]) -> dict[int, ReportedFacts]:
    posts = post_facts({row.post_id for row in rows})
    return {
        row.pk: msgspec.structs.replace(
            _facts(row.ad_group.campaign, row.ad_group),
            ad_id=row.pk,
            ad_name=row.name,
            ad_enabled=row.enabled,
            text=posts[row.post_id].caption,
            call_to_action=row.call_to_action,
            landing_url=row.landing_url,
            deleted=bool(row.deleted_at or row.ad_group.deleted_at or row.ad_group.campaign.deleted_at),
            kept={"campaign": row.ad_group.campaign.kept, "ad_group": row.ad_group.kept, "ad": row.kept},
        )
        for row in rows
    }


def _rows(noun: Noun, account_id: int) -> "QuerySet[Any]":
    rows = {"campaign": Campaign.objects, "ad_group": AdGroup.objects, "ad": Ad.objects}[noun]
    return rows.filter(**{f"{_FROM[noun]['campaign']}account_id": account_id})


def _wanted(which: Which, noun: Noun) -> Q:
    """Return the conditions as rows of the noun can tell; those on what is below it are left out."""
    prefixes, wanted = _FROM[noun], Q()
    for one in which.named:
        prefix = prefixes.get(one.noun)
        if prefix is None:
            continue
        if one.ids is not None:
            wanted &= Q(**{f"{prefix}pk__in": list(one.ids)})
        if one.without is not None:
            wanted &= ~Q(**{f"{prefix}pk__in": list(one.without)})
        if one.name_contains is not None:
            wanted &= Q(**{f"{prefix}name__icontains": one.name_contains})
        if one.keeping:
            kept = reduce(or_, map(keeps, one.keeping))
            wanted &= Q(**{f"{prefix}pk__in": AdGroup.objects.filter(kept).values("pk")})
    if which.objectives is not None:
        wanted &= Q(**{f"{prefixes['campaign']}objective__in": [one.value for one in which.objectives]})
    return wanted


def _deleted(which: Which, noun: Noun, prefixes: Mapping[Noun, str]) -> Q:
    """Return the condition on being deleted, which an object is when it is or what it lies under is."""
    if which.deleted is None:
        return Q()
    there = Q()
    for one in NOUNS[: NOUNS.index(noun) + 1]:
        there &= Q(**{f"{prefixes[one]}deleted_at__isnull": True})
    return ~there if which.deleted else there


def _facts(campaign: Campaign, ad_group: AdGroup | None = None) -> ReportedFacts:
    facts = ReportedFacts(
        campaign_id=campaign.pk,
        campaign_name=campaign.name,
        objective=Objective(campaign.objective),
        campaign_budget=publish.budget_of(campaign),
        campaign_enabled=campaign.enabled,
        deleted=campaign.deleted_at is not None,
        kept={"campaign": campaign.kept},
    )
    if ad_group is None:
        return facts
    return msgspec.structs.replace(
        facts,
        ad_group_id=ad_group.pk,
        ad_group_name=ad_group.name,
        ad_group_budget=publish.budget_of(ad_group),
        ad_group_enabled=ad_group.enabled,
        billing=Billing(ad_group.billing),
        bid_micros=ad_group.bid_micros,
        maximum_delivery=ad_group.maximum_delivery,
        cost_cap=ad_group.cost_cap,
        goal=Goal(ad_group.goal) if ad_group.goal else None,
        deleted=bool(ad_group.deleted_at or campaign.deleted_at),
        kept={"campaign": campaign.kept, "ad_group": ad_group.kept},
    )
