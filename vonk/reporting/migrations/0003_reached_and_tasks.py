"""Counters by country and people, and reports made in the background.

What was counted before is told by nobody, so that the sums agree from the start: one statement a dimension, so that
nothing is counted in between.
"""

import vonk.core.ids
from django.db import migrations, models


METRICS = (
    "anchor", "destination", "duet", "hashtag", "music", "profile", "sound_use", "stitch", "sticker",
)
COUNTERS = (
    *(f"clicks_{name}" for name in METRICS), "hides", "impressions", "landing_page_views", "p100", "p25", "p50", "p75",
    "plays", "replays", "reports", "view_15s", "view_2s", "view_6s", "viewable", "watch_ms",
)


def count_what_was(apps, schema_editor):
    names = ", ".join(["%s"] * len(COUNTERS))
    for dimension in ("country", "people"):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO reporting_reached (ad_id, hour_at, dimension, value, metric, count)"
                f" SELECT ad_id, hour_at, %s, '', metric, sum(value) FROM content_tally"
                f" WHERE ad_id > 0 AND metric IN ({names}) GROUP BY ad_id, hour_at, metric HAVING sum(value) > 0",
                [dimension, *COUNTERS],
            )


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0002_audience'),
        ('content', '0004_tallies_by_metric'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reached',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('hour_at', models.DateTimeField()),
                ('dimension', models.CharField(max_length=10)),
                ('value', models.CharField(max_length=20)),
                ('metric', models.CharField(max_length=50)),
                ('count', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'reporting_reached',
                'constraints': [models.UniqueConstraint(fields=('ad_id', 'hour_at', 'dimension', 'value', 'metric'), name='reporting_reached_once')],
            },
        ),
        migrations.CreateModel(
            name='ReportTask',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('asked', models.JSONField(default=dict)),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(max_length=10)),
                ('problem', models.CharField(default='', max_length=1000)),
                ('content', models.BinaryField(null=True)),
                ('content_type', models.CharField(default='', max_length=100)),
                ('rows', models.BigIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'reporting_task',
                'indexes': [models.Index(fields=['account_id', '-id'], name='reporting_task_account'), models.Index(fields=['expires_at'], name='reporting_task_expires')],
            },
        ),
        migrations.RunPython(count_what_was, migrations.RunPython.noop),
    ]
