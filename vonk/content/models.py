"""Profiles, videos, posts, what people do with them, and the counters of it all."""

from django.db import models

from vonk.content.rules import METRIC_CHARS_MAX, EngagementKind, Origin, VideoState, Visibility
from vonk.core.ids import new_id


class Profile(models.Model):
    """A name and face that posts speak as: a creator's (owner set), or an advertiser's custom identity (account set)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    owner = models.OneToOneField("identity.Person", on_delete=models.PROTECT, null=True, related_name="profile")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="identities")
    handle = models.CharField(max_length=24, unique=True, null=True)  # NULL for a custom identity.
    display_name = models.CharField(max_length=40)
    bio = models.CharField(max_length=160, default="")
    avatar = models.CharField(max_length=200, default="")  # A key of the media store; "" = initials.
    banned_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_profile"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False, account__isnull=True, handle__isnull=False)
                | models.Q(owner__isnull=True, account__isnull=False, handle__isnull=True),
                name="content_profile_one_kind",
            )
        ]


class Sound(models.Model):
    """The sound line of posts: original to a profile, or from the library."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=100)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, null=True, related_name="sounds")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_sound"


class Video(models.Model):
    """An uploaded file and, once processed, its playable rendition."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    uploader = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="videos")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="videos")
    state = models.CharField(max_length=12, choices=[(state.value, state.name) for state in VideoState])
    progress_percent = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=40, null=True)  # Code of the error that stopped it.
    original_name = models.CharField(max_length=200)
    source_key = models.CharField(max_length=200, null=True)  # Keys of the media store.
    rendition_key = models.CharField(max_length=200, null=True)
    poster_key = models.CharField(max_length=200, null=True)
    source_bytes = models.BigIntegerField()
    source_sha256 = models.CharField(max_length=64)
    rendition_bytes = models.BigIntegerField(null=True)
    width = models.PositiveIntegerField(null=True)  # Of the rendition, as shown.
    height = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    has_sound = models.BooleanField(null=True)
    claimed_at = models.DateTimeField(null=True)  # When a worker took it up, or last said that it is alive.
    attempts = models.PositiveSmallIntegerField(default=0)  # How often it was taken up.
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_video"
        indexes = [
            models.Index(
                fields=["claimed_at"],
                condition=models.Q(state__in=[VideoState.UPLOADED.value, VideoState.PROCESSING.value]),
                name="content_video_unfinished",
            )
        ]


class Post(models.Model):
    """A video with a caption under a profile."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="posts")
    video = models.ForeignKey("content.Video", on_delete=models.PROTECT, related_name="posts")
    sound = models.ForeignKey("content.Sound", on_delete=models.PROTECT, null=True, related_name="posts")
    caption = models.TextField(default="")
    visibility = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Visibility])
    ads_only = models.BooleanField(default=False)  # Absent from profile, search and feed; shown in ads alone.
    origin = models.CharField(max_length=12, choices=[(value.value, value.name) for value in Origin])
    may_duet = models.BooleanField(default=True)
    may_stitch = models.BooleanField(default=True)
    duet_of = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="duets")
    stitch_of = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="stitches")
    caption_locked = models.BooleanField(default=False)  # Set with the first authorisation (S3).
    in_ads = models.BooleanField(default=False)  # Its document is published to the ad servers.
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # By moderators.
    removed_reason = models.CharField(max_length=60, null=True)

    class Meta:
        db_table = "content_post"
        indexes = [models.Index(fields=["profile", "-id"], name="content_post_profile")]


class PostTag(models.Model):
    """A hashtag of a caption, lower case, without the sign."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=100)

    class Meta:
        db_table = "content_post_tag"
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="content_post_tag_once")]
        indexes = [models.Index(fields=["tag", "post"], name="content_post_tag_tag")]


class PostMention(models.Model):
    """A profile named in a caption."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="mentions")
    profile = models.ForeignKey("content.Profile", on_delete=models.CASCADE, related_name="mentioned_in")

    class Meta:
        db_table = "content_post_mention"
        constraints = [models.UniqueConstraint(fields=["post", "profile"], name="content_post_mention_once")]


class Engagement(models.Model):
    """A like, favourite or share, with its source: ad_id and decision_id are 0 when organic."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="engagements")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in EngagementKind])
    ad_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "content_engagement"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "person", "kind"],
                condition=~models.Q(kind=EngagementKind.SHARE.value),
                name="content_engagement_once",
            )
        ]


class Comment(models.Model):
    """A comment, with its source as in Engagement."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(max_length=500)
    ad_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)  # By the post's creator.
    deleted_at = models.DateTimeField(null=True)  # By its author.

    class Meta:
        db_table = "content_comment"
        indexes = [models.Index(fields=["post", "-id"], name="content_comment_post")]


class Follow(models.Model):
    """A person follows a profile, with the post and source they came from (post NULL: from the profile page)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="follows")
    profile = models.ForeignKey("content.Profile", on_delete=models.PROTECT, related_name="followers")
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="+")
    ad_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "content_follow"
        constraints = [models.UniqueConstraint(fields=["person", "profile"], name="content_follow_once")]


class EngagementChange(models.Model):
    """An organic engagement that was given or taken back: a row for who reads on, deleted when it was read.

    Without a key to what it names: that may be gone when it is read.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)  # rules.Metric
    engagement_id = models.BigIntegerField()  # Of the Engagement, Comment or Follow, each kind with its own ids.
    person_id = models.BigIntegerField()
    post_id = models.BigIntegerField(default=0)  # 0: a follow from the profile's page.
    profile_id = models.BigIntegerField()
    at = models.DateTimeField()
    given = models.BooleanField()  # False: taken back.

    class Meta:
        db_table = "content_engagement_change"


class Tally(models.Model):
    """How often something happened to a post in one UTC hour, by source: ad_id 0 is organic.

    The one place that every number of posts and ads is read from: a post's paid count is the sum over ads of the same
    rows that the ads' reports sum, so the two can never disagree.
    """

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="tallies")
    ad_id = models.BigIntegerField(default=0)
    hour_at = models.DateTimeField()
    metric = models.CharField(max_length=METRIC_CHARS_MAX)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "content_tally"
        constraints = [
            models.UniqueConstraint(fields=["post", "ad_id", "hour_at", "metric"], name="content_tally_once")
        ]
        indexes = [
            models.Index(fields=["ad_id", "hour_at"], name="content_tally_ad"),
            models.Index(fields=["metric", "hour_at"], name="content_tally_metric"),
        ]
