"""What the report builder refuses."""

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Invalid


class ReportQueryInvalid(Invalid):
    """An address asks for a report that there is not."""

    code = "report_query_invalid"
    message = _("This report cannot be made: %(reason)s")
    remedy = _("Choose rows, columns, metrics and days that go together, and show the report again.")


class ReportFileTooLarge(Invalid):
    """A letter encloses only so much."""

    code = "report_file_too_large"
    message = _("The file has more than %(most)d MB, which no letter encloses.")
    remedy = _("Have fewer days or fewer rows sent, or open the report and download it.")


class ReportTooLarge(Invalid):
    """A file has a bound, so that it can be made in memory and opened by others."""

    code = "report_too_large"
    message = _("The report has more than %(most)d rows.")
    cause = _("Every row dimension multiplies the rows of the others.")
    remedy = _("Ask for fewer days or fewer dimensions, or filter it.")
