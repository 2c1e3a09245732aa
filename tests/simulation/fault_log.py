"""What the log says of a crowd: every acknowledged event once, nothing that nobody sent, nothing charged twice."""

from collections import Counter

from tests.simulation.fault_load import Crowd
from vonk.events.log import START, EventLog
from vonk.events.records import EventRecord

PAGE = 10_000


class LogReader:
    """Reads on from where it was; remembers ids, not records."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._after = START
        self.positions = 0
        self.times: Counter[str] = Counter()
        self.charged: Counter[int] = Counter()  # Charges by decision.
        self.charged_micros = 0
        self._healed: Counter[str] = Counter()

    def read_on(self) -> None:
        while page := self._log.read(self._after, PAGE):
            for stored in page:
                assert stored.position == self._after + 1, f"position {stored.position} follows {self._after}"
                self._after = stored.position
                record = stored.record
                if not isinstance(record, EventRecord):
                    continue
                if record.restored:
                    self._healed[record.event_id] += 1
                else:
                    self.times[record.event_id] += 1
                if record.charge_micros:
                    self.charged[record.claims.decision_id] += 1
                    self.charged_micros += record.charge_micros
        self.positions = self._after

    def check(self, crowd: Crowd) -> None:
        """Judge all that has been read; the crowd may go on, so what it is told meanwhile is not looked at."""
        acknowledged = set(crowd.acknowledged)
        self.read_on()
        assert acknowledged - self.times.keys() == set(), "Acknowledged and not in the log."
        assert [event_id for event_id, count in self.times.items() if count > 1] == [], "Twice in the log."
        assert [event_id for event_id, count in self._healed.items() if count > 1] == [], "Restored twice."
        assert [decision for decision, count in self.charged.items() if count > 1] == [], "Charged twice."

    def check_the_end(self, crowd: Crowd) -> None:
        """The same when the crowd has gone: now nothing may be there that was not sent."""
        self.check(crowd)
        assert self.times.keys() - crowd.acknowledged - crowd.in_doubt == set(), "In the log and never sent."
        assert self.charged_micros > 0, "Nothing was billed: the run shows nothing."
