"""What budgets were billed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum

from vonk.advertising import queries as advertising
from vonk.billing.ledger import Reason
from vonk.billing.models import Transfer
from vonk.billing.queries.spendable import OBJECTS_PER_QUERY, budget_spend
from vonk.billing.rules import AD_GROUP, CAMPAIGN
from vonk.delivery.snapshot import BudgetMode


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
