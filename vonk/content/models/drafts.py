"""Posts to be: what a creator wrote about an upload, and when it is to be published."""

from django.db import models

from vonk.content.rules import Disclosure, Visibility


class PostDraft(models.Model):
    """What the post of a video will say. Until it is published there is no post: nothing of it is anywhere."""

    video = models.OneToOneField("content.Video", on_delete=models.CASCADE, primary_key=True, related_name="draft")
    caption = models.TextField(default="")  # As it was typed: it is judged when it is published.
    sound_id = models.BigIntegerField(null=True)
    visibility = models.CharField(max_length=10, choices=[(value.value, value.name) for value in Visibility])
    disclosure = models.CharField(
        max_length=10, choices=[(value.value, value.name) for value in Disclosure], default=Disclosure.NONE.value
    )
    ai_generated = models.BooleanField(default=False)
    may_duet = models.BooleanField(default=True)
    may_stitch = models.BooleanField(default=True)
    duet_of = models.BigIntegerField(null=True)
    stitch_of = models.BigIntegerField(null=True)
    publish_at = models.DateTimeField(null=True)  # NULL: whenever its creator does.
    failure = models.CharField(max_length=40, default="")  # Code of what kept it from being published at its time.
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "content_post_draft"
        indexes = [
            models.Index(
                fields=["publish_at"], condition=models.Q(publish_at__isnull=False), name="content_post_draft_due"
            )
        ]
