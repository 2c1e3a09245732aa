"""`vonk migrate`."""

import typer
from django.core.management import call_command
from django.db import DatabaseError, connection

from vonk.cli.start import refuse


def migrate(*, quiet: bool) -> None:
    """Bring the tables up to date; one clear line when the database does not answer."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        refuse(f"the control database does not answer: {str(error).splitlines()[0]}")
    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
    if not quiet:
        typer.echo("The tables are up to date.")
