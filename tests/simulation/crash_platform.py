"""A real `vonk serve` on fixed ports whose processes a test may kill at any moment."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server

import msgspec

from tests import patience
from tests.wire.serving import VONK, environment, send, wait_for
from vonk.cli.serve import STATE_FILE, ServeState

OPTION_OF = {"site": "--port", "ads": "--ads-port", "work": "--work-port"}
NAMES = tuple(OPTION_OF)


class Platform:
    """One data directory, always at the same addresses."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = data.with_name(data.name + ".log")
        self._ports = dict(zip(NAMES, _free_ports(len(NAMES)), strict=True))
        self._serve: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def start(self) -> None:
        """Run `vonk serve`; it is not ready when this returns."""
        ports = [f"{option}={self._ports[name]}" for name, option in OPTION_OF.items()]
        with self.log.open("ab") as output:
            self._serve = subprocess.Popen(
                [*VONK, "serve", "--data", str(self.data), "--sandbox", *ports],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(),
            )

    def wait_until_ready(self) -> None:
        """Return when all three processes answer 200 to GET /healthz."""
        wait_for(self._ready, f"serve is not ready, see {self.log}")

    def processes(self) -> dict[str, int]:
        """Return the supervised processes by name; none while there is no serve."""
        try:
            state = msgspec.json.decode((self.data / STATE_FILE).read_bytes(), type=ServeState)
        except FileNotFoundError:
            return {}
        return {name: one.pid for name, one in state.processes.items()}

    def kill(self, *names: str, whole: bool) -> None:
        """Kill -9 processes, with all that they started when ``whole``, and return when others are in their places."""
        before = self.processes()
        for name in names:
            self._kill(before[name], whole=whole)
        wait_for(
            lambda: not any(self.processes().get(name) in {None, before[name]} for name in names),
            f"{names} stay dead, see {self.log}",
        )

    def kill_supervisor(self, *, whole: bool) -> None:
        """Kill -9 `vonk serve`, with all three processes when ``whole``, and start it again at once."""
        self.cut(whole=whole)
        self.start()

    def cut(self, *, whole: bool) -> None:
        """Kill -9 `vonk serve`, with all that it started when ``whole``."""
        assert self._serve is not None
        self._serve.kill()
        if whole:
            for process_id in self.alive():
                self._kill(process_id, whole=False)
        self._serve.wait(patience.SECONDS)

    def stop(self) -> int:
        """Ask `vonk serve` to end; return its exit code."""
        assert self._serve is not None
        self._serve.terminate()
        return self._serve.wait(patience.SECONDS)

    def limit_files_of_ads(self, size: int | None) -> None:
        """Let the ad server write no file beyond the size, as if the disk were full; None lifts it again."""
        soft = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.processes()["ads"], resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def audit(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*VONK, "audit", "--data", str(self.data), "--json"],
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )

    def alive(self, *words: str) -> list[int]:
        """Return every process that names the data directory, and the words, on its command line."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
                if str(self.data) in line and all(word in line for word in words):
                    found.append(int(folder.name))
        return found

    def _ready(self) -> bool:
        assert self._serve is not None
        assert self._serve.poll() is None, f"serve ended with {self._serve.returncode}, see {self.log}"
        try:
            return len(self.processes()) == len(NAMES) and all(
                send("GET", f"{self.url(name)}/healthz").status == 200 for name in NAMES
            )
        except OSError:
            return False

    def _kill(self, process_id: int, *, whole: bool) -> None:
        with suppress(ProcessLookupError):
            (os.killpg if whole else os.kill)(process_id, signal.SIGKILL)


@contextmanager
def platform_on(data: Path) -> Iterator[Platform]:
    """Lend a platform that is not started yet; nothing of it runs afterwards."""
    platform = Platform(data)
    try:
        yield platform
    finally:
        for process_id in platform.alive():
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        if platform._serve is not None:
            platform._serve.wait(patience.SECONDS)


def _free_ports(count: int) -> list[int]:
    sockets = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
