"""From events to what each viewer did in A/B tests; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from vonk.advertising.rules.split_tests import Measured
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord, Kind

_KINDS: Final = (Kind.IMPRESSION, Kind.VIEW_6S, Kind.CLICK_DESTINATION)


class Who(NamedTuple):
    """A viewer of an ad group of a test."""

    test_id: int
    ad_group_id: int
    viewer_id: str


class Did(NamedTuple):
    """What they did, and until when it is kept."""

    impressions: int
    engaged: int
    clicks: int
    kept_until: datetime


def count(records: Iterable[StoredRecord], measured: Mapping[int, Sequence[Measured]]) -> dict[Who, Did]:
    """Return what the records add: net events of showings that were decided while their ad group's test ran."""
    counted: dict[Who, list[int]] = {}
    kept: dict[int, datetime] = {}
    if not measured:
        return {}
    for stored in records:
        event = stored.record
        if not isinstance(event, EventRecord) or event.invalid or event.kind not in _KINDS:
            continue
        claims = event.claims
        if not claims.viewer_id:
            continue
        for test in measured.get(claims.ad_group_id, ()):
            if test.starts_ms <= claims.decided_ms < test.ends_ms:
                who = Who(test.test_id, claims.ad_group_id, claims.viewer_id)
                counted.setdefault(who, [0, 0, 0])[_KINDS.index(event.kind)] += 1
                kept[test.test_id] = test.kept_until
    return {
        who: Did(impressions, engaged, clicks, kept[who.test_id])
        for who, (impressions, engaged, clicks) in counted.items()
    }
