"""Changes of many objects at once: what may be asked for, and what comes of it for one of them; pure."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any, Final

import msgspec

from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT

OBJECTS_MAX: Final = 10_000  # Of one edit: as many as an account may have Spark Ads.
AT_ONCE_MAX: Final = 50  # Up to so many are looked at and changed while somebody waits; of more, in the background.
OPEN_MAX: Final = 5  # Edits of one ad account that are being worked on.
PERCENT_MIN: Final = -95
PERCENT_MAX: Final = 500
COPIED_MAX: Final = 200  # Ads in what is duplicated.
UNDO_DAYS: Final = 30

Values = dict[str, Any]
"""What of an object can be changed, as JSON: name, enabled, budget {mode, micros}, bid_micros (None: maximum delivery), ends_at."""


class Kind(StrEnum):
    """What is done to each object."""

    SWITCH = "switch"
    BUDGET = "budget"
    BID = "bid"
    ENDS = "ends"
    NAME = "name"
    DELETE = "delete"
    DUPLICATE = "duplicate"
    IMPORT = "import"  # What each shall be stands in its line.
    UNDO = "undo"  # Likewise.


class Step(StrEnum):
    """How an amount changes."""

    SET = "set"
    ADD = "add"
    PERCENT = "percent"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One act on many objects. ``amount`` is micros, or of PERCENT whole percents up (+) or down (-)."""

    kind: Kind
    enabled: bool = False
    step: Step = Step.SET
    amount: int = 0
    ends_at: str | None = None  # ISO 8601; None: no end.
    name: str = ""


class State(StrEnum):
    """Where an edit stands."""

    CHECKING = "checking"  # It is found out what would change; nothing does.
    CHECKED = "checked"
    APPLYING = "applying"
    DONE = "done"
    CANCELED = "canceled"


WORKING: Final = (State.CHECKING.value, State.APPLYING.value)


class Outcome(StrEnum):
    """What became of a line, or would: where it is none of these, it is the code of an error."""

    CHANGED = "changed"
    CREATED = "created"
    DELETED = "deleted"
    UNCHANGED = "unchanged"


GOOD: Final = frozenset(outcome.value for outcome in Outcome)
EFFECTIVE: Final = frozenset({Outcome.CHANGED.value, Outcome.CREATED.value, Outcome.DELETED.value})
NOUNS_OF: Final[dict[Kind, frozenset[str]]] = {
    Kind.SWITCH: frozenset({"campaign", "ad_group", "ad"}),
    Kind.BUDGET: frozenset({"campaign", "ad_group"}),
    Kind.BID: frozenset({"ad_group"}),
    Kind.ENDS: frozenset({"ad_group"}),
    Kind.NAME: frozenset({"campaign", "ad_group", "ad"}),
    Kind.DELETE: frozenset({"campaign", "ad_group", "ad"}),
    Kind.DUPLICATE: frozenset({"campaign", "ad_group", "ad"}),
    Kind.IMPORT: frozenset({"campaign", "ad_group", "ad"}),
    Kind.UNDO: frozenset({"campaign", "ad_group", "ad"}),
}


def may_undo(kind: str, applied_at: datetime | None, *, undone: bool, now: datetime) -> bool:
    """Say whether an edit that was applied can be taken back: it changed or created something, not long ago, and was not undone."""
    if kind in {Kind.DELETE, Kind.UNDO} or applied_at is None or undone:
        return False
    return (now - applied_at).days < UNDO_DAYS


def wanted(act: Act, present: Values, currency: str) -> Values | str:
    """Return what the act makes of an object that is as ``present`` says, or why it cannot ("no_budget", "no_bid")."""
    if act.kind is Kind.SWITCH:
        return {"enabled": act.enabled}
    if act.kind is Kind.NAME:
        return {"name": act.name}
    if act.kind is Kind.ENDS:
        return {"ends_at": act.ends_at}
    if act.kind is Kind.BUDGET:
        budget = present["budget"]
        if budget["mode"] == "none":
            return "no_budget"
        return {"budget": {"mode": budget["mode"], "micros": moved(act, budget["micros"], currency)}}
    bid = present["bid_micros"]
    if bid is None and act.step is not Step.SET:
        return "no_bid"
    return {"bid_micros": moved(act, bid or 0, currency)}


def moved(act: Act, micros: int, currency: str) -> int:
    """Return the new amount, in whole of the currency's smallest coins where it is worked out. Never below 0."""
    if act.step is Step.SET:
        return max(0, act.amount)
    if act.step is Step.ADD:
        return max(0, micros + act.amount)
    coin = MICROS_PER_UNIT // 10 ** CURRENCY_DECIMALS.get(currency, 2)
    exact = Decimal(micros) * (100 + act.amount) / 100
    coins = (exact / coin).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    rounded = int(coins) * coin
    return rounded if rounded > 0 or exact == 0 else int(exact)  # Bids may be less than a coin.
