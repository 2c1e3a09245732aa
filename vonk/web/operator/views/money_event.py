"""An event of the log followed to its transfers; found by its place, or by the showing it came from."""

from urllib.parse import urlencode

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.billing import queries as billing
from vonk.billing.ledger import Reason
from vonk.control import event_log
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.core.errors import NotFound, Problem
from vonk.core.ids import parse_id
from vonk.events.log import Position
from vonk.events.records import EventRecord
from vonk.events.tokens import Signer
from vonk.reporting import showing_events
from vonk.reporting.showing_events import Followed
from vonk.web.common import formats, problems
from vonk.web.common.tables import Cell, Heading, Table
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import REASON_TEXTS
from vonk.web.operator.money_forms import EventForm
from vonk.web.operator.views.money import MoneyPage, show, tabs


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Follow an event of the log to its transfers; list a showing's events."""
    form = EventForm(request.GET or None)
    if form.is_bound and form.is_valid():
        if form.cleaned_data["position"] is None:
            return _showing(request, scope, form)
        return _event(request, scope, form)
    return _told(request, form, _("Each event of the log, and the transfers that stand for it."), _transfers(()))


def _event(request: HttpRequest, scope: Scope, form: Form) -> HttpResponse:
    subtitle = _("Each event of the log, and the transfers that stand for it.")
    rows: tuple[tuple[Cell, ...], ...] = ()
    try:
        with event_log.lent() as log:
            found = billing.event_money(scope, log, form.cleaned_data["position"])
    except NotFound:
        form.add_error("position", _("There is no event at this position."))
    else:
        subtitle = _("%(kind)s of ad %(ad)s, decision %(decision)s: %(fate)s, price %(price)s.") % {
            "kind": found.event_kind.replace("_", " "),
            "ad": found.ad_id,
            "decision": found.decision_id,
            "fate": found.fate.value.replace("_", " "),
            "price": _price(found.price_micros, found.currency),
        }
        rows = tuple(
            (
                Cell(formats.instant(one.at), reverse("operator:transfer", args=[one.id])),
                Cell(str(REASON_TEXTS[Reason(one.reason)])),
                Cell(one.debit_kind.replace("_", " ")),
                Cell(one.credit_kind.replace("_", " ")),
                Cell(formats.number(one.events or 0)),
                Cell(formats.money_exact(one.amount_micros, one.currency)),
            )
            for one in found.transfers
        )
    return _told(request, form, subtitle, _transfers(rows))


def _showing(request: HttpRequest, scope: Scope, form: Form) -> HttpResponse:
    asked = form.cleaned_data
    signer: Signer = settings.VONK_SIGNER
    signer.refresh()
    try:
        decision_id = showing_events.decision_id_of(asked["showing"], signer)
        with event_log.lent() as log:
            found = showing_events.find(
                scope, log, decision_id, event_id=asked["event_id"], after=_after(request.GET.get("after", ""))
            )
    except Problem as problem:
        problems.add_to_form(form, problem)
        return _told(request, form, "", _transfers(()))
    subtitle = _("Events of decision %(decision)s.") % {"decision": decision_id}
    more_url = ""
    if found.after is not None:
        subtitle += " " + _("The search ended after %(count)s records; there may be more.") % {
            "count": formats.number(showing_events.RECORDS_MAX)
        }
        more = {"showing": decision_id, "event_id": asked["event_id"], "after": found.after}
        more_url = f"{reverse('operator:event_money')}?{urlencode(more)}"
    return _told(request, form, subtitle, _events(found), more_url)


def _after(text: str) -> Position | None:
    try:
        return Position(parse_id(text))
    except ValueError:
        return None  # A first search, or an address that somebody typed: from the beginning.


def _transfers(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    return Table(
        caption=_("Transfers"),
        headings=(
            Heading(_("When")),
            Heading(_("Reason")),
            Heading(_("From")),
            Heading(_("To")),
            Heading(_("Events"), number=True),
            Heading(_("Amount"), number=True),
        ),
        rows=rows,
        empty=_("No transfers"),
        empty_text=_("Only billed and written-off events have some."),
    )


def _events(found: Followed) -> Table:
    address = reverse("operator:event_money")
    records = [(stored.position, stored.record) for stored in found.events]
    return Table(
        caption=_("Events"),
        headings=(
            Heading(_("Received")),
            Heading(_("Event")),
            Heading(_("Event id")),
            Heading(_("Log position"), number=True),
            Heading(_("Price"), number=True),
        ),
        rows=tuple(
            (
                Cell(formats.instant(from_ms(event.received_ms)), f"{address}?position={position}"),
                Cell(event.kind.value.replace("_", " "), small=event.invalid.replace("_", " ")),
                Cell(event.event_id),
                Cell(str(position)),
                Cell(_price(event.charge_micros, event.claims.currency)),
            )
            for position, event in records
            if isinstance(event, EventRecord)
        ),
        empty=_("No events found"),
        empty_text=_("This showing's viewer reported none, or it is older than what the log and its archive keep."),
    )


def _told(request: HttpRequest, form: Form, subtitle: str, table: Table, more_url: str = "") -> HttpResponse:
    record = MoneyPage(
        title=_("Follow an event"),
        subtitle=subtitle,
        tabs=tabs("event_money"),
        table=table,
        submit=_("Show"),
        form_method="get",
        more_url=more_url,
    )
    return show(request, record, form)


def _price(micros: int, currency: str) -> str:
    """Return a price; an organic showing's events have neither one nor a currency."""
    return formats.money_exact(micros, currency) if currency else "–"
