from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0016_judgements")]

    operations = [
        migrations.CreateModel(
            name="VideoMix",
            fields=[
                (
                    "video",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="mix",
                        serialize=False,
                        to="content.video",
                    ),
                ),
                ("kind", models.CharField(choices=[("duet", "DUET"), ("stitch", "STITCH")], max_length=10)),
                ("start_ms", models.PositiveIntegerField(default=0)),
                ("length_ms", models.PositiveIntegerField(default=0)),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=models.deletion.PROTECT, related_name="+", to="content.post"
                    ),
                ),
            ],
            options={"db_table": "content_video_mix"},
        ),
    ]
