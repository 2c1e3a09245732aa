from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="video",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=["claimed_at"],
                condition=models.Q(("state__in", ["uploaded", "processing"])),
                name="content_video_unfinished",
            ),
        ),
    ]
