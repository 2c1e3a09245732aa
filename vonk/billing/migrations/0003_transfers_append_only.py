"""Transfers are appended, never changed: the database itself refuses UPDATE and DELETE.

SQLite drops a table's triggers when a later migration rebuilds the table; such a migration must call ``guard`` again.
A test looks for the triggers after all migrations.
"""

from django.db import migrations

from vonk.billing import append_only


def guard(apps, schema_editor):
    append_only.guard(schema_editor.connection)


def lift(apps, schema_editor):
    append_only.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_showings_and_shares")]
    operations = [migrations.RunPython(guard, lift)]
