"""Links to the files of reports: signed, good for an hour, for clients that fetch them without a token."""

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from vonk.control import clock
from vonk.core.errors import NotFound
from vonk.reporting.tasks.queries import linked_file

LIVES: Final = timedelta(hours=1)
PATH: Final = "/open_api/report_files/"
_SALT: Final = "vonk.wire.business.report_links"


def path_of(task_id: int, *, now: datetime) -> str:
    """Return the path under which the file is served for an hour to whoever knows it."""
    return PATH + signing.dumps([task_id, int((now + LIVES).timestamp())], salt=_SALT)


@require_safe
def download(_request: HttpRequest, ticket: str) -> HttpResponse:
    """Answer the file that the link is for, while the link is good."""
    now = clock.present().now()
    try:
        task_id, until = signing.loads(ticket, salt=_SALT)
        found = linked_file(task_id, now=now) if now.timestamp() < until else None
    except (signing.BadSignature, NotFound):
        found = None
    if found is None:
        return HttpResponseNotFound("The link has expired. Ask report/task/download for another one.")
    response = HttpResponse(found.content, content_type=found.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
