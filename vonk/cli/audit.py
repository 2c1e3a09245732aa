"""``vonk audit``: prove the books, for people as a table, for machines as one JSON object."""

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vonk.billing.proof import Proof, prove
from vonk.config import wiring
from vonk.config.options import Options
from vonk.control import clock
from vonk.core.errors import Problem
from vonk.reporting.proof import TalliesWitness

EXIT_WRONG = 1
EXIT_UNREADABLE = 3  # Nothing was proved: the log or the tables cannot be read.


def run(options: Options, *, as_json: bool) -> int:
    """Print every check and what is wrong; return the exit code, 0 only when nothing is."""
    try:
        log = wiring.event_log(options)
        try:
            proof = prove(log, now=clock.present().now(), more=[TalliesWitness])
        finally:
            log.close()
    except Problem as problem:
        Console(stderr=True).print(escape(str(problem)), soft_wrap=True)
        return EXIT_UNREADABLE
    if as_json:
        print(msgspec.json.encode({"holds": proof.holds, "position": proof.position, "checks": proof.lines}).decode())
    else:
        _show(proof, Console())
    return 0 if proof.holds else EXIT_WRONG


def _show(proof: Proof, console: Console) -> None:
    table = Table("Check", "Looked at", "Wrong", title=f"The books, up to position {proof.position} of the log")
    for line in proof.lines:
        verdict = "[green]none[/]" if not line.wrong else f"[red]{len(line.wrong)}[/]"
        table.add_row(line.name.replace("_", " "), f"{line.counted:,}", verdict)
    console.print(table)
    for line in proof.lines:
        for complaint in line.wrong:
            console.print(f"[red]{line.name}[/]: {escape(complaint)}", soft_wrap=True)
    console.print("The books hold." if proof.holds else "[red]The books do not hold.[/]")
