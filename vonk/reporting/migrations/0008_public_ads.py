"""The public repository: what was shown before is in it, of people by the country where all of its impressions were."""

import django.db.models.deletion
from django.db import migrations, models

SHOWN = (
    "INSERT INTO reporting_public_ad (ad_id, first_at, last_at)"
    " SELECT ad_id, min(hour_at), max(hour_at) FROM content_tally"
    " WHERE ad_id > 0 AND metric = 'impressions' AND value > 0"
    " AND ad_id IN (SELECT id FROM advertising_ad) GROUP BY ad_id"
)
MET = (
    "INSERT INTO reporting_public_ad_viewer (ad_id, viewer)"
    " SELECT DISTINCT ad_id, viewer FROM reporting_viewer_day"
    " WHERE viewer > 0 AND ad_id IN (SELECT ad_id FROM reporting_public_ad)"
)
# Whoever saw an ad that was shown in one country alone saw it there; of all others it is not known.
COUNTED = (
    "INSERT INTO reporting_public_ad_country (ad_id, country, viewers)"
    " SELECT met.ad_id, coalesce(max(one.country), ''), count(DISTINCT met.viewer)"
    " FROM reporting_public_ad_viewer met LEFT JOIN ("
    "   SELECT ad_id, max(value) AS country FROM reporting_reached"
    "   WHERE dimension = 'country' AND metric = 'impressions' AND count > 0"
    "   GROUP BY ad_id HAVING count(DISTINCT value) = 1"
    " ) one ON one.ad_id = met.ad_id GROUP BY met.ad_id"
)


def tell_what_was(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in (SHOWN, MET, COUNTED):
            cursor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('advertising', '0015_lift_tests'),
        ('content', '0004_tallies_by_metric'),
        ('reporting', '0007_lift_viewers'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicAdCountry',
            fields=[
                ('pk', models.CompositePrimaryKey('ad_id', 'country', blank=True, editable=False, primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('country', models.CharField(max_length=2)),
                ('viewers', models.BigIntegerField()),
            ],
            options={
                'db_table': 'reporting_public_ad_country',
            },
        ),
        migrations.CreateModel(
            name='PublicAdViewer',
            fields=[
                ('pk', models.CompositePrimaryKey('ad_id', 'viewer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('viewer', models.BigIntegerField()),
            ],
            options={
                'db_table': 'reporting_public_ad_viewer',
            },
        ),
        migrations.CreateModel(
            name='PublicAd',
            fields=[
                ('ad', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='advertising.ad')),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'reporting_public_ad',
                'indexes': [models.Index(fields=['last_at'], name='reporting_public_ad_last')],
            },
        ),
        migrations.RunPython(tell_what_was, migrations.RunPython.noop),
    ]
