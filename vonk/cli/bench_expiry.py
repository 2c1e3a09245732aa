"""The measuring behind ``vonk bench revoke --grants``: many consents that end, and begin, at one instant."""

import http.client
import math
import threading
import time
from collections.abc import Callable
from typing import Final, Self

import msgspec
import typer

from vonk.cli import bench_load, bench_world
from vonk.core.clock import DAY_MS
from vonk.delivery.snapshot import Document, DocumentKind, GrantDocument

AHEAD_MS: Final = 6_000  # Until the instant: time for the ad server to take in every new end.
WATCHED_SECONDS: Final = 3.0  # After it.
SETTLED_SECONDS: Final = 1.0  # Before it: from then on the watch is kept.
PROBE_SECONDS: Final = 0.002
ASKERS: Final = 2


class TogetherFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What many consents that end together do. Milliseconds.

    ``last_ms``: from the instant to the last answer with one of their ads, negative when none came after it.
    ``first_ms``: from the instant at which they begin again to the first answer with one.
    ``end_pause_ms_max``, ``begin_pause_ms_max``: the longest that any request waited around these instants;
    ``quiet_pause_ms_max``: in the second before the first of them, which is what the machine itself does.
    """

    grants: int
    last_ms: float
    decisions_after: int
    first_ms: float
    quiet_pause_ms_max: float
    end_pause_ms_max: float
    begin_pause_ms_max: float


class _Slot(msgspec.Struct, frozen=True):
    ad: dict[str, object] | None


class _Slots(msgspec.Struct, frozen=True):
    slots: list[_Slot]


class _Asked(msgspec.Struct, frozen=True):
    """One decision: when it was asked and answered (Unix seconds), and whether it shows an ad."""

    asked_at: float
    answered_at: float
    shown: bool


class _Watch:
    """Asks for decisions and for the floor, each as fast as it may, until stopped."""

    def __init__(self, server: bench_load.Server, viewers: list[str]) -> None:
        self._server = server
        self._viewers = viewers
        self._stop = threading.Event()
        self.asked: list[_Asked] = []
        self.waited: list[tuple[float, float]] = []  # When a request was answered (Unix seconds), after how long.
        self.failures: list[Exception] = []
        self._threads = [
            threading.Thread(target=self._run, args=(self._probe,), name="probe"),
            *(threading.Thread(target=self._run, args=(self._ask,), name="ask") for _ in range(ASKERS)),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _run(self, each: Callable[[http.client.HTTPConnection, int], None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        try:
            number = 0
            while not self._stop.is_set():
                number += 1
                each(connection, number)
        except (OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
            self.failures.append(error)
        finally:
            connection.close()

    def _probe(self, connection: http.client.HTTPConnection, _: int) -> None:
        began = time.monotonic()
        connection.request("GET", bench_load.FLOOR_PATH)
        connection.getresponse().read()
        self.waited.append((time.time(), time.monotonic() - began))
        time.sleep(PROBE_SECONDS)

    def _ask(self, connection: http.client.HTTPConnection, number: int) -> None:
        viewer = self._viewers[number % len(self._viewers)]
        body = msgspec.json.encode({"viewer": viewer, "slots": [{"position": 4}], "context": {"device": "android"}})
        asked_at = time.time()
        connection.request("POST", "/v1/decisions", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise http.client.HTTPException(f"{answer.status}: {content.decode()}")
        shown = msgspec.json.decode(content, type=_Slots).slots[0].ad is not None
        answered_at = time.time()
        self.asked.append(_Asked(asked_at, answered_at, shown))
        self.waited.append((answered_at, answered_at - asked_at))

    def longest_ms(self, from_ms: float, until_ms: float) -> float:
        """Return the longest wait of what was answered from then until then."""
        waits = [waited for at, waited in self.waited if from_ms <= at * 1000 < until_ms]
        return round(1000 * max(waits, default=0.0), 1)


def together(
    server: bench_load.Server,
    writer: bench_world.PublicationWriter,
    viewers: list[str],
    documents: list[tuple[DocumentKind, int, Document | None]],
) -> TogetherFigures:
    """Let every consent among the documents end at one instant, then begin again at another, and watch."""
    grants = [document for _, _, document in documents if isinstance(document, GrantDocument)]
    ends_ms = _now_ms() + AHEAD_MS
    _publish(writer, grants, starts_ms=0, ends_ms=ends_ms)
    ended = _watched(server, viewers, ends_ms)
    starts_ms = _now_ms() + AHEAD_MS
    with _Watch(server, viewers) as returning:  # They are taken in while decisions are made.
        _publish(writer, grants, starts_ms=starts_ms, ends_ms=starts_ms + DAY_MS)
        time.sleep(max(0.0, starts_ms / 1000 + WATCHED_SECONDS - time.time()))
    before = [one for one in ended.asked if one.answered_at * 1000 < ends_ms]
    if not any(one.shown for one in before):
        raise typer.BadParameter("no viewer is shown an ad before the consents end")
    early = [one for one in returning.asked if one.shown and one.answered_at * 1000 < starts_ms]
    first = min((one.answered_at for one in returning.asked if one.shown), default=None)
    if early or first is None:
        raise typer.BadParameter(f"{len(early)} answers showed an ad before its consent began; the first: {first}")
    return TogetherFigures(
        grants=len(grants),
        last_ms=round(max(one.answered_at for one in ended.asked if one.shown) * 1000 - ends_ms, 1),
        decisions_after=sum(one.asked_at * 1000 >= ends_ms for one in ended.asked),
        first_ms=round(first * 1000 - starts_ms, 1),
        quiet_pause_ms_max=ended.longest_ms(0, ends_ms),
        end_pause_ms_max=ended.longest_ms(ends_ms, math.inf),
        begin_pause_ms_max=returning.longest_ms(starts_ms - 1_000 * SETTLED_SECONDS, math.inf),
    )


def _watched(server: bench_load.Server, viewers: list[str], at_ms: int) -> _Watch:
    time.sleep(max(0.0, at_ms / 1000 - SETTLED_SECONDS - time.time()))
    with _Watch(server, viewers) as watch:
        time.sleep(max(0.0, at_ms / 1000 + WATCHED_SECONDS - time.time()))
    return watch


def _publish(
    writer: bench_world.PublicationWriter, grants: list[GrantDocument], *, starts_ms: int, ends_ms: int
) -> None:
    changed = [msgspec.structs.replace(grant, starts_ms=starts_ms, ends_ms=ends_ms) for grant in grants]
    writer.publish([(DocumentKind.GRANT, grant.id, grant) for grant in changed])


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
