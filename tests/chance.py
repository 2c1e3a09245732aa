"""With which examples properties are tried: a few, the same each time, in `make test`; new ones, and many, in `make test-long`.

A run of `make test` proves the same of the same tree, so that nobody's work waits for somebody else's rare corner. The corners
are looked for by `make test-long`, which is for whoever changes a rule, and takes as long as it takes; what it finds becomes a
test that names it.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

TIMES: Final = int(os.environ.get("VONK_TEST_EXAMPLES_TIMES", "1"))
"""By how much a run tries more than `make test` does."""
LONG: Final = TIMES > 1
SECOND: Final = bool(os.environ.get("VONK_DATABASE_URL"))
"""Whether this run repeats on PostgreSQL what is shown on SQLite."""
EXAMPLES: Final = 100
"""Of a property that names no number of its own."""


def examples(count: int) -> int:
    """Return how many examples of a property this run tries, of which `make test` tries ``count``.

    On a second database a third: what rules make of an example is the same there, and its statements are soon all tried.
    """
    return max(2, count // 3) if SECOND else count * TIMES


def begin() -> None:
    """Set what holds for every property of the run. None is judged by how long it takes: machines are busy."""
    settings.register_profile(
        "same", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.register_profile("new", settings.get_profile("same"), derandomize=False, max_examples=examples(EXAMPLES))
    settings.load_profile("new" if LONG else "same")
