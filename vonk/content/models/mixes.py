"""Videos that are made of two: an upload with a post of somebody else."""

from django.db import models

from vonk.content.rules import MixKind


class VideoMix(models.Model):
    """What processing makes of an upload: a Duet (beside the original) or a Stitch (after its beginning)."""

    video = models.OneToOneField("content.Video", on_delete=models.CASCADE, primary_key=True, related_name="mix")
    original = models.ForeignKey("content.Post", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in MixKind])
    start_ms = models.PositiveIntegerField(default=0)  # Of a Stitch: where in the original it begins,
    length_ms = models.PositiveIntegerField(default=0)  # and how long it is.

    class Meta:
        db_table = "content_video_mix"
