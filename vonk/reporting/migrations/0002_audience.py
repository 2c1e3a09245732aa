"""Whom ads reached. What was counted before tokens told anything is told by nobody, so that the sums agree from the start."""

from datetime import UTC

from django.db import migrations, models
from django.db.models import Sum
from django.db.models.functions import TruncDate

METRICS = ("impressions", "view_6s", "clicks_destination")
DIMENSIONS = ("country", "age_band", "gender")


def count_what_was(apps, schema_editor):
    counters = apps.get_model("content", "Tally").objects.filter(ad_id__gt=0, metric__in=METRICS)
    Audience = apps.get_model("reporting", "Audience")
    days = counters.annotate(day=TruncDate("hour_at", tzinfo=UTC)).values_list("ad_id", "day", "metric")
    rows = days.annotate(total=Sum("value")).order_by("ad_id", "day", "metric")
    Audience.objects.bulk_create(
        (
            Audience(ad_id=ad_id, day=day, dimension=dimension, value="", metric=metric, count=total)
            for ad_id, day, metric, total in rows.iterator()
            for dimension in DIMENSIONS
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
        ("content", "0004_tallies_by_metric"),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ad_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("dimension", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=10)),
                ("metric", models.CharField(max_length=50)),
                ("count", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "reporting_audience",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ad_id", "day", "dimension", "value", "metric"), name="reporting_audience_once"
                    )
                ],
            },
        ),
        migrations.RunPython(count_what_was, migrations.RunPython.noop),
    ]
