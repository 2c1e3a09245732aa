"""What lies in an ad account's library beside its videos: pictures, and files that wait for a day to become one of either."""

from django.db import models

from vonk.content.library import FILE_NAME_MAX, FileKind
from vonk.core.ids import new_id


class Image(models.Model):
    """A picture, drawn anew from what was uploaded; or a frame of a video, offered as its cover."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="library_images")
    name = models.CharField(max_length=FILE_NAME_MAX, null=True)  # NULL for a cover: it is found by its video.
    key = models.CharField(max_length=200)  # Of the media store.
    format = models.CharField(max_length=10)  # Of the file under the key.
    width = models.PositiveIntegerField()  # As shown.
    height = models.PositiveIntegerField()
    source_bytes = models.BigIntegerField()  # Of the file as it was uploaded.
    source_md5 = models.CharField(max_length=32)
    video = models.ForeignKey("content.Video", on_delete=models.PROTECT, null=True, related_name="covers")
    video_ms = models.PositiveBigIntegerField(null=True)  # Where in the video.
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "content_library_image"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="content_library_image_name"),
            models.UniqueConstraint(fields=["video", "video_ms"], name="content_library_image_cover"),
            models.CheckConstraint(
                condition=models.Q(name__isnull=False, video__isnull=True, video_ms__isnull=True)
                | models.Q(name__isnull=True, video__isnull=False, video_ms__isnull=False),
                name="content_library_image_one_kind",
            ),
        ]


class LibraryFile(models.Model):
    """A file that was sent at once or in pieces, and is kept for a day to become a picture or a video."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="library_files")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in FileKind])
    name = models.CharField(max_length=FILE_NAME_MAX)
    bytes = models.BigIntegerField()  # As announced; a finished file has exactly so many.
    received_bytes = models.BigIntegerField(default=0)
    md5 = models.CharField(max_length=32, default="")  # Of the whole, once it is finished.
    key = models.CharField(
        max_length=200, null=True
    )  # Of the media store; None before it is finished and after its day.
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "content_library_file"
        indexes = [models.Index(fields=["expires_at"], name="content_library_file_expiry")]


class LibraryPiece(models.Model):
    """A piece of a file that is being sent."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey("content.LibraryFile", on_delete=models.CASCADE, related_name="pieces")
    first_byte = models.BigIntegerField()
    bytes = models.BigIntegerField()
    md5 = models.CharField(max_length=32)
    key = models.CharField(max_length=200)

    class Meta:
        db_table = "content_library_piece"
        constraints = [models.UniqueConstraint(fields=["file", "first_byte"], name="content_library_piece_place")]
