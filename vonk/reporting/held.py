"""What reporting holds of one person by name, for the person's own reading (GDPR art. 15)."""

from collections.abc import Iterator

from vonk.control.held import Part, part
from vonk.reporting.saved_models import ReportRecipient, ReportSchedule, SavedReport


def parts(person_id: int) -> Iterator[Part]:
    """Yield the reports that they keep, those that they have sent, and those that are sent to them."""
    mine = SavedReport.objects.filter(owner_id=person_id)
    yield part("saved_reports", mine, "account_id", "name", "address", "shared", "made_at", "changed_at")
    yield part(
        "report_schedules", ReportSchedule.objects.filter(person_id=person_id), "account_id", "report__name", "rhythm",
        "hour", "file_format", "made_at",
    )  # fmt: skip
    yield part(
        "report_letters", ReportRecipient.objects.filter(person_id=person_id), "schedule__report__name",
        "unsubscribed_at", "left_at",
    )  # fmt: skip
