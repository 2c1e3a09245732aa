"""From decisions to the viewers of lift tests; pure.

Both groups are the viewers for whom the campaign won a slot. To which one a viewer belongs is the test's own hash, so that
a decision made in the second before a test was published puts nobody into the wrong one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vonk.advertising.rules.lift_tests import Measured
from vonk.delivery.explaining import explain
from vonk.delivery.matching import arms
from vonk.delivery.matching.refusals import Refusal
from vonk.events.log import REDACTED_VIEWER, StoredRecord
from vonk.events.records import DecisionRecord


class Who(NamedTuple):
    """A viewer of a test."""

    test_id: int
    viewer_id: str


class Entered(NamedTuple):
    """When they came in, into which group, and until when that is kept."""

    at_ms: int
    control: bool
    kept_until: datetime


def count(records: Iterable[StoredRecord], measured: Mapping[int, Sequence[Measured]]) -> dict[Who, Entered]:
    """Return who came in, each at their first slot."""
    found: dict[Who, Entered] = {}
    if not measured:
        return found
    for stored in records:
        record = stored.record
        if not isinstance(record, DecisionRecord) or record.viewer_id in {"", REDACTED_VIEWER}:
            continue
        for campaign_id, held_back in _won(record):
            for test in measured.get(campaign_id, ()):
                if test.starts_ms <= record.at_ms < test.ends_ms and _of_control(test, record.viewer_id) is held_back:
                    who = Who(test.test_id, record.viewer_id)
                    if who not in found or record.at_ms < found[who].at_ms:
                        found[who] = Entered(record.at_ms, held_back, test.kept_until)
    return found


def _won(record: DecisionRecord) -> Iterator[tuple[int, bool]]:
    """Yield the campaigns that won the slot, and whether they were held back."""
    if record.ad_id:
        yield record.campaign_id, False
    if Refusal.HELD_BACK.value in record.refusals:
        kept = explain.kept_trace(record)
        for ghost in kept.ghosts if kept is not None else ():
            yield ghost.campaign_id, True


def _of_control(test: Measured, viewer_id: str) -> bool:
    arm = arms.control(
        test.salt,
        share_percent=test.share_percent,
        starts_ms=test.starts_ms,
        ends_ms=max(test.ends_ms, test.starts_ms + 1),
    )
    return arm.first <= arms.share(arm.salt, viewer_id) <= arm.last
