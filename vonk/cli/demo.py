"""`vonk demo`: an empty directory becomes the demo town, through the front door of a sandbox started for it."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from vonk.cli.serve import LOCK_FILE, STATE_FILE, ServeState
from vonk.cli.start import SUPERVISED, part, refuse, with_django
from vonk.config.options import FILE_NAME
from vonk.simulation import town, world
from vonk.simulation.client import Refused, Silent
from vonk.simulation.clips import ClipFailed
from vonk.simulation.drawing import drawing
from vonk.simulation.people import MAIL, Login
from vonk.simulation.plans import TownPlan

MARKER: Final = "demo.json"
PASSWORD: Final = "spark-town-2026"  # noqa: S105 - of a sandbox, printed for everybody.
OLU: Final = Login("Olu", f"olu@{MAIL}", PASSWORD)
LOG_FILE: Final = "demo.log"
READY_SECONDS_MAX: Final = 120.0
STOP_SECONDS_MAX: Final = 40.0
VIDEOS_AT_ONCE: Final = 2
DRAWERS: Final = 2

_LOGINS: Final = (
    ("Cleo", "creates", "as Bakkerij De Korenmolen", "/studio/"),
    ("Ada", "advertises", "for four brands", "/advertiser/"),
    ("Vik", "views", "the feed; likes food, art, outdoors", "/"),
    ("Olu", "operates", "reviews, revenue, books", "/console/"),
)
_TRY: Final = (
    "Vik: scroll; between the posts comes an ad. Tap “Sponsored”: who, who paid, why you.",
    "Ada: paste the code above in Creative library → Spark Ads posts, then make a campaign with it.",
    "Ada: twelve campaigns, each in another state: the table says why, and what mends it. Reports has two weeks.",
    "Olu: “Candlelight week” waits in the review queue, with a caption, appeals and reports. Play it, approve it.",
    "Olu: Validity shows a bot, a script and double taps; Findings a rack of phones; in Money a refund waits.",
    "Ada: Zoutmolen's Billing has a voucher, a refund and a credit note; Harbour Visitor Board's an invoice to pay.",
    "Cleo: open “Oven at five”: organic, paid and total. Revoke its consent and watch Ada's status.",
    "Books: in a terminal, [bold]vonk audit --data {data}[/].",
)


class Marker(msgspec.Struct, frozen=True):
    """DIR/demo.json: whether the town is whole, and what its visitors need."""

    whole: bool
    code: str = ""
    events: int = 0


def make(data: Path, *, fresh: bool, host: str, port: int, ads_port: int) -> None:
    """Fill the directory unless the town is there already, and print what its visitors need."""
    started = time.monotonic()
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound.
    site_url, ads_url = f"http://{reached}:{port}", f"http://{reached}:{ads_port}"
    marker = prepare(data, fresh=fresh)
    if marker is None:
        marker = fill(data, site_url=site_url, ads_url=ads_url)
        took = time.monotonic() - started
        typer.echo(f"The town is built: {marker.events:,} events and engagements, in {took:.0f} seconds.")
    show(data, marker, site_url=site_url)


def prepare(data: Path, *, fresh: bool) -> Marker | None:
    """Return the marker of a whole town, or None when the directory is empty and can be filled.

    Ends the command for a foreign directory, and for half a town unless ``fresh`` asks to clear it away.
    """
    marker = _marker(data)
    if fresh and marker is not None:
        _clear(data)
        return None
    if marker is None:
        if data.exists() and (not data.is_dir() or any(data.iterdir())):
            refuse(f"{data} is not empty and holds no demo town; name another directory with --data")
        return None
    if not marker.whole:
        refuse(
            f"{data} holds half a town: filling it was broken off. Run it again with --fresh, or delete the directory"
        )
    return marker


def fill(data: Path, *, site_url: str, ads_url: str, plan: TownPlan = town.FULL) -> Marker:
    """Fill an empty directory with a town; the addresses are those that letters shall name. Ends the command on failure."""
    console = Console()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(data):
        _write(data, Marker(whole=False))
        today = datetime.now(UTC)
        try:
            with (
                tempfile.TemporaryDirectory() as folder,
                drawing(plan, Path(folder), DRAWERS) as drawn,
                _sandbox(data, starts_at=today - world.age(plan), site_url=site_url, ads_url=ads_url) as state,
                _Steps(console) as steps,
            ):
                story = town.fill(
                    plan,
                    site_url=state.processes["site"].url,
                    ads_url=state.processes["ads"].url,
                    operator=OLU,
                    password=PASSWORD,
                    today=today,
                    drawn=drawn,
                    progress=steps.told,
                )
        except (Refused, Silent, ClipFailed, OSError) as error:
            refuse(f"the town could not be built: {error}. What the platform said is in {data / LOG_FILE}")
        tallies = story.town.tallies
        if tallies.refused:
            refuse(f"the town could not be built: the ad server refused events ({dict(tallies.refused)})")
        marker = Marker(whole=True, code=story.code, events=tallies.events)
        _write(data, marker)
    return marker


def show(data: Path, marker: Marker, *, site_url: str) -> None:
    """Print what a visitor of the town needs."""
    console = Console(soft_wrap=True, highlight=False)
    console.print("\n[bold]The demo town[/]")
    for name, does, what, path in _LOGINS:
        console.print(f"  [bold]{name:5}[/] {name.lower() + '@' + MAIL:17}  {site_url + path:35}  {does}: {what}")
    console.print(f"Password of all four: [bold]{PASSWORD}[/]")
    console.print(f"Cleo's code, which nobody has used yet: [bold]{marker.code}[/]")
    for number, line in enumerate(_TRY, 1):
        console.print(f"  {number}. {line.format(data=data)}")


def _marker(data: Path) -> Marker | None:
    file = data / MARKER
    if not file.is_file():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Marker)
    except msgspec.MsgspecError:
        return Marker(whole=False)  # Broken off while it was written.


def _write(data: Path, marker: Marker) -> None:
    """Replace the marker whole, readable by its owner alone: it holds a code."""
    draft = data / f"{MARKER}.draft"
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.encode(marker))
    draft.replace(data / MARKER)


def _clear(data: Path) -> None:
    """Delete a town, unless something still runs on it."""
    for name in (MARKER, LOCK_FILE):
        file = data / name
        if file.exists():
            with file.open("rb") as opened:
                try:
                    fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    refuse(f"{data} is in use; stop what runs on it first")
    shutil.rmtree(data)


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the directory while it is filled: the lock ends with this process, however it ends."""
    directory = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        refuse(f"{data} is being filled by another `vonk demo`")
    finally:
        os.close(directory)


def _make_sandbox(data: Path, *, starts_at: datetime) -> None:
    """Make the tables, set the clock to before the story, and appoint Olu, whom nobody else could."""
    (data / FILE_NAME).write_text("sandbox = true\n", encoding="utf-8")
    with_django(data)
    part("migrating").migrate(quiet=True)
    part("demo_sandbox").begin(
        starts_at=starts_at, email=OLU.email, password=OLU.password, handle="olu", display_name=OLU.name
    )


@contextmanager
def _sandbox(data: Path, *, starts_at: datetime, site_url: str, ads_url: str) -> Iterator[ServeState]:
    """Run `vonk serve` on a new sandbox and free ports until the block ends; it also ends when this process does."""
    _make_sandbox(data, starts_at=starts_at)
    environ = {
        **os.environ,
        SUPERVISED: "1",
        "VONK_SITE_URL": site_url,
        "VONK_ADS_URL": ads_url,
        "VONK_WORK_THREADS": str(VIDEOS_AT_ONCE),
    }
    command = [sys.executable, "-m", "vonk.cli.main", "serve", "--data", str(data), "--sandbox"]
    with (data / LOG_FILE).open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", "0", "--ads-port", "0"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environ,
            start_new_session=True,  # Ctrl-C reaches us, and we end it.
        )
    try:
        yield _wait_until_ready(data, process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None, "It is a pipe."
        process.stdin.close()


def _wait_until_ready(data: Path, process: "subprocess.Popen[bytes]") -> ServeState:
    """Return the addresses once `serve` has announced that all three processes are ready."""
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Silent(f"`vonk serve` ended with exit code {process.returncode}")
        if b"Vonk runs on" in (data / LOG_FILE).read_bytes():
            return msgspec.json.decode((data / STATE_FILE).read_bytes(), type=ServeState)
        time.sleep(0.05)
    raise Silent("`vonk serve` is not ready")


class _Steps:
    """Shows each step of the story with its count; where nobody watches, one line when it is done."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._console = console
        self._progress = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def told(self, step: str, done: int, total: int) -> None:
        """Show that so much of a step is done."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        task = self._tasks[step]
        known = self._progress.tasks[self._tasks[step]]
        self._progress.update(task, completed=done, total=total)
        if done >= total and not self._console.is_terminal and not known.fields.get("said"):
            self._progress.update(task, said=True)
            self._console.print(f"{step}: {total}", highlight=False)
