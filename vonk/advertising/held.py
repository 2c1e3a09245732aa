"""What advertising holds of one person by name, for the person's own reading (GDPR art. 15)."""

from collections.abc import Iterator

from vonk.advertising.models import BulkEdit, TableColumns, TableView
from vonk.control.held import Part, part


def parts(person_id: int) -> Iterator[Part]:
    """Yield how they like their tables, the views that they keep, and what they changed of many objects at once."""
    yield part("table_columns", TableColumns.objects.filter(person_id=person_id), "noun", "names")
    yield part(
        "table_views", TableView.objects.filter(person_id=person_id), "account_id", "noun", "name", "query", "shared",
        "made_at", "modified_at",
    )  # fmt: skip
    yield part(
        "bulk_edits", BulkEdit.objects.filter(person_id=person_id), "account_id", "noun", "kind", "act", "file_name",
        "state", "objects_count", "made_at", "applied_at",
    )  # fmt: skip
