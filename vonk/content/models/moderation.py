"""What ad accounts set up to look after the comments below their ads."""

from django.db import models

from vonk.content.moderation import WORD_CHARS_MAX
from vonk.core.ids import new_id


class BlockedWord(models.Model):
    """A word that an ad account does not want below its ads. ``folded`` is what it is compared as."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=WORD_CHARS_MAX)
    folded = models.CharField(max_length=2 * WORD_CHARS_MAX)  # Folding makes some letters two.
    at = models.DateTimeField()

    class Meta:
        db_table = "content_blocked_word"
        constraints = [models.UniqueConstraint(fields=["account", "folded"], name="content_blocked_word_once")]


class CreatorBlockedWord(models.Model):
    """A word that a creator wants to see first: comments below their posts that have it wait for them."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    profile = models.ForeignKey("content.Profile", on_delete=models.CASCADE, related_name="blocked_words")
    word = models.CharField(max_length=WORD_CHARS_MAX)
    folded = models.CharField(max_length=4 * WORD_CHARS_MAX)  # Its skeleton: folding makes some letters several.
    at = models.DateTimeField()

    class Meta:
        db_table = "content_creator_blocked_word"
        constraints = [models.UniqueConstraint(fields=["profile", "folded"], name="content_creator_blocked_word_once")]


class ModerationExport(models.Model):
    """A list that an ad account wants as a file: what was asked for. The file is written whenever it is fetched."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.AdAccount", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # moderation.ExportKind
    asked = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "content_moderation_export"
        indexes = [models.Index(fields=["account", "at"], name="content_moderation_export_acc")]
