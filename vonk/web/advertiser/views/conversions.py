"""Conversions: what was attributed to ads, the pixels that report it, and whether they do."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import pixels
from vonk.advertising.queries import PixelView
from vonk.advertising.rules.pixels import PIXELS_PER_ACCOUNT_MAX
from vonk.control.scope import Right
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid, Problem
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.reporting import queries as reporting
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.queries import PixelActivity, Reported
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.queries import By, Level, Report
from vonk.web.advertiser import numbers, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.pixels import PixelForm
from vonk.web.advertiser.numbers import Cell
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views import pixel_tester
from vonk.web.advertiser.views.home import today_of
from vonk.web.advertiser.views.pixel_tester import TesterCard
from vonk.web.common import formats
from vonk.web.common.records import Badge, Chart, Tone

MAIN: Final = ("conversions", "conversion_value", "roas", "cost_per_conversion")
BY_TOUCH: Final = ("conversions_click", "conversions_engaged", "conversions_view")
COLUMNS: Final = ("conversions", *BY_TOUCH, "conversion_rate", "conversion_value", "cost_per_conversion", "roas")
ADS_SHOWN: Final = 20
LATELY: Final = timedelta(days=7)
NEVER_REPORTED: Final = PixelActivity()


class AdLine(msgspec.Struct, frozen=True):
    """An ad with what was attributed to it, and by which windows."""

    name: str
    url: str
    windows: str
    texts: tuple[str, ...]


class NameLine(msgspec.Struct, frozen=True):
    """A name of conversions with what was attributed."""

    title: str
    name: str
    step: bool
    counts: tuple[str, ...]
    value: str


class PixelCard(msgspec.Struct, frozen=True):
    """A pixel in the list."""

    id: int
    name: str
    state: Badge
    lately: PixelActivity


class ConversionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    span: Span
    main: tuple[Cell, ...]
    chart: Chart | None
    headings: tuple[Cell, ...]
    ads: tuple[AdLine, ...]
    names: tuple[NameLine, ...]
    pixels: tuple[PixelCard, ...]
    room: bool  # Another pixel may be created.
    time_zone: str


class EventLine(msgspec.Struct, frozen=True):
    """One conversion as the pixel reported it."""

    reported: Reported
    title: str
    value: str
    source: str
    person: str
    ad: str
    ad_url: str


class PixelPage(msgspec.Struct, frozen=True, kw_only=True):
    """A pixel. ``secret`` is "" but in the answer to what made it."""

    id: int
    name: str
    state: Badge
    on: bool
    secret: str
    snippet: str
    call: str
    server: str
    names: tuple[tuple[str, str], ...]
    events: tuple[EventLine, ...]
    tester: TesterCard | None = None  # Only on the whole page.


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what was attributed; create a pixel."""
    form = PixelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        desk.scope.require(Right.CAMPAIGN_EDIT)
        if form.is_valid():
            try:
                issued = pixels.create(desk.scope, form.cleaned_data["name"], now=desk.now)
            except Problem as problem:
                refuse_somewhere(form, problem)
            else:
                return _pixel_answer(request, desk, issued.id, secret=issued.secret)
        return answer(
            request,
            desk,
            "conversions.html",
            _page(request, desk),
            form=form,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return answer(request, desk, "conversions.html", _page(request, desk), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def pixel(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:
    """Show a pixel: how to use it, and what it reported last; rename it."""
    if request.method != "POST":
        return _pixel_answer(request, desk, pixel_id)
    form = PixelForm(request.POST)
    if form.is_valid():
        try:
            pixels.rename(desk.scope, pixel_id, form.cleaned_data["name"], now=desk.now)
        except FieldInvalid as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("Renamed."))
            return redirect("advertiser:pixel", pixel_id)
    return _pixel_answer(request, desk, pixel_id, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def secret(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:
    """Say what a new secret ends; make one, and show it once."""
    if request.method == "POST":
        issued = pixels.rotate_secret(desk.scope, pixel_id, now=desk.now)
        return _pixel_answer(request, desk, pixel_id, secret=issued.secret)
    return answer(request, desk, "pixel_secret.html", advertising.pixel(desk.scope, pixel_id))


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def switch(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:
    """Switch the pixel to the position asked for."""
    wanted = request.POST.get("on")
    if wanted not in {"0", "1"}:
        raise FieldInvalid("on", "1 or 0")
    pixels.set_enabled(desk.scope, pixel_id, wanted == "1", now=desk.now)
    off = _("Switched off. What it reports is refused within a second.")
    messages.success(request, _("Switched on.") if wanted == "1" else off)
    return redirect("advertiser:pixel", pixel_id)


@require_safe
@at_desk()
def events(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:
    """Return the part of the pixel's page that asks again by itself."""
    record = _pixel_page(request, desk, advertising.pixel(desk.scope, pixel_id))
    return render(request, "advertiser/parts/pixel_events.html", {"desk": desk, "page": record})


def _page(request: HttpRequest, desk: Desk) -> ConversionsPage:
    span = span_of(request, today_of(desk))
    days = reporting.ad_report(desk.scope, level=Level.AD, start_date=span.start, end_date=span.end, by=By.DAY)
    ads = reporting.ad_report(desk.scope, level=Level.AD, start_date=span.start, end_date=span.end)
    found = advertising.pixels(desk.scope)
    lately = attribution.activity([one.id for one in found], since_ms=to_ms(desk.now - LATELY))
    title = _("Conversions by day")
    return ConversionsPage(
        span=span,
        main=numbers.cells(days.total.counts, days.currency, MAIN),
        chart=numbers.chart(days, ("conversions", "conversion_value"), chart_id="conversions", title=title)
        if days.total.counts.get("conversions")
        else None,
        headings=numbers.cells({}, days.currency, COLUMNS),
        ads=_ad_lines(desk, ads),
        names=tuple(
            NameLine(
                _(STANDARD_NAMES.get(one.name, one.name)),  # noqa: INT001 - a closed list, or the advertiser's own.
                one.name,
                one.step,
                tuple(formats.number(count) for count in (one.after_click, one.after_engaged, one.after_view)),
                formats.money(one.value_micros, days.currency) if one.value_micros else "",
            )
            for one in reporting.conversions_by_name(desk.scope, start_date=span.start, end_date=span.end)
        ),
        pixels=tuple(PixelCard(one.id, one.name, _state(one), lately.get(one.id, NEVER_REPORTED)) for one in found),
        room=len(found) < PIXELS_PER_ACCOUNT_MAX,
        time_zone=desk.account.time_zone,
    )


def _ad_lines(desk: Desk, report: Report) -> tuple[AdLine, ...]:
    ranked = sorted(
        (row for row in report.rows if row.counts.get("conversions")),
        key=lambda row: (-row.counts["conversions"], -row.id),
    )[:ADS_SHOWN]
    names = advertising.names(desk.scope, "ad", {row.id for row in ranked})
    group_of = {
        ad_id: group
        for ad_id, (group, _campaign) in advertising.ads_under(account_id=desk.account.id, with_deleted=True).items()
    }
    windows = advertising.attribution_settings({group_of[row.id] for row in ranked})
    return tuple(
        AdLine(
            names.get(row.id, str(row.id)),
            reverse("advertiser:ad", args=[row.id]),
            words.attribution_words(windows[group_of[row.id]]),
            tuple(cell.text for cell in numbers.cells(row.counts, report.currency, COLUMNS)),
        )
        for row in ranked
    )


def _pixel_answer(
    request: HttpRequest,
    desk: Desk,
    pixel_id: int,
    *,
    secret: str = "",
    form: PixelForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    found = advertising.pixel(desk.scope, pixel_id)
    record = _pixel_page(request, desk, found, secret=secret)
    record = msgspec.structs.replace(record, tester=pixel_tester.card_of(request, desk, found))
    form = form or PixelForm(initial={"name": found.name})
    response = answer(request, desk, "pixel.html", record, form=form, status=status)
    if secret:
        response["Cache-Control"] = "no-store"  # Shown once: no cache keeps it.
    return response


def _pixel_page(request: HttpRequest, desk: Desk, found: PixelView, *, secret: str = "") -> PixelPage:
    script = request.build_absolute_uri(static("pixel/vonk-pixel.js"))
    ads_url = settings.VONK.ads_url
    currency = desk.account.currency
    return PixelPage(
        id=found.id,
        name=found.name,
        state=_state(found),
        on=found.enabled,
        secret=secret,
        snippet=(
            "<script>window.vonk=window.vonk||function(){(vonk.q=vonk.q||[]).push(arguments)}</script>\n"
            f'<script async src="{script}" data-pixel="{found.id}" data-ads="{ads_url}"></script>\n'
            '<script>vonk("page_view")</script>\n'
            f'<noscript><img src="{ads_url}/v1/pixel.gif?pixel={found.id}&amp;name=page_view" alt="" width="1" height="1">'
            "</noscript>"
        ),
        call=f'vonk("purchase", {{ id: "order-17", value: 12.5, currency: "{currency}", email: "vik@example.org" }})',
        server=(
            f"curl {ads_url}/v1/conversions -H 'Authorization: Bearer {secret or 'SECRET'}' \\\n"
            f"  -H 'Content-Type: application/json' -d '"
            f'{{"conversions": [{{"id": "order-17", "pixel": "{found.id}", "name": "purchase", '
            f'"value": 12.5, "currency": "{currency}", "click": "…"}}]}}'
            "'"
        ),
        names=tuple((name, _(title)) for name, title in STANDARD_NAMES.items()),  # noqa: INT001 - a closed list.
        events=_event_lines(desk, found.id),
    )


def _event_lines(desk: Desk, pixel_id: int) -> tuple[EventLine, ...]:
    found = attribution.newest(desk.scope, pixel_id)
    names = advertising.names(desk.scope, "ad", {one.ad_id for one in found if one.ad_id})
    people = {"click": _("known by the click"), "email": _("known by the e-mail"), "": _("nobody we know")}
    touches = {
        TouchKind.CLICK.value: _("after a click"),
        TouchKind.ENGAGED.value: _("after a 6-second view"),
        TouchKind.VIEW.value: _("after a view"),
    }
    return tuple(
        EventLine(
            reported=one,
            title=_(STANDARD_NAMES.get(one.name, one.name)),  # noqa: INT001 - a closed list, or the advertiser's own.
            value=formats.money(one.value_micros, desk.account.currency) if one.value_micros else "",
            source=_("Server") if one.source == "server" else _("Page"),
            person=people[one.known_by],
            ad=f"{names.get(one.ad_id, one.ad_id)}, {touches[one.touch]}" if one.ad_id else "",
            ad_url=reverse("advertiser:ad", args=[one.ad_id]) if one.ad_id else "",
        )
        for one in found
    )


def _state(found: PixelView) -> Badge:
    return Badge(_("On"), Tone.GOOD) if found.enabled else Badge(_("Off"), Tone.CALM)
