"""What every command does first."""

import errno
import io
import subprocess
import sys

import pytest

from vonk.cli.start import Lossy

_FAILS = """
from pathlib import Path
import structlog
from vonk.cli.start import log_to_stderr
from vonk.config import options

def sign_in(password):
    raise ValueError

log_to_stderr(options.load(Path("data"), {"VONK_LOG_FORMAT": "%s"}), "site")
try:
    sign_in("a long " + "sentence")
except ValueError:
    structlog.get_logger().exception("failed")
"""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_failures_trace_shows_no_values(log_format: str) -> None:
    run = subprocess.run([sys.executable, "-c", _FAILS % log_format], capture_output=True, text=True, check=True)
    assert "ValueError" in run.stderr
    assert "a long sentence" not in run.stderr


class Disk(io.StringIO):
    full = False

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_line_that_a_full_disk_refuses_stops_nothing() -> None:
    disk = Disk()
    log = Lossy(disk)
    for line, disk.full in (("before", False), ("lost", True), ("after", False)):
        log.write(line + "\n")
        log.flush()
    assert disk.getvalue() == "before\nafter\n"
