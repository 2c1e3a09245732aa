"""What every command does first: find the data directory, read the settings, make Django and the log ready."""

import contextlib
import fcntl
import logging
import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn, TextIO, cast

import django
import structlog
import typer

from vonk.config.options import OptionInvalid, Options, load

EXIT_REFUSED: Final = 2  # What was asked cannot be done as asked: settings, ports, a directory in use.
STOP_SECONDS_MAX: Final = 20.0  # After that a child that was asked to stop is stopped.
SUPERVISED: Final = "VONK_SUPERVISED"  # Set for a child of `vonk serve`, whose standard input is the parent's life.


def refuse(reason: str) -> NoReturn:
    """Say in one line why the command does not start, and end."""
    typer.echo(f"vonk: {reason}", err=True)
    raise typer.Exit(EXIT_REFUSED)


def unreadable(error: Exception) -> str:
    """Return what to say when the control database refuses to be read."""
    return (
        f"The control database cannot be read ({str(error).strip()}): "
        "is it there, and were its tables made by `vonk migrate`?"
    )


def options_of(data: Path) -> Options:
    """Return the settings in force for a data directory; ends the command with one clear line when one is wrong."""
    os.environ["VONK_DATA"] = str(data.absolute())
    try:
        return load(data, os.environ)
    except OptionInvalid as error:
        refuse(str(error))


def with_django(data: Path) -> Options:
    """Make Django ready for a data directory, which is made where it is missing; return the settings in force."""
    options = options_of(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "vonk.config.settings"
    try:
        options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        django.setup()
    except (OptionInvalid, ValueError, OSError) as error:
        refuse(str(error))
    return options


def part(name: str) -> ModuleType:
    """Return a module of this folder that needs Django, which is only ready once its data directory is known."""
    return import_module(f"vonk.cli.{name}")


class Lossy:
    """A text file for log lines: one that it cannot take (a full disk) is lost, and never stops what it tells of."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write the text, or lose it."""
        with contextlib.suppress(OSError):  # There is no other place to say so.
            self._file.write(text)

    def flush(self) -> None:
        """Hand on what was written, or try again with the next line."""
        with contextlib.suppress(OSError):
            self._file.flush()


def log_to_stderr(options: Options, process: str) -> None:
    """Write log lines as an event name with fields: for people, or as JSON for machines."""

    def named(_logger: Any, _method: str, event: Any) -> Any:
        return {"process": process, **event}

    json = options.log_format == "json"
    last = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # The rich one shows local variables: passwords, tokens.
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if json else []),
            named,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", Lossy(sys.stderr))),
        cache_logger_on_first_use=True,
    )


def locked(descriptor: int) -> bool:
    """Lock an open file until the last process that inherited it has ended; False when another holds the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def supervised() -> bool:
    """Say whether this process is a child of `vonk serve`, and so the only one of its kind on the data directory."""
    return os.environ.get(SUPERVISED) == "1"


def end_with_parent() -> None:
    """In a child of `vonk serve`: end when the parent does, however it ended. Its end closes our standard input."""
    if supervised():
        threading.Thread(target=_watch, name="parent-watch", daemon=True).start()


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), 15)  # As if it had been asked to stop;
    threading.Event().wait(STOP_SECONDS_MAX)
    os._exit(1)  # and without being asked again.
