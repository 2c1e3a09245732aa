"""What budgets were billed."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.billing.models import BudgetSpend
from vonk.billing.rules import AD_GROUP, CAMPAIGN, LIFETIME
from vonk.delivery.snapshot import BudgetMode

OBJECTS_PER_QUERY: Final = 500


class BudgetSpent(msgspec.Struct, frozen=True):
    """What a campaign or an ad group was billed, on one local day and in all."""

    day_micros: int = 0
    lifetime_micros: int = 0


def budget_spend(noun: str, object_ids: Collection[int], *, day: date) -> dict[int, BudgetSpent]:
    """Return what each "campaign" or "ad_group" was billed on the account's local ``day`` and in all, 0 included."""
    spent = dict.fromkeys(object_ids, BudgetSpent())
    ids = sorted(spent)
    for start in range(0, len(ids), OBJECTS_PER_QUERY):
        rows = BudgetSpend.objects.filter(
            noun=noun,
            object_id__in=ids[start : start + OBJECTS_PER_QUERY],
            period__in=(day.isoformat(), LIFETIME),
        )
        for row in rows:
            change = {"lifetime_micros" if row.period == LIFETIME else "day_micros": row.billed_micros}
            spent[row.object_id] = msgspec.structs.replace(spent[row.object_id], **change)
    return spent


def billed_now(noun: str, object_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return what each "campaign" or "ad_group" was billed in its budget's present period: its local day, or ever.

    What does not exist is absent. Whoever changes a budget hands this to advertising, which keeps it from going below.
    """
    ids = list(object_ids)
    budgets = advertising.budgets(ids if noun == CAMPAIGN else [], ids if noun == AD_GROUP else [])
    billed: dict[int, int] = {}
    for (_, object_id), facts in budgets.items():
        day = now.astimezone(ZoneInfo(facts.time_zone)).date()
        spent = budget_spend(noun, [object_id], day=day)[object_id]
        daily = BudgetMode(facts.mode) is BudgetMode.DAILY
        billed[object_id] = spent.day_micros if daily else spent.lifetime_micros
    return billed
