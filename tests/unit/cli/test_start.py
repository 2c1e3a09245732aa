"""What every command does first."""

import errno
import io

from vonk.cli.start import Lossy


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
