"""Load for benchmarks: wrk, the scripts it runs, and a private ad server to aim it at."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
import typer

from vonk.cli import ads
from vonk.delivery.server import http as http_door
from vonk.delivery.server.options import Options
from vonk.events.tokens import Signer

KEY: Final = bytes(range(32))  # Signs the tokens of a server that lives for one benchmark.
FLOOR_PATH: Final = "/floor"
EXPRESS: Final = "express"
MODELS_DIR: Final = "models"  # In the server's directory; without a model there, the prior predicts.
START_SECONDS: Final = 120
STOP_SECONDS: Final = 60
WRK_DONE: Final = """
done = function(summary, latency, requests)
  io.write(string.format('\\nRESULT {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"status":%d,"failed":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


class Load(msgspec.Struct, frozen=True):
    """What wrk saw. ``status``: answers other than 2xx; ``failed``: connections and requests that failed."""

    requests: int
    duration_us: int
    p50_us: int
    p99_us: int
    status: int
    failed: int
    empty: int = 0  # Answers without an ad, where the script looks.

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests * 1e6 / self.duration_us


STDERR: Final = 2  # Where the server's log lines go: standard output is for the result.


class Server:
    """A private ad server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def resident_mb(self) -> float:
        """Return the process's resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return round(int(line.split()[1]) / 1024, 1)

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used, its threads and the kernel's work for it included."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str) -> bytes:
        """Return what is at this address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def post(self, path: str, body: bytes) -> bytes:
        """Send one request, return the answer's body; exits with its text when it is not 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise typer.BadParameter(f"{path} answered {answer.status}: {content.decode()}")
        return content


@contextlib.contextmanager
def serving(*arguments: str, health: str) -> Iterator[Server]:
    """Start ``python -m vonk.cli.bench_load ARGUMENTS PORT`` on its own core; stop it at the end."""
    with pinned([sys.executable, "-m", "vonk.cli.bench_load", *arguments], health=health) as server:
        yield server


@contextlib.contextmanager
def pinned(command: list[str], *, health: str, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a server that is told its port last, on its own core; stop it at the end. ``environ`` is added to ours."""
    port = _free_port()
    with subprocess.Popen(
        [*_core(0), *command, str(port)], stdout=STDERR, env={**os.environ, **(environ or {})}
    ) as process:
        try:
            _await_ready(process, port, health)
            yield Server(process, port)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def wrk(server: Server, path: str, script: Path, *, seconds: int, clients: int) -> Load:
    """Load the server with the script and return what came of it. Exits when wrk is missing."""
    program = shutil.which("wrk")
    if program is None:
        raise typer.BadParameter("wrk is not installed: on Debian and Ubuntu, apt install wrk")
    url = f"http://127.0.0.1:{server.port}{path}"
    command = [*_core(1), program, "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = next(line for line in output.splitlines() if line.startswith("RESULT "))
    return msgspec.json.decode(result.removeprefix("RESULT "), type=Load)


def _core(number: int) -> list[str]:
    """Return the command that keeps what follows on one core, nothing where there is but one."""
    taskset = shutil.which("taskset")
    if taskset is None or (os.cpu_count() or 1) < 2:
        return []
    return [taskset, "-c", str(number)]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await_ready(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise typer.BadParameter(f"the server ended with code {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            pass  # It does not listen yet.
        finally:
            connection.close()
        time.sleep(0.05)
    raise typer.BadParameter("the server did not become ready")


def with_floor(app: ads.ASGIApplication) -> ads.ASGIApplication:
    """Return the same server with one more address, which answers a bare "hello" in JSON: the floor."""
    hello = http_door.json_answer(b'{"hello":"world"}')

    async def door(scope: http_door.Scope, receive: http_door.Receive, send: http_door.Send) -> None:
        if scope.get("path") == FLOOR_PATH:
            await http_door.reply(send, hello)
        else:
            await app(scope, receive, send)

    return door


def main(control: str, directory: str, log_url: str, *rest: str) -> None:
    """Be the private ad server; ``rest`` ends with the port, before which EXPRESS may stand."""
    *lanes, port = rest
    app = ads.build(
        control_url=control,
        data_dir=Path(directory),
        options=Options(),
        signer=Signer([KEY]),
        log_url=log_url,
        models_dir=Path(directory) / MODELS_DIR,
    )
    ads.serve(
        with_floor(app),
        host="127.0.0.1",
        port=int(port),
        trusted_proxies=("127.0.0.1", "::1"),  # As by default.
        decider=app if EXPRESS in lanes else None,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
