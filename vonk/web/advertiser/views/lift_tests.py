"""Lift tests of a campaign: what one could find, set one up, see it run, end it."""

from datetime import timedelta
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.advertising import queries as advertising
from vonk.advertising.actions import lift_tests
from vonk.advertising.actions.lift_tests import LiftTestDraft
from vonk.advertising.queries import lift_tests as tests
from vonk.advertising.rules.lift_tests import Outcome, State
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.reporting.lift import queries
from vonk.reporting.lift.queries import LiftResult, Outlook
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.lift_tests import DAYS, OUTCOMES, LiftTestForm
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone


class OutlookLine(msgspec.Struct, frozen=True):
    """What a test of so many days could find."""

    days: int
    viewers: int
    detectable: str


class TestCard(msgspec.Struct, frozen=True, kw_only=True):
    """One test as people read it."""

    found: LiftResult
    outcome: str
    badge: Badge
    verdict: str
    open: bool
    lift: str
    interval: str
    p_value: str
    detectable: str


class LiftPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``may_begin``: no test is open and none forbidden."""

    id: int
    name: str
    cards: tuple[TestCard, ...]
    may_begin: bool
    forbidden: str
    outlooks: tuple[OutlookLine, ...]
    base: str
    base_measured: bool


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk, campaign_id: int) -> HttpResponse:
    """Show the campaign's lift tests; begin one."""
    if request.method != "POST":
        return answer(request, desk, "lift_tests.html", _page(desk, campaign_id), form=LiftTestForm())
    desk.scope.require(Right.CAMPAIGN_EDIT)
    form = LiftTestForm(request.POST)
    if not form.is_valid():
        return answer(
            request,
            desk,
            "lift_tests.html",
            _page(desk, campaign_id),
            form=form,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    draft = LiftTestDraft(
        share_percent=form.cleaned_data["share_percent"],
        outcome=Outcome(form.cleaned_data["outcome"]),
        starts_at=desk.now,
        ends_at=desk.now + timedelta(days=form.cleaned_data["days"]),
    )
    try:
        lift_tests.create(desk.scope, campaign_id, draft, now=desk.now)
    except Problem as problem:
        status = refusal_status(request, problem)
        shown = problem_of(request, problem)
        record = _page(desk, campaign_id)
        return answer(request, desk, "lift_tests.html", record, form=form, problem=shown, status=status)
    messages.success(request, _("The lift test has begun."))
    return redirect("advertiser:lift_tests", campaign_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def end(request: HttpRequest, desk: Desk, campaign_id: int, test_id: int) -> HttpResponse:
    """End a test now."""
    lift_tests.end(desk.scope, test_id, now=desk.now)
    messages.success(request, _("The lift test has ended. The campaign is for every viewer again."))
    return redirect("advertiser:lift_tests", campaign_id)


def _page(desk: Desk, campaign_id: int) -> LiftPage:
    campaign = advertising.campaign(desk.scope, campaign_id)
    found = queries.results_of(desk.scope, campaign_id, now=desk.now)
    forbidden = tests.forbidden(desk.scope, desk.scope.account)
    busy = any(one.view.state in {State.WAITING, State.RUNNING} for one in found)
    may_begin = desk.may_edit and not busy and not forbidden
    outlooks = [
        (
            days,
            queries.outlook(
                desk.scope, campaign_id, outcome=Outcome.CONVERTED, share_percent=10, days=days, now=desk.now
            ),
        )
        for days in (DAYS if may_begin else ())
    ]
    return LiftPage(
        id=campaign_id,
        name=campaign.name,
        cards=tuple(_card(one) for one in found),
        may_begin=may_begin,
        forbidden=forbidden,
        outlooks=tuple(_line(days, outlook) for days, outlook in outlooks),
        base=formats.percent(outlooks[-1][1].base, 2) if outlooks else "",
        base_measured=bool(outlooks) and outlooks[-1][1].measured,
    )


def _line(days: int, outlook: Outlook) -> OutlookLine:
    return OutlookLine(days, outlook.viewers, _above(outlook.detectable))


def _above(detectable: float | None) -> str:
    return "+" + formats.percent(detectable, 0) if detectable is not None else formats.NO_VALUE


def _card(found: LiftResult) -> TestCard:
    lift, compared = found.lift, found.comparison
    return TestCard(
        found=found,
        outcome=str(OUTCOMES[found.view.outcome]),
        badge=_badge(found),
        verdict=_verdict(found),
        open=found.view.state in {State.WAITING, State.RUNNING},
        lift=_signed(lift.lift) if lift is not None else formats.NO_VALUE,
        interval=_("%(low)s to %(high)s") % {"low": _signed(lift.low), "high": _signed(lift.high)}
        if lift is not None
        else formats.NO_VALUE,
        p_value=formats.number(compared.p_value, 3) if compared is not None else formats.NO_VALUE,
        detectable=_above(found.detectable),
    )


def _signed(share: float) -> str:
    return ("+" if share >= 0 else "−") + formats.percent(abs(share), 1)


def _badge(found: LiftResult) -> Badge:
    if found.view.forbidden:
        return Badge(_("Ended by the operator"), Tone.BAD)
    return {
        State.WAITING: Badge(_("Not begun"), Tone.CALM),
        State.RUNNING: Badge(_("Running"), Tone.BUSY),
        State.OVER: Badge(_("Over"), Tone.CALM),
        State.CANCELLED: Badge(_("Cancelled"), Tone.CALM),
    }[found.view.state]


def _verdict(found: LiftResult) -> str:
    """Return in a sentence what may be said."""
    if not found.balanced:
        return _("The groups are not split as they should be, so nothing may be concluded.")
    if found.comparison is None:
        return _("Too few viewers have come in to say anything.")
    if not found.conclusive:
        return _("No difference is shown. One may be there that is too small for so few viewers.")
    if found.comparison.difference > 0:
        return _("The campaign makes a difference: about %(count)s viewers did it because of it.") % {
            "count": formats.number(found.incremental)
        }
    return _("Fewer did it with the campaign than without.")
