"""What many-object changes do and did, in words."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.advertising.queries.bulk_edits import EditView, LineView
from vonk.advertising.rules.bulk import GOOD, Act, Kind, Outcome, State, Step
from vonk.control import wording
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.web.advertiser import words
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone

_OUTCOMES: Final = {
    Outcome.CHANGED: (gettext_lazy("Changes"), gettext_lazy("Changed"), Tone.GOOD),
    Outcome.CREATED: (gettext_lazy("Will be created"), gettext_lazy("Created"), Tone.GOOD),
    Outcome.DELETED: (gettext_lazy("Will be deleted"), gettext_lazy("Deleted"), Tone.WARN),
    Outcome.UNCHANGED: (gettext_lazy("Stays as it is"), gettext_lazy("Unchanged"), Tone.CALM),
}
_NAMES: Final = {
    "name": gettext_lazy("Name"),
    "enabled": gettext_lazy("Switch"),
    "budget": gettext_lazy("Budget"),
    "bid_micros": gettext_lazy("Bid"),
    "ends_at": gettext_lazy("End"),
}


def act_words(act: Act, currency: str) -> str:
    """Return what is done, as a heading."""
    if act.kind is Kind.SWITCH:
        return _("Switch on") if act.enabled else _("Switch off")
    if act.kind in {Kind.BUDGET, Kind.BID}:
        return _amount_words(act, currency)
    if act.kind is Kind.ENDS:
        if act.ends_at is None:
            return _("Take the end away")
        return _("Set the end to %(at)s") % {"at": words.plain_instant(datetime.fromisoformat(act.ends_at))}
    plain = {
        Kind.NAME: _("Rename"),
        Kind.DELETE: _("Delete"),
        Kind.DUPLICATE: _("Duplicate"),
        Kind.IMPORT: _("Import"),
        Kind.UNDO: _("Undo"),
    }
    return plain[act.kind]


def _amount_words(act: Act, currency: str) -> str:
    budget = act.kind is Kind.BUDGET
    if act.step is Step.PERCENT:
        values = {"percent": ("+" if act.amount >= 0 else "") + formats.percent_exact(Decimal(act.amount) / 100)}
        return (_("Change budgets by %(percent)s") if budget else _("Change bids by %(percent)s")) % values
    amount = formats.money(abs(act.amount), currency)
    if act.step is Step.SET:
        return (_("Set budgets to %(amount)s") if budget else _("Set bids to %(amount)s")) % {"amount": amount}
    if act.amount < 0:
        return (_("Lower budgets by %(amount)s") if budget else _("Lower bids by %(amount)s")) % {"amount": amount}
    return (_("Raise budgets by %(amount)s") if budget else _("Raise bids by %(amount)s")) % {"amount": amount}


def outcome_badge(outcome: str, state: State) -> Badge:
    """Return what becomes of a line, or became of it."""
    if outcome == "":
        return Badge(_("Waiting"), Tone.BUSY)
    if outcome not in GOOD:
        return Badge(_("Refused"), Tone.BAD)
    before, after, tone = _OUTCOMES[Outcome(outcome)]
    return Badge(str(after if state in {State.APPLYING, State.DONE} else before), tone)


def refusal_words(line: LineView) -> str:
    """Return why a line is refused, in the reader's language."""
    message, remedy = line.problem.get("message", ""), line.problem.get("remedy", "")
    values = {
        name: wording.of_value(wording.given_back(value)) for name, value in line.problem.get("values", {}).items()
    }
    told = [_(text) % values if values else _(text) for text in (message, remedy) if text]  # noqa: INT001 - texts of declared errors.
    return " ".join(told) or _("You may not change this any more.")


def change_words(name: str, value: Any, currency: str) -> str:
    """Return a value of an object as it is read."""
    if value is None:
        return _("no end") if name == "ends_at" else _("as the budget allows")
    if name == "enabled":
        return _("on") if value else _("off")
    if name == "budget":
        return words.budget_words(Budget(BudgetMode(value["mode"]), int(value["micros"])), currency)
    if name == "bid_micros":
        return formats.money(int(value), currency)
    return words.plain_instant(datetime.fromisoformat(value)) if name == "ends_at" else str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> tuple[tuple[str, str, str], ...]:
    """Return what changes of a line: name, from, to."""
    return tuple(
        (
            str(_NAMES[name]),
            change_words(name, before[name], currency) if name in before else "",
            change_words(name, after[name], currency),
        )
        for name in _NAMES
        if name in after
    )


def state_words(found: EditView) -> str:
    """Return where an edit stands."""
    return {
        State.CHECKING: _("Looking at what would change"),
        State.CHECKED: _("Nothing is changed yet"),
        State.APPLYING: _("Being changed"),
        State.DONE: _("Done"),
        State.CANCELED: _("Canceled"),
    }[found.state]
