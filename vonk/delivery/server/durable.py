"""What is judged is answered when it is in the log; what was judged too early is judged again."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeVar

from vonk.events.committer import Committer
from vonk.events.log import LogMoved, LogUnavailable
from vonk.events.records import Record

TIMES_JUDGED_MAX: Final = 20  # Then other ad servers are so much faster that the sender had better come back.


class Judged(Protocol):
    """A judged batch. ``duplicates``: how many of it repeat what came before."""

    @property
    def records(self) -> Sequence[Record]:
        """The records that it adds to the log."""
        ...

    @property
    def duplicates(self) -> int:
        """How many of it repeat what came before, which may not be durable yet."""
        ...


Batch = TypeVar("Batch", bound=Judged)


async def written(committer: Committer, judge: Callable[[], Batch]) -> Batch:
    """Judge a batch and return it when its records, and those that it repeats, are durable.

    Where another ad server has written to the log first, ours were taken back and theirs are known by now: the batch is
    judged again, and what they have already is a duplicate. Raises LogUnavailable; then nothing of it was taken.
    """
    for _ in range(TIMES_JUDGED_MAX - 1):
        try:
            return await _written_once(committer, judge())
        except LogMoved:
            continue
    return await _written_once(committer, judge())


async def _written_once(committer: Committer, judged: Batch) -> Batch:
    records = judged.records
    if records or judged.duplicates:
        failures = committer.failures
        await committer.submit(records)
        if judged.duplicates and committer.failures != failures:
            raise LogUnavailable  # What it repeats may be what was just lost.
    return judged
