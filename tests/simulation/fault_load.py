"""Viewers whose reports come late, twice, in any order and with lying clocks; and exactly what was acknowledged of them."""

import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPException
from random import Random
from typing import Final

from tests import patience
from tests.wire.serving import Reply, send
from vonk.core import ids
from vonk.core.taxonomy import AgeBand
from vonk.events.tokens import Signer, ViewerClaims

KINDS: Final = ("impression", "play", "view_2s", "view_6s", "p100", "watch", "click_destination", "click_profile")
SLOTS_MAX: Final = 6
GIVES_UP_SHARE: Final = 0.3  # Of those whose request was not answered.
AGAIN_SHARE: Final = 0.3
LATE_MAX: Final = 200  # Showings whose reports are held back, to be sent among others'.
RETRY_SECONDS: Final = 0.03
VIEWER_MS: Final = 7 * 86_400_000
FAR_MS: Final = 4_000_000_000_000  # Clocks lie.

Event = dict[str, object]


class Crowd:
    """Threads that go on until told to stop, and then finish what they have begun.

    Each asks any of the ad servers each time, so that one is told of what another decided, and of what it was told.
    """

    def __init__(self, urls: Sequence[str], signer: Signer, seed: int, senders: int = 3) -> None:
        self.acknowledged: set[str] = set()
        self.in_doubt: set[str] = set()  # Sent, not answered, given up.
        self.answers: Counter[str] = Counter()  # Of whole batches, by code; "ok" among them.
        self.verdicts: Counter[str] = Counter()
        self.showings = 0
        self.failures: list[str] = []
        self._urls = urls
        self._signer = signer
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(Random(f"{seed} {number}"), number), name=f"viewer-{number}")
            for number in range(senders)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(patience.SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "The crowd does not end."
        assert self.failures == []

    def _run(self, rng: Random, number: int) -> None:
        late: list[Event] = []
        turn = 0
        try:
            while not self._stop.is_set():
                late += self._look(rng, f"viewer-{number}-{turn}")
                turn += 1
                rng.shuffle(late)
                send_now = len(late) - (0 if turn % 7 == 0 else min(LATE_MAX, len(late) // 2))
                batch, late = late[:send_now], late[send_now:]
                self._report(batch, rng)
            self._report(late, rng)
        except Exception:  # noqa: BLE001 - whatever it is, the test ends with it.
            self.failures.append(traceback.format_exc())

    def _look(self, rng: Random, viewer: str) -> list[Event]:
        """Ask for slots; return what is to be reported of those that hold an ad."""
        claims = ViewerClaims(
            viewer,
            time.time_ns() // 1_000_000 + VIEWER_MS,
            country=rng.choice(["NL", "BE"]),
            language="en",
            age_band=AgeBand.AGE_25_34,
        )
        slots = [{"position": place} for place in range(rng.randint(1, SLOTS_MAX))]
        body = {"viewer": self._signer.sign_viewer(claims), "slots": slots}
        reply, _ = self._answered(rng, "/v1/decisions", body)
        if reply is None:
            return []
        assert reply.status == 200, (reply.status, reply.body)
        tokens = [slot["token"] for slot in reply.body["slots"] if slot["ad"]]
        with self._lock:
            self.showings += len(tokens)
        return [
            {
                "id": f"e{ids.new_id()}",
                "kind": kind,
                "token": token,
                "at": rng.choice([0, time.time_ns() // 1_000_000, FAR_MS]),
                "value": 40 if kind == "watch" else 0,
            }
            for token in tokens
            for kind in rng.sample(KINDS, rng.randint(1, len(KINDS)))
        ]

    def _report(self, events: list[Event], rng: Random) -> None:
        """Send the events, some of them twice in one batch or again afterwards, until they are answered."""
        if not events:
            return
        ids_sent = {str(event["id"]) for event in events}
        twice = [event for event in events if rng.random() < AGAIN_SHARE / 3]
        gives_up = rng.random() < GIVES_UP_SHARE
        reply, doubted = self._answered(rng, "/v1/events", {"events": [*events, *twice]}, gives_up=gives_up)
        with self._lock:
            if reply is None:
                if doubted:
                    self.in_doubt |= ids_sent
                return
            verdicts = {verdict["id"]: verdict for verdict in reply.body["verdicts"]}
            assert all(verdict["verdict"] != "refused" for verdict in verdicts.values()), reply.body
            self.verdicts.update(verdict["verdict"] for verdict in reply.body["verdicts"])
            self.acknowledged |= ids_sent
        if rng.random() < AGAIN_SHARE:
            again, _ = self._answered(rng, "/v1/events", {"events": events})
            if again is not None:
                found = {verdict["verdict"] for verdict in again.body["verdicts"]}
                assert found == {"duplicate"}, (found, "An acknowledged event was taken a second time.")

    def _answered(self, rng: Random, path: str, body: object, *, gives_up: bool = False) -> tuple[Reply | None, bool]:
        """Send until there is an answer. Returns None when the sender gave up; and whether it is in doubt what happened."""
        doubted, until = False, time.monotonic() + patience.SECONDS
        while True:
            try:
                reply = send("POST", rng.choice(self._urls) + path, body)
            except (OSError, HTTPException) as error:
                refused = isinstance(error, ConnectionRefusedError) or isinstance(
                    getattr(error, "reason", None), ConnectionRefusedError
                )
                doubted |= not refused
                if doubted and gives_up:
                    return None, True
            else:
                code = "ok" if reply.status == 200 else str(reply.body["code"])
                with self._lock:
                    self.answers[code] += 1
                if reply.status == 200:
                    return reply, doubted
                assert reply.status in {429, 503}, (reply.status, reply.raw)
            assert time.monotonic() < until, f"Nobody answers {path}: {dict(self.answers)}"
            time.sleep(RETRY_SECONDS)
