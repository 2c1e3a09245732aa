"""Where each line of a list of codes stands in what was pasted or uploaded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, with a default."""

    dependencies = [("authorisation", "0005_guess_waits")]

    operations = [
        migrations.AddField(
            model_name="codeimportline",
            name="row",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
