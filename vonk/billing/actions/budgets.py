"""What budgets have been billed: read for a segment, drawn on, written back. Only settlement, under its lock, does so."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import BudgetFacts
from vonk.billing import rules
from vonk.billing.models import BudgetSpend
from vonk.billing.rules import AD_GROUP, CAMPAIGN, LIFETIME, Group, Outcome, Purse
from vonk.delivery.snapshot import BudgetMode

OBJECTS_PER_QUERY: Final = 400

Key = tuple[str, int, str]  # Noun, object, period.


class Book(msgspec.Struct):
    """The budgets of a segment's campaigns and ad groups, and what each was billed in the periods concerned."""

    facts: dict[tuple[str, int], BudgetFacts]
    spends: dict[Key, BudgetSpend]
    purses: dict[Key, Purse] = msgspec.field(default_factory=dict)

    def purse(self, noun: str, object_id: int, day: date, currency: str) -> Purse:
        """Return the purse of a budget on a day; groups that count against the same budget share it.

        A budget that nobody knows, or that is kept in another currency, bears nothing.
        """
        facts = self.facts.get((noun, object_id))
        if facts is None or facts.currency != currency:
            return Purse(0)
        mode = BudgetMode(facts.mode)
        key = (noun, object_id, rules.period(mode, day))
        if key not in self.purses:
            spend = self.spends.get(key)
            billed_micros = spend.billed_micros if spend is not None else 0
            self.purses[key] = Purse(rules.remaining_micros(mode, facts.micros, billed_micros))
        return self.purses[key]


def open_book(groups: Sequence[Group]) -> Book:
    """Read the budgets that the groups count against."""
    campaign_ids = {group.campaign_id for group in groups}
    ad_group_ids = {group.ad_group_id for group in groups}
    facts = advertising.budgets(campaign_ids, ad_group_ids)
    periods = {LIFETIME, *(group.day.isoformat() for group in groups)}
    spends: dict[Key, BudgetSpend] = {}
    for noun, ids in ((CAMPAIGN, sorted(campaign_ids)), (AD_GROUP, sorted(ad_group_ids))):
        for start in range(0, len(ids), OBJECTS_PER_QUERY):
            some = ids[start : start + OBJECTS_PER_QUERY]
            for row in BudgetSpend.objects.filter(noun=noun, object_id__in=some, period__in=periods):
                spends[row.noun, row.object_id, row.period] = row
    return Book(facts, spends)


def save(book: Book, groups: Sequence[Group], outcomes: Sequence[Outcome]) -> None:
    """Add what was billed to every period it counts in: the day and the lifetime, whatever the budget is counted over.

    Both are kept so that a budget whose mode is changed goes on from the truth.
    """
    changed: dict[Key, BudgetSpend] = {}
    for group, outcome in zip(groups, outcomes, strict=True):
        if not outcome.billed_micros:
            continue
        for noun, object_id, period, limit_micros in _counted_in(book, group):
            key = (noun, object_id, period)
            row = book.spends.get(key)
            if row is None:
                row = book.spends[key] = BudgetSpend(
                    noun=noun, object_id=object_id, period=period, limit_micros=limit_micros
                )
            row.billed_micros += outcome.billed_micros
            if key not in changed:
                both = (row.limit_micros, limit_micros)
                row.limit_micros = None if None in both else max(micros for micros in both if micros is not None)
            changed[key] = row
    BudgetSpend.objects.bulk_create(
        [  # Without their ids, so that the only conflict is the one that updates.
            BudgetSpend(
                noun=row.noun,
                object_id=row.object_id,
                period=row.period,
                billed_micros=row.billed_micros,
                limit_micros=row.limit_micros,
            )
            for row in (changed[key] for key in sorted(changed))
        ],
        update_conflicts=True,
        unique_fields=["noun", "object_id", "period"],
        update_fields=["billed_micros", "limit_micros"],
    )


def _counted_in(book: Book, group: Group) -> Iterator[tuple[str, int, str, int | None]]:
    """Yield the periods that a group's billing counts in, each with the budget in force over it, if there is one."""
    for noun, object_id in ((CAMPAIGN, group.campaign_id), (AD_GROUP, group.ad_group_id)):
        facts = book.facts[noun, object_id]  # What was billed had a budget.
        mode = BudgetMode(facts.mode)
        for period, over in ((group.day.isoformat(), BudgetMode.DAILY), (LIFETIME, BudgetMode.LIFETIME)):
            yield noun, object_id, period, facts.micros if mode is over else None
