"""Showings, reports and a judge of them, without a server."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from vonk.events.contract import Report, Verdict
from vonk.events.dedupe import Seen
from vonk.events.ingest import Entry, Ingest, Judged, Sender
from vonk.events.origins import UNSUSPECTED, Bots, Origin, Ranges
from vonk.events.records import Claims, EventRecord, Kind
from vonk.events.tokens import Signer

KEY = bytes(range(32))
SIGNER = Signer([KEY])
NOW_MS = 1_795_348_800_000
MINUTE_MS, DAY_MS = 60_000, 86_400_000
PRICE = 5_000
AD = Claims(1, 9, 8, 7, 6, 5, 4, 3, "vik", "click_destination", PRICE, "EUR", NOW_MS, "for_you", 20_000)
BROWSER = Sender()


def showing(number: int = 1, **changed: Any) -> Claims:
    return msgspec.structs.replace(AD, decision_id=number, **changed)


def token(claims: Claims) -> str:
    return SIGNER.sign_showing(claims)


class Origins:
    """Robby the robot and one data centre."""

    bots = Bots({"robby"})
    data_centres = Ranges(())

    def of(self, user_agent: str | None, address: str) -> Origin:
        bot = user_agent is not None and self.bots.has(user_agent)
        return Origin(bot=bot, data_centre=address == "192.0.2.1") if bot or address else UNSUSPECTED


class Sums:
    """A book that only adds up."""

    def __init__(self) -> None:
        self.billed = 0
        self.results: Counter[tuple[int, Kind]] = Counter()

    def price(self, claims: Claims, _received_ms: int) -> int:
        return claims.price_micros

    def count(self, entry: Entry) -> None:
        self.billed += entry.record.charge_micros
        if entry.first:
            self.results[entry.record.claims.decision_id, entry.record.kind] += 1

    def take_back(self, entry: Entry) -> None:
        self.billed -= entry.record.charge_micros
        if entry.first:
            self.results[entry.record.claims.decision_id, entry.record.kind] -= 1


class Judge:
    """Judges what is reported; what it takes is in ``log`` at once, unless it is ``lost``."""

    def __init__(self, log: list[EventRecord] | None = None) -> None:
        self.log: list[EventRecord] = []
        self.seen, self.book = Seen(), Sums()
        self.ingest = Ingest(SIGNER, self.seen, self.book, Origins())
        for record in log or []:
            self.log.append(record)
            self.book.count(self.ingest.replay(record))

    def take(
        self,
        claims: Claims,
        *kinds: Kind | str,
        after_ms: int,
        salt: str = "",
        value: int = 0,
        sender: Sender = BROWSER,
    ) -> list[tuple[str, str | None]]:
        """Report the kinds, each under its own name, so long after the decision; return verdicts and reasons."""
        reports = [Report(f"{salt}{kind}", str(kind), token(claims), NOW_MS, value) for kind in kinds]
        return [(one.verdict, one.reason) for one in self.judge(reports, claims.decided_ms + after_ms, sender).verdicts]

    def judge(self, reports: Sequence[Report | Verdict], received_ms: int, sender: Sender = BROWSER) -> Judged:
        judged = self.ingest.judge(reports, received_ms, sender)
        self.log += [entry.record for entry in judged.entries]
        return judged

    def lose(self, count: int) -> None:
        """Let the disk refuse the last so many records."""
        lost, self.log = self.log[len(self.log) - count :], self.log[: len(self.log) - count]
        self.ingest.take_back(lost)

    @property
    def facts(self) -> list[tuple[str, int, str, str]]:
        return [(record.kind.value, record.charge_micros, record.invalid, record.restored) for record in self.log]
