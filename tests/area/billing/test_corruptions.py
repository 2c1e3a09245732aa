"""Every corruption is caught by the check that is there for it, which names the wrong row."""

import shutil
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.area.billing import kept_books
from tests.area.billing.corruptions import CORRUPTIONS, Corruption
from vonk.billing import append_only, proof
from vonk.reporting.proof import witnesses
from vonk.storage.sqlite.event_log import SqliteEventLog

pytestmark = pytest.mark.django_db


def proved(kept: Path, corruption: Corruption | None) -> tuple[proof.Proof, str]:
    """Return what the audit says of a copy of the books, and how it should name the wrong row."""
    path = kept.with_name("copy.sqlite3")
    shutil.copy(kept, path)
    names = ""
    with transaction.atomic(), connection.cursor() as cursor:
        append_only.lift(connection)
        if corruption is not None:
            names = corruption.plant(cursor, path)
        log = SqliteEventLog(path)
        found = proof.prove(log, now=kept_books.LATER, more=witnesses(kept_books.LATER))
        log.close()
        transaction.set_rollback(True)
    return found, names


def test_untouched_books_hold_and_each_corruption_is_caught_and_named(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    kept = tmp_path / "log.sqlite3"
    log = SqliteEventLog(kept)
    kept_books.fill(log)
    log.close()
    untouched, _ = proved(kept, None)
    assert {line.name: line.wrong for line in untouched.lines if line.wrong} == {}
    assert {line.name for line in untouched.lines if not line.counted} == set()  # Each had something to look at.
    assert {corruption.check for corruption in CORRUPTIONS} <= {line.name for line in untouched.lines}
    for corruption in CORRUPTIONS:
        with subtests.test(corruption.name):
            found, names = proved(kept, corruption)
            wrong = {line.name: line.wrong for line in found.lines}[corruption.check]
            assert [complaint for complaint in wrong if names in complaint], (names, wrong)
            assert not found.holds
