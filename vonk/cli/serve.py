"""`vonk serve`: one command, one data directory, three processes that live and end together."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from types import FrameType
from typing import Final

import msgspec
import structlog
import typer

from vonk.cli.start import EXIT_REFUSED, STOP_SECONDS_MAX, SUPERVISED, locked, options_of, refuse
from vonk.config.options import FILE_NAME, Options

POLL_SECONDS: Final = 0.05
READY_SECONDS_MAX: Final = 120.0
WAIT_SECONDS_FIRST: Final = 0.2  # Before a child that died is started again; doubles with every death,
WAIT_SECONDS_MAX: Final = 15.0
STEADY_SECONDS: Final = 30.0  # until one has lived this long.
STATE_FILE: Final = "serve.json"
LOCK_FILE: Final = "serve.lock"
FAMILY_FILE: Final = "serve.family.lock"
FAMILY_SECONDS_MAX: Final = STOP_SECONDS_MAX + 5.0  # The processes of a serve that was killed end by themselves.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class ProcessState(msgspec.Struct, frozen=True):
    """One of the three processes, as ``serve.json`` shows it."""

    pid: int
    url: str


class ServeState(msgspec.Struct, frozen=True):
    """What runs on a data directory, in DIR/serve.json while it does: for tests and tools."""

    pid: int
    sandbox: bool
    started_at: datetime
    processes: dict[str, ProcessState]


class Child:
    """A process of ours, started again whenever it dies."""

    def __init__(self, name: str, arguments: list[str], url: str, environ: Mapping[str, str], family: int) -> None:
        self.name = name
        self.url = url
        self._arguments = arguments
        self._family = family
        self._environ = {**environ, SUPERVISED: "1"}
        self._deaths = 0
        self._started = 0.0
        self._start_again_at: float | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only us; our end closes its standard input."""
        self._start_again_at = None
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vonk.cli.main", *self._arguments],
            stdin=subprocess.PIPE,
            env=self._environ,
            start_new_session=True,
            pass_fds=(self._family,),
        )

    def look_after(self) -> bool:
        """Start it again when it died and has waited; return whether a new process stands there."""
        now = time.monotonic()
        if self._start_again_at is not None:
            if now < self._start_again_at:
                return False
            self.start()
            return True
        assert self.process is not None, "A child is started before it is looked after."
        code = self.process.poll()
        if code is None:
            return False
        self._close_pipe()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # Workers that it left behind would hold its port.
        self._deaths = 1 if now - self._started >= STEADY_SECONDS else self._deaths + 1
        wait = min(WAIT_SECONDS_FIRST * 2 ** (self._deaths - 1), WAIT_SECONDS_MAX)
        self._start_again_at = now + wait
        _log.warning("process.died", name=self.name, exit_code=code, again_in_seconds=wait)
        return False

    def refused(self) -> bool:
        """Say whether it ended because it was asked for what cannot be."""
        return self.process is not None and self.process.poll() == EXIT_REFUSED

    def ask_to_stop(self) -> None:
        """Send SIGTERM to a living process."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, until: float) -> None:
        """Wait for its end until then, and no longer."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _log.error("process.killed", name=self.name)
            os.killpg(self.process.pid, signal.SIGKILL)  # Its workers too.
            self.process.wait()
        self._close_pipe()

    def ready(self) -> bool:
        """Say whether it answers GET /healthz with 200."""
        address = self.url.removeprefix("http://")
        connection = HTTPConnection(address, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _close_pipe(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


class _Stop:
    """Remembers that we were asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def run(data: Path, *, host: str, port: int, ads_port: int, work_port: int, sandbox: bool) -> None:
    """Run site, ads and work on a data directory until asked to stop. Port 0 takes any free one."""
    _prepare(data, sandbox=sandbox)
    with _only_one(data), _family(data) as family:
        ports = {
            "site": _free(host, port, "--port"),
            "ads": _free(host, ads_port, "--ads-port"),
            "work": _free(host, work_port, "--work-port"),
        }
        if len(set(ports.values())) < len(ports):
            refuse("site, ads and work need a port each")
        environ = _environ(data, host, ports, sandbox=sandbox)
        os.environ.update(environ)
        options = options_of(data)
        _migrate(data, environ, family)
        children = _children(data, host, ports, environ, family)
        _supervise(options, children)


def _prepare(data: Path, *, sandbox: bool) -> None:
    """Make the directory. A new sandbox stays one: its people's clock never goes back to the machine's."""
    if data.exists() and not data.is_dir():
        refuse(f"{data} is not a directory")
    new = not data.exists() or not any(data.iterdir())
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if new and sandbox:
            (data / FILE_NAME).write_text("sandbox = true\n", encoding="utf-8")
    except OSError as error:
        refuse(f"{data} cannot be used: {error.strerror}")


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the directory's lock, which ends with this process, however it ends."""
    with (data / LOCK_FILE).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            refuse(f"{data} is in use by another `vonk serve` (process {file.read().strip() or 'unknown'})")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _family(data: Path) -> Iterator[int]:
    """Hold the lock that all our processes inherit, and so until the last of them has ended, however it ended.

    Two generations would write to one event log, and the younger would not know what the older one took.
    """
    with (data / FAMILY_FILE).open("a") as file:
        until = time.monotonic() + FAMILY_SECONDS_MAX
        while not locked(file.fileno()):
            if time.monotonic() > until:
                refuse(f"processes of a `vonk serve` on {data} that was killed are still running")
            time.sleep(POLL_SECONDS)
        yield file.fileno()


def _free(host: str, port: int, option: str) -> int:
    """Return the port, or any free one for 0; refuse with its option's name when another program has it."""
    with socket(AF_INET6 if ":" in host else AF_INET, SOCK_STREAM) as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            refuse(f"port {port} on {host} cannot be used ({error.strerror}); choose another with {option}")
        found: int = probe.getsockname()[1]
        return found


def _environ(data: Path, host: str, ports: Mapping[str, int], *, sandbox: bool) -> dict[str, str]:
    """Return the children's environment. Public addresses follow the ports unless the operator set them."""
    environ = dict(os.environ)
    if sandbox:
        environ["VONK_SANDBOX"] = "true"
    os.environ.update(environ)
    told = (data / FILE_NAME).read_text(encoding="utf-8") if (data / FILE_NAME).is_file() else ""
    for name, key in (("site", "site_url"), ("ads", "ads_url")):
        if f"VONK_{key.upper()}" not in environ and key not in told:
            environ[f"VONK_{key.upper()}"] = _url(host, ports[name])
    return environ


def _url(host: str, port: int) -> str:
    """Return the address under which this machine reaches what listens at ``host``."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound.
    return f"http://{reached}:{port}"


def _migrate(data: Path, environ: Mapping[str, str], family: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vonk.cli.main", "migrate", "--data", str(data), "--quiet"],
        env=environ,
        check=False,
        pass_fds=(family,),
    )
    if done.returncode != 0:
        raise typer.Exit(done.returncode)


def _children(data: Path, host: str, ports: Mapping[str, int], environ: Mapping[str, str], family: int) -> list[Child]:
    return [
        Child(
            name,
            [name, "--data", str(data), "--host", host, "--port", str(port)],
            _url(host, port),
            environ,
            family,
        )
        for name, port in ports.items()
    ]


def _supervise(options: Options, children: list[Child]) -> None:
    stop = _Stop()
    started_at = datetime.now(UTC)
    state_file = options.data_dir / STATE_FILE
    for child in children:
        child.start()
    _write_state(state_file, options, started_at, children)
    try:
        if _wait_until_ready(children, stop):
            _announce(options, children)
        stale = False
        while not stop.asked:
            for child in children:
                stale |= child.look_after()
            if stale:
                try:
                    _write_state(state_file, options, started_at, children)
                    stale = False
                except OSError as error:  # A full disk: the processes go on, the file follows.
                    _log.warning("state.not_written", error=str(error))
            time.sleep(POLL_SECONDS)
    finally:
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_SECONDS_MAX
        for child in children:
            child.stop(until)
        state_file.unlink(missing_ok=True)


def _wait_until_ready(children: list[Child], stop: _Stop) -> bool:
    """Return whether all of them are ready; ends the command when one refuses to start or none is ready in time."""
    until = time.monotonic() + READY_SECONDS_MAX
    waiting = list(children)
    while waiting and not stop.asked:
        if any(child.refused() for child in waiting):
            raise typer.Exit(EXIT_REFUSED)  # It has said why.
        if time.monotonic() > until:
            refuse(f"{waiting[0].name} is not ready after {READY_SECONDS_MAX:.0f} seconds; its log says why")
        for child in waiting:
            child.look_after()
        waiting = [child for child in waiting if not child.ready()]
        time.sleep(POLL_SECONDS)
    return not stop.asked


def _announce(options: Options, children: list[Child]) -> None:
    typer.echo(f"Vonk runs on {options.data_dir}{' as a sandbox' if options.sandbox else ''}. Ctrl-C ends it.")
    addresses = {"site": options.site_url, "ads": options.ads_url}
    for child in children:
        typer.echo(f"  {child.name:5} {addresses.get(child.name, child.url)}")
    sys.stdout.flush()


def _write_state(path: Path, options: Options, started_at: datetime, children: list[Child]) -> None:
    """Replace the file whole, so that nobody reads half of it."""
    processes = {
        child.name: ProcessState(child.process.pid, child.url) for child in children if child.process is not None
    }
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(ServeState(os.getpid(), options.sandbox, started_at, processes)))
    draft.replace(path)
