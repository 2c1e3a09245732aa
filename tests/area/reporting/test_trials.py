"""What viewers of an A/B test did: counted once, only of showings within it, forgotten with the person or after its time."""

from datetime import timedelta

import msgspec
import pytest

from tests.area.billing.world import NOW, build, claims, event
from vonk.advertising.models import AdGroup, SplitTest
from vonk.advertising.rules import split_tests as rules
from vonk.advertising.rules.split_tests import Metric
from vonk.core.clock import to_ms
from vonk.events.records import Kind, Record
from vonk.reporting import rollups
from vonk.reporting.attribution.forgetting import forget_viewers
from vonk.reporting.models import Trial
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db


def test_what_viewers_did_in_a_test_is_counted_once() -> None:
    town, log = build(), MemoryEventLog()
    group = AdGroup.objects.get(ads__pk=town.ad)
    other = AdGroup.objects.create(
        campaign=group.campaign, name="Other", billing="cpm", bid_micros=1, budget_mode="none", budget_micros=0,
        pacing="smooth", starts_at=NOW, created_at=NOW, modified_at=NOW,
    )  # fmt: skip
    test = SplitTest.objects.create(
        account_id=group.campaign.account_id, first=group, second=other, salt="s", variable="creative",
        metric=Metric.CLICKED.value, starts_at=NOW, ends_at=NOW + timedelta(days=2), created_at=NOW, modified_at=NOW,
    )  # fmt: skip

    def seen(viewer_id: str, *kinds: Kind, after: timedelta = timedelta()) -> list[Record]:
        of = msgspec.structs.replace(claims(town), viewer_id=viewer_id, decided_ms=to_ms(NOW + after))
        return [event(of, kind) for kind in kinds]

    log.append([
        *seen("vik", Kind.IMPRESSION, Kind.VIEW_6S, Kind.CLICK_DESTINATION, Kind.LIKE),
        *seen("vik", Kind.IMPRESSION, after=timedelta(hours=1)),
        *seen("viv", Kind.IMPRESSION),
        *seen("", Kind.IMPRESSION),  # Nobody who could be known again.
        *seen("early", Kind.IMPRESSION, after=timedelta(microseconds=-1_000)),
        *seen("late", Kind.IMPRESSION, after=timedelta(days=2)),
    ])  # fmt: skip
    rollups.roll_up(log, now=NOW + timedelta(hours=2))
    rollups.roll_up(log, now=NOW + timedelta(hours=2))
    rows = Trial.objects.order_by("viewer_id").values_list(
        "test_id", "ad_group_id", "viewer_id", "impressions", "engaged", "clicks"
    )
    assert list(rows) == [(test.pk, group.pk, "vik", 2, 1, 1), (test.pk, group.pk, "viv", 1, 0, 0)]

    log.append(seen("vik", Kind.CLICK_DESTINATION))
    rollups.roll_up(log, now=NOW + timedelta(days=5))  # Late, and still of a showing within the test.
    assert Trial.objects.get(viewer_id="vik").clicks == 2
    log.append(seen("vik", Kind.CLICK_DESTINATION))
    rollups.roll_up(log, now=NOW + timedelta(days=2) + rules.MEASURED_AFTER)  # Nothing can come any more.
    assert Trial.objects.get(viewer_id="vik").clicks == 2

    assert forget_viewers(["vik"]) == 2  # And the name under which they were reached.
    assert list(Trial.objects.values_list("viewer_id", flat=True)) == ["viv"]
    log.append(seen("viv", Kind.LIKE))
    rollups.roll_up(log, now=NOW + timedelta(days=2) + rules.KEPT_AFTER + timedelta(seconds=1))
    assert not Trial.objects.exists()
