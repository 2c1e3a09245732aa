"""One round of training. Apart from `training`, because it takes Numba, which only those pay who learn."""

from vonk.core.clock import MINUTE_MS
from vonk.delivery.trained.shelf import Card, Shelf
from vonk.delivery.trained.training import Trainer
from vonk.events.log import EventLog


def round_of(shelf: Shelf, log: EventLog, *, now_ms: int, candidate: bool, every_minutes: int) -> Card | None:
    """Learn what is new; make a candidate when one is wanted, or when the last is so old."""
    trainer = Trainer(shelf)
    while trainer.learn(log, now_ms=now_ms):
        pass
    if candidate or now_ms - trainer.kept.candidate_ms >= every_minutes * MINUTE_MS:
        return trainer.candidate(now_ms=now_ms)
    return None
