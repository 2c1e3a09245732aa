"""Findings: what turned out invalid after it was billed, previewed, confirmed, and given back by credit notes."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.billing import queries as billing
from vonk.billing.actions import findings, settlement, validity_findings
from vonk.billing.actions.validity_findings import NotePreview
from vonk.billing.queries import FindingView, FoundEvent
from vonk.control import event_log, positions
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Invalid
from vonk.events.log import EventLog
from vonk.identity import queries as identity
from vonk.reporting import log_search
from vonk.web.common import formats, problems
from vonk.web.common.requests import now_of, paging_of
from vonk.web.common.validity import rule_title
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import FindingForm


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """What goes, or went, back to one ad account. ``number`` "" before it is issued."""

    number: str
    account_id: int
    account_name: str
    amount_micros: int
    creators_micros: int
    currency: str


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the finding would come to; ``notes`` None while the form is wrong."""

    events: int
    known: int
    rule: str
    notes: tuple[NoteRow, ...] | None


class FindingRow(msgspec.Struct, frozen=True):
    """One finding in words."""

    view: FindingView
    rule: str
    who: str


class FindingList(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[FindingRow, ...]
    next_cursor: str | None


class FindingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, its credit notes and its events."""

    row: FindingRow
    notes: tuple[NoteRow, ...]
    events: tuple[FoundEvent, ...]
    next_cursor: str | None


class _Chosen(msgspec.Struct, frozen=True):
    """The valid, settled events of a search; ``through`` is the last position that was settled then."""

    positions: tuple[int, ...]
    through: int


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the findings, newest first."""
    found = billing.findings(scope, paging_of(request))
    return render(request, "operator/findings.html", {"page": FindingList(_rows(found.items), found.next_cursor)})


@require_safe
@for_platform(Right.OPERATE)
def one(request: HttpRequest, scope: Scope, finding_id: int) -> HttpResponse:
    """Show one finding."""
    view = billing.finding(scope, finding_id)
    notes = [billing.credit_note(scope, note_id) for note_id in view.note_ids]
    names = identity.accounts_facts({note.account_id for note in notes})
    found = billing.found_events(scope, paging_of(request), finding_id=finding_id)
    record = FindingPage(
        row=_rows((view,))[0],
        notes=tuple(
            NoteRow(
                number=note.number,
                account_id=note.account_id,
                account_name=names[note.account_id].name,
                amount_micros=note.amount_micros,
                creators_micros=note.creators_micros,
                currency=note.currency,
            )
            for note in notes
        ),
        events=found.items,
        next_cursor=found.next_cursor,
    )
    return render(request, "operator/finding.html", {"page": record})


@require_POST
@for_platform(Right.OPERATE)
def preview(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show how many events the finding would take out of net, and how much money would go back to whom."""
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    now = now_of(request)
    with event_log.lent() as log:
        try:
            chosen = _choose(scope, log, form)
            if not chosen.positions:
                form.add_error(None, _("No valid event that is settled was found."))
                return _refused(request, form)
            made = validity_findings.preview(scope, log, positions=chosen.positions, now=now)
        except (Invalid, Conflict) as problem:
            problems.add_to_form(form, problem)
            return _refused(request, form)
    record = PreviewPage(
        events=made.events,
        known=made.known,
        rule=rule_title(form.cleaned_data["finding_rule"]),
        notes=_note_rows(made.notes),
    )
    fixed = form.fixed(through=chosen.through, count=len(chosen.positions))
    return render(request, "operator/finding_preview.html", {"page": record, "form": form, "fixed": fixed})


@require_POST
@for_platform(Right.OPERATE)
def make(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Make the finding that was previewed: the same events, or none."""
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    with event_log.lent() as log:
        try:
            chosen = _choose(scope, log, form)
            if not chosen.positions or len(chosen.positions) != form.cleaned_data["count"]:
                form.add_error(None, _("The events are not those of the preview. Look at it again."))
                return _refused(request, form)
            made = findings.reverse(
                scope,
                log,
                positions=chosen.positions,
                rule=form.cleaned_data["finding_rule"],
                reason=form.cleaned_data["reason"],
                now=now_of(request),
            )
        except (Invalid, Conflict) as problem:
            problems.add_to_form(form, problem)
            return _refused(request, form)
    said = ngettext("%(count)s event is invalid now.", "%(count)s events are invalid now.", made.events)
    messages.success(request, said % {"count": formats.number(made.events)})
    return redirect("operator:finding", made.finding_id)


def _choose(scope: Scope, log: EventLog, form: FindingForm) -> _Chosen:
    """Return the events that the search finds; SearchTooWide when it did not see or keep all of them."""
    settled = positions.of(settlement.CONSUMER)
    through = min(settled, form.cleaned_data["through"] or settled)
    found = log_search.search(scope, log, form.wanted)
    if not found.complete:
        raise log_search.SearchTooWide
    return _Chosen(tuple(stored.position for stored in found.events if stored.position <= through), through)


def _refused(request: HttpRequest, form: FindingForm) -> HttpResponse:
    record = PreviewPage(events=0, known=0, rule="", notes=None)
    context = {"page": record, "form": form, "fixed": ()}
    return render(request, "operator/finding_preview.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _rows(views: tuple[FindingView, ...]) -> tuple[FindingRow, ...]:
    people = identity.person_names({view.person_id for view in views if view.person_id is not None})
    return tuple(
        FindingRow(
            view,
            rule_title(view.rule),
            _("the platform") if view.person_id is None else people.get(view.person_id, str(view.person_id)),
        )
        for view in views
    )


def _note_rows(notes: tuple[NotePreview, ...]) -> tuple[NoteRow, ...]:
    names = identity.accounts_facts({note.account_id for note in notes})
    return tuple(
        NoteRow(
            number="",
            account_id=note.account_id,
            account_name=names[note.account_id].name,
            amount_micros=note.amount_micros,
            creators_micros=note.creators_micros,
            currency=note.currency,
        )
        for note in notes
    )
