"""Everything until 0003 at once, for a new platform; one that has some of these already takes the steps one by one."""

import django.db.models.deletion
import vonk.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('control', '0001_initial'), ('control', '0002_notifications'), ('control', '0003_webhooks')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('text', models.CharField(max_length=300)),
                ('link', models.CharField(default='', max_length=300)),
                ('at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'control_notification',
                'indexes': [models.Index(fields=['person_id', '-id'], name='control_notification_person'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['person_id'], name='control_notification_unseen')],
            },
        ),
        migrations.CreateModel(
            name='ClockSetting',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('offset_us', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'control_clock',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='control_clock_single_row')],
            },
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'control_sequence',
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('object_id', models.BigIntegerField()),
                ('sequence', models.BigIntegerField(unique=True)),
                ('document', models.TextField(null=True)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'control_publication',
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='control_publication_object')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('person_id', models.BigIntegerField(null=True)),
                ('account_id', models.BigIntegerField(null=True)),
                ('via', models.CharField(max_length=20)),
                ('action', models.CharField(max_length=60)),
                ('noun', models.CharField(max_length=40)),
                ('object_id', models.BigIntegerField()),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'control_audit',
                'indexes': [models.Index(fields=['noun', 'object_id', 'at'], name='control_audit_object'), models.Index(fields=['account_id', 'at'], name='control_audit_account')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('operation', models.CharField(max_length=120)),
                ('key', models.CharField(max_length=64)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('answer', models.BinaryField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'control_idempotency',
                'constraints': [models.UniqueConstraint(fields=('person_id', 'operation', 'key'), name='control_idempotency_key')],
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('consumer', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('position', models.BigIntegerField(default=0)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'control_position',
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner_kind', models.CharField(max_length=12)),
                ('owner_id', models.BigIntegerField()),
                ('url', models.CharField(max_length=500)),
                ('topics', models.JSONField(default=list)),
                ('secret_sealed', models.BinaryField()),
                ('former_sealed', models.BinaryField(null=True)),
                ('former_until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.BigIntegerField()),
                ('paused_at', models.DateTimeField(null=True)),
                ('pause_reason', models.CharField(default='', max_length=10)),
                ('failing_since', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(null=True)),
                ('last_sequence', models.BigIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'control_webhook_endpoint',
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['owner_kind', 'owner_id'], name='control_webhook_owner')],
            },
        ),
        migrations.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('topic', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('payload', models.TextField()),
            ],
            options={
                'db_table': 'control_webhook_event',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='control.webhookendpoint')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='control.webhookevent')),
                ('state', models.CharField(max_length=10)),
                ('sequence', models.BigIntegerField(null=True)),
                ('since', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('attempted_at', models.DateTimeField(null=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('error', models.CharField(default='', max_length=100)),
            ],
            options={
                'db_table': 'control_webhook_delivery',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['endpoint', 'next_at'], name='control_webhook_due'), models.Index(fields=['endpoint', '-id'], name='control_webhook_list')],
            },
        ),
    ]
