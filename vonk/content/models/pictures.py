"""The pictures of posts."""

from django.db import models

from vonk.content.hosted import REMOTE_CHARS_MAX
from vonk.content.picture_sets import ALT_CHARS_MAX
from vonk.core.ids import new_id


class Picture(models.Model):
    """A picture of a post, drawn here in two sizes; or the address of one at the post's host. Without a set, it waits."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    uploader = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="pictures")
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, null=True, related_name="pictures")
    video = models.ForeignKey(
        "content.Video", on_delete=models.PROTECT, null=True, related_name="picture_rows"
    )  # The set it is in.
    place = models.PositiveSmallIntegerField(null=True)  # In the set, from 0 on.
    alt = models.CharField(max_length=ALT_CHARS_MAX, default="")
    key = models.CharField(max_length=REMOTE_CHARS_MAX, null=True)  # Of the media store; None once it is deleted.
    small_key = models.CharField(max_length=REMOTE_CHARS_MAX, null=True)
    width = models.PositiveIntegerField()  # As shown.
    height = models.PositiveIntegerField()
    source_bytes = models.BigIntegerField(default=0)  # Of the file as it was uploaded; 0 for one at a host.
    source_md5 = models.CharField(max_length=32, default="")
    library_id = models.BigIntegerField(null=True)  # The picture of the account's library that it is a copy of.
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_picture"
        constraints = [
            models.UniqueConstraint(fields=["video", "place"], name="content_picture_place"),
            models.CheckConstraint(
                condition=models.Q(video__isnull=True, place__isnull=True)
                | models.Q(video__isnull=False, place__isnull=False),
                name="content_picture_placed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["uploader", "created_at"],
                condition=models.Q(video__isnull=True),
                name="content_picture_waiting",
            )
        ]
