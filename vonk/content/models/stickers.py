"""What a creator puts over a video as data, and the answers to polls."""

from django.db import models

from vonk.content.stickers import TEXT_MAX, Kind
from vonk.core.ids import new_id


class Sticker(models.Model):
    """A text, poll, countdown or link at a place of the video; ``x`` and ``y`` are its middle, in thousandths of the frame."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="stickers")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in Kind])
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=TEXT_MAX)
    options = models.JSONField(default=list)  # Of a poll: its answers, in their order.
    ends_at = models.DateTimeField(null=True)  # Of a countdown.
    url = models.URLField(max_length=2_048, default="")  # Of a link.
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_sticker"


class PollVote(models.Model):
    """What one person answered; once and for good."""

    id = models.BigAutoField(primary_key=True)
    sticker = models.ForeignKey("content.Sticker", on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    option = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "content_poll_vote"
        constraints = [models.UniqueConstraint(fields=["sticker", "person"], name="content_poll_vote_once")]
