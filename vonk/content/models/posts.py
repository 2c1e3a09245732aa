"""Videos, and posts with their captions."""

from django.db import models

from vonk.content.hosted import EXTERNAL_ID_MAX, REMOTE_CHARS_MAX
from vonk.content.library import FILE_NAME_MAX
from vonk.content.rules import (
    CAPTION_OPEN,
    CaptionState,
    Disclosure,
    Format,
    Origin,
    PublishAs,
    VideoState,
    Visibility,
)
from vonk.core.ids import new_id


class Video(models.Model):
    """What a post shows: an uploaded file and, once processed, its playable rendition; or a set of pictures.

    A set has ``pictures`` and no rendition, so that nothing takes it for something that plays; its poster is the first one.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    uploader = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="videos")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="videos")
    state = models.CharField(max_length=12, choices=[(state.value, state.name) for state in VideoState])
    progress_percent = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=40, null=True)  # Code of the error that stopped it.
    original_name = models.CharField(max_length=200)
    source_key = models.CharField(max_length=200, null=True)  # Keys of the media store.
    rendition_key = models.CharField(max_length=REMOTE_CHARS_MAX, null=True)  # Or the address at the post's host.
    poster_key = models.CharField(max_length=REMOTE_CHARS_MAX, null=True)
    source_bytes = models.BigIntegerField()
    source_sha256 = models.CharField(max_length=64)
    source_container = models.CharField(max_length=40, default="")  # ffmpeg's first name of it; "" until it is ready.
    source_md5 = models.CharField(max_length=32, null=True)  # None for one from before it was kept, or of the erased.
    source_format = models.CharField(
        max_length=10, default=""
    )  # "mp4", "mov", "webm" …; library videos have it at once.
    source_width = models.PositiveIntegerField(null=True)  # As shown; of library videos, from their upload on.
    source_height = models.PositiveIntegerField(null=True)
    source_duration_ms = models.PositiveBigIntegerField(null=True)
    library_name = models.CharField(max_length=FILE_NAME_MAX, null=True)  # Of an ad account's; None: its original name.
    modified_at = models.DateTimeField(null=True)  # When its name was last changed.
    rendition_bytes = models.BigIntegerField(null=True)
    width = models.PositiveIntegerField(null=True)  # Of the rendition, as shown.
    height = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    has_sound = models.BooleanField(null=True)
    pictures = models.PositiveSmallIntegerField(default=0, db_default=0)  # How many a set has; 0: it is a video.
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
        constraints = [models.UniqueConstraint(fields=["account", "library_name"], name="content_video_library_name")]


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
    format = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in Format], default=Format.VIDEO.value
    )
    disclosure = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in Disclosure], default=Disclosure.NONE.value
    )
    ai_generated = models.BooleanField(default=False)  # Said once, it is never unsaid (reference §4).
    draft = models.BooleanField(default=False)  # Pushed, and not published: nobody but both sides and reviewers see it.
    pushed_for = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="pushed_posts"
    )  # Of an Origin.PUSHED.
    publish_as = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in PublishAs], null=True
    )  # Of an Origin.PUSHED.
    may_duet = models.BooleanField(default=True)
    may_stitch = models.BooleanField(default=True)
    duet_of = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="duets")
    stitch_of = models.ForeignKey("content.Post", on_delete=models.PROTECT, null=True, related_name="stitches")
    caption_locked = models.BooleanField(default=False)  # Set with the first authorisation (S3).
    in_ads = models.BooleanField(default=False)  # Its document is published to the ad servers.
    external_id = models.CharField(max_length=EXTERNAL_ID_MAX, default="", db_default="")  # At its host; "" for none.
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # By moderators.
    removed_reason = models.CharField(max_length=60, null=True)
    limited_at = models.DateTimeField(null=True)  # By moderators: no feed and no search offers it.

    class Meta:
        db_table = "content_post"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin=Origin.PUSHED.value, pushed_for__isnull=False, publish_as__isnull=False)
                | (~models.Q(origin=Origin.PUSHED.value) & models.Q(pushed_for=None, publish_as=None, draft=False)),
                name="content_post_pushed",
            )
        ]
        indexes = [
            models.Index(fields=["profile", "-id"], name="content_post_profile"),
            models.Index(fields=["-created_at", "-id"], name="content_post_newest"),  # As feeds begin.
            models.Index(
                fields=["pushed_for", "-id"],
                condition=models.Q(pushed_for__isnull=False),
                name="content_post_pushed_for",
            ),
        ]


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


class CaptionVersion(models.Model):
    """A caption proposed for a post whose caption is locked. The one that is CURRENT is what the post says."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="caption_versions")
    number = models.PositiveIntegerField()  # 1 for the first proposal of the post.
    text = models.TextField()
    replaces = (
        models.TextField()
    )  # What the post said when it was proposed; from the switch on, what it said until then.
    state = models.CharField(max_length=10, choices=[(state.value, state.name) for state in CaptionState])
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")  # Who proposed it.
    account = models.ForeignKey(
        "identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="caption_versions"
    )  # For whom; NULL: the creator proposed it.
    proposed_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)  # When the creator did; the instant of proposal when it is theirs.
    ended_at = models.DateTimeField(null=True)  # When it was refused, withdrawn or superseded.
    reviewed_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.JSONField(default=list)  # Codes of captions.REVIEW_REASONS, of a rejection.
    note = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "content_caption_version"
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="content_caption_version_number"),
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(state__in=[state.value for state in CAPTION_OPEN]),
                name="content_caption_version_one_open",
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(state=CaptionState.CURRENT.value),
                name="content_caption_version_one_current",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state=CaptionState.IN_REVIEW.value),
                name="content_caption_review",
            )
        ]
