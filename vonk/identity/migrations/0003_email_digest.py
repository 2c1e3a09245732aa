import hashlib
from typing import Any

from django.db import migrations, models

ROWS_PER_BATCH = 1_000


def digest_addresses(apps: Any, _schema_editor: Any) -> None:
    """Fill the column for everybody who signed up before it was there."""
    person = apps.get_model("identity", "Person")
    rows = []
    for row in person.objects.order_by("pk").only("pk", "email").iterator(ROWS_PER_BATCH):
        row.email_sha256 = hashlib.sha256(row.email.strip().lower().encode()).hexdigest()
        rows.append(row)
        if len(rows) == ROWS_PER_BATCH:
            person.objects.bulk_update(rows, ["email_sha256"])
            rows.clear()
    if rows:
        person.objects.bulk_update(rows, ["email_sha256"])


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_sign_in_and_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='email_sha256',
            field=models.CharField(db_index=True, default='', max_length=64),
        ),
        migrations.RunPython(digest_addresses, migrations.RunPython.noop, elidable=True),
    ]
