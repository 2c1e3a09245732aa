"""What viewers see of capped ads, counted in Redis for all ad servers together: exact, in one round trip a decision.

For each object that has caps and each viewer a sorted set of decisions, by the instant of the showing, and while it may
still come by the last instant at which it may: so it counts however late that is told. One script looks at all caps that concern a decision and adds it only where
none would be passed, so that no interleaving of servers passes one. The decision waits for it (some 0.1 ms), but only
when what won has a cap, and there is more than one ad server.
"""

import time
from collections.abc import Iterable
from typing import Final, cast

import msgspec
import redis
import structlog

from vonk.delivery.limits.counters import Level, Promise
from vonk.delivery.snapshot import FrequencyCap

TIMEOUT_SECONDS: Final = 0.05  # A decision waits no longer;
AGAIN_MS: Final = 500  # then nothing with a cap is shown, and nobody is asked, for so long.
PASSED: Final = 0
UNKNOWN: Final = -1

# KEYS: the sets, then the epoch. ARGV: epoch, now, decision, until when it may be shown, then for each set how many caps, its longest window in ms,
# and window and most of each. Gives 0 when added, -1 when the epoch is another, else which set would pass a cap.
_TAKE: Final = """
local sets = #KEYS - 1
if redis.call('GET', KEYS[#KEYS]) ~= ARGV[1] then return -1 end
local now, decision, at = tonumber(ARGV[2]), ARGV[3], 5
for i = 1, sets do
  local known = redis.call('ZSCORE', KEYS[i], decision)
  for j = 1, tonumber(ARGV[at]) do
    local window, most = tonumber(ARGV[at + 2 * j]), tonumber(ARGV[at + 2 * j + 1])
    if not known and redis.call('ZCOUNT', KEYS[i], '(' .. string.format('%.0f', now - window), '+inf') >= most then
      return i
    end
  end
  at = at + 2 + 2 * tonumber(ARGV[at])
end
at = 5
for i = 1, sets do
  local longest = tonumber(ARGV[at + 1])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', string.format('%.0f', now - longest))
  redis.call('ZADD', KEYS[i], ARGV[4], decision)
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', longest + tonumber(ARGV[4]) - now))
  at = at + 2 + 2 * tonumber(ARGV[at])
end
return 0
"""
# KEYS: a set. ARGV: decision, until when it might be shown. What was shown since, wherever that was heard of, stays.
_LAPSE: Final = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Capped(msgspec.Struct, frozen=True):
    """An object of which a viewer may see only so much."""

    level: Level
    object_id: int
    caps: tuple[FrequencyCap, ...]

    @property
    def window_ms(self) -> int:
        """Return how far its caps look back."""
        return max(cap.window_seconds for cap in self.caps) * 1000


class Exposure(msgspec.Struct, frozen=True):
    """What became of a showing: it came at ``at_ms``, or (``came`` False) comes no more, as it could until ``at_ms``."""

    decision_id: int
    viewer_id: str
    of: tuple[Capped, ...]
    at_ms: int
    came: bool


class SharedExposures:
    """Asks on the thread that decides, and waits for the answer."""

    def __init__(self, url: str, tag: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
        self._take = self._redis.register_script(_TAKE)
        self._tag = tag
        self._blind_until_ms = 0

    @property
    def blind(self) -> bool:
        """Whether Redis did not answer a moment ago."""
        return _machine_ms() < self._blind_until_ms

    def blind_for(self, milliseconds: int) -> None:
        """Believe nothing that Redis says for so long: it has lost its memory."""
        self._blind_until_ms = _machine_ms() + milliseconds

    def take(self, promise: Promise, of: tuple[Capped, ...], *, epoch: str, now_ms: int) -> int:
        """Count a showing of all the objects, or none; return PASSED, UNKNOWN, or the number (from 1) of the one that is full."""
        if self.blind:
            return UNKNOWN
        arguments: list[str | int] = [epoch, now_ms, promise.decision_id, promise.expires_ms]
        for one in of:
            arguments += [len(one.caps), one.window_ms]
            for cap in one.caps:
                arguments += [cap.window_seconds * 1000, cap.impressions]
        keys = [key_of(self._tag, one, promise.viewer_id) for one in of]
        try:
            answer = self._take([*keys, f"{self._tag}:epoch"], arguments)
        except (redis.RedisError, OSError) as error:
            _log.warning("exposures.unreachable", error=str(error))
            self.blind_for(AGAIN_MS)
            return UNKNOWN
        return cast("int", answer)

    def close(self) -> None:
        """Let go of the connection."""
        self._redis.close()


def tell(pipe: "redis.client.Pipeline", tag: str, exposures: Iterable[Exposure]) -> None:
    """Add to the pipe what became of showings that were counted when they were promised."""
    for exposure in exposures:
        for one in exposure.of:
            key = key_of(tag, one, exposure.viewer_id)
            if exposure.came:
                pipe.zadd(key, {str(exposure.decision_id): exposure.at_ms})
                pipe.pexpire(key, one.window_ms, gt=True)
                pipe.pexpire(key, one.window_ms, nx=True)
            else:
                pipe.eval(_LAPSE, 1, key, str(exposure.decision_id), str(exposure.at_ms))


def key_of(tag: str, of: Capped, viewer_id: str) -> str:
    """Return the name of the set of what a viewer saw of an object."""
    return f"{tag}:seen:{int(of.level)}:{of.object_id}:{viewer_id}"


def _machine_ms() -> int:
    return time.monotonic_ns() // 1_000_000
