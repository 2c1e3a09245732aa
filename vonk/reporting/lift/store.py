"""The one place that changes what viewers of lift tests did."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from vonk.advertising import queries as advertising
from vonk.advertising.queries import lift_tests
from vonk.advertising.rules.lift_tests import Measured
from vonk.events.conversions.contract import STEPS
from vonk.reporting.lift.counting import Entered, Who
from vonk.reporting.models import Conversion, Engagement, LiftViewer

KNOWN_BY: Final = "email"
"""Of conversions only these count: a click's token is had by who saw the ad alone, and would find a lift where is none."""

LET_GO_PER_ROUND_MAX: Final = 20_000  # So that no round holds the database for long; the next one goes on.
_ADD: Final = (Path(__file__).parent.parent / "sql" / "lift_viewers_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 140  # SQLite binds at most 999 values on old builds.


def add(entered: Mapping[Who, Entered]) -> None:
    """Note who came in. Needs an open transaction: the log's position is in it."""
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    rows = sorted(entered.items())
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        parameters: list[int | str | bool | None] = []
        for who, came in chunk:
            kept_until = connection.ops.adapt_datetimefield_value(came.kept_until)
            parameters += [who.test_id, who.viewer_id, came.control, came.at_ms, False, False, kept_until]
        statement = _ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(chunk)))
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)


@transaction.atomic
def harvest(now: datetime) -> None:
    """Mark who did what is measured after they came in and before the test ended, and delete what is kept no longer.

    What was attributed to no ad counts too: it is the same for both groups. Whatever the order in which the log was read,
    and however late it came, nothing is missed while conversions and engagements are kept.
    """
    for tests in lift_tests.measured(now).values():
        for test in tests:
            viewers = LiftViewer.objects.filter(test_id=test.test_id)
            _converted(viewers, test)
            _engaged(viewers, test)
    old = LiftViewer.objects.filter(kept_until__lt=now).values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX]
    LiftViewer.objects.filter(pk__in=list(old)).delete()


def _converted(viewers: "QuerySet[LiftViewer]", test: Measured) -> None:
    of_viewer = Conversion.objects.filter(
        viewer_id=OuterRef("viewer_id"),
        account_id=test.account_id,
        known_by=KNOWN_BY,
        at_ms__gte=OuterRef("entered_ms"),
        at_ms__lt=test.ends_ms,
    ).exclude(name__in=STEPS)
    _mark(viewers.filter(converted=False), of_viewer, "converted")


def _engaged(viewers: "QuerySet[LiftViewer]", test: Measured) -> None:
    posts = advertising.posts_of_campaign(test.campaign_id)
    of_viewer = Engagement.objects.filter(
        viewer_id=OuterRef("viewer_id"),
        post_id__in=sorted(posts),
        at_ms__gte=OuterRef("entered_ms"),
        at_ms__lt=test.ends_ms,
    )
    _mark(viewers.filter(engaged=False), of_viewer, "engaged")


def _mark(
    viewers: "QuerySet[LiftViewer]", of_viewer: "QuerySet[Conversion] | QuerySet[Engagement]", field: str
) -> None:
    found = list(viewers.filter(Exists(of_viewer)).values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX])
    for start in range(0, len(found), 500):
        LiftViewer.objects.filter(pk__in=found[start : start + 500]).update(**{field: True})
