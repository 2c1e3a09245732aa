"""The background sender: takes reports from the queue in batches until the ad server has answered for each."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from vonk_client.errors import ClientError, PixelUnknown, Refused, SpoolUnusable, Unreachable
from vonk_client.queues import Queue
from vonk_client.records import EVENTS, Queued, Refusal
from vonk_client.transport import Transport

BATCH_MAX = 500  # As many as the ad server takes.
BATCH_BYTES_MAX = 900_000  # Its bodies have at most a megabyte.
WAIT_FIRST = 0.5
WAIT_MAX = 60.0
LOOK_EVERY = 1.0  # For what other processes put into the spool, and for the right to send.
SPLIT = frozenset({400, 413, 415, 422})  # Refused for what it holds: halved until the report that spoils it is alone.


class Clock(Protocol):
    """What the sender knows of time."""

    def time(self) -> float:
        """Return seconds since 1970."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""


@dataclass
class Door:
    """How sending to one door goes: the batch's size, failures on end, and when it may be tried again."""

    batch: int = BATCH_MAX
    failures: int = 0
    not_before: float = 0.0


class Sender:
    """A thread of its own from the first report on. Never raises; what fails is `last_failure`."""

    def __init__(
        self,
        queue: Queue,
        transport: Transport,
        *,
        key: str,
        pixels: Mapping[str, str],
        timeout: float,
        clock: Clock,
        on_refused: Callable[[Refusal], None] | None,
    ) -> None:
        self.last_failure: ClientError | None = None
        self._queue = queue
        self._transport = transport
        self._key = key
        self._pixels = dict(pixels)
        self._timeout = timeout
        self._clock = clock
        self._on_refused = on_refused
        self._doors: dict[str, Door] = {}
        self._changed = threading.Condition()
        self._news = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin sending, or go on, now that something waits."""
        with self._changed:
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="vonk_client", daemon=True)
                self._thread.start()
            self._news = True
            self._changed.notify_all()

    def wait_until_empty(self, timeout: float | None) -> bool:
        """Return True when nothing waits any more, False when that takes longer."""
        self.wake()
        with self._changed:
            return self._changed.wait_for(lambda: self._stopped or not len(self._queue), timeout) and not len(
                self._queue
            )

    def stop(self) -> None:
        """End the thread; a batch under way is answered first, or times out."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(self._timeout + 1)

    def _run(self) -> None:
        while not self._stopped:
            try:
                wait = self.step()
            except SpoolUnusable as failure:
                self.last_failure, wait = failure, LOOK_EVERY
            except Exception as error:  # noqa: BLE001 - a bug must not end the thread that everything waits for.
                self.last_failure, wait = ClientError(f"sending failed: {error!r}"), LOOK_EVERY
            with self._changed:
                self._changed.notify_all()  # Whoever waits until all is sent.
                if wait > 0 and not self._stopped and not (self._news and wait >= LOOK_EVERY):
                    self._changed.wait(wait)
                self._news = False

    def step(self) -> float:
        """Send one batch from each door that may be tried; return how many seconds nothing needs to be done."""
        if not self._queue.may_send():
            return LOOK_EVERY
        now = self._clock.monotonic()
        wait = LOOK_EVERY
        for name in self._queue.doors():
            door = self._doors.setdefault(name, Door())
            if door.not_before <= now:
                self._send(name, door)
                wait = 0.0
            else:
                wait = min(wait, door.not_before - now)
        return wait

    def _send(self, name: str, door: Door) -> None:
        batch = _cut(self._queue.first(name, door.batch))
        noun, opening = ("events", '{"version":2,"events":[') if name == EVENTS else ("conversions", '{"conversions":[')
        body = (opening + ",".join(queued.body for queued in batch) + "]}").encode()
        try:
            answer = self._transport.post(
                f"/v1/{noun}", body, bearer=self._bearer(name), timeout=self._timeout, now=self._clock.time()
            )
            self._settle(name, door, batch, answer)
        except Refused as refused:
            if refused.status in SPLIT:
                self._split(name, door, batch, refused)
            else:
                self._fail(door, refused, refused.retry_after)
        except ClientError as failure:
            self._fail(door, failure, None)

    def _bearer(self, name: str) -> str:
        if name == EVENTS:
            return self._key
        pixel = name.partition(":")[2]
        if pixel not in self._pixels:
            raise PixelUnknown(f"conversions of pixel {pixel} wait, and its secret is not known here")
        return self._pixels[pixel]

    def _settle(self, name: str, door: Door, batch: list[Queued], answer: object) -> None:
        """Forget what was answered for, taken or refused by name; the rest stays and goes with the next batch."""
        verdicts = answer.get("verdicts") if isinstance(answer, dict) else None
        by_id = {one.get("id"): one for one in verdicts or () if isinstance(one, dict)}
        answered = [queued for queued in batch if queued.id in by_id]
        if not answered:
            raise Unreachable("the answer has no verdict for any of the reports")
        self._queue.drop(name, [queued.place for queued in answered])
        for queued in answered:
            verdict = by_id[queued.id]
            if verdict.get("verdict") == "refused":
                self._tell(Refusal(queued.id, str(verdict.get("reason")), name))
        door.failures, door.batch, door.not_before = 0, min(BATCH_MAX, door.batch * 2), 0.0
        self.last_failure = None

    def _split(self, name: str, door: Door, batch: list[Queued], refused: Refused) -> None:
        if len(batch) > 1:
            door.batch = (len(batch) + 1) // 2
            return
        self._queue.drop(name, [batch[0].place])
        door.batch = BATCH_MAX
        self._tell(Refusal(batch[0].id, refused.code, name))

    def _fail(self, door: Door, failure: ClientError, told: float | None) -> None:
        """Let the door rest: as long as the server asks, else twice as long each time, and never all at once."""
        self.last_failure = failure
        door.failures += 1
        if told is None:
            rest = min(WAIT_FIRST * 2 ** min(door.failures, 10), WAIT_MAX) * (0.5 + random.random() / 2)
        else:
            rest = told + random.random()
        door.not_before = self._clock.monotonic() + rest

    def _tell(self, refusal: Refusal) -> None:
        if self._on_refused is None:
            return
        try:
            self._on_refused(refusal)
        except Exception as error:  # noqa: BLE001 - the host's own code; sending goes on, and it is told.
            self.last_failure = ClientError(f"on_refused failed: {error!r}")


def _cut(batch: list[Queued]) -> list[Queued]:
    """Return as many of the reports as one body may carry, at least one."""
    size = 0
    for position, queued in enumerate(batch):
        size += len(queued.body) + 1
        if size > BATCH_BYTES_MAX and position:
            return batch[:position]
    return batch


def encode(fields: Mapping[str, object]) -> str:
    """Return a report's JSON, in ASCII, so that its length is its size."""
    return json.dumps(fields, separators=(",", ":"), allow_nan=False)
