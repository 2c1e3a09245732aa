"""Who saw which ad on which day. What was shown before is nobody's, on no day in particular, so that sums agree."""

import datetime

from django.db import migrations, models

BEFORE = "1970-01-01"


def count_what_was(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reporting_viewer_day (ad_id, day, viewer, impressions)"
            " SELECT ad_id, %s, 0, sum(value) FROM content_tally"
            " WHERE ad_id > 0 AND metric = 'impressions' GROUP BY ad_id HAVING sum(value) > 0",
            [schema_editor.connection.ops.adapt_datefield_value(datetime.date.fromisoformat(BEFORE))],
        )


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0004_trials'),
        ('content', '0004_tallies_by_metric'),
    ]

    operations = [
        migrations.CreateModel(
            name='ViewerDay',
            fields=[
                ('pk', models.CompositePrimaryKey('ad_id', 'day', 'viewer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('viewer', models.BigIntegerField()),
                ('impressions', models.BigIntegerField()),
            ],
            options={
                'db_table': 'reporting_viewer_day',
                'indexes': [models.Index(fields=['day'], name='reporting_viewer_day_day')],
            },
        ),
        migrations.CreateModel(
            name='ViewerNumber',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('account_id', models.BigIntegerField()),
                ('viewer_id', models.TextField()),
                ('last_day', models.DateField()),
            ],
            options={
                'db_table': 'reporting_viewer_number',
                'indexes': [models.Index(fields=['viewer_id'], name='reporting_viewer_number_viewer'), models.Index(fields=['last_day'], name='reporting_viewer_number_last')],
                'constraints': [models.UniqueConstraint(fields=('account_id', 'viewer_id'), name='reporting_viewer_number_once')],
            },
        ),
        migrations.RunPython(count_what_was, migrations.RunPython.noop),
    ]
