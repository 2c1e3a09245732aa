"""`vonk settings`: every setting with its meaning, its value and where that came from."""

import os
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vonk.cli.start import refuse
from vonk.config.options import OptionInvalid, load, settings_in_force


def show(data: Path, *, as_json: bool) -> None:
    """Print the settings in force; a wrong one ends the command with its name and origin."""
    try:
        found = settings_in_force(data, os.environ)
        load(data, os.environ)
    except OptionInvalid as error:
        refuse(str(error))
    if as_json:
        rows = {
            setting.option.name: {"value": setting.shown, "origin": setting.origin, "meaning": setting.option.meaning}
            for setting in found
        }
        typer.echo(msgspec.json.encode(rows).decode())
        return
    table = Table("Setting", "Value", "From", "Meaning", show_lines=False)
    for setting in found:
        table.add_row(setting.option.name, setting.shown, setting.origin, setting.option.meaning)
    Console().print(table)
