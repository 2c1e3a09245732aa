"""What tasks of reports are refused for."""

from django.utils.translation import gettext_noop as _

from vonk.core.errors import Conflict, Limited


class ReportTasksLimited(Limited):
    """An account has only so many reports made at a time."""

    code = "report_tasks_limited"
    message = _("%(most)d reports are being made for this ad account already.")
    remedy = _("Wait for one of them, or cancel it.")


class ReportTaskNotReady(Conflict):
    """There is no file: it is not made yet, failed, or was canceled."""

    code = "report_task_not_ready"
    message = _("The report is not there: its task is %(state)s.")
    remedy = _("Ask for the task's status until it has succeeded, or have the report made again.")


class ReportTaskOver(Conflict):
    """What is done cannot be stopped."""

    code = "report_task_over"
    message = _("The task is %(state)s already.")
    remedy = _("Nothing is left to cancel.")
