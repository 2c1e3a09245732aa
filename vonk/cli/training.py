"""What work does for predictions, in a thread of its own: learn from the log, and offer what was learnt to be served."""

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from django.db import close_old_connections

from vonk.cli.monitor import Monitor
from vonk.cli.start import part
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock
from vonk.core.clock import to_ms
from vonk.core.errors import Conflict, Problem
from vonk.delivery.trained.shelf import Card, Shelf

STEP: Final = "train"
FEED_STEP: Final = "train_feed"
LOCK_FILE: Final = ".training.lock"

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class TrainingElsewhere(Conflict):
    """Two trainings on one shelf would write over each other."""

    code = "training_elsewhere"
    message = "Another process is learning on %(directory)s at this moment."
    remedy = "Try again when it is done."


def train(options: Options, *, candidate: bool) -> Card | None:
    """Learn everything new that the log has; with ``candidate``, or when it is time for one, judge what was learnt.

    Return the candidate's card, None where there is none: too little is held back, or it is not yet time.
    Raises TrainingElsewhere, LogUnavailable, OSError.
    """
    training = part("trainer")
    with _alone(Shelf(options.models_directory)) as shelf:
        log = wiring.history(options)
        try:
            card: Card | None = training.round_of(
                shelf, log, now_ms=to_ms(clock.present().now()), candidate=candidate,
                every_minutes=options.model_publish_minutes, second_stage=options.model_second_stage,
            )  # fmt: skip
        finally:
            log.close()
    return card


def train_feed(options: Options, *, candidate: bool) -> Card | None:
    """Learn the order of the feed when it is time, or with ``candidate``; return the card as ``train`` does.

    Raises TrainingElsewhere, OSError.
    """
    training = part("feed_trainer")
    with _alone(Shelf(options.feed_models_directory)) as shelf:
        card: Card | None = training.round_of(
            shelf, now=clock.present().now(), candidate=candidate, every_minutes=options.model_publish_minutes
        )
    return card


@contextmanager
def _alone(shelf: Shelf) -> Iterator[Shelf]:
    shelf.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (shelf.directory / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingElsewhere(directory=str(shelf.directory)) from error
        yield shelf


def start(options: Options, stop: threading.Event, monitor: Monitor) -> threading.Thread | None:
    """Learn now and then until asked to stop; None where that is off."""
    if not options.model_learn_minutes:
        return None

    def run() -> None:
        while not stop.wait(options.model_learn_minutes * 60):
            _try(STEP, lambda: train(options, candidate=False), monitor)
            _try(FEED_STEP, lambda: train_feed(options, candidate=False), monitor)
            close_old_connections()

    thread = threading.Thread(target=run, name="training", daemon=True)
    thread.start()
    return thread


def _try(step: str, act: Callable[[], object], monitor: Monitor) -> None:
    try:
        with monitor.timed(step):
            act()
    except Problem as problem:
        monitor.failed(step)
        _log.error("work.step_failed", step=step, code=problem.code, error=str(problem))
    except Exception:  # noqa: BLE001 - whatever it is, the next round tries again; it is logged with its trace.
        monitor.failed(step)
        _log.exception("work.step_failed", step=step)
