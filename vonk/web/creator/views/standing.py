"""Consents that a creator gives before anybody asks: the list, a new one, its withdrawal."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import standings
from vonk.authorisation.queries import StandingView
from vonk.authorisation.rules import NO_END, Payment
from vonk.authorisation.rules.standings import Limits
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.core.money import MICROS_PER_UNIT
from vonk.core.taxonomy import INTERESTS
from vonk.web.common import asking, formats, problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator.access import for_creators
from vonk.web.creator.request_forms import EVERYBODY, FindForm, StandingForm

_PPM_PER_PERCENT = 10_000


class StandingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A standing consent in the list; ``limits`` in words."""

    id: int
    who: str
    badge: Badge
    limits: tuple[str, ...]
    use: str
    given_at: datetime
    ended_at: datetime | None


class StandingsPage(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[StandingRow, ...]
    next_cursor: str | None


class NewStandingPage(msgspec.Struct, frozen=True):
    """The form's page: what was searched for and whether it was found."""

    searched: str
    found: bool
    ad_settings_on: bool


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List the standing consents, withdrawn ones too."""
    found = authorisation.standing_consents(scope, paging_of(request), now_of(request))
    now = now_of(request)
    record = StandingsPage(tuple(_row(view, now) for view in found.items), found.next_cursor)
    return render(request, "creator/standing.html", {"page": record})


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def new(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask for limits, and give the consent. ``?name=`` looks for an ad account by its whole name."""
    searched = request.GET.get("name", "").strip()[:200]
    accounts = {
        one.account_id: f"{one.name} · {one.advertiser_name}"
        for name in dict.fromkeys(("", searched))
        for one in authorisation.candidates(scope, name)
    }
    status = HTTPStatus.OK
    if request.method == "POST":
        form = StandingForm(request.POST, accounts=tuple(accounts.items()))
        if form.is_valid():
            try:
                standings.give(scope, _limits(form, now_of(request)), switch_on=True, now=now_of(request))
            except Problem as problem:
                problems.add_to_form(form, problem)
            else:
                messages.success(request, _("Given. Requests inside these limits are accepted as they come."))
                return redirect("creator:standing")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        form = StandingForm(accounts=tuple(accounts.items()))
    record = NewStandingPage(
        searched=searched,
        found=bool(searched) and bool(authorisation.candidates(scope, searched)),
        ad_settings_on=authorisation.ad_settings(scope),
    )
    find = FindForm(initial={"name": searched})
    return render(request, "creator/standing_new.html", {"page": record, "form": form, "find": find}, status=status)


@require_POST
@for_creators
def withdraw(request: HttpRequest, scope: Scope, standing_id: int) -> HttpResponse:
    """End it. What was accepted under it stays."""
    if standings.withdraw(scope, standing_id, now=now_of(request)):
        messages.success(request, _("Withdrawn. What was accepted under it stays; revoke it by itself if you want to."))
    return redirect("creator:standing")


def _limits(form: StandingForm, now: datetime) -> Limits:
    said = form.cleaned_data
    payment = Payment(said["payment"])
    cap, total = _micros(said["spend_cap"]), _micros(said["spend_total"])
    amounts = cap is not None or total is not None or payment is Payment.FLAT_FEE
    return Limits(
        account_id=int(said["account"]) if said["account"] != EVERYBODY else None,
        starts_at=_midnight(said["starts_at"]) or now,
        ends_at=_midnight(said["ends_at"]) or NO_END,
        duration_days_max=said["duration_days_max"],
        countries=tuple(said["countries"]),
        categories=tuple(said["categories"]),
        currency=said["currency"] if amounts else "",
        spend_cap_micros=cap,
        spend_total_micros=total,
        payment=payment,
        fee_micros=(_micros(said["fee"]) or 0) if payment is Payment.FLAT_FEE else 0,
        share_ppm=int((said["share"] or 0) * _PPM_PER_PERCENT) if payment is Payment.SPEND_SHARE else 0,
        notice_days=said["notice_days"] or 0,
        preview_required=said["preview_required"],
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=UTC) if day is not None else None


def _micros(units: Decimal | None) -> int | None:
    return int(units * MICROS_PER_UNIT) if units is not None else None


def _row(view: StandingView, now: datetime) -> StandingRow:
    return StandingRow(
        id=view.id,
        who=_("Everybody")
        if view.account_id is None
        else f"{view.account_name} · {_('for %(name)s') % {'name': view.advertiser_name}}",
        badge=_badge(view, now),
        limits=_words(view),
        use=ngettext("%(count)d request accepted", "%(count)d requests accepted", view.accepted)
        % {"count": view.accepted},
        given_at=view.given_at,
        ended_at=view.ended_at,
    )


def _badge(view: StandingView, now: datetime) -> Badge:
    if view.in_force:
        return Badge(_("Holds"), Tone.GOOD)
    if view.ended_at is not None:
        return Badge(_("Withdrawn"), Tone.CALM)
    return Badge(_("Not yet"), Tone.BUSY) if view.starts_at > now else Badge(_("Over"), Tone.CALM)


def _words(view: StandingView) -> tuple[str, ...]:
    """Return the limits, one a line; what is not limited is not said."""
    money = {
        _("at most %(amount)s on ads with each post"): view.spend_cap_micros,
        _("at most %(amount)s in all"): view.spend_total_micros,
        _("a flat fee of at least %(amount)s"): view.fee_micros or None,
    }
    days = {"days": asking.days_words(view.duration_days_max)}
    share = formats.percent(view.share_ppm / 1_000_000) if view.share_ppm else ""
    lines = [
        _("%(days)s at most") % days,
        _("until %(day)s") % {"day": formats.day(view.ends_at)} if view.ends_at is not None else "",
        _("in %(countries)s") % {"countries": ", ".join(view.countries)} if view.countries else "",
        _("for %(categories)s") % {"categories": ", ".join(_(INTERESTS[key]) for key in view.categories)}  # noqa: INT001 - names come from the closed list.
        if view.categories
        else "",
        *(text % {"amount": formats.money(micros, view.currency)} for text, micros in money.items() if micros),
        _("a share of the spend of at least %(share)s") % {"share": share} if share else "",
        _("notice of %(days)s at most") % {"days": asking.days_words(view.notice_days)} if view.notice_days else "",
        _("each ad is shown to you first") if view.preview_required else "",
    ]
    return tuple(line for line in lines if line)
