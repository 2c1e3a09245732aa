"""What an operator does with prediction models: roll back, publish by name. Kept on the shelf, told in the audit trail."""

from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.delivery.trained.shelf import Pointer, Shelf

NOUN: Final = "model"
_OBJECT: Final = 1  # There is one pointer; which model it is about stands in the detail.


@transaction.atomic
def roll_back(scope: Scope, shelf: Shelf, *, now: datetime) -> Pointer:
    """Serve what was served before, or the prior, and no candidate after it. Operators only; NothingBefore."""
    scope.require(Right.OPERATE)
    former = shelf.pointer().name
    # The trail first: when the shelf cannot be written, the transaction takes the row back.
    audit.record(scope, "model.rolled_back", NOUN, _OBJECT, at=now, detail={"model": former})
    return shelf.roll_back(by=_by(scope), at_ms=to_ms(now))


@transaction.atomic
def publish(scope: Scope, shelf: Shelf, *, name: str, now: datetime) -> Pointer:
    """Serve this model, and good candidates after it. Operators only; NameUnknown."""
    scope.require(Right.OPERATE)
    card = shelf.card(name)
    audit.record(
        scope, "model.published", NOUN, _OBJECT, at=now, detail={"model": card.name, "outcome": card.outcome.value}
    )
    return shelf.publish(card.name, by=_by(scope), at_ms=to_ms(now))


def _by(scope: Scope) -> str:
    return f"person {scope.person_id}"
