"""What viewers reported of posts, and what moderators decided."""

from django.db import models

from vonk.content.judgements import APPEAL_MAX, NOTE_MAX, Judgement, JudgementAppeal
from vonk.core.ids import new_id


class PostReport(models.Model):
    """How often a post was reported for one reason since it was last judged; who did stands in the log alone."""

    pk = models.CompositePrimaryKey("post_id", "reason")
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="reports")
    reason = models.PositiveSmallIntegerField()  # judgements.ReportReason
    count = models.PositiveIntegerField()
    in_ads = models.PositiveIntegerField(default=0)  # How many of them were of the post as an ad.
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "content_post_report"
        indexes = [models.Index(fields=["first_at"], name="content_post_report_first")]


class PostJudgement(models.Model):
    """A moderator's decision on a post, with the creator's appeal against it: once, decided by somebody else."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="judgements")
    judgement = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Judgement])
    reason = models.CharField(max_length=30, default="")  # A key of judgements.MODERATION_REASONS.
    note = models.CharField(max_length=NOTE_MAX, default="")  # What exactly, for the creator.
    reports = models.JSONField(default=dict)  # How often it had been reported, by reason.
    moderator = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)  # When it stopped to hold: decided anew, or overturned.
    appeal = models.CharField(max_length=APPEAL_MAX, default="")
    appeal_state = models.CharField(
        max_length=12, choices=[(value.value, value.name) for value in JudgementAppeal], null=True
    )
    appealed_at = models.DateTimeField(null=True)
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_decider = models.ForeignKey("identity.Person", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=NOTE_MAX, default="")

    class Meta:
        db_table = "content_post_judgement"
        indexes = [
            models.Index(fields=["post", "-id"], name="content_judgement_post"),
            models.Index(
                fields=["appealed_at"],
                condition=models.Q(appeal_state=JudgementAppeal.WAITING.value),
                name="content_judgement_appeals",
            ),
        ]
