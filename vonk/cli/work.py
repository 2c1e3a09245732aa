"""The work process: turns the event log into money and numbers, tells people what ended, runs jobs."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Final

import msgspec
import structlog
from django.db import close_old_connections

from vonk.authorisation.actions import access_notices, notices
from vonk.authorisation.actions import upkeep as requests_upkeep
from vonk.billing.actions import settlement, upkeep
from vonk.cli import archiving, job_runner, old_records, training, webhooks
from vonk.cli.monitor import Monitor
from vonk.cli.remembering import Remembering
from vonk.cli.start import supervised
from vonk.cli.tidying import Tidying
from vonk.config import wiring
from vonk.config.options import Options
from vonk.content.actions import drafts, videos
from vonk.content.transcoding import run as tools
from vonk.control import clock, lag
from vonk.core.errors import Problem
from vonk.events.log import EventLog
from vonk.reporting import rollups
from vonk.reporting.attribution import consumer as attribution
from vonk.reporting.retention import consumer as retention
from vonk.viewing import actions as viewing

IDLE_SECONDS: Final = 0.2  # Between two rounds that found nothing to do.
REST_SECONDS: Final = 1.0  # Of what waits for an instant, not for the log, and found nothing to do.
STOP_SECONDS: Final = 10.0  # For jobs to end; a job that does not is put back when work starts again.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Step(msgspec.Struct, frozen=True):
    """One thing that rounds do. ``run`` says whether there is more of it to do at once; else it rests for so long."""

    name: str
    run: Callable[[datetime], bool]
    rest_seconds: float = 0.0


def steps(log: EventLog, monitor: Monitor) -> tuple[Step, ...]:
    """Return what a round does, in order: how much waits, then money before the numbers that show it."""

    def measure(now: datetime) -> bool:
        for consumer in (*archiving.CONSUMERS, viewing.CONSUMER):
            monitor.lags(consumer, lag.of(consumer, log, now=now))
        return False

    def settle(now: datetime) -> bool:
        return settlement.settle(log, now=now).records > 0

    def roll_up(now: datetime) -> bool:
        return rollups.roll_up(log, now=now).records > 0

    def attribute(now: datetime) -> bool:
        return attribution.attribute(log, now=now).records > 0

    def retain(now: datetime) -> bool:
        return retention.count(log, now=now).records > 0

    def keep_up(now: datetime) -> bool:
        upkeep.keep_up(now)
        return False

    def notice_ended(now: datetime) -> bool:
        return notices.notice_ended(now).more

    def notice_accesses(now: datetime) -> bool:
        access_notices.expire_due(now)
        return False

    def publish_planned(now: datetime) -> bool:
        return drafts.publish_due(now) > 0

    def keep_requests(now: datetime) -> bool:
        requests_upkeep.keep_up(now)
        return False

    tidying = Tidying()

    def tidy(now: datetime) -> bool:
        tidying.tidy(now)
        return False

    return (
        Step("measure", measure, REST_SECONDS),
        Step("settle", settle),
        Step("keep_up", keep_up, REST_SECONDS),
        Step("roll_up", roll_up),
        Step("attribute", attribute),
        Step("retain", retain),
        Step("remember", Remembering(log).remember),
        Step("notice_ended", notice_ended, REST_SECONDS),
        Step("notice_accesses", notice_accesses, REST_SECONDS),
        Step("publish_planned", publish_planned, REST_SECONDS),
        Step("keep_requests", keep_requests, REST_SECONDS),
        Step("tidy", tidy),
    )


def round_of(todo: tuple[Step, ...], monitor: Monitor, resting: dict[str, float] | None = None) -> bool:
    """Run every step once, whatever becomes of the others; return whether one of them has more to do.

    ``resting`` are the steps that found nothing to do, and until when (seconds of the machine) they are left out: each
    look costs the database queries.
    """
    more = False
    for step in todo:
        if resting is not None and time.monotonic() < resting.get(step.name, 0.0):
            continue
        try:
            with monitor.timed(step.name):
                goes_on = step.run(clock.present().now())
            more |= goes_on
            if resting is not None and not goes_on:
                resting[step.name] = time.monotonic() + step.rest_seconds
        except Problem as problem:
            monitor.failed(step.name)
            _log.error("work.step_failed", step=step.name, code=problem.code, error=str(problem))
        except Exception:  # noqa: BLE001 - whatever it is, the rest goes on; it is logged with its trace.
            monitor.failed(step.name)
            _log.exception("work.step_failed", step=step.name)
    monitor.round_done()
    return more


def run(options: Options, *, host: str, port: int) -> None:
    """Work until the process is asked to stop."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    log = wiring.history(options)  # Who is behind what the log keeps (tables of an older copy) reads the archive.
    monitor = Monitor()
    server = monitor.serve(host, port)
    job_runner.put_back_abandoned()
    if supervised():  # Then no other process of work is on this directory, and every claim is a dead one's.
        videos.retake_abandoned(datetime.now(UTC), silent_seconds=0)
    runners = job_runner.start(options.work_threads, stop)
    keeper = old_records.start(options, stop, monitor)
    learner = training.start(options, stop, monitor)
    senders = webhooks.start(stop, monitor)
    todo = steps(log, monitor)
    resting: dict[str, float] = {}
    try:
        while not stop.is_set():
            more = round_of(todo, monitor, resting)
            close_old_connections()  # A broken one is opened anew in the next round.
            if not more:
                stop.wait(IDLE_SECONDS)
    finally:
        stop.set()
        tools.stop_all()
        for runner in runners:
            runner.join(STOP_SECONDS / len(runners))
        keeper.join(STOP_SECONDS)
        if learner is not None:  # What it has not kept is learnt again.
            learner.join(STOP_SECONDS)
        for sender in senders:  # What one of them has claimed is sent again by the next process.
            sender.join(STOP_SECONDS / len(senders))
        server.shutdown()
        log.close()
