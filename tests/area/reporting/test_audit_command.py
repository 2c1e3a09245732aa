"""``vonk audit``: a table or JSON, and an exit code that machines can trust."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.conf import settings

from tests.area.billing.world import NOW, build, show
from vonk.billing.actions import settlement
from vonk.billing.models import LedgerAccount
from vonk.cli import audit
from vonk.config import wiring
from vonk.config.options import Options
from vonk.events.log import EventLog
from vonk.reporting import rollups

pytestmark = pytest.mark.django_db


@pytest.fixture
def options(tmp_path: Path) -> Options:
    options: Options = msgspec.structs.replace(settings.VONK, data_dir=tmp_path)
    return options


@pytest.fixture
def log(options: Options) -> Iterator[EventLog]:
    """The platform's own log with a settled showing."""
    log = wiring.event_log(options)
    show(log, build())
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    yield log
    log.close()


@pytest.mark.usefixtures("log")
def test_sound_books_end_with_zero(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.run(options, as_json=False) == 0
    out = capsys.readouterr().out
    assert "charges are their events" in out
    assert out.rstrip().endswith("The books hold.")


@pytest.mark.usefixtures("log")
def test_wrong_books_are_told_in_json_and_end_with_one(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    LedgerAccount.objects.filter(kind="platform_revenue").update(credits_micros=1)
    assert audit.run(options, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["position"]) == (False, 2)
    assert [check["name"] for check in told["checks"] if check["wrong"]] == [
        "debits_equal_credits",
        "accounts_are_their_transfers",
    ]


def test_a_log_that_cannot_be_read_proves_nothing(options: Options, capsys: pytest.CaptureFixture[str]) -> None:
    folder = options.data_dir / "events"
    folder.mkdir()
    (folder / "log.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert audit.run(options, as_json=False) == audit.EXIT_UNREADABLE
    assert "The event log is damaged" in capsys.readouterr().err
