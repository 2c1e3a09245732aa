"""Change one object as one of many: by its values, against what somebody saw; delete it; copy it with what lies in it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from vonk.advertising import publish, reach
from vonk.advertising.actions import ad_groups, ads, campaigns
from vonk.advertising.drafts import (
    AdChanges,
    AdDraft,
    AdGroupChanges,
    AdGroupDraft,
    CampaignChanges,
    CampaignDraft,
)
from vonk.advertising.errors.bulk import ChangedMeanwhile, CopyTooLarge
from vonk.advertising.models import Ad, AdGroup, Campaign
from vonk.advertising.queries.measuring import attribution_of
from vonk.advertising.queries.reported import Noun
from vonk.advertising.queries.views import AdGroupView, AdView, CampaignView
from vonk.advertising.rules.bulk import COPIED_MAX, Values
from vonk.authorisation.actions import verdicts
from vonk.control.scope import Scope
from vonk.delivery.snapshot import Budget, BudgetMode, Pacing

NAME_MAX: Final = 512


class Billed(NamedTuple):
    """What billing knows and advertising does not: what was billed in a budget's present period, and under consents."""

    now: Callable[[str, Collection[int]], Mapping[int, int]]
    under: Callable[[Collection[int]], Mapping[int, int]]


def values_of(row: Campaign | AdGroup | Ad) -> Values:
    """Return what of the object can be changed in tables, as JSON."""
    found: Values = {"name": row.name, "enabled": row.enabled}
    if isinstance(row, Ad):
        return found
    budget = publish.budget_of(row)
    found["budget"] = {"mode": budget.mode.value, "micros": budget.micros}
    if isinstance(row, AdGroup):
        found["bid_micros"] = None if row.maximum_delivery else row.bid_micros
        found["ends_at"] = row.ends_at.isoformat() if row.ends_at is not None else None
    return found


def row_values(view: CampaignView | AdGroupView | AdView) -> Values:
    """Return the same of what callers see of an object."""
    found: Values = {"name": view.name, "enabled": view.enabled}
    if isinstance(view, AdView):
        return found
    found["budget"] = {"mode": view.budget.mode.value, "micros": view.budget.micros}
    if isinstance(view, AdGroupView):
        found["bid_micros"] = None if view.maximum_delivery else view.bid_micros
        found["ends_at"] = view.ends_at.isoformat() if view.ends_at is not None else None
    return found


def hold(scope: Scope, noun: Noun, object_id: int) -> Campaign | AdGroup | Ad:
    """Return the account's object, locked with all that its change needs. Raises NotFound, ObjectDeleted."""
    if noun == "campaign":
        return reach.alive_campaign(reach.campaigns(scope, [object_id])[0])
    if noun == "ad_group":
        consents = Ad.objects.filter(ad_group_id=object_id, deleted_at=None).values_list("consent_id", flat=True)
        verdicts.hold(list(consents), account_id=scope.account)
        return reach.alive_ad_group(reach.ad_groups(scope, [object_id])[0])
    verdicts.hold(list(Ad.objects.filter(pk=object_id).values_list("consent_id", flat=True)), account_id=scope.account)
    return reach.alive_ad(reach.ads(scope, [object_id])[0])


def require_unchanged(row: Campaign | AdGroup | Ad, seen: Values) -> None:
    """Raise ChangedMeanwhile unless the object still has the values that somebody saw."""
    present = values_of(row)
    if any(name in present and present[name] != value for name, value in seen.items()):
        raise ChangedMeanwhile(name=row.name)


def set_values(scope: Scope, noun: Noun, object_id: int, wanted: Values, *, billed: Billed, now: datetime) -> bool:
    """Give the object these values, by the actions of its noun; return whether anything differs now. Raises as they do."""
    changed = False
    if "enabled" in wanted:
        rows: dict[str, Any] = {"campaign": Campaign.objects, "ad_group": AdGroup.objects, "ad": Ad.objects}
        if rows[noun].filter(pk=object_id).values_list("enabled", flat=True).first() != wanted["enabled"]:
            actions = {"campaign": campaigns.set_enabled, "ad_group": ad_groups.set_enabled, "ad": ads.set_enabled}
            actions[noun](scope, [object_id], bool(wanted["enabled"]), now=now)
            changed = True
    name = wanted.get("name", UNSET)
    budget = _budget(wanted["budget"]) if "budget" in wanted else UNSET
    if noun == "ad":
        return bool(name is not UNSET and ads.update(scope, object_id, AdChanges(name=name), now=now)) or changed
    billed_micros = billed.now(noun, [object_id]).get(object_id, 0)
    if noun == "campaign":
        changes = CampaignChanges(name=name, budget=budget)
        return bool(campaigns.update(scope, object_id, changes, billed_micros=billed_micros, now=now)) or changed
    ends_at = wanted.get("ends_at", UNSET)
    of_group = AdGroupChanges(
        name=name,
        budget=budget,
        bid_micros=wanted.get("bid_micros", UNSET),
        ends_at=datetime.fromisoformat(ends_at) if isinstance(ends_at, str) else ends_at,
    )
    return bool(ad_groups.update(scope, object_id, of_group, billed_micros=billed_micros, now=now)) or changed


def delete(scope: Scope, noun: Noun, object_id: int, *, now: datetime) -> None:
    """Delete the object with what lies in it. Raises NotFound."""
    actions = {"campaign": campaigns.delete, "ad_group": ad_groups.delete, "ad": ads.delete}
    actions[noun](scope, [object_id], now=now)


def duplicate(scope: Scope, row: Campaign | AdGroup | Ad, *, suffix: str, billed: Billed, now: datetime) -> int:
    """Copy the object beside itself, with all that lies in it, switched off; return the copy's id.

    Its ads are reviewed like any new ones. Raises what the actions that create raise, and CopyTooLarge.
    """
    if isinstance(row, Ad):
        return _copy_ad(scope, row, row.ad_group_id, _named(row.name, suffix), enabled=False, billed=billed, now=now)
    inside = Ad.objects.filter(deleted_at=None, ad_group__deleted_at=None)
    inside = inside.filter(ad_group=row) if isinstance(row, AdGroup) else inside.filter(ad_group__campaign=row)
    verdicts.hold(list(inside.values_list("consent_id", flat=True)), account_id=scope.account)
    if inside.count() > COPIED_MAX:
        raise CopyTooLarge(name=row.name, most=COPIED_MAX)
    if isinstance(row, AdGroup):
        return _copy_group(scope, row, row.campaign_id, _named(row.name, suffix), enabled=False, billed=billed, now=now)
    draft = CampaignDraft(
        name=_named(row.name, suffix),
        objective=row.objective,
        budget=publish.budget_of(row),
        enabled=False,
        kept=row.kept,
    )
    made = campaigns.create(scope, draft, now=now)
    for group in AdGroup.objects.filter(campaign=row, deleted_at=None).select_related("campaign").order_by("pk"):
        _copy_group(scope, group, made, group.name, enabled=group.enabled, billed=billed, now=now)
    return made


def _copy_group(
    scope: Scope, row: AdGroup, campaign_id: int, name: str, *, enabled: bool, billed: Billed, now: datetime
) -> int:
    draft = AdGroupDraft(
        name=name,
        billing=row.billing,
        goal=row.goal,
        goal_event=row.goal_event,
        bid_micros=None if row.maximum_delivery else row.bid_micros,
        budget=publish.budget_of(row),
        targeting=publish.targeting_of(row),
        pacing=Pacing(row.pacing),
        starts_at=row.starts_at if row.starts_at > now else None,
        ends_at=_end(row, now),
        cap=publish.cap_of(row),
        cost_cap=row.cost_cap,
        attribution=attribution_of(row),
        enabled=enabled,
        kept=row.kept,
    )
    made = ad_groups.create(scope, campaign_id, draft, now=now)
    for ad in Ad.objects.filter(ad_group=row, deleted_at=None).order_by("pk"):
        _copy_ad(scope, ad, made, ad.name, enabled=ad.enabled, billed=billed, now=now)
    return made


def _copy_ad(
    scope: Scope, row: Ad, ad_group_id: int, name: str, *, enabled: bool, billed: Billed, now: datetime
) -> int:
    spark = row.consent_id is not None
    draft = AdDraft(
        name=name,
        call_to_action=row.call_to_action,
        landing_url=row.landing_url,
        category=row.category,
        consent_id=row.consent_id,
        identity_id=None if spark else row.identity_id,
        post_id=None if spark else row.post_id,
        kept=row.kept,
        enabled=enabled,
    )
    under = billed.under([row.consent_id]) if row.consent_id is not None else {}
    return ads.create_one(scope, ad_group_id, draft, billed=under, now=now)


def _end(row: AdGroup, now: datetime) -> datetime | None:
    """Return when a copy ends: as its model does, or as long from now on as that lasted, where its end has come."""
    if row.ends_at is None or row.ends_at > now:
        return row.ends_at
    return now + (row.ends_at - row.starts_at)


def _named(name: str, suffix: str) -> str:
    return f"{name[: NAME_MAX - len(suffix)]}{suffix}"


def _budget(value: Mapping[str, Any]) -> Budget:
    return Budget(BudgetMode(value["mode"]), int(value["micros"]))
