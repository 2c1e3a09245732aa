"""What people do with posts, and the counters of it all."""

from django.db import models

from vonk.content.moderation import Held
from vonk.content.rules import METRIC_CHARS_MAX, EngagementKind
from vonk.core.ids import new_id


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
    """A comment, with its source as in Engagement; or an answer to one, which is shown below it and counted nowhere.

    ``account`` is the ad account that answers in its own name, NULL for the post's creator and for comments.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(max_length=500)
    ad_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True)
    hidden_for = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="+")
    creator_decided = models.BooleanField(
        default=False, db_default=False
    )  # Whether it shows: then no account changes it.
    held = models.CharField(
        max_length=5, choices=[(held.value, held.name) for held in Held], default="", db_default=""
    )  # Why it waits for the post's creator, "" for not: until they decide nobody but they and its author see it.
    deleted_at = models.DateTimeField(null=True)  # By its author, or by the post's creator who had it held.

    class Meta:
        db_table = "content_comment"
        indexes = [
            models.Index(fields=["post", "-id"], name="content_comment_post"),
            models.Index(
                fields=["post", "-id"],
                condition=~models.Q(held="") & models.Q(deleted_at__isnull=True),
                name="content_comment_held",
            ),
        ]


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
