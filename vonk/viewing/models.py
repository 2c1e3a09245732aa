"""The table of viewing."""

from django.db import models


class Memory(models.Model):
    """What is remembered of one person, packed and bounded by ``rules``.

    ``profiled``: it holds more than what they put away themselves; of who did not agree, and of minors, never.
    """

    person = models.OneToOneField("identity.Person", on_delete=models.PROTECT, primary_key=True, related_name="+")
    body = models.BinaryField()
    profiled = models.BooleanField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "viewing_memory"
        indexes = [models.Index(fields=["profiled", "updated_at"], name="viewing_memory_updated")]
