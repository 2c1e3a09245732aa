"""What takes long to make and is the same each time is made once in a run of tests, and copied: tables that are up to date.

A database's migrations take some five seconds of a processor; a copy takes none. What `vonk serve` does with a directory that
has nothing in it yet, the tests of ``tests/wire/test_serve.py`` show, and all that start a process by themselves.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

RUN: Final = "VONK_TEST_RUN"  # Names the folder that all workers of one run share.
CONTROL: Final = "control.sqlite3"


def begin() -> Path | None:
    """Name the run's folder; return it to the one process that has to remove it at the end."""
    if RUN in os.environ:
        return None
    os.environ[RUN] = tempfile.mkdtemp(prefix="vonk-tests-run-")
    return Path(os.environ[RUN])


def tables(to: Path) -> None:
    """Put a control database there that has all tables, and nothing in them."""
    shared = Path(os.environ[RUN])
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / "migrated"
        if not made.exists():
            making = shared / "making"
            command = [sys.executable, "-m", "vonk.cli.main", "migrate", "--data", str(making), "--quiet"]
            subprocess.run(command, check=True, env=plain_environment())
            making.rename(made)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made / CONTROL, to)


def directory(data: Path, *, sandbox: bool) -> None:
    """Make a new data directory as a first `vonk serve` leaves it, with its tables."""
    data.mkdir(parents=True, mode=0o700)
    if sandbox:
        (data / "vonk.toml").write_text("sandbox = true\n", encoding="utf-8")
    tables(data / CONTROL)


def plain_environment() -> dict[str, str]:
    """Return the environment without this test run's own settings."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("VONK_", "DJANGO_"))}
