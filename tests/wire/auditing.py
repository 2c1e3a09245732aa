"""`vonk audit` over many data directories: each in a process of its own, forked where everything slow is loaded.

``python -m tests.wire.auditing DIR…`` prints one line for each: its exit code and what it wrote to standard output.
``python -m tests.wire.auditing --fill DIR`` makes a directory of kept books.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from tests import patience, templates
from tests.wire.serving import environment
from vonk.cli.main import app
from vonk.cli.start import with_django
from vonk.storage.sqlite.event_log import SqliteEventLog

LOADED = (  # What needs no settings.
    "django.core.management",
    "django.db.migrations.executor",
    "django.db.models.sql.compiler",
    "numpy",
    "pyarrow.parquet",
    "rich.progress",
)


class Audit(msgspec.Struct, frozen=True):
    """What one run said."""

    code: int
    output: str
    said: str  # On standard error.

    @property
    def wrong(self) -> dict[str, list[str]]:
        """The complaints of each check that has some."""
        checks: list[dict[str, Any]] = msgspec.json.decode(self.output)["checks"]
        return {check["name"]: check["wrong"] for check in checks if check["wrong"]}


def audits(directories: list[Path]) -> list[Audit]:
    """Return what `vonk audit --json` says of each directory."""
    command = [sys.executable, "-m", "tests.wire.auditing", *map(str, directories)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=patience.SECONDS, env=environment()
    )
    return [msgspec.json.decode(line, type=Audit) for line in done.stdout.splitlines()]


def fill(directory: Path) -> None:
    """Make a data directory of kept books."""
    templates.directory(directory, sandbox=True)
    command = [sys.executable, "-m", "tests.wire.auditing", "--fill", str(directory)]
    subprocess.run(command, check=True, timeout=patience.SECONDS, env=environment())


def _fill(directory: Path) -> None:
    with_django(directory)
    (directory / "events").mkdir()
    with closing(SqliteEventLog(directory / "events" / "log.sqlite3")) as log:
        import_module("tests.area.billing.kept_books").fill(log)


def _audit(directory: str) -> Audit:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            os.dup2(output.fileno(), 1)
            os.dup2(said.fileno(), 2)
            try:
                app(["audit", "--data", directory, "--json"])
            except SystemExit as ended:
                sys.stdout.flush()
                os._exit(int(ended.code or 0))
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
        output.seek(0)
        said.seek(0)
        return Audit(os.waitstatus_to_exitcode(status), output.read().decode(), said.read().decode())


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        _fill(Path(sys.argv[2]))
    else:
        for name in LOADED:
            import_module(name)
        for argument in sys.argv[1:]:
            sys.stdout.write(msgspec.json.encode(_audit(argument)).decode() + "\n")
            sys.stdout.flush()
