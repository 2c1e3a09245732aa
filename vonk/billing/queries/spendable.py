"""What ad accounts may still spend and what budgets were billed, in one statement: every status follows from it."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import msgspec

from vonk.billing.funding import Mode, Stop
from vonk.billing.ledger import AccountKind
from vonk.billing.rules import AD_GROUP, CAMPAIGN, LIFETIME
from vonk.control import prepared

OBJECTS_PER_QUERY: Final = 500
_OWN: Final = (AccountKind.ADVERTISER.value, AccountKind.CREDIT.value)
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """An ad account's money, by source. What is owed on credit is ``owed_micros``, of at most ``limit_micros``."""

    account_id: int
    currency: str
    paid_micros: int = 0  # Ever, without tax.
    billed_micros: int = 0  # Ever, less credit notes.
    cash_micros: int = 0
    voucher_micros: int = 0
    owed_micros: int = 0
    limit_micros: int = 0
    held_micros: int = 0  # Set aside for refunds, asked for or granted.
    mode: str = Mode.PREPAY.value
    stopped: str = Stop.NONE.value  # Why ads stand still whatever the balance, "" for no such reason.

    @property
    def micros(self) -> int:
        """What may still be spent, from all sources."""
        if self.stopped:
            return 0
        credit = self.limit_micros - self.owed_micros if self.mode != Mode.PREPAY.value else 0
        return self.cash_micros + self.voucher_micros + credit


class BudgetSpent(msgspec.Struct, frozen=True):
    """What a campaign or an ad group was billed, on one local day and in all."""

    day_micros: int = 0
    lifetime_micros: int = 0


class Spendable(msgspec.Struct, frozen=True):
    """The money of accounts that ever had some, by account; and what was billed, by noun and id, 0 included."""

    balances: dict[int, Balance]
    billed: dict[str, dict[int, BudgetSpent]]


class _Line(msgspec.Struct, frozen=True):
    """A row of ``spendable.sql``."""

    told: str
    id: int
    word: str
    other_word: str
    micros: int
    limit_micros: int


_SPENDABLE: Final = prepared.statement(
    _Line, (Path(__file__).parent.parent / "sql" / "spendable.sql").read_text(encoding="utf-8")
)


def spendable(
    account_ids: Collection[int], days: Mapping[str, Mapping[int, date]], *, now: datetime | None
) -> Spendable:
    """Return the accounts' money by source, and what budgets were billed on a day and in all.

    ``days`` are the local days of campaigns and ad groups, by noun and id. ``now``: vouchers that ended by then count no
    more. Of a balance, ``paid``, ``billed`` and ``held`` are left out.
    """
    ids = {noun: list(days.get(noun, ())) for noun in (CAMPAIGN, AD_GROUP)}
    periods = {LIFETIME, *(day.isoformat() for of_noun in days.values() for day in of_noun.values())}
    lines: list[_Line] = []
    for start in range(0, max(1, *map(len, ids.values())), OBJECTS_PER_QUERY):
        lines += _SPENDABLE.rows(
            accounts=() if start else account_ids,
            campaigns=ids[CAMPAIGN][start : start + OBJECTS_PER_QUERY],
            ad_groups=ids[AD_GROUP][start : start + OBJECTS_PER_QUERY],
            periods=periods,
            now=_EVER if now is None else now,
        )
    return Spendable(_balances(lines), _billed(lines, days))


def balances(account_ids: Collection[int], *, now: datetime | None = None) -> dict[int, Balance]:
    """Return what those accounts that ever had money may spend, as ``spendable`` says it."""
    return spendable(account_ids, {}, now=now).balances


def budget_spend(noun: str, object_ids: Collection[int], *, day: date) -> dict[int, BudgetSpent]:
    """Return what each "campaign" or "ad_group" was billed on the account's local ``day`` and in all, 0 included."""
    return spendable((), {noun: dict.fromkeys(object_ids, day)}, now=None).billed[noun]


def _balances(lines: Collection[_Line]) -> dict[int, Balance]:
    found: dict[int, Balance] = {}
    for line in lines:
        if line.told in _OWN:
            known = found.get(line.id) or Balance(account_id=line.id, currency=line.word)
            credit = line.told == AccountKind.CREDIT.value
            of = (
                {"owed_micros": -line.micros, "limit_micros": line.limit_micros}
                if credit
                else {"cash_micros": line.micros}
            )
            found[line.id] = msgspec.structs.replace(known, **of)
    for line in lines:
        if line.id in found and line.told == "voucher":
            more = found[line.id].voucher_micros + line.micros
            found[line.id] = msgspec.structs.replace(found[line.id], voucher_micros=more)
        elif line.id in found and line.told == "terms":
            found[line.id] = msgspec.structs.replace(found[line.id], mode=line.word, stopped=line.other_word)
    return found


def _billed(lines: Collection[_Line], days: Mapping[str, Mapping[int, date]]) -> dict[str, dict[int, BudgetSpent]]:
    billed = {noun: dict.fromkeys(of_noun, BudgetSpent()) for noun, of_noun in days.items()}
    for line in lines:
        if line.told in billed:
            known = billed[line.told][line.id]
            if line.word == LIFETIME:
                billed[line.told][line.id] = BudgetSpent(known.day_micros, line.micros)
            elif line.word == days[line.told][line.id].isoformat():
                billed[line.told][line.id] = BudgetSpent(line.micros, known.lifetime_micros)
    return billed
