"""Links to the files of reports: signed, good for an hour while their person may read them, and in need of no token."""

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from vonk.control import clock
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import Problem
from vonk.identity import access
from vonk.reporting.tasks import queries as tasks
from vonk.reporting.tasks.queries import TaskFile
from vonk.wire.business.reports.asked import advertisers
from vonk.wire.business.reports.making import read_kept

LIVES: Final = timedelta(hours=1)
PATH: Final = "/open_api/report_files/"
_SALT: Final = "vonk.wire.business.report_links"


def path_of(scope: Scope, task_id: int, *, now: datetime) -> str:
    """Return the path under which the file is served for an hour to whoever knows it, while the person may read it."""
    until = int((now + LIVES).timestamp())
    return PATH + signing.dumps([task_id, scope.account, scope.person, until], salt=_SALT)


@require_safe
def download(_request: HttpRequest, ticket: str) -> HttpResponse:
    """Answer the file that the link is for, while the link is good."""
    now = clock.present().now()
    try:
        task_id, account_id, person_id, until = signing.loads(ticket, salt=_SALT)
        found = _file(task_id, account_id, person_id, now) if now.timestamp() < until else None
    except (signing.BadSignature, Problem):  # Who lost an account since is told no more than a stranger.
        found = None
    if found is None:
        return HttpResponseNotFound("The link has expired. Ask report/task/download for another one.")
    response = HttpResponse(found.content, content_type=found.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(task_id: int, account_id: int, person_id: int, now: datetime) -> TaskFile:
    """Return the file; raises a Problem unless its person still reads every ad account that it is of."""
    actor = access.Actor(person_id, Via.BUSINESS_API)
    scope = access.advertiser(actor, account_id, may=Right.ACCOUNT_VIEW)
    for one in advertisers(read_kept(tasks.task(scope, task_id, now=now).asked)):
        access.advertiser(actor, one, may=Right.ACCOUNT_VIEW)
    return tasks.file(scope, task_id, now=now)
