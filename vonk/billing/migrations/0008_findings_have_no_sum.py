from django.db import migrations


class Migration(migrations.Migration):
    """A finding may concern several currencies: amounts stand in its credit notes."""

    dependencies = [("billing", "0007_collections_of_payments")]

    operations = [migrations.RemoveField(model_name="finding", name="amount_micros")]
