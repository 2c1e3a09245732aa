"""Work's loop, its jobs and what it forgets."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import REGISTRY

from vonk.cli import job_runner, tidying, work
from vonk.cli.monitor import Health, Monitor
from vonk.cli.tidying import Chore, Tidying
from vonk.cli.work import Step
from vonk.control import idempotency
from vonk.control.idempotency import Answer
from vonk.control.models import IdempotencyKey
from vonk.core.clock import to_ms
from vonk.core.errors import SignInRequired
from vonk.events.records import DecisionRecord
from vonk.identity import jobs
from vonk.reporting import goals
from vonk.reporting.fates import store as fates
from vonk.reporting.lift import store as lift
from vonk.reporting.public_ads import store as public_ads
from vonk.reporting.saved import sending as due_reports
from vonk.storage.memory.event_log import MemoryEventLog


@pytest.mark.django_db
def test_a_step_that_fails_stops_no_other() -> None:
    done: list[str] = []

    def broken(_now: datetime) -> bool:
        raise ZeroDivisionError

    def refused(_now: datetime) -> bool:
        raise SignInRequired

    def well(_now: datetime) -> bool:
        done.append("well")
        return True

    monitor = Monitor()
    assert monitor.health() == Health("starting", ())
    assert work.round_of((Step("broken", broken), Step("refused", refused), Step("well", well)), monitor)
    assert (done, monitor.health()) == (["well"], Health("failing", ("broken", "refused")))
    assert not work.round_of((Step("broken", lambda _now: False), Step("refused", lambda _now: False)), monitor)
    assert monitor.health() == Health("ok", ())


@pytest.mark.django_db
def test_a_step_without_work_rests_while_the_others_go_on() -> None:
    left = {"often": 3, "seldom": 2}
    done: list[str] = []

    def worker(name: str) -> Callable[[datetime], bool]:
        def run(_now: datetime) -> bool:
            done.append(name)
            left[name] -= 1
            return left[name] > 0

        return run

    todo = (Step("often", worker("often")), Step("seldom", worker("seldom"), 3_600.0))
    monitor, resting = Monitor(), dict[str, float]()
    while work.round_of(todo, monitor, resting):
        pass
    assert not work.round_of(todo, monitor, resting)
    assert (done.count("often"), done.count("seldom")) == (4, 2)
    resting["seldom"] = 0.0
    work.round_of(todo, monitor, resting)
    assert done.count("seldom") == 3


@pytest.mark.django_db
def test_a_round_tells_how_much_waited_and_how_long(now: datetime) -> None:
    log = MemoryEventLog()
    log.append([nothing_shown(now - timedelta(seconds=3)), nothing_shown(now - timedelta(seconds=1))])
    monitor = Monitor()
    measure, *others = work.steps(log, monitor)
    measure.run(now)
    assert lags("rollup") == (2, 3.0)
    assert lags("settle") == (2, 3.0)
    next(step for step in others if step.name == "roll_up").run(now)
    measure.run(now)
    assert lags("rollup") == (0, 0.0)
    assert lags("settle") == (2, 3.0)


def lags(consumer: str) -> tuple[float | None, float | None]:
    where = {"consumer": consumer}
    return (
        REGISTRY.get_sample_value("vonk_work_lag_records", where),
        REGISTRY.get_sample_value("vonk_work_lag_seconds", where),
    )


def nothing_shown(at: datetime) -> DecisionRecord:
    return DecisionRecord(
        decision_id=1,
        at_ms=to_ms(at),
        viewer_id="vik",
        surface="feed",
        position=1,
        index_sequence=0,
        seed=0,
        candidates=0,
        ad_id=0,
        ad_group_id=0,
        campaign_id=0,
        account_id=0,
        grant_id=0,
        post_id=0,
        bills="",
        price_micros=0,
        score_micros=0,
        runner_up_id=0,
        runner_up_micros=0,
        reason="no_candidate",
        refusals={},
    )


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.django_db
def test_jobs_of_a_dead_worker_are_put_back() -> None:
    machine = job_runner.worker_id(0).partition(":")[0]
    now = timezone.now()
    cases = {
        f"{machine}:{ended_process()}:0": (now, True),
        f"{machine}:{os.getppid()}:0": (now, False),
        f"{machine}:{os.getppid()}:1": (now - timedelta(days=1), True),  # Its number was a dead one's.
        "elsewhere:1:0": (now, False),
        "elsewhere:2:0": (now - job_runner.RUNS_MAX - timedelta(minutes=1), True),
        f"{machine}:{os.getpid()}:0": (now, True),
    }
    expected = {}
    for worker, (started_at, put_back) in cases.items():
        job = DBTaskResult.objects.get(pk=jobs.send_letter.enqueue(1).id)
        DBTaskResult.objects.filter(pk=job.pk).update(
            status=TaskResultStatus.RUNNING, started_at=started_at, worker_ids=[worker]
        )
        expected[job.pk] = TaskResultStatus.READY if put_back else TaskResultStatus.RUNNING
    assert job_runner.put_back_abandoned() == 4
    assert dict(DBTaskResult.objects.values_list("pk", "status")) == expected
    assert job_runner.put_back_abandoned() == 0


@pytest.mark.django_db
def test_old_answers_are_forgotten(now: datetime) -> None:
    for age, key in ((timedelta(days=8), "old"), (timedelta(days=6), "new")):
        idempotency.once(1, "op", key, b"", now=now - age, act=lambda: Answer(200, b""))
    tidying.forget(now)
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


def test_chores_are_done_when_they_are_due(now: datetime) -> None:
    done: list[str] = []
    often = Chore(0.0, lambda _now: done.append("often"))
    rarely = Chore(3_600.0, lambda _now: done.append("rarely"))
    tidying_of_work = Tidying((often, rarely))
    for _ in range(3):
        tidying_of_work.tidy(now)
    assert done == ["often", "rarely", "often", "often"]


def test_work_takes_up_what_dead_processes_left() -> None:
    assert {chore.do for chore in tidying.CHORES} == {
        tidying.retake,
        tidying.resume,
        tidying.forget,
        tidying.sweep,
        fates.let_go,
        lift.harvest,
        goals.publish,
        public_ads.let_go,
        due_reports.begin_due,
    }
