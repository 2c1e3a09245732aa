"""Everything until 0002 at once, for a new platform; one that has some of these already takes the steps one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reporting', '0001_initial'), ('reporting', '0002_audience')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('viewer_id', models.TextField()),
                ('account_id', models.BigIntegerField()),
                ('ad_group_id', models.BigIntegerField()),
                ('ad_id', models.BigIntegerField()),
                ('post_id', models.BigIntegerField()),
                ('profile_id', models.BigIntegerField()),
                ('decision_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=10)),
                ('at_ms', models.BigIntegerField()),
                ('measured', models.BooleanField()),
                ('kept_until_ms', models.BigIntegerField()),
            ],
            options={
                'db_table': 'reporting_touch',
                'indexes': [models.Index(fields=['viewer_id', 'at_ms'], name='reporting_touch_viewer'), models.Index(fields=['kept_until_ms'], name='reporting_touch_kept')],
            },
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pixel_id', models.BigIntegerField()),
                ('event_id', models.CharField(max_length=64)),
                ('account_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=50)),
                ('at_ms', models.BigIntegerField()),
                ('received_ms', models.BigIntegerField()),
                ('value_micros', models.BigIntegerField(default=0)),
                ('source', models.CharField(max_length=10)),
                ('viewer_id', models.TextField(default='')),
                ('known_by', models.CharField(default='', max_length=10)),
                ('final', models.BooleanField(default=False)),
                ('ad_id', models.BigIntegerField(default=0)),
                ('ad_group_id', models.BigIntegerField(default=0)),
                ('touch', models.CharField(default='', max_length=10)),
                ('touch_at_ms', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'reporting_conversion',
                'indexes': [models.Index(condition=models.Q(('viewer_id', ''), _negated=True), fields=['viewer_id', 'account_id'], name='reporting_conversion_viewer'), models.Index(condition=models.Q(('final', False)), fields=['at_ms'], name='reporting_conversion_open'), models.Index(fields=['pixel_id', '-received_ms'], name='reporting_conversion_newest'), models.Index(fields=['at_ms'], name='reporting_conversion_at')],
                'constraints': [models.UniqueConstraint(fields=('pixel_id', 'event_id'), name='reporting_conversion_once')],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=40, unique=True)),
                ('viewer_id', models.TextField()),
                ('post_id', models.BigIntegerField()),
                ('profile_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=50)),
                ('at_ms', models.BigIntegerField()),
                ('ad_id', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'reporting_engagement',
                'indexes': [models.Index(fields=['viewer_id'], name='reporting_engagement_viewer'), models.Index(fields=['at_ms'], name='reporting_engagement_at')],
            },
        ),
        migrations.CreateModel(
            name='Attributed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('hour_at', models.DateTimeField()),
                ('touch', models.CharField(max_length=10)),
                ('name', models.CharField(max_length=50)),
                ('count', models.BigIntegerField(default=0)),
                ('value_micros', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'reporting_attributed',
                'constraints': [models.UniqueConstraint(fields=('ad_id', 'hour_at', 'touch', 'name'), name='reporting_attributed_once')],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('ad_id', models.BigIntegerField()),
                ('day', models.DateField()),
                ('dimension', models.CharField(max_length=10)),
                ('value', models.CharField(max_length=10)),
                ('metric', models.CharField(max_length=50)),
                ('count', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'reporting_audience',
                'constraints': [models.UniqueConstraint(fields=('ad_id', 'day', 'dimension', 'value', 'metric'), name='reporting_audience_once')],
            },
        ),
    ]
