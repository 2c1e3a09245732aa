"""What one person did, from the audit trail, for the person's own reading (GDPR art. 15)."""

from collections.abc import Iterator

from vonk.control.held import Part, part
from vonk.control.models import AuditEntry


def parts(person_id: int) -> Iterator[Part]:
    """Yield the acts that the trail has of the person."""
    acts = AuditEntry.objects.filter(person_id=person_id)
    yield part("acts", acts, "at", "via", "action", "noun", "object_id", "account_id", "detail")
