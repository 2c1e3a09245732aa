"""The data plane and work by themselves, as production runs them: each may be killed, starved of its disk, or slowed."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server
from typing import Final

from tests import patience
from tests.wire.serving import VONK, environment, send, wait_for

NAMES: Final = ("ads", "work")
SYNCS: Final = "fdatasync,fsync"
WRITES: Final = "pwrite64,ftruncate,fallocate"


class Plane:
    """`vonk ads` and `vonk work` on one prepared data directory, always at the same addresses.

    ``more`` names further ad servers ("ads2", ...), each with the data directory that it has on its own machine.
    """

    def __init__(self, data: Path, more: Mapping[str, Path] | None = None, **settings: str) -> None:
        self.data = data
        self._settings = {f"VONK_{name.upper()}": text for name, text in settings.items()}
        self._data = dict.fromkeys(NAMES, data) | dict(more or {})
        self._ports = dict(zip(self._data, free_ports(len(self._data)), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    @property
    def names(self) -> list[str]:
        return list(self._data)

    def log_of(self, name: str) -> Path:
        return self.data.with_name(f"{self.data.name}.{name}.log")

    def start(self, *names: str) -> None:
        """Start those that do not run; they are not ready when this returns."""
        for name in names:
            if name in self._processes:
                continue
            with self.log_of(name).open("ab") as output:
                self._processes[name] = subprocess.Popen(
                    [*VONK, name.rstrip("23"), "--data", str(self._data[name]), f"--port={self._ports[name]}"],
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self.environment(),
                )

    def environment(self) -> dict[str, str]:
        return environment() | self._settings

    def kill(self, *names: str) -> None:
        """Kill -9, and return when they are gone."""
        for name in names:
            self._processes[name].kill()
        for name in names:
            self._processes.pop(name).wait(patience.SECONDS)

    def stop(self) -> None:
        """Ask all that run to end; each must do so by itself, with 0 or by the signal that it was asked with."""
        for process in self._processes.values():
            process.terminate()
        codes = {name: process.wait(patience.SECONDS) for name, process in self._processes.items()}
        self._processes.clear()
        assert set(codes.values()) <= {0, -signal.SIGTERM}, codes

    def wait_until_ready(self, *names: str) -> None:
        wait_for(lambda: all(map(self._ready, names)), f"{names} are not ready, see {self.data}.*.log")

    def limit_files(self, size: int | None) -> None:
        """Let the ad server write no file beyond the size; None lifts it again."""
        soft = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self._processes["ads"].pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    @contextmanager
    def tampered(self, calls: str, fault: str) -> Iterator[None]:
        """Make the ad server's system calls fail or linger, as strace's ``fault`` says, until the block ends."""
        process_id = self._processes["ads"].pid
        tracer = subprocess.Popen(
            ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}",
             "-p", str(process_id)],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(lambda: _traced(process_id), f"strace does not attach (exit {tracer.poll()})")
            yield
        finally:
            tracer.terminate()
            tracer.wait(patience.SECONDS)

    @contextmanager
    def silent(self, name: str = "ads") -> Iterator[None]:
        """Hold a process still, as a machine does that swaps or is moved."""
        process = self._processes[name]
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Nothing of it runs afterwards, whatever happened."""
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(patience.SECONDS)
        self._processes.clear()

    def _ready(self, name: str) -> bool:
        code = self._processes[name].poll()
        assert code is None, f"{name} ended with {code}, see {self.log_of(name)}"
        try:
            return send("GET", f"{self.url(name)}/healthz").status == 200
        except OSError:
            return False


def _traced(process_id: int) -> bool:
    """Tell whether every thread of the process is held by a tracer."""
    try:
        threads = list(Path(f"/proc/{process_id}/task").iterdir())
        return all("TracerPid:\t0\n" not in (thread / "status").read_text() for thread in threads)
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    """Return that many loopback ports that nobody listens at."""
    sockets = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def may_trace() -> bool:
    """Tell whether this machine has strace and lets us hold our own children with it."""
    with suppress(OSError):
        return (
            subprocess.run(["strace", "-q", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
        )
    return False
