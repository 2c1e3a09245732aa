"""``vonk person``: what is held of one person as an archive, and the person's erasure."""

import csv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import typer
from django.db import DatabaseError
from rich.console import Console
from rich.markup import escape

from vonk.cli.admin import COMMAND
from vonk.cli.exporting import unfinished_beside, write_all
from vonk.cli.start import refuse, unreadable
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock
from vonk.control.held import Part
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.privacy import queries as privacy
from vonk.privacy.actions import erasures
from vonk.storage.parquet.sheets import Table, cell

EXIT_FAILED: Final = 3


def person_id_of(who: str) -> int:
    """Return the id of the person with an address or an id; ends the command when there is none."""
    try:
        if who.isdecimal():
            identity.pseudonym(int(who))
            return int(who)
        return identity.person_id_of(COMMAND, who)
    except Problem as problem:
        refuse(str(problem))
    except DatabaseError as error:
        refuse(unreadable(error))


def export(options: Options, who: str, *, out: Path) -> int:
    """Write everything that is held of the person into a ZIP file, whole or not at all; return the exit code."""
    person_id = person_id_of(who)
    console = Console(stderr=True)
    try:
        unfinished = unfinished_beside(out)
        try:
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
                for part in privacy.everything(COMMAND, person_id):
                    _add(archive, part)
                events = _add_events(archive, options, person_id)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    except (Problem, OSError) as problem:
        console.print(escape(str(problem)), soft_wrap=True)
        return EXIT_FAILED
    console.print(f"Wrote {escape(str(out))}, with {events:,} records of the event log.", soft_wrap=True)
    return 0


def erase(options: Options, who: str, *, confirmed: bool) -> int:
    """Erase the person and say what follows; return the exit code."""
    person_id = person_id_of(who)
    if not confirmed:
        typed = typer.prompt(f"This cannot be undone. Type the id {person_id} to erase this person")
        if typed.strip() != str(person_id):
            refuse("nothing was erased")
    try:
        erased = erasures.erase(COMMAND, person_id, now=clock.present().now())
    except Problem as problem:
        refuse(f"{problem} {problem.fill(type(problem).remedy)}")
    print(
        f"Erased person {person_id}: {erased.consents_revoked} consents revoked, {erased.posts_deleted} posts deleted."
    )
    print(f"Kept, by number and without a name: {', '.join(erased.stays).replace('_', ' ')}.")
    print("`vonk work` now takes the pseudonym out of the event log and its archive.")
    if options.event_log_url:
        print(
            "This event log cannot be changed in place: its records go to the archive after "
            f"{options.log_keep_days} days and are redacted there."
        )
    return 0


def _add(archive: zipfile.ZipFile, part: Part) -> None:
    """Add a table twice, row by row: as JSON for programs, as CSV for people."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        with file.open("w", encoding="utf-8", newline="") as sheet, archive.open(f"{part.name}.json", "w") as out:
            writer: csv.DictWriter[str] | None = None
            for row in part.rows:
                out.write(b"[\n" if writer is None else b",\n")
                out.write(msgspec.json.encode(row))
                if writer is None:
                    writer = csv.DictWriter(sheet, list(row))
                    writer.writeheader()
                writer.writerow({name: cell(value) for name, value in row.items()})
            out.write(b"[]\n" if writer is None else b"\n]\n")
        if writer is not None:
            archive.write(file, f"{part.name}.csv")


def _add_events(archive: zipfile.ZipFile, options: Options, person_id: int) -> int:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "events.csv"
        history = wiring.history(options)
        try:
            sheet = Table(file)
            try:
                count = write_all(privacy.events(COMMAND, person_id, history), sheet)
            finally:
                sheet.close()
        finally:
            history.close()
        archive.write(file, "events.csv")
    return count
