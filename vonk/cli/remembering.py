"""What work does with viewers' memories: take in what they watched, and forget what may not be kept any more."""

import time
from datetime import datetime
from typing import Final

from vonk.events.log import EventLog
from vonk.viewing import actions

FORGET_SECONDS: Final = 60.0


class Remembering:
    """One step of every round."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._forget_at = 0.0

    def remember(self, now: datetime) -> bool:
        """Take in the next records; return whether there may be more."""
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_SECONDS
            actions.forget_due(now=now)
        return actions.take_in(self._log, now=now) > 0
