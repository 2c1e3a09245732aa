"""`vonk sandbox`: a developer's world in a data directory, whether or not something serves it."""

from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vonk.cli.serve import STATE_FILE, ServeState
from vonk.cli.start import part, refuse, with_django
from vonk.config.options import FILE_NAME, Options
from vonk.sandbox import keys


def create(data: Path, *, as_json: bool) -> None:
    """Make a world in the directory, which becomes a sandbox when it is new, and print what a client needs."""
    options = _prepare(data)
    found = keys.told(part("sandbox_world").create(), base_url=_site_url(options))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, show_header=False)
    for key, value in found.items():
        table.add_row(f"[bold]{key}[/]", value)
    console = Console(soft_wrap=True, highlight=False)
    console.print(table)
    console.print(f"The secrets are shown this once. Run it: vonk serve --data {data} --sandbox")


def codes(data: Path, account: int | None, *, as_json: bool) -> None:
    """Print what became of a world's codes. Without an account the directory must have one world."""
    _told(data, "codes", account, as_json=as_json)


def reset(data: Path, account: int | None, *, as_json: bool) -> None:
    """Begin a world anew and print its codes. Without an account the directory must have one world."""
    _told(data, "reset", account, as_json=as_json)


def _told(data: Path, act: str, account: int | None, *, as_json: bool) -> None:
    _prepare(data)
    found = getattr(part("sandbox_world"), act)(account)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, show_header=False)
    for name, one in found.items():
        table.add_row(f"[bold]{name.upper()}[/]", one.code, one.use.value)
    Console(soft_wrap=True, highlight=False).print(table)


def _prepare(data: Path) -> Options:
    """Return the settings in force. A new directory becomes a sandbox; one that is real is refused."""
    if data.exists() and not data.is_dir():
        refuse(f"{data} is not a directory")
    try:
        new = not data.exists() or not any(data.iterdir())
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if new:
            (data / FILE_NAME).write_text("sandbox = true\n", encoding="utf-8")
    except OSError as error:
        refuse(f"{data} cannot be used: {error.strerror}")
    options = with_django(data)
    if not options.sandbox:
        refuse(f"{data} is no sandbox; name another directory with --data")
    part("migrating").migrate(quiet=True)
    return options


def _site_url(options: Options) -> str:
    """Return where the site answers: what serves the directory now, or where it will."""
    state = options.data_dir / STATE_FILE
    if state.is_file():
        return msgspec.json.decode(state.read_bytes(), type=ServeState).processes["site"].url
    return options.site_url
