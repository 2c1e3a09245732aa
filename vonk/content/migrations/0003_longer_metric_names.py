from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0002_video_attempts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tally',
            name='metric',
            field=models.CharField(max_length=40),
        ),
    ]
