"""Prove the books at somebody's request, and write down what came out."""

from datetime import datetime
from typing import Final

from vonk.billing import proof
from vonk.billing.proof import Proof
from vonk.control import audit, event_log
from vonk.control.scope import Right, Scope
from vonk.reporting.proof import witnesses

BOOKS: Final = "books"  # The trail's noun.


def prove(scope: Scope, *, now: datetime) -> Proof:
    """Return every check's outcome; takes seconds where the log is long. Raises LogUnavailable."""
    scope.require(Right.OPERATE)
    with event_log.lent() as log:
        proved = proof.prove(log, now=now, more=witnesses(now))
    wrong = sum(len(line.wrong) for line in proved.lines)
    detail = {"holds": proved.holds, "position": proved.position, "wrong": wrong}
    audit.record(scope, "books.proved", BOOKS, proved.position, at=now, detail=detail)
    return proved
