"""What goes on while processes are killed, and exactly what was acknowledged of it."""

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from random import Random
from typing import Any

import msgspec

from tests import patience
from tests.simulation.crash_platform import Platform
from tests.simulation.crash_world import EUR, RETRY_SECONDS, Person, World, answered
from tests.wire.serving import send
from vonk.core import ids
from vonk.core.taxonomy import AgeBand
from vonk.events.records import Claims
from vonk.events.tokens import Signer, ViewerClaims

SENDERS = 2
KINDS = ("play", "view_2s", "view_6s", "p100", "watch", "click_destination", "click_profile")
SLOTS_MAX = 4
GIVES_UP_SHARE = 0.3  # Of those whose request was not answered.
RESENDS_SHARE = 0.2
HOUR_MS = 3_600_000
PAUSE_SECONDS = 0.04
REACTS_SECONDS = (
    0.25  # Nobody clicks sooner; what is said to be watched in that time is invalid, and in the log all the same.
)


class Sent(msgspec.Struct, frozen=True):
    """An event that a client sent, and what it costs."""

    id: str
    kind: str
    token: str
    claims: Claims

    @property
    def price_micros(self) -> int:
        return self.claims.price_micros if self.kind == self.claims.bills else 0

    def wire(self) -> dict[str, object]:
        return {"id": self.id, "kind": self.kind, "token": self.token, "at": self.claims.decided_ms}


class Ledger:
    """What all threads did together. Each writes only under its own names, so no lock is needed."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, Sent] = {}
        self.in_doubt: dict[str, Sent] = {}  # Sent, not answered, given up.
        self.refusals: Counter[str] = Counter()  # Of whole batches, by code.
        self.decisions = 0
        self.resent = 0
        self.top_ups: list[int] = []
        self.payments: set[str] = set()
        self.comments: list[str] = []
        self.likes: dict[str, bool] = {}  # How each person's last acknowledged act left it.
        self.consents: dict[str, bool] = {}  # Whether it is revoked.
        self.failures: list[str] = []


class Load:
    """Threads that go on until told to stop, and then finish what they have begun."""

    def __init__(self, platform: Platform, world: World, signer: Signer, seed: int) -> None:
        self.ledger = Ledger()
        self._ads = platform.url("ads")
        self._signer = signer
        self._world = world
        self._seed = seed
        self._stop = threading.Event()
        acts: list[Callable[[Random, int], None]] = [self._top_up, self._comment, self._consent]
        acts += [self._liker(person) for person in (world.ada, world.vik, world.mallory)]
        acts += [self._feed] * SENDERS
        self._threads = [
            threading.Thread(target=self._run, args=(act, number), name=f"load-{number}")
            for number, act in enumerate(acts)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(patience.SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "The load does not end."
        assert self.ledger.failures == []

    def report(self, events: list[Sent], *, gives_up: bool = False) -> dict[str, str] | None:
        """Send a batch until it is answered; return each event's verdict, None when the sender gave up in doubt."""
        body = {"events": [event.wire() for event in events]}
        doubt, until = False, time.monotonic() + patience.SECONDS
        while True:
            try:
                reply = send("POST", f"{self._ads}/v1/events", body)
            except ConnectionRefusedError:
                pass
            except (OSError, HTTPException) as error:
                doubt |= not isinstance(getattr(error, "reason", None), ConnectionRefusedError)
                if doubt and gives_up:
                    return None
            else:
                if reply.status == 200:
                    verdicts = {verdict["id"]: verdict["verdict"] for verdict in reply.body["verdicts"]}
                    expected = {"accepted", "duplicate"} if doubt else {"accepted"}
                    first = events[0].id not in self.ledger.acknowledged
                    assert set(verdicts.values()) <= (expected if first else {"duplicate"}), (doubt, first, reply.body)
                    return verdicts
                assert reply.status in {429, 503}, (reply.status, reply.raw)
                self.ledger.refusals[reply.body["code"]] += 1
            assert time.monotonic() < until, "The ad server does not answer."
            time.sleep(RETRY_SECONDS)

    def _run(self, act: Callable[[Random, int], None], number: int) -> None:
        rng = Random(f"{self._seed} {number}")
        turn = 0
        try:
            while not self._stop.is_set():
                act(rng, number * 1_000_000 + turn)
                turn += 1
                time.sleep(PAUSE_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, the test ends with it.
            self.ledger.failures.append(traceback.format_exc())

    def _feed(self, rng: Random, turn: int) -> None:
        """A viewer asks for slots, watches, and sends what happened; some of it a second time."""
        now_ms = time.time_ns() // 1_000_000
        viewer = ViewerClaims(
            f"viewer-{turn}",
            now_ms + HOUR_MS,
            country=rng.choice(["NL", "BE"]),
            language="en",
            age_band=AgeBand.AGE_25_34,
        )
        slots = [{"position": place} for place in range(rng.randint(1, SLOTS_MAX))]
        asked = {"viewer": self._signer.sign_viewer(viewer), "slots": slots}
        answer = answered("POST", f"{self._ads}/v1/decisions", asked)
        assert answer.status == 200, answer.body
        events = [event for slot in answer.body["slots"] if slot["ad"] for event in self._watched(slot["token"], rng)]
        self.ledger.decisions += len(slots)
        if not events:
            return
        time.sleep(REACTS_SECONDS)
        if self.report(events, gives_up=rng.random() < GIVES_UP_SHARE) is None:
            self.ledger.in_doubt |= {event.id: event for event in events}
            return
        self.ledger.acknowledged |= {event.id: event for event in events}
        if rng.random() < RESENDS_SHARE:
            self.report(events)
            self.ledger.resent += len(events)

    def _watched(self, token: str, rng: Random) -> list[Sent]:
        claims = self._signer.read_showing(token)
        kinds = ["impression", *sorted(rng.sample(KINDS, rng.randint(1, len(KINDS))))]
        return [Sent(f"e{ids.new_id()}", kind, token, claims) for kind in kinds]

    def _top_up(self, rng: Random, turn: int) -> None:
        amount = EUR + rng.randint(0, EUR)
        body = {"amount_micros": amount, "provider_reference": f"top-up-{turn}"}
        payment = self._world.ada.does("POST", f"/accounts/{self._world.account_id}/top_ups", body)
        self.ledger.top_ups.append(amount)
        self.ledger.payments.add(payment["id"])

    def _comment(self, _rng: Random, turn: int) -> None:
        text = f"Bread {turn}"
        self._world.vik.does("POST", f"/posts/{self._world.post_id}/comments", {"text": text})
        self.ledger.comments.append(text)

    def _consent(self, _rng: Random, _turn: int) -> None:
        path = f"/posts/{self._world.spare_post_id}/consents"
        issued: dict[str, Any] = self._world.cleo.does("POST", path, {"duration_days": 7})
        self.ledger.consents[issued["id"]] = False
        self._world.cleo.does("POST", f"/consents/{issued['id']}/revocation")
        self.ledger.consents[issued["id"]] = True

    def _liker(self, person: Person) -> Callable[[Random, int], None]:
        path = f"/posts/{self._world.post_id}/like"

        def toggle(rng: Random, _turn: int) -> None:
            likes = rng.random() < 0.5
            person.does("PUT" if likes else "DELETE", path, {} if likes else None)
            self.ledger.likes[person.name] = likes

        return toggle
