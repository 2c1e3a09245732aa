"""`vonk sandbox …`: what developers try their clients with."""

from pathlib import Path
from typing import Annotated

import typer

from vonk.cli import sandbox

app = typer.Typer(help="What developers try their clients with.", no_args_is_help=True)
Data = Annotated[Path, typer.Option("--data", envvar="VONK_DATA", help="The data directory: everything is in it.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object for machines instead of a table.")]
Account = Annotated[int | None, typer.Option(help="An ad account of the world; needless where there is one world.")]


@app.command()
def create(*, data: Data, as_json: Json = False) -> None:
    """Make a developer's world: an app with its token, ad accounts, identities, codes that work and codes that do not."""
    sandbox.create(data, as_json=as_json)


@app.command()
def codes(*, data: Data, account: Account = None, as_json: Json = False) -> None:
    """Show what became of a world's codes."""
    sandbox.codes(data, account, as_json=as_json)


@app.command()
def reset(*, data: Data, account: Account = None, as_json: Json = False) -> None:
    """Begin a world anew: no campaigns, money on its accounts, codes that nobody used."""
    sandbox.reset(data, account, as_json=as_json)
