"""Work's senders of webhooks: threads of their own, so that nothing else waits for other people's servers."""

import threading
import time
from datetime import datetime
from typing import Final

import structlog
from django.db import close_old_connections
from prometheus_client import Gauge

from vonk.cli.monitor import Monitor
from vonk.control import clock
from vonk.control.webhooks import reach, sending
from vonk.control.webhooks.carrier import Carrier, HttpCarrier
from vonk.core.errors import Problem

SENDERS: Final = 4  # As many slow servers hold nobody up.
IDLE_SECONDS: Final = (
    0.5  # Between two looks of the first sender, which wakes the others when there is something to send.
)
ASLEEP_SECONDS_MAX: Final = 2.0
STEP: Final = "webhooks"

_WAITING = Gauge("vonk_webhook_waiting", "Events that wait to be sent to endpoints that are not paused")
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def round_of(carrier: Carrier, now: datetime, *, signed_at: int) -> bool:
    """Claim and send one event; return whether there was one."""
    claimed = sending.claim(now, at_most=1)
    for one in claimed:
        answer = sending.send(one, carrier, signed_at=signed_at)
        sending.settle(one, answer, now=clock.present().now())
    return bool(claimed)


def start(stop: threading.Event, monitor: Monitor, carrier: Carrier | None = None) -> list[threading.Thread]:
    """Send what is due until asked to stop. What is on its way then is sent again by the next process."""
    to = HttpCarrier(reach.networks()) if carrier is None else carrier

    busy = threading.Event()

    def run(*, first: bool) -> None:
        while not stop.is_set():
            more = False
            try:
                with monitor.timed(STEP):
                    if first:
                        _WAITING.set(sending.waiting_count())
                    more = round_of(to, clock.present().now(), signed_at=int(time.time()))
            except Problem as problem:
                monitor.failed(STEP)
                _log.error("work.step_failed", step=STEP, code=problem.code, error=str(problem))
            except Exception:  # noqa: BLE001 - whatever it is, the rest goes on; it is logged with its trace.
                monitor.failed(STEP)
                _log.exception("work.step_failed", step=STEP)
            close_old_connections()
            if more:
                busy.set()
                continue
            busy.clear()  # By whoever finds nothing: the first may be held up by a slow server.
            if first:
                stop.wait(IDLE_SECONDS)
            else:
                busy.wait(ASLEEP_SECONDS_MAX)

    threads = [
        threading.Thread(target=run, kwargs={"first": not number}, name=f"webhooks-{number}", daemon=True)
        for number in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    return threads
