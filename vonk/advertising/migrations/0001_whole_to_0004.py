"""Everything until 0004 at once, for a new platform; one that has some of these already takes the steps one by one."""

import django.db.models.deletion
import vonk.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('advertising', '0001_initial'), ('advertising', '0002_review_subject'), ('advertising', '0003_pixels_and_attribution'), ('advertising', '0004_creator_verdicts')]

    initial = True

    dependencies = [
        ('authorisation', '0001_whole_to_0008'),
        ('content', '0001_whole_to_0008'),
        ('identity', '0001_whole_to_0007'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='identity.adaccount')),
                ('name', models.CharField(max_length=512)),
                ('objective', models.CharField(choices=[('reach', 'REACH'), ('video_views', 'VIDEO_VIEWS'), ('community_interaction', 'COMMUNITY_INTERACTION'), ('traffic', 'TRAFFIC'), ('app_installs', 'APP_INSTALLS'), ('conversions', 'CONVERSIONS'), ('lead_generation', 'LEAD_GENERATION'), ('shop_purchases', 'SHOP_PURCHASES')], max_length=30)),
                ('budget_mode', models.CharField(choices=[('daily', 'DAILY'), ('lifetime', 'LIFETIME'), ('none', 'NONE')], max_length=10)),
                ('budget_micros', models.BigIntegerField(default=0)),
                ('enabled', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'advertising_campaign',
                'indexes': [models.Index(fields=['account', '-id'], name='advertising_campaign_account')],
            },
        ),
        migrations.CreateModel(
            name='AdGroup',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ad_groups', to='advertising.campaign')),
                ('name', models.CharField(max_length=512)),
                ('billing', models.CharField(choices=[('cpm', 'CPM'), ('cpc', 'CPC'), ('cpv', 'CPV')], max_length=10)),
                ('bid_micros', models.BigIntegerField()),
                ('budget_mode', models.CharField(choices=[('daily', 'DAILY'), ('lifetime', 'LIFETIME'), ('none', 'NONE')], max_length=10)),
                ('budget_micros', models.BigIntegerField()),
                ('pacing', models.CharField(choices=[('smooth', 'SMOOTH'), ('fast', 'FAST')], max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('targeting', models.JSONField(default=dict)),
                ('cap_impressions', models.PositiveIntegerField(null=True)),
                ('cap_window_seconds', models.PositiveIntegerField(null=True)),
                ('click_days', models.PositiveSmallIntegerField(default=7)),
                ('engaged_view_days', models.PositiveSmallIntegerField(default=1)),
                ('view_days', models.PositiveSmallIntegerField(default=1)),
                ('counting', models.CharField(choices=[('every', 'EVERY'), ('once', 'ONCE')], default='every', max_length=10)),
                ('enabled', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'advertising_ad_group',
            },
        ),
        migrations.CreateModel(
            name='Ad',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('ad_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ads', to='advertising.adgroup')),
                ('name', models.CharField(max_length=512)),
                ('consent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ads', to='authorisation.consent')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ads', to='content.post')),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ads', to='content.profile')),
                ('call_to_action', models.CharField(choices=[('apply_now', 'Apply now'), ('book_now', 'Book now'), ('call_now', 'Call now'), ('contact_us', 'Contact us'), ('download_now', 'Download now'), ('experience_now', 'Experience now'), ('get_quote', 'Get quote'), ('get_showtimes', 'Get showtimes'), ('get_tickets_now', 'Get tickets now'), ('install_now', 'Install now'), ('interested', 'Interested'), ('learn_more', 'Learn more'), ('listen_now', 'Listen now'), ('order_now', 'Order now'), ('play_game', 'Play game'), ('preorder_now', 'Preorder now'), ('read_more', 'Read more'), ('send_message', 'Send message'), ('shop_now', 'Shop now'), ('sign_up', 'Sign up'), ('subscribe', 'Subscribe'), ('view_now', 'View now'), ('view_profile', 'View profile'), ('visit_store', 'Visit store'), ('watch_live', 'Watch live'), ('watch_now', 'Watch now')], max_length=30)),
                ('landing_url', models.CharField(max_length=2048)),
                ('category', models.CharField(default='', max_length=30)),
                ('creator_accepted_at', models.DateTimeField(null=True)),
                ('creator_refused_at', models.DateTimeField(null=True)),
                ('creator_note', models.CharField(default='', max_length=500)),
                ('enabled', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'advertising_ad',
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('ad', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='advertising.ad')),
                ('verdict', models.CharField(choices=[('in_review', 'IN_REVIEW'), ('approved', 'APPROVED'), ('rejected', 'REJECTED'), ('superseded', 'SUPERSEDED')], max_length=12)),
                ('reasons', models.JSONField(default=list)),
                ('note', models.CharField(default='', max_length=1000)),
                ('subject', models.JSONField(default=dict)),
                ('submitted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'advertising_review',
                'indexes': [models.Index(condition=models.Q(('verdict', 'in_review')), fields=['id'], name='advertising_review_queue')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('verdict', 'in_review')), fields=('ad',), name='advertising_review_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Pixel',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pixels', to='identity.adaccount')),
                ('name', models.CharField(max_length=40)),
                ('secret_sha256', models.CharField(max_length=64)),
                ('enabled', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('modified_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'advertising_pixel',
                'indexes': [models.Index(fields=['account', '-id'], name='advertising_pixel_account')],
            },
        ),
    ]
