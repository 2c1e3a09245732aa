"""Smaller files of videos, and the words that are said in them."""

from django.db import models


class SmallRendition(models.Model):
    """A video once more with a short side of at most ``renditions.SMALL_SHORT_SIDE``, for small screens and slow lines.

    It is named with the video's other files and goes with them; a video that is small itself has none.
    """

    video = models.OneToOneField("content.Video", on_delete=models.CASCADE, primary_key=True, related_name="small")
    key = models.CharField(max_length=200)  # Of the media store.
    bytes = models.BigIntegerField()

    class Meta:
        db_table = "content_small_rendition"


class Subtitles(models.Model):
    """What is said in a post's video, as WebVTT, in one language."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey("content.Post", on_delete=models.CASCADE, related_name="subtitles")
    language = models.CharField(max_length=8)
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "content_subtitles"
        constraints = [models.UniqueConstraint(fields=["post", "language"], name="content_subtitles_language")]
