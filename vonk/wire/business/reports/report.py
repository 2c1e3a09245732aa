"""Reports of the business API: read at once, or made in the background."""

import re
from typing import Final

from vonk.control.scope import Right
from vonk.reporting.breakdowns.queries import breakdown
from vonk.reporting.tasks import actions as tasks
from vonk.reporting.tasks import queries as made
from vonk.reporting.tasks.rules import NAME_MAX, State
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.operation import Call, Over, Plain, operation
from vonk.wire.business.reports import given as report_given
from vonk.wire.business.reports import links as report_links
from vonk.wire.business.reports.asked import PAGE_SIZE_MAX, ReportAsked, read, scopes_of
from vonk.wire.business.reports.given import Report, ReportWithTotal
from vonk.wire.business.reports.making import ReportTaskAsked, kept, read_kept
from vonk.wire.codec import Id

JOB: Final = "vonk.wire.business.report_jobs.make_report"
_NAME_USUAL: Final = "report"
_NO_NAME: Final = re.compile(r"[^\w.\- ]+", re.ASCII)
_STATES: Final[dict[State, str]] = {
    State.WAITING: "QUEUING",
    State.RUNNING: "PROCESSING",
    State.READY: "SUCCESS",
    State.FAILED: "FAILED",
    State.CANCELED: "CANCELED",
}


class ReportTaskNamed(AskedOfAccount, frozen=True, kw_only=True):
    """One task."""

    task_id: Id


class ReportTaskMade(Given, frozen=True):
    """The task that makes the report."""

    task_id: Digits


class ReportTaskStatus(Given, frozen=True):
    """Where a task stands; ``message`` says why it failed."""

    status: str
    message: str


class ReportTaskDownload(Given, frozen=True):
    """Where the file is for an hour."""

    download_url: str
    file_name: str
    output_format: str


@operation(
    "GET",
    "report/integrated/get",
    may=Right.VIEW,
    over=Over.PERSON,
    summary="Read a report",
    example={
        "advertiser_id": "1790000000000000001",
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": ["spend", "impressions", "ctr"],
        "start_date": "2026-01-01",
        "end_date": "2026-01-30",
    },
)
def integrated(call: Call[ReportAsked]) -> Report | ReportWithTotal:
    """Numbers of up to five ad accounts, or of a Business Center's, by object, time and audience, a page at a time.

    Every value is a string. Days and hours are the ad account's. PLAYABLE_MATERIAL, CATALOG and TT_SHOP are empty: there
    are no such things here.
    """
    asks = read(call.asked)
    scopes = scopes_of(call, call.asked)
    if asks.wanted is None:
        return report_given.nothing(numbering(call.asked.page, call.asked.page_size, most=PAGE_SIZE_MAX))
    return report_given.report(breakdown(scopes, asks.wanted, now=call.now), asks)


@operation(
    "POST",
    "report/task/create",
    may=Right.VIEW,
    over=Over.PERSON,
    summary="Have a report made in the background",
    example={
        "advertiser_id": "1790000000000000001",
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day"],
        "metrics": ["spend", "impressions"],
        "start_date": "2026-01-01",
        "end_date": "2026-01-30",
        "output_format": "CSV_DOWNLOAD",
    },
)
def create(call: Call[ReportTaskAsked]) -> ReportTaskMade:
    """The parameters are those of report/integrated/get, without pages. The file is kept for a week.

    The task is the ad account's, of several the first one's.
    """
    asked = call.asked
    if asked.report_type == "BC":
        raise ParameterInvalid(field="report_type", reason="BC reports are read with report/integrated/get")
    read(asked)  # What cannot be made is refused now.
    scopes = scopes_of(call, asked)
    task_id = tasks.create(scopes[0], asked=kept(asked), file_name=_file_name(asked.file_name), job=JOB, now=call.now)
    return ReportTaskMade(task_id=str(task_id))


@operation(
    "GET",
    "report/task/check",
    may=Right.ACCOUNT_VIEW,
    summary="Read where a report's task stands",
    example={"advertiser_id": "1790000000000000001", "task_id": "1790000000000000002"},
)
def check(call: Call[ReportTaskNamed]) -> ReportTaskStatus:
    """QUEUING, PROCESSING, SUCCESS, FAILED or CANCELED. Tasks are forgotten after a week."""
    found = made.task(call.scope, call.asked.task_id, now=call.now)
    return ReportTaskStatus(status=_STATES[found.state], message=found.problem)


@operation(
    "GET",
    "report/task/download",
    may=Right.ACCOUNT_VIEW,
    summary="Read a report that was made",
    example={"advertiser_id": "1790000000000000001", "task_id": "1790000000000000002"},
)
def download(call: Call[ReportTaskNamed]) -> ReportTaskDownload | Plain:
    """CSV_STRING answers the CSV itself, outside the envelope; the others a link that works without a token for an hour."""
    task = made.task(call.scope, call.asked.task_id, now=call.now)
    scopes_of(call, read_kept(task.asked))  # Who may read the task's account may not read the others' for that.
    found = made.file(call.scope, call.asked.task_id, now=call.now)
    output_format = str(task.asked["output_format"])
    if output_format == "CSV_STRING":
        return Plain(found.content, found.content_type, found.name)
    link = call.link(report_links.path_of(call.scope, task.id, now=call.now))
    return ReportTaskDownload(download_url=link, file_name=found.name, output_format=output_format)


@operation(
    "POST",
    "report/task/cancel",
    may=Right.ACCOUNT_VIEW,
    summary="Stop a report's task",
    example={"advertiser_id": "1790000000000000001", "task_id": "1790000000000000002"},
)
def cancel(call: Call[ReportTaskNamed]) -> None:
    """A task that is done is not stopped any more, and says so."""
    tasks.cancel(call.scope, call.asked.task_id, now=call.now)


def _file_name(given: str | None) -> str:
    """Return what of a name is safe in a header and on a disk; the SDK's model sends a blank one unasked."""
    return _NO_NAME.sub("", given or "").strip(" .")[:NAME_MAX] or _NAME_USUAL
