"""The life of a report's task; pure."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

KEPT: Final = timedelta(days=7)
OPEN_MAX: Final = 20  # Of one ad account, waiting or being made.
ROWS_MAX: Final = 200_000  # Of one report: with twenty columns some 100 MB while it is made.
NAME_MAX: Final = 150


class State(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELED = "canceled"


OPEN: Final = (State.WAITING.value, State.RUNNING.value)


def may_cancel(state: State) -> bool:
    """Say whether there is still something to be stopped."""
    return state.value in OPEN
