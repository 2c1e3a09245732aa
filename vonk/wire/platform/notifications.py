"""What is new for the person who calls."""

from vonk.control import notifications
from vonk.control.notifications import News, Seen
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid
from vonk.core.ids import parse_id
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class SeenUntil(Body, frozen=True):
    """``until`` is the id of the newest that was seen; null for all."""

    until: str | None = None


@operation("GET", "/me/notifications", may=Right.VIEW, summary="List one's news")
def list_notifications(call: Call[Nothing, Paged]) -> Page[News]:
    """Newest first; the platform keeps the newest 500. ``link`` is a path of the site."""
    return notifications.news(call.scope, call.query.paging())


@operation("POST", "/me/notifications/seen", may=Right.VIEW, summary="Mark news as seen", example={"until": None})
def mark_notifications_seen(call: Call[SeenUntil, Nothing]) -> Seen:
    """All of it, or what is not newer than ``until``."""
    try:
        until = None if call.body.until is None else parse_id(call.body.until)
    except ValueError as error:
        raise FieldInvalid("until", "the id of one's news") from error
    return notifications.mark_seen(call.scope, now=call.now, until=until)
