"""Everything until 0007 at once, for a new platform; one that has some of these already takes the steps one by one."""

import django.db.models.deletion
import django.db.models.functions.text
import vonk.core.ids
import vonk.identity.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('identity', '0001_initial'), ('identity', '0002_sign_in_and_letters'), ('identity', '0003_email_digest'), ('identity', '0004_finance_roles'), ('identity', '0005_business_center'), ('identity', '0006_first_members'), ('identity', '0007_suspension_reason')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('email_sha256', models.CharField(db_index=True, default='', max_length=64)),
                ('display_name', models.CharField(max_length=40)),
                ('language', models.CharField(default='en', max_length=2)),
                ('country', models.CharField(default='NL', max_length=2)),
                ('born_on', models.DateField(null=True)),
                ('gender', models.CharField(max_length=10, null=True)),
                ('interests', models.JSONField(default=list)),
                ('personalised', models.BooleanField(default=False)),
                ('pseudonym', models.CharField(default=vonk.identity.models.people.new_pseudonym, max_length=24, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_person',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='identity_person_email')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_organisation',
            },
        ),
        migrations.CreateModel(
            name='AdAccount',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ad_accounts', to='identity.organisation')),
                ('name', models.CharField(max_length=100)),
                ('currency', models.CharField(max_length=3)),
                ('time_zone', models.CharField(max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('advertiser_name', models.CharField(max_length=100)),
                ('payer_name', models.CharField(max_length=100)),
                ('spark_terms_accepted_at', models.DateTimeField(null=True)),
                ('spark_terms_version', models.CharField(max_length=20, null=True)),
                ('suspended_at', models.DateTimeField(null=True)),
                ('suspension_reason', models.TextField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_ad_account',
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to=settings.AUTH_USER_MODEL)),
                ('address', models.EmailField(max_length=254, null=True)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'identity_letter',
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', False), ('address__isnull', False), _connector='OR'), name='identity_letter_to_somebody')],
            },
        ),
        migrations.CreateModel(
            name='OrganisationMember',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='identity.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='organisation_members', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('admin', 'ADMIN'), ('standard', 'STANDARD')], max_length=20)),
                ('finance_role', models.CharField(choices=[('manager', 'MANAGER'), ('analyst', 'ANALYST')], max_length=20, null=True)),
                ('joined_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_organisation_member',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person'), name='identity_organisation_member_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='identity.adaccount')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('admin', 'ADMIN'), ('operator', 'OPERATOR'), ('analyst', 'ANALYST'), ('finance_manager', 'FINANCE_MANAGER'), ('finance_analyst', 'FINANCE_ANALYST')], max_length=20)),
            ],
            options={
                'db_table': 'identity_membership',
                'constraints': [models.UniqueConstraint(fields=('account', 'person'), name='identity_membership_once')],
            },
        ),
        migrations.CreateModel(
            name='ProfileAssignment',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profile_assignments', to=settings.AUTH_USER_MODEL)),
                ('profile_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'identity_profile_assignment',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person', 'profile_id'), name='identity_profile_assignment_once')],
            },
        ),
        migrations.CreateModel(
            name='MemberInvitation',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='identity.organisation')),
                ('email', models.EmailField(max_length=254)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('role', models.CharField(choices=[('admin', 'ADMIN'), ('standard', 'STANDARD')], max_length=20)),
                ('finance_role', models.CharField(choices=[('manager', 'MANAGER'), ('analyst', 'ANALYST')], max_length=20, null=True)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_at', models.DateTimeField()),
                ('sends', models.PositiveSmallIntegerField(default=1)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'identity_member_invitation',
                'indexes': [models.Index(fields=['organisation', '-id'], name='identity_invitation_org')],
            },
        ),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation')),
                ('asked', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation')),
                ('asked_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'identity_partnership',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('asker', 'asked'), name='identity_partnership_once'), models.CheckConstraint(condition=models.Q(('asker', models.F('asked')), _negated=True), name='identity_partnership_of_two')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='identity.partnership')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares_given', to='identity.organisation')),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares_taken', to='identity.organisation')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='identity.adaccount')),
                ('role_max', models.CharField(choices=[('admin', 'ADMIN'), ('operator', 'OPERATOR'), ('analyst', 'ANALYST'), ('finance_manager', 'FINANCE_MANAGER'), ('finance_analyst', 'FINANCE_ANALYST')], max_length=20, null=True)),
                ('profile_id', models.BigIntegerField(null=True)),
                ('shared_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'identity_share',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('profile_id__isnull', True), ('role_max__isnull', False)), models.Q(('account__isnull', True), ('profile_id__isnull', False), ('role_max__isnull', True)), _connector='OR'), name='identity_share_of_one_asset'), models.UniqueConstraint(fields=('partnership', 'account'), name='identity_share_account_once'), models.UniqueConstraint(fields=('partnership', 'giver', 'profile_id'), name='identity_share_profile_once')],
            },
        ),
        migrations.CreateModel(
            name='ShareAssignment',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='identity.share')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='share_assignments', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('admin', 'ADMIN'), ('operator', 'OPERATOR'), ('analyst', 'ANALYST'), ('finance_manager', 'FINANCE_MANAGER'), ('finance_analyst', 'FINANCE_ANALYST')], max_length=20, null=True)),
            ],
            options={
                'db_table': 'identity_share_assignment',
                'constraints': [models.UniqueConstraint(fields=('share', 'person'), name='identity_share_assignment_once')],
            },
        ),
        migrations.CreateModel(
            name='PlatformMember',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='platform_member', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('operator', 'OPERATOR'), ('reviewer', 'REVIEWER')], max_length=20)),
            ],
            options={
                'db_table': 'identity_platform_member',
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='access_tokens', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('label', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'identity_access_token',
            },
        ),
        migrations.CreateModel(
            name='SignInBucket',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
            ],
            options={
                'db_table': 'identity_sign_in_bucket',
                'indexes': [models.Index(fields=['started_at'], name='identity_sign_in_started')],
            },
        ),
    ]
