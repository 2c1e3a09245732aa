"""How benchmarks tell what they found: a table for people, one JSON object for machines."""

import json
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]


def show(title: str, figures: msgspec.Struct, *, json_output: bool) -> None:
    """Print the figures to standard output, which is theirs alone; a table leaves out what was not measured (None)."""
    values = msgspec.structs.asdict(figures)
    if json_output:
        print(json.dumps(values))
        return
    table = Table(title=title)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in values.items():
        if value is not None:
            table.add_row(name, f"{value:,}")
    Console().print(table)
