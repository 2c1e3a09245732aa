"""Everything until 0009 at once, for a new platform; one that has some of these already takes the steps one by one."""

import django.db.models.deletion
import django.db.models.expressions
import vonk.billing.funding
import vonk.core.ids
from django.db import migrations, models


from vonk.billing import append_only


def guard(apps, schema_editor):
    append_only.guard(schema_editor.connection)


def lift(apps, schema_editor):
    append_only.lift(schema_editor.connection)


class Migration(migrations.Migration):

    replaces = [('billing', '0001_initial'), ('billing', '0002_showings_and_shares'), ('billing', '0003_transfers_append_only'), ('billing', '0004_validity'), ('billing', '0005_funding_and_findings'), ('billing', '0006_collections'), ('billing', '0007_collections_of_payments'), ('billing', '0008_findings_have_no_sum'), ('billing', '0009_transfers_by_consent')]

    initial = True

    dependencies = [
        ('identity', '0001_whole_to_0007'),
    ]

    operations = [
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('provider', models.CharField(max_length=20)),
                ('reference', models.CharField(max_length=100)),
                ('amount_micros', models.BigIntegerField()),
                ('tax_micros', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('invoice_id', models.BigIntegerField(null=True)),
                ('person_id', models.BigIntegerField(null=True)),
                ('via', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('pending', 'PENDING'), ('paid', 'PAID'), ('declined', 'DECLINED')], max_length=10)),
                ('failure', models.CharField(default='', max_length=200)),
                ('begun_at', models.DateTimeField()),
                ('ask_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_collection',
                'indexes': [models.Index(fields=['state', 'ask_again_at'], name='billing_collection_pending'), models.Index(fields=['account', 'state'], name='billing_collection_account')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'reference'), name='billing_collection_reference'), models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('invoice_id',), name='billing_collection_one_at_a_time'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('tax_micros__gte', 0)), name='billing_collection_positive')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=200)),
                ('person_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('events', models.PositiveIntegerField()),
            ],
            options={
                'db_table': 'billing_finding',
            },
        ),
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='billing.finding')),
                ('amount_micros', models.BigIntegerField()),
                ('creators_micros', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('issued_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'billing_credit_note',
                'constraints': [models.UniqueConstraint(fields=('finding', 'account'), name='billing_credit_note_once'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='billing_credit_note_positive')],
            },
        ),
        migrations.CreateModel(
            name='FindingEvent',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='found', to='billing.finding')),
                ('note', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='found', to='billing.creditnote')),
                ('decision_id', models.BigIntegerField()),
                ('event_kind', models.CharField(max_length=20)),
                ('account_id', models.BigIntegerField()),
                ('campaign_id', models.BigIntegerField()),
                ('ad_group_id', models.BigIntegerField()),
                ('ad_id', models.BigIntegerField()),
                ('post_id', models.BigIntegerField()),
                ('received_at', models.DateTimeField()),
                ('hour_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('value', models.BigIntegerField()),
                ('amount_micros', models.BigIntegerField()),
            ],
            options={
                'db_table': 'billing_finding_event',
                'indexes': [models.Index(fields=['account_id', 'hour_at'], name='billing_found_account'), models.Index(fields=['ad_id', 'hour_at'], name='billing_found_ad'), models.Index(fields=['post_id', 'hour_at'], name='billing_found_post')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='identity.adaccount')),
                ('provider', models.CharField(max_length=20)),
                ('provider_reference', models.CharField(max_length=100)),
                ('amount_micros', models.BigIntegerField()),
                ('tax_micros', models.BigIntegerField(default=0)),
                ('refunded_micros', models.BigIntegerField(default=0)),
                ('tax_refunded_micros', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('paid_at', models.DateTimeField()),
                ('person_id', models.BigIntegerField(null=True)),
                ('invoice_id', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'billing_payment',
                'constraints': [models.UniqueConstraint(fields=('provider', 'provider_reference'), name='billing_payment_reference'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='billing_payment_positive'), models.CheckConstraint(condition=models.Q(('tax_micros__gte', 0), ('refunded_micros__gte', 0), ('refunded_micros__lte', models.F('amount_micros')), ('tax_refunded_micros__gte', 0), ('tax_refunded_micros__lte', models.F('tax_micros'))), name='billing_payment_refunded_once')],
            },
        ),
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('country', models.CharField(max_length=2, primary_key=True, serialize=False)),
                ('rate_ppm', models.PositiveIntegerField()),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'billing_tax_rate',
            },
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='identity.adaccount')),
                ('mode', models.CharField(choices=[('prepay', 'PREPAY'), ('threshold', 'THRESHOLD'), ('monthly', 'MONTHLY')], max_length=10)),
                ('threshold_micros', models.BigIntegerField(null=True)),
                ('due_days', models.PositiveIntegerField(default=0)),
                ('next_invoice_at', models.DateTimeField(null=True)),
                ('stopped', models.CharField(choices=[('', 'NONE'), ('payment_failed', 'PAYMENT_FAILED'), ('invoice_overdue', 'INVOICE_OVERDUE')], default=vonk.billing.funding.Stop['NONE'], max_length=20)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'billing_terms',
                'indexes': [models.Index(fields=['next_invoice_at'], name='billing_terms_next_invoice')],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('reference', models.CharField(max_length=100)),
                ('amount_micros', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=200)),
                ('person_id', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended', models.BooleanField(default=False)),
                ('expired_micros', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'billing_voucher',
                'indexes': [models.Index(fields=['ended', 'expires_at'], name='billing_voucher_expiry')],
                'constraints': [models.UniqueConstraint(fields=('account', 'reference'), name='billing_voucher_reference'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='billing_voucher_positive')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('amount_micros', models.BigIntegerField()),
                ('posted_micros', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('purpose', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('placed', 'PLACED'), ('posted', 'POSTED'), ('voided', 'VOIDED'), ('expired', 'EXPIRED')], max_length=10)),
                ('placed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_hold',
                'indexes': [models.Index(fields=['state', 'expires_at'], name='billing_hold_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('posted_micros__gte', 0), ('posted_micros__lte', models.F('amount_micros'))), name='billing_hold_posts_what_it_holds'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'posted'), ('posted_micros__gt', 0)), models.Q(models.Q(('state', 'posted'), _negated=True), ('posted_micros', 0)), _connector='OR'), name='billing_hold_posted_or_not')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refund', to='billing.hold')),
                ('reference', models.CharField(max_length=100)),
                ('amount_micros', models.BigIntegerField()),
                ('tax_micros', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('asked', 'ASKED'), ('approved', 'APPROVED'), ('paid', 'PAID'), ('declined', 'DECLINED'), ('lapsed', 'LAPSED'), ('returned', 'RETURNED')], max_length=10)),
                ('reason', models.CharField(max_length=200)),
                ('answer', models.CharField(default='', max_length=200)),
                ('person_id', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(default='', max_length=200)),
                ('next_attempt_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_refund',
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='billing_refund_attempt')],
                'constraints': [models.UniqueConstraint(fields=('account', 'reference'), name='billing_refund_reference')],
            },
        ),
        migrations.CreateModel(
            name='RefundPart',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='billing.refund')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_parts', to='billing.payment')),
                ('amount_micros', models.BigIntegerField()),
                ('tax_micros', models.BigIntegerField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_refund_part',
                'constraints': [models.UniqueConstraint(fields=('refund', 'payment'), name='billing_refund_part_once')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('mode', models.CharField(max_length=10)),
                ('amount_micros', models.BigIntegerField()),
                ('credited_micros', models.BigIntegerField(default=0)),
                ('tax_ppm', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('period_start', models.DateField()),
                ('period_end', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(default='', max_length=200)),
                ('next_attempt_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'billing_invoice',
                'indexes': [models.Index(fields=['account', 'paid_at'], name='billing_invoice_open'), models.Index(fields=['paid_at', 'next_attempt_at'], name='billing_invoice_attempt'), models.Index(fields=['paid_at', 'due_at'], name='billing_invoice_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('credited_micros__gte', 0), ('credited_micros__lte', models.F('amount_micros'))), name='billing_invoice_credited_once')],
            },
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'db_table': 'billing_sequence',
            },
        ),
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('payment_provider', 'PAYMENT_PROVIDER'), ('advertiser', 'ADVERTISER'), ('voucher', 'VOUCHER'), ('credit', 'CREDIT'), ('hold', 'HOLD'), ('refund', 'REFUND'), ('platform_revenue', 'PLATFORM_REVENUE'), ('creator_earnings', 'CREATOR_EARNINGS'), ('tax', 'TAX'), ('write_off', 'WRITE_OFF')], max_length=30)),
                ('owner_id', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('debits_micros', models.BigIntegerField(default=0)),
                ('credits_micros', models.BigIntegerField(default=0)),
                ('limit_micros', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'billing_ledger_account',
                'constraints': [models.UniqueConstraint(fields=('kind', 'owner_id', 'currency'), name='billing_ledger_account_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['advertiser', 'voucher', 'credit', 'hold', 'refund']), _negated=True), ('debits_micros__lte', django.db.models.expressions.CombinedExpression(models.F('credits_micros'), '+', models.F('limit_micros'))), _connector='OR'), name='billing_no_overdraft'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'credit'), _negated=True), ('credits_micros__lte', models.F('debits_micros')), _connector='OR'), name='billing_credit_is_owed'), models.CheckConstraint(condition=models.Q(('limit_micros', 0), models.Q(('kind', 'credit'), ('limit_micros__gt', 0)), _connector='OR'), name='billing_only_credit_has_a_limit')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('reason', models.CharField(max_length=30)),
                ('debit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debits', to='billing.ledgeraccount')),
                ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='billing.ledgeraccount')),
                ('currency', models.CharField(max_length=3)),
                ('amount_micros', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('account_id', models.BigIntegerField(null=True)),
                ('campaign_id', models.BigIntegerField(null=True)),
                ('ad_group_id', models.BigIntegerField(null=True)),
                ('ad_id', models.BigIntegerField(null=True)),
                ('post_id', models.BigIntegerField(null=True)),
                ('event_kind', models.CharField(max_length=20, null=True)),
                ('hour_at', models.DateTimeField(null=True)),
                ('day', models.DateField(null=True)),
                ('grant_id', models.BigIntegerField(null=True)),
                ('share_ppm', models.PositiveIntegerField(null=True)),
                ('first_position', models.BigIntegerField(null=True)),
                ('last_position', models.BigIntegerField(null=True)),
                ('events', models.PositiveIntegerField(null=True)),
            ],
            options={
                'db_table': 'billing_transfer',
                'indexes': [models.Index(fields=['account_id', 'hour_at'], name='billing_transfer_account'), models.Index(fields=['ad_id', 'hour_at'], name='billing_transfer_ad'), models.Index(condition=models.Q(('grant_id__gt', 0)), fields=['grant_id'], name='billing_transfer_grant'), models.Index(fields=['last_position', 'key'], name='billing_transfer_segment'), models.Index(fields=['debit', '-id'], name='billing_transfer_debit'), models.Index(fields=['credit', '-id'], name='billing_transfer_credit'), models.Index(fields=['debit', 'at'], name='billing_transfer_debited'), models.Index(fields=['credit', 'at'], name='billing_transfer_credited')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='billing_transfer_positive')],
            },
        ),
        migrations.CreateModel(
            name='BudgetSpend',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('noun', models.CharField(max_length=10)),
                ('object_id', models.BigIntegerField()),
                ('period', models.CharField(max_length=10)),
                ('billed_micros', models.BigIntegerField(default=0)),
                ('limit_micros', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'billing_budget_spend',
                'constraints': [models.UniqueConstraint(fields=('noun', 'object_id', 'period'), name='billing_budget_spend_once')],
            },
        ),
        migrations.CreateModel(
            name='BilledShowing',
            fields=[
                ('decision_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('decided_ms', models.BigIntegerField()),
            ],
            options={
                'db_table': 'billing_billed_showing',
                'indexes': [models.Index(fields=['decided_ms'], name='billing_billed_showing_age')],
            },
        ),
        migrations.CreateModel(
            name='SettledSegment',
            fields=[
                ('last_position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('first_position', models.BigIntegerField()),
                ('written_off', models.BinaryField()),
                ('repeated', models.BinaryField()),
            ],
            options={
                'db_table': 'billing_settled_segment',
            },
        ),
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
        migrations.RunPython(guard, lift),
    ]
