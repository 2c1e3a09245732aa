"""``vonk audit``: prove the books, for people as a table, for machines as one JSON object.

Exit codes: 0 the books hold, 1 something is wrong and named, 2 there are no books there or a setting is wrong, 3 nothing
was proved because the log or the tables cannot be read.
"""

import sys
import time
from typing import Final, Self

import msgspec
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vonk.billing.actions import settlement
from vonk.billing.proof import Proof, prove
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock, positions
from vonk.core.errors import Actor, Problem, Unavailable
from vonk.reporting.proof import witnesses

EXIT_WRONG: Final = 1
EXIT_UNREADABLE: Final = 3
WIDTH_MIN: Final = 80


class BooksOutdated(Unavailable):
    """The tables are not those that this version knows."""

    code = "books_outdated"
    message = "The tables are not those of this version: %(missing)s."
    cause = "The platform was brought up to date, and its tables were not."
    remedy = "Run `vonk migrate --data DIR`; on a copy, if the directory shall stay as it is."
    actor = Actor.OPERATOR


class BooksUnreadable(Unavailable):
    """The control database does not answer, or answers nonsense."""

    code = "books_unreadable"
    message = "The control database cannot be read: %(reason)s"
    cause = "It does not run, or its file is damaged."
    remedy = "See that it runs; restore a damaged file from the newest good copy."
    actor = Actor.OPERATOR


class LogMissing(Unavailable):
    """The books were made from a log that is not there."""

    code = "log_missing"
    message = "The books are settled up to position %(position)d, and there is no event log at %(path)s."
    cause = "The directory was copied without events/, or event_log_url is not set as it was."
    remedy = "Copy the whole directory; set event_log_url where the log is elsewhere."
    actor = Actor.OPERATOR


def run(options: Options, *, as_json: bool) -> int:
    """Print every check and what is wrong; return the exit code, 0 only when nothing is."""
    began = time.monotonic()
    try:
        _require_books(options)
        proof = _prove(options)
    except Problem as problem:
        return _unproved(problem)
    except DatabaseError as error:
        return _unproved(BooksUnreadable(reason=str(error).partition("\n")[0]))
    seconds = time.monotonic() - began
    if as_json:
        found = {"holds": proof.holds, "first": proof.first, "position": proof.position, "seconds": round(seconds, 3)}
        print(msgspec.json.encode({**found, "checks": proof.lines}).decode())
    else:
        _show(proof, seconds, Console() if sys.stdout.isatty() else Console(width=max(Console().width, WIDTH_MIN)))
    return 0 if proof.holds else EXIT_WRONG


def _require_books(options: Options) -> None:
    """Raise the Problem that says why nothing can be proved."""
    executor = MigrationExecutor(connection)
    missing = [
        f"{step.app_label} {step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    ours = {label for label, _ in executor.loader.disk_migrations}
    foreign = sorted(
        f"{label} {name}"
        for label, name in set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
        if label in ours
    )
    if missing or foreign:
        unknown = [f"{name} is not known" for name in foreign]
        raise BooksOutdated(missing=", ".join([*(f"{name} is missing" for name in missing[:3]), *unknown[:3]]))
    log = options.data_dir / "events" / "log.sqlite3"
    settled = positions.of(settlement.CONSUMER)
    if not options.event_log_url and settled and not log.is_file():
        raise LogMissing(position=settled, path=log)


def _prove(options: Options) -> Proof:
    log = wiring.history(options)
    try:
        with _bar() as progress:
            now = clock.present().now()
            return prove(log, now=now, more=witnesses(now), progress=progress)
    finally:
        log.close()


class _bar:  # noqa: N801 - a context manager that reads as one.
    """Shows on a terminal how far the walk through the log has come; on none, nothing."""

    def __init__(self) -> None:
        columns = (TextColumn("Reading the log"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("log", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, seen: int, total: int) -> None:
        self._progress.update(self._task, completed=seen, total=total)


def _unproved(problem: Problem) -> int:
    lines = [str(problem), problem.fill(problem.cause), problem.fill(problem.remedy)]
    Console(stderr=True).print(escape(" ".join(line for line in lines if line)), soft_wrap=True)
    return EXIT_UNREADABLE


def _show(proof: Proof, seconds: float, console: Console) -> None:
    since = f"from position {proof.first} " if proof.first > 1 else ""
    table = Table(title=f"The books, {since}up to position {proof.position} of the log; {seconds:.1f} s")
    table.add_column("Check")
    for name in ("Looked at", "Wrong", "Seconds"):
        table.add_column(name, justify="right")
    for line in proof.lines:
        verdict = "[green]none[/]" if not line.complaints else f"[red]{line.complaints:,}[/]"
        table.add_row(line.name.replace("_", " "), f"{line.counted:,}", verdict, f"{line.seconds:.2f}")
    console.print(table)
    for line in proof.lines:
        for complaint in line.wrong:
            console.print(f"[red]{line.name}[/]: {escape(complaint)}", soft_wrap=True)
    if proof.first > 1:
        console.print(f"What was before position {proof.first} has gone at the end of retention and is not judged.")
    console.print("The books hold." if proof.holds else "[red]The books do not hold.[/]")
