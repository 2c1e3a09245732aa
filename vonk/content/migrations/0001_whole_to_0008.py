"""Everything until 0008 at once, for a new platform; one that has some of these already takes the steps one by one."""

import django.db.models.deletion
import vonk.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('content', '0001_initial'), ('content', '0002_video_attempts'), ('content', '0003_longer_metric_names'), ('content', '0004_tallies_by_metric'), ('content', '0005_engagement_changes'), ('content', '0006_drafts_and_captions'), ('content', '0007_source_container'), ('content', '0008_answers')]

    initial = True

    dependencies = [
        ('identity', '0001_whole_to_0007'),
    ]

    operations = [
        migrations.CreateModel(
            name='EngagementChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('engagement_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('post_id', models.BigIntegerField(default=0)),
                ('profile_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('given', models.BooleanField()),
            ],
            options={
                'db_table': 'content_engagement_change',
            },
        ),
        migrations.CreateModel(
            name='Video',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('uploader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='videos', to=settings.AUTH_USER_MODEL)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='videos', to='identity.adaccount')),
                ('state', models.CharField(choices=[('uploaded', 'UPLOADED'), ('processing', 'PROCESSING'), ('ready', 'READY'), ('failed', 'FAILED')], max_length=12)),
                ('progress_percent', models.PositiveSmallIntegerField(default=0)),
                ('failure', models.CharField(max_length=40, null=True)),
                ('original_name', models.CharField(max_length=200)),
                ('source_key', models.CharField(max_length=200, null=True)),
                ('rendition_key', models.CharField(max_length=200, null=True)),
                ('poster_key', models.CharField(max_length=200, null=True)),
                ('source_bytes', models.BigIntegerField()),
                ('source_sha256', models.CharField(max_length=64)),
                ('source_container', models.CharField(default='', max_length=40)),
                ('rendition_bytes', models.BigIntegerField(null=True)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('duration_ms', models.PositiveBigIntegerField(null=True)),
                ('has_sound', models.BooleanField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'content_video',
                'indexes': [models.Index(condition=models.Q(('state__in', ['uploaded', 'processing'])), fields=['claimed_at'], name='content_video_unfinished')],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='profile', to=settings.AUTH_USER_MODEL)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='identity.adaccount')),
                ('handle', models.CharField(max_length=24, null=True, unique=True)),
                ('display_name', models.CharField(max_length=40)),
                ('bio', models.CharField(default='', max_length=160)),
                ('avatar', models.CharField(default='', max_length=200)),
                ('private', models.BooleanField(default=False)),
                ('banned_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'content_profile',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('handle__isnull', False), ('owner__isnull', False)), models.Q(('account__isnull', False), ('handle__isnull', True), ('owner__isnull', True)), _connector='OR'), name='content_profile_one_kind')],
            },
        ),
        migrations.CreateModel(
            name='Sound',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=100)),
                ('profile', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sounds', to='content.profile')),
                ('commercial', models.BooleanField(default=True)),
                ('countries', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'content_sound',
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='content.profile')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='content.video')),
                ('sound', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='content.sound')),
                ('caption', models.TextField(default='')),
                ('visibility', models.CharField(choices=[('public', 'PUBLIC'), ('friends', 'FRIENDS'), ('private', 'PRIVATE')], max_length=10)),
                ('ads_only', models.BooleanField(default=False)),
                ('origin', models.CharField(choices=[('organic', 'ORGANIC'), ('pushed', 'PUSHED'), ('advertiser', 'ADVERTISER')], max_length=12)),
                ('format', models.CharField(choices=[('video', 'VIDEO'), ('story', 'STORY'), ('carousel', 'CAROUSEL')], default='video', max_length=10)),
                ('disclosure', models.CharField(choices=[('none', 'NONE'), ('own_brand', 'OWN_BRAND'), ('branded', 'BRANDED')], default='none', max_length=10)),
                ('ai_generated', models.BooleanField(default=False)),
                ('draft', models.BooleanField(default=False)),
                ('pushed_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pushed_posts', to='identity.adaccount')),
                ('publish_as', models.CharField(choices=[('ads_only', 'ADS_ONLY'), ('private', 'PRIVATE'), ('public', 'PUBLIC')], max_length=10, null=True)),
                ('may_duet', models.BooleanField(default=True)),
                ('may_stitch', models.BooleanField(default=True)),
                ('duet_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duets', to='content.post')),
                ('stitch_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stitches', to='content.post')),
                ('caption_locked', models.BooleanField(default=False)),
                ('in_ads', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed_reason', models.CharField(max_length=60, null=True)),
            ],
            options={
                'db_table': 'content_post',
                'indexes': [models.Index(fields=['profile', '-id'], name='content_post_profile'), models.Index(condition=models.Q(('pushed_for__isnull', False)), fields=['pushed_for', '-id'], name='content_post_pushed_for')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('origin', 'pushed'), ('publish_as__isnull', False), ('pushed_for__isnull', False)), models.Q(models.Q(('origin', 'pushed'), _negated=True), ('draft', False), ('publish_as', None), ('pushed_for', None)), _connector='OR'), name='content_post_pushed')],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='content.post')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('like', 'LIKE'), ('favourite', 'FAVOURITE'), ('share', 'SHARE')], max_length=10)),
                ('ad_id', models.BigIntegerField(default=0)),
                ('decision_id', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'content_engagement',
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'share'), _negated=True), fields=('post', 'person', 'kind'), name='content_engagement_once')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='content.post')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to=settings.AUTH_USER_MODEL)),
                ('text', models.CharField(max_length=500)),
                ('ad_id', models.BigIntegerField(default=0)),
                ('decision_id', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('reply_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='content.comment')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('hidden_at', models.DateTimeField(null=True)),
                ('hidden_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.adaccount')),
                ('creator_decided', models.BooleanField(db_default=False, default=False)),
                ('deleted_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'content_comment',
                'indexes': [models.Index(fields=['post', '-id'], name='content_comment_post')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follows', to=settings.AUTH_USER_MODEL)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='content.profile')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.post')),
                ('ad_id', models.BigIntegerField(default=0)),
                ('decision_id', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'content_follow',
                'constraints': [models.UniqueConstraint(fields=('person', 'profile'), name='content_follow_once')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tallies', to='content.post')),
                ('ad_id', models.BigIntegerField(default=0)),
                ('hour_at', models.DateTimeField()),
                ('metric', models.CharField(max_length=40)),
                ('value', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'content_tally',
                'indexes': [models.Index(fields=['ad_id', 'hour_at'], name='content_tally_ad'), models.Index(fields=['metric', 'hour_at'], name='content_tally_metric')],
                'constraints': [models.UniqueConstraint(fields=('post', 'ad_id', 'hour_at', 'metric'), name='content_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='PostTag',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='content.post')),
                ('tag', models.CharField(max_length=100)),
            ],
            options={
                'db_table': 'content_post_tag',
                'indexes': [models.Index(fields=['tag', 'post'], name='content_post_tag_tag')],
                'constraints': [models.UniqueConstraint(fields=('post', 'tag'), name='content_post_tag_once')],
            },
        ),
        migrations.CreateModel(
            name='PostMention',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='content.post')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentioned_in', to='content.profile')),
            ],
            options={
                'db_table': 'content_post_mention',
                'constraints': [models.UniqueConstraint(fields=('post', 'profile'), name='content_post_mention_once')],
            },
        ),
        migrations.CreateModel(
            name='CaptionVersion',
            fields=[
                ('id', models.BigIntegerField(default=vonk.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='caption_versions', to='content.post')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('replaces', models.TextField()),
                ('state', models.CharField(choices=[('proposed', 'PROPOSED'), ('in_review', 'IN_REVIEW'), ('rejected', 'REJECTED'), ('refused', 'REFUSED'), ('withdrawn', 'WITHDRAWN'), ('superseded', 'SUPERSEDED'), ('current', 'CURRENT'), ('replaced', 'REPLACED')], max_length=10)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='caption_versions', to='identity.adaccount')),
                ('proposed_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reasons', models.JSONField(default=list)),
                ('note', models.CharField(default='', max_length=500)),
            ],
            options={
                'db_table': 'content_caption_version',
                'indexes': [models.Index(condition=models.Q(('state', 'in_review')), fields=['id'], name='content_caption_review')],
                'constraints': [models.UniqueConstraint(fields=('post', 'number'), name='content_caption_version_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'in_review'])), fields=('post',), name='content_caption_version_one_open'), models.UniqueConstraint(condition=models.Q(('state', 'current')), fields=('post',), name='content_caption_version_one_current')],
            },
        ),
    ]
