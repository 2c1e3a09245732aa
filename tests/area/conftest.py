"""What of the areas' tests is run again on PostgreSQL.

There it is shown that each statement means the same, that each constraint and lock holds, and that what is refused leaves
nothing. So every test of tables runs, but of one with many parameters two: parameters differ in what rules make of them, and
rules touch no table. Tests with transactions of their own, which are those of locks, run with all. Properties are tried with fewer
examples (``tests.chance``). What reads no table is left out: what becomes of a file is the same whatever the database is.
"""

from itertools import groupby

import pytest

from tests.chance import SECOND

PARAMETERS = 2
collect_ignore = (
    [
        "content/test_crash.py",
        "content/test_media_view.py",
        "content/test_uploads.py",
        "content/test_videos.py",
        "control/test_carrier.py",
    ]
    if SECOND
    else []
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what need not be repeated."""
    if not SECOND:
        return
    again: set[pytest.Item] = set()
    for _, group in groupby(sorted(items, key=_function), _function):
        cases = sorted(group, key=lambda item: item.nodeid)
        again.update(cases if _has_transactions(cases[0]) else cases[:PARAMETERS])
    config.hook.pytest_deselected(items=[item for item in items if item not in again])
    items[:] = [item for item in items if item in again]


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _has_transactions(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return mark is not None and bool(mark.kwargs.get("transaction"))
