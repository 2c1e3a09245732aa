"""``flush`` with the guard of transfers lifted for as long as every table is emptied.

SQLite empties tables by DELETE, which the guard refuses; PostgreSQL truncates, which it does not see.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from vonk.billing import append_only


class Command(flush.Command):
    """Django's own command between two statements of ours."""

    def handle(self, **options: Any) -> None:
        """Empty every table of the database; as Django's own command does, asks first when interactive."""
        connection = connections[options["database"]]
        if connection.vendor != "sqlite":
            super().handle(**options)
            return
        append_only.lift(connection)
        try:
            super().handle(**options)
        finally:
            append_only.guard(connection)
