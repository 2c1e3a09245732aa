from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0003_longer_metric_names'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(fields=['metric', 'hour_at'], name='content_tally_metric'),
        ),
    ]
