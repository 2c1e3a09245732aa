from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_transfers_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='ValidityTuning',
            fields=[
                ('rule', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('enabled', models.BooleanField(default=True)),
                ('values', models.JSONField(default=dict)),
                ('person_id', models.BigIntegerField(null=True)),
                ('set_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_validity_tuning',
            },
        ),
    ]
