"""The pages of webhooks, the same for a creator, an ad account and an organisation: list, add, deliveries, acts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final, Protocol

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.control.scope import Scope
from vonk.control.webhooks import actions, queries
from vonk.control.webhooks.queries import DeliveryView, EndpointView
from vonk.control.webhooks.rules import DeliveryState, PauseReason
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.web.common import problems
from vonk.web.common.problems import ProblemView
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import id_of, paging_of

GROUPS: Final = ("consent", "request", "access", "standing", "profile")
SPAN_DEFAULT: Final = timedelta(days=1)


class Draw(Protocol):
    """Draws one of the two templates of a site: webhooks.html or webhook.html."""

    def __call__(self, template: str, page: object, status: HTTPStatus) -> HttpResponse: ...


class Site(msgspec.Struct, frozen=True):
    """Whose webhooks, where their pages are (``base``, a path that ends with a slash), and how these are drawn."""

    scope: Scope
    base: str
    draw: Draw
    now: datetime


class Row(msgspec.Struct, frozen=True):
    """An endpoint in the list."""

    id: int
    url: str
    topics: str
    badge: Badge
    waiting: int


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """The list and the form. ``secret`` is shown this once; "" otherwise."""

    base: str
    rows: tuple[Row, ...]
    url: str = ""
    topics: str = ""
    secret: str = ""
    problem: ProblemView | None = None


class Line(msgspec.Struct, frozen=True):
    """One event on its way or arrived."""

    delivery: DeliveryView
    badge: Badge
    outcome: str


class EndpointPage(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint and what was sent to it."""

    base: str
    endpoint: EndpointView
    topics: str
    badge: Badge
    lines: tuple[Line, ...]
    next_cursor: str | None
    state: str
    start: str
    end: str
    secret: str = ""
    problem: ProblemView | None = None


def list_or_add(request: HttpRequest, site: Site) -> HttpResponse:
    """Show the endpoints; a POST adds one and shows its secret, this once."""
    if request.method != "POST":
        return _list(site)
    url, topics = request.POST.get("url", "").strip(), request.POST.get("topics", "")
    try:
        made = actions.add(site.scope, url=url, topics=_topics(topics), now=site.now)
    except Problem as problem:
        status = problems.status_of(problem)
        if status is None:
            raise
        return _list(site, url=url, topics=topics, problem=problems.view_of(problem), status=status)
    return _list(site, secret=made.secret, status=HTTPStatus.CREATED)


def show(request: HttpRequest, site: Site, endpoint_id: int) -> HttpResponse:
    """Show one endpoint, with what was sent to it."""
    return _show(request, site, endpoint_id)


def act(request: HttpRequest, site: Site, endpoint_id: int) -> HttpResponse:
    """Do what the button says, and go back to the endpoint."""
    wanted = request.POST.get("act", "")
    if wanted == "rotate":
        secret = actions.rotate_secret(site.scope, endpoint_id, now=site.now).secret
        return _show(request, site, endpoint_id, secret=secret)
    doing = _ACTS.get(wanted)
    if doing is None:
        raise NotFound(noun="act")
    try:
        said = doing(request, site.scope, endpoint_id, site.now)
    except Problem as problem:
        status = problems.status_of(problem)
        if status is None or isinstance(problem, NotFound):
            raise
        return _show(request, site, endpoint_id, problem=problems.view_of(problem), status=status)
    messages.success(request, said)
    return HttpResponseRedirect(site.base if wanted == "delete" else f"{site.base}{endpoint_id}/")


def _change(request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    url, topics = request.POST.get("url", "").strip(), _topics(request.POST.get("topics", ""))
    actions.change(scope, endpoint_id, url=url, topics=topics, now=now)
    return _("The endpoint is changed.")


def _pause(_request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    actions.pause(scope, endpoint_id, now=now)
    return _("Paused. Events wait, for thirty days at most.")


def _resume(_request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    actions.resume(scope, endpoint_id, now=now)
    return _("It goes on, with what has waited.")


def _ping(_request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    actions.ping(scope, endpoint_id, now=now)
    return _("A test event is on its way.")


def _delete(_request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    actions.delete(scope, endpoint_id, now=now)
    return _("The endpoint is deleted.")


def _replay(request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    actions.replay(scope, endpoint_id, id_of(request.POST.get("delivery"), "delivery"), now=now)
    return _("The event is sent anew.")


def _replay_span(request: HttpRequest, scope: Scope, endpoint_id: int, now: datetime) -> str:
    start, end = (_instant(request.POST.get(name, ""), name) for name in ("start", "end"))
    events = actions.replay_span(scope, endpoint_id, start=start, end=end, now=now).events
    return ngettext("%(events)d event is sent anew.", "%(events)d events are sent anew.", events) % {"events": events}


_Act = Callable[[HttpRequest, Scope, int, datetime], str]
_ACTS: Final[dict[str, _Act]] = {
    "change": _change,
    "pause": _pause,
    "resume": _resume,
    "ping": _ping,
    "delete": _delete,
    "replay": _replay,
    "replay_span": _replay_span,
}


def _list(
    site: Site,
    *,
    url: str = "",
    topics: str = "",
    secret: str = "",
    problem: ProblemView | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    rows = tuple(
        Row(found.id, found.url, ", ".join(found.topics), _badge(found), found.waiting)
        for found in queries.endpoints(site.scope, site.now)
    )
    page = ListPage(base=site.base, rows=rows, url=url, topics=topics, secret=secret, problem=problem)
    return _private(site.draw("webhooks.html", page, status))


def _show(
    request: HttpRequest,
    site: Site,
    endpoint_id: int,
    *,
    secret: str = "",
    problem: ProblemView | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    endpoint = queries.endpoint(site.scope, endpoint_id, site.now)
    wanted = request.GET.get("state", "")
    if wanted and wanted not in set(DeliveryState):
        raise FieldInvalid("state", "waiting, delivered or failed")
    state = DeliveryState(wanted) if wanted else None
    found = queries.deliveries(site.scope, endpoint_id, paging_of(request, size=20), state=state)
    zone = get_current_timezone()
    page = EndpointPage(
        base=site.base,
        endpoint=endpoint,
        topics=", ".join(endpoint.topics),
        badge=_badge(endpoint),
        lines=tuple(Line(one, _state_badge(one.state), _outcome(one)) for one in found.items),
        next_cursor=found.next_cursor,
        state=wanted,
        start=f"{(site.now - SPAN_DEFAULT).astimezone(zone):%Y-%m-%dT%H:%M}",
        end=f"{site.now.astimezone(zone):%Y-%m-%dT%H:%M}",
        secret=secret,
        problem=problem,
    )
    return _private(site.draw("webhook.html", page, status))


def _private(response: HttpResponse) -> HttpResponse:
    """Have nothing keep the page: a secret may be on it."""
    response["Cache-Control"] = "no-store"
    return response


def _badge(endpoint: EndpointView) -> Badge:
    if endpoint.pause_reason is PauseReason.FAILING:
        return Badge(_("Paused: no answer for 72 hours"), Tone.BAD)
    if endpoint.pause_reason is not None:
        return Badge(_("Paused"), Tone.CALM)
    if endpoint.failing_since is not None:
        return Badge(_("Not answering"), Tone.WARN)
    return Badge(_("Active"), Tone.GOOD)


def _state_badge(state: DeliveryState) -> Badge:
    return {
        DeliveryState.WAITING: Badge(_("Waiting"), Tone.BUSY),
        DeliveryState.DELIVERED: Badge(_("Delivered"), Tone.GOOD),
        DeliveryState.FAILED: Badge(_("Failed"), Tone.BAD),
    }[state]


def _outcome(one: DeliveryView) -> str:
    texts = {
        "refused": _("The server answered %(status)s.") % {"status": one.status},
        "redirected": _("The server answered %(status)s: redirects are not followed.") % {"status": one.status},
        "name_not_resolved": _("The name has no address."),
        "address_not_public": _("The name leads into a private network."),
        "tls_failed": _("The server has no valid certificate."),
        "timed_out": _("The server did not answer in time."),
        "no_connection": _("There is no connection to the server."),
        "no_http": _("What answered does not speak HTTP."),
        "secret_unreadable": _("The secret cannot be read any more: rotate it."),
        "endpoint_paused": _("The endpoint was paused before it could be sent."),
    }
    return texts.get(one.error, one.error)


def _topics(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace(",", " ").split() if word.strip())


def _instant(text: str, field: str) -> datetime:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        found = None
    if found is None:
        raise FieldInvalid(field, "a day and a time")
    try:
        aware = found if found.tzinfo is not None else found.replace(tzinfo=get_current_timezone())
        return aware.astimezone(UTC)
    except OverflowError as error:
        raise FieldInvalid(field, "a day and a time") from error
