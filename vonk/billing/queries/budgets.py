"""What budgets were billed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Sum

from vonk.advertising import queries as advertising
from vonk.billing.ledger import Reason
from vonk.billing.models import BudgetSpend, Transfer
from vonk.billing.rules import AD_GROUP, CAMPAIGN, LIFETIME
from vonk.delivery.snapshot import BudgetMode

OBJECTS_PER_QUERY: Final = 500


class BudgetSpent(msgspec.Struct, frozen=True):
    """What a campaign or an ad group was billed, on one local day and in all."""

    day_micros: int = 0
    lifetime_micros: int = 0


def budget_spend(noun: str, object_ids: Collection[int], *, day: date) -> dict[int, BudgetSpent]:
    """Return what each "campaign" or "ad_group" was billed on the account's local ``day`` and in all, 0 included."""
    return budgets_spend({noun: object_ids}, day=day)[noun]


def budgets_spend(object_ids: Mapping[str, Collection[int]], *, day: date) -> dict[str, dict[int, BudgetSpent]]:
    """Return what ``budget_spend`` does, of several nouns at once."""
    spent = {noun: dict.fromkeys(ids, BudgetSpent()) for noun, ids in object_ids.items()}
    ids = sorted({one for of_noun in spent.values() for one in of_noun})
    for start in range(0, len(ids), OBJECTS_PER_QUERY):
        rows = BudgetSpend.objects.filter(
            noun__in=list(spent),
            object_id__in=ids[start : start + OBJECTS_PER_QUERY],
            period__in=(day.isoformat(), LIFETIME),
        )
        for noun, object_id, period, micros in rows.values_list("noun", "object_id", "period", "billed_micros"):
            if object_id in spent[noun]:
                change = {"lifetime_micros" if period == LIFETIME else "day_micros": micros}
                spent[noun][object_id] = msgspec.structs.replace(spent[noun][object_id], **change)
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


def billed_under(consent_ids: Iterable[int]) -> dict[int, int]:
    """Return what all ads were ever billed under each consent, 0 included, in micros of its account's currency.

    What a credit note gave back is not taken off: the ad servers count a limit of spend by what was billed, too.
    """
    billed = dict.fromkeys(consent_ids, 0)
    ids = sorted(billed)
    for start in range(0, len(ids), OBJECTS_PER_QUERY):
        rows = Transfer.objects.filter(
            grant_id__gt=0, grant_id__in=ids[start : start + OBJECTS_PER_QUERY], reason=Reason.CHARGE.value
        )
        billed.update(rows.values_list("grant_id").annotate(micros=Sum("amount_micros")))
    return billed


def spent_under(consent_ids: Iterable[int]) -> dict[int, int]:
    """Return what all ads were ever billed under each consent, less what credit notes gave back, 0 included.

    In micros of its account's currency: what a share that was agreed is taken of.
    """
    spent = billed_under(consent_ids)
    ids = sorted(spent)
    for start in range(0, len(ids), OBJECTS_PER_QUERY):
        rows = Transfer.objects.filter(
            grant_id__gt=0, grant_id__in=ids[start : start + OBJECTS_PER_QUERY], reason=Reason.CREDIT_NOTE.value
        )
        for consent_id, micros in rows.values_list("grant_id").annotate(micros=Sum("amount_micros")):
            spent[consent_id] -= micros
    return spent
