"""What one ad server tells Redis and hears from it, in batches, on a thread of its own: decisions never wait for it.

One hash for each purse and period: what was billed, and what each server has leased of the rest. Every change is one
script, so that the sum of leases never passes what is left. Keys share a hash tag, so that a cluster keeps them together.
"""

import queue
import threading
from typing import Final, Protocol, cast
from uuid import uuid4

import msgspec
import redis
import structlog

from vonk.delivery.limits.counters import Promise
from vonk.storage.redis import exposures
from vonk.storage.redis.exposures import Exposure

GRACE_MS: Final = 2_000  # After Redis was found empty nothing new is leased, until every server has said what it holds.
SERVER_SECONDS: Final = 900  # A dead server's leases: longer than what it promised may still be billed.
DATED_SECONDS: Final = 3 * 86_400  # A day's purse, from its last use.
LASTING_SECONDS: Final = 60 * 86_400  # A lifetime's; what is forgotten is seeded again.
PROMISES_MAX: Final = (
    50_000  # Of the shared stream: seconds of a busy day; who lags further behind has only missed caps.
)
PROMISES_PER_READ: Final = 5_000
RETRY_SECONDS: Final = 0.2
TIMEOUT_SECONDS: Final = 1.0

# KEYS: purse, epoch, what a living server's key begins with. ARGV: server, seconds to keep the purse, what was billed as
# far as the server knows, the limit, what it wants, what it holds, 1 when that is to be believed, grace, what was billed for sure.
_LEASE: Final = """
local epoch = redis.call('GET', KEYS[2])
if not epoch then return {-1, ''} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('HSETNX', KEYS[1], 'billed', ARGV[3])
if tonumber(redis.call('HGET', KEYS[1], 'billed')) < tonumber(ARGV[9]) then redis.call('HSET', KEYS[1], 'billed', ARGV[9]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
local mine, wants = 'lease:' .. ARGV[1], tonumber(ARGV[5])
if ARGV[7] == '1' or redis.call('HEXISTS', KEYS[1], mine) == 0 then
  redis.call('HSET', KEYS[1], mine, math.max(0, tonumber(ARGV[6])))
elseif wants < 0 and redis.call('HINCRBY', KEYS[1], mine, wants) < 0 then
  redis.call('HSET', KEYS[1], mine, 0)
end
local born = tonumber(string.match(epoch, '^(%d+)'))
if wants <= 0 or now - born < tonumber(ARGV[8]) then return {0, epoch} end
local left = tonumber(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local server = string.match(all[i], '^lease:(.+)$')
  if server and server ~= ARGV[1] and redis.call('EXISTS', KEYS[3] .. server) == 0 then
    redis.call('HDEL', KEYS[1], all[i])
  elseif server or all[i] == 'billed' then
    left = left - math.max(0, tonumber(all[i + 1]))
  end
end
local granted = math.max(0, math.min(left, wants))
redis.call('HINCRBY', KEYS[1], mine, granted)
return {granted, epoch}
"""
# KEYS: purse. ARGV: server, micros billed (negative: taken back), which are leased no more, the server's life, the batch's
# number in it.
_BILL: Final = """
if redis.call('HEXISTS', KEYS[1], 'billed') == 0 then return 0 end
local told = redis.call('HGET', KEYS[1], 'told:' .. ARGV[1])
if told then
  local life, number = string.match(told, '^(.*) (%d+)$')
  if life == ARGV[3] and tonumber(number) >= tonumber(ARGV[4]) then return 0 end
end
redis.call('HSET', KEYS[1], 'told:' .. ARGV[1], ARGV[3] .. ' ' .. ARGV[4])
redis.call('HINCRBY', KEYS[1], 'billed', ARGV[2])
local mine = 'lease:' .. ARGV[1]
if redis.call('HEXISTS', KEYS[1], mine) == 1 and redis.call('HINCRBY', KEYS[1], mine, -ARGV[2]) < 0 then
  redis.call('HSET', KEYS[1], mine, 0)
end
return 1
"""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_Entry = tuple[bytes, dict[bytes, bytes]]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Promise).decode


class Period(msgspec.Struct, frozen=True):
    """A purse in the time over which its limit counts: a day of the account's, or 0 and 0 for ever."""

    purse: int
    object_id: int
    start_ms: int
    end_ms: int


class Wanted(msgspec.Struct, frozen=True):
    """A lease to take (``micros`` above 0), to give back (below 0), or only to make known again (0)."""

    of: Period
    billed_micros: int
    limit_micros: int
    micros: int
    held_micros: int
    anew: bool = False  # What Redis knows of this server's lease is a former life's, or from before Redis was emptied.
    settled_micros: int = 0  # Billed a while ago: that much Redis must know, whoever promised it.


class Billed(msgspec.Struct, frozen=True):
    """A charge, or one taken back (below 0). What was charged is no lease any more."""

    of: Period
    micros: int
    number: int = 0  # Of the batch in which it was first told, from 1: told again, it counts once.


class Batch(msgspec.Struct):
    """What goes out at once. Charges go before leases: a purse that Redis does not know is seeded with them in it."""

    billed: list[Billed] = []
    wanted: list[Wanted] = []
    promises: list[Promise] = []
    exposures: list[Exposure] = []


class Heard(msgspec.Struct):
    """What came back. ``sent`` is None when Redis did not answer: then nothing is known of what went out."""

    sent: Batch
    granted: list[int] = []
    epoch: str = ""
    promises: list[Promise] = []
    failed: bool = False


class Talks(Protocol):
    """Whatever carries batches to the purses and back; see Exchange."""

    tag: str
    under_way: bool
    reachable: bool

    def send(self, batch: Batch) -> None:
        """Send the batch; none may be under way."""
        ...

    def hear(self, timeout_seconds: float = 0.0) -> Heard | None:
        """Return what came back, None when nothing did."""
        ...

    def close(self) -> None:
        """Send what was handed over, then end."""
        ...


class Exchange:
    """The thread. One batch is under way at a time; ``hear`` returns what has come back, without waiting."""

    def __init__(self, url: str, *, server: str, prefix: str, grace_ms: int = GRACE_MS) -> None:
        client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
        self._redis = client
        self._server = server
        self._life = uuid4().hex
        self.tag = self._tag = f"{{vonk:{prefix}}}"
        self._grace_ms = grace_ms
        self._out: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._in: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._lease = client.register_script(_LEASE)
        self._bill = client.register_script(_BILL)
        self._last_promise: str | None = None
        self._stopping = threading.Event()
        self.under_way = False
        self.reachable = True
        self._thread = threading.Thread(target=self._run, name="counters", daemon=True)
        self._thread.start()

    def send(self, batch: Batch) -> None:
        """Send the batch; none may be under way."""
        assert not self.under_way, "One batch at a time, so that answers fit questions."
        self.under_way = True
        self._out.put(batch)

    def hear(self, timeout_seconds: float = 0.0) -> Heard | None:
        """Return what came back, None when nothing did."""
        try:
            heard = self._in.get(timeout=timeout_seconds) if timeout_seconds else self._in.get_nowait()
        except queue.Empty:
            return None
        self.under_way = False
        return heard

    def close(self) -> None:
        """Send what was handed over, then end."""
        self._out.put(None)
        self._thread.join(TIMEOUT_SECONDS * 4)
        self._redis.close()

    def _run(self) -> None:
        while (batch := self._out.get()) is not None:
            try:
                heard = self._talk(batch)
                if not self.reachable:
                    _log.info("counters.reachable")
                self.reachable = True
            except (redis.RedisError, OSError) as error:
                if self.reachable:
                    _log.warning("counters.unreachable", error=str(error))
                self.reachable = False
                heard = Heard(batch, failed=True)
                self._stopping.wait(RETRY_SECONDS)
            self._in.put(heard)

    def _talk(self, batch: Batch) -> Heard:
        self._redis.set(f"{self._tag}:alive:{self._server}", 1, ex=SERVER_SECONDS)
        epoch_key = f"{self._tag}:epoch"
        seconds, micros = self._redis.time()
        self._redis.set(epoch_key, f"{seconds * 1000 + micros // 1000} {self._server}", nx=True)
        pipe = self._redis.pipeline(transaction=False)
        for bill in batch.billed:
            self._bill([self._key(bill.of)], [self._server, bill.micros, self._life, bill.number], client=pipe)
        for wanted in batch.wanted:
            life = DATED_SECONDS if wanted.of.end_ms else LASTING_SECONDS
            self._lease(
                [self._key(wanted.of), epoch_key, f"{self._tag}:alive:"],
                [
                    self._server,
                    life,
                    wanted.billed_micros,
                    wanted.limit_micros,
                    wanted.micros,
                    wanted.held_micros,
                    int(wanted.anew),
                    self._grace_ms,
                    wanted.settled_micros,
                ],
                client=pipe,
            )
        stream = f"{self._tag}:promises"
        exposures.tell(pipe, self._tag, batch.exposures)
        for promise in batch.promises:
            pipe.xadd(
                stream, {"server": self._server, "promise": _encode(promise)}, maxlen=PROMISES_MAX, approximate=True
            )
        pipe.get(epoch_key)
        answers = pipe.execute()
        granted = [int(answer[0]) for answer in answers[len(batch.billed) : len(batch.billed) + len(batch.wanted)]]
        return Heard(batch, granted, _text(answers[-1]), self._promises_of_others(stream))

    def _promises_of_others(self, stream: str) -> list[Promise]:
        if self._last_promise is None:  # From now on: what was before is in the event log.
            newest = cast("list[_Entry]", self._redis.xrevrange(stream, count=1))
            self._last_promise = _text(newest[0][0]) if newest else "0"
            return []
        found: list[Promise] = []
        read = self._redis.xread({stream: self._last_promise}, count=PROMISES_PER_READ)
        for _, entries in cast("list[tuple[bytes, list[_Entry]]]", read or []):
            for entry_id, fields in entries:
                self._last_promise = _text(entry_id)
                if _text(fields[b"server"]) != self._server:
                    found.append(_decode(fields[b"promise"]))
        return found

    def _key(self, of: Period) -> str:
        return f"{self._tag}:purse:{of.purse}:{of.object_id}:{of.start_ms}"


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
