"""What keeping and sending reports is refused for."""

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Conflict, FieldInvalid, Limited


class SavedNameTaken(Conflict):
    """A person has one report of a name in an ad account."""

    code = "saved_report_name_taken"
    field = "name"
    message = _("You have a report named “%(name)s” in this ad account.")
    remedy = _("Choose another name, or change the one that is there.")


class SavedReportsLimited(Limited):
    """A person keeps only so many reports."""

    code = "saved_reports_limited"
    message = _("You keep %(most)d reports in this ad account already.")
    remedy = _("Delete one that you do not need.")


class SchedulesLimited(Limited):
    """An ad account has only so many reports sent."""

    code = "report_schedules_limited"
    message = _("%(most)d reports are sent for this ad account already.")
    remedy = _("Delete a schedule that nobody needs, or add people to one.")


class RecipientNotMember(FieldInvalid):
    """Reports go to people of the ad account alone."""

    code = "report_recipient_not_member"

    def __init__(self) -> None:
        super().__init__("people", _("reports are sent to people of this ad account alone"))
