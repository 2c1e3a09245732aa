"""One round of training. Apart from `training`, because it takes Numba, which only those pay who learn."""

from importlib import import_module

from vonk.core.clock import MINUTE_MS
from vonk.delivery.trained.shelf import Card, Shelf
from vonk.delivery.trained.training import Trainer
from vonk.events.log import EventLog


def round_of(
    shelf: Shelf, log: EventLog, *, now_ms: int, candidate: bool, every_minutes: int, second_stage: bool
) -> Card | None:
    """Learn what is new, with ``second_stage`` also for trees; make a candidate when one is wanted, or when the last is so old."""
    # By name: LightGBM takes memory, which only those pay who grow trees.
    grow = import_module("vonk.delivery.trained.growing").grow if second_stage else None
    trainer = Trainer(shelf, grow)
    while trainer.learn(log, now_ms=now_ms):
        pass
    if candidate or now_ms - trainer.kept.candidate_ms >= every_minutes * MINUTE_MS:
        return trainer.candidate(now_ms=now_ms)
    return None
