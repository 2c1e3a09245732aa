"""A pixel's live tester: what the pixel says as it arrives, why it is refused, and how to try without counting."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries import PixelView
from vonk.control import ad_server
from vonk.core.clock import HOUR_MS, from_ms, to_ms
from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.events.conversions.refusals import CONVERSION_REFUSALS, ConversionRefusal
from vonk.events.conversions.tester import SeenConversion
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.pixels import SiteForm
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone

RUNS_MS: Final = HOUR_MS  # Then it stops by itself: a page that was left open does not ask for ever.
MS_DIGITS_MAX: Final = 13
SILENT: Final = "silent"


class SeenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One report as it came. Texts are "" where there is nothing to say."""

    seen: SeenConversion
    time: str  # Of the day, in the account's time zone.
    title: str
    verdict: Badge
    value: str
    source: str
    click: str
    ad_url: str
    people: str
    repeats: str
    cause: str
    remedy: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the page that asks again by itself."""

    pixel_id: int
    since: int  # When it was started, in milliseconds.
    last: str  # Names what is shown; the part is sent again when it differs.
    ended: bool
    silent: bool
    lines: tuple[SeenLine, ...]
    news: str


class TesterCard(msgspec.Struct, frozen=True, kw_only=True):
    """The tester on the pixel's page. ``shown`` None: it is not running. ``link`` "": where the site is is not known."""

    code: str
    link: str
    form: SiteForm
    shown: Shown | None
    command: str


@require_safe
@at_desk()
def events(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:
    """Return what came since; nothing where the page shows it already."""
    found = advertising.pixel(desk.scope, pixel_id)
    since = request.GET.get("since", "")
    shown = _shown(
        desk, found, int(since) if since.isascii() and since.isdigit() and len(since) <= MS_DIGITS_MAX else 0
    )
    if request.GET.get("last") == shown.last and not shown.ended:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "advertiser/parts/pixel_seen.html", {"desk": desk, "shown": shown, "swapped": True})


@require_POST
@at_desk()
def stop(request: HttpRequest, desk: Desk, pixel_id: int) -> HttpResponse:  # noqa: ARG001 - a view.
    """Stop, and have the ad server forget what came."""
    found = advertising.pixel(desk.scope, pixel_id)
    ad_server.pixel_unwatched(desk.scope, found.id, now=desk.now)
    return redirect("advertiser:pixel", found.id)


def card_of(request: HttpRequest, desk: Desk, found: PixelView) -> TesterCard:
    """Return the tester as the page's address asks for it: running or not, for which site."""
    asked = request.GET.get("site")
    form = SiteForm(
        {"site": asked} if asked is not None else None, initial={"site": advertising.newest_landing_url(desk.scope)}
    )
    site = form.initial["site"] if asked is None else form.cleaned_data["site"] if form.is_valid() else ""
    running = request.GET.get("tester") == "on"
    body = (
        f'{{"conversions": [{{"id": "test-1", "pixel": "{found.id}", "name": "purchase", "value": 12.5, '
        f'"currency": "{desk.account.currency}", "test": "{found.test_code}"}}]}}'
    )
    return TesterCard(
        code=found.test_code,
        link=_with_code(site, found.test_code) if site else "",
        form=form,
        shown=_shown(desk, found, to_ms(desk.now)) if running else None,
        command=f"curl {settings.VONK.ads_url}/v1/conversions -H 'Content-Type: application/json' \\\n  -d '{body}'",
    )


def _with_code(address: str, code: str) -> str:
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "vonk_test"]
    return parts._replace(query=urlencode([*query, ("vonk_test", code)])).geturl()


def _shown(desk: Desk, found: PixelView, since_ms: int) -> Shown:
    if abs(to_ms(desk.now) - since_ms) > RUNS_MS:
        return Shown(pixel_id=found.id, since=since_ms, last="", ended=True, silent=False, lines=(), news="")
    try:
        seen = ad_server.pixel_seen(desk.scope, found.id, now=desk.now)
    except ad_server.AdServerSilent:  # Said on the page, which asks again.
        return Shown(pixel_id=found.id, since=since_ms, last=SILENT, ended=False, silent=True, lines=(), news="")
    names = advertising.names(desk.scope, "ad", {one.ad_id for one in seen if one.ad_id})
    lines = tuple(_line(one, names) for one in seen)
    return Shown(
        pixel_id=found.id,
        since=since_ms,
        last=str(seen[0].number) if seen else "",
        ended=False,
        silent=False,
        lines=lines,
        news=_("Just now: %(what)s, %(verdict)s.") % {"what": lines[0].title, "verdict": lines[0].verdict.label}
        if lines
        else "",
    )


def _line(one: SeenConversion, names: dict[int, str]) -> SeenLine:
    entry = CONVERSION_REFUSALS[ConversionRefusal(one.reason)] if one.reason else None
    people = {"email": _("e-mail"), "phone": _("phone number"), "external": _("your own id")}
    return SeenLine(
        seen=one,
        time=_time(one.received_ms),
        title=_(STANDARD_NAMES.get(one.name, one.name)) if one.name else _("No name"),  # noqa: INT001 - a closed list, or the advertiser's own.
        verdict=_verdict(one),
        value=_value(one),
        source=_("Server") if one.source == "server" else _("Page"),
        click=_click(one, names),
        ad_url=reverse("advertiser:ad", args=[one.ad_id]) if one.ad_id in names else "",
        people=", ".join(people[name] for name in one.identifiers),
        repeats=_repeats(one),
        cause=_(entry.cause) if entry else "",  # noqa: INT001 - from a closed list.
        remedy=_(entry.remedy) if entry else "",  # noqa: INT001 - from a closed list.
    )


def _time(at_ms: int) -> str:
    return f"{timezone.localtime(from_ms(at_ms)):%H:%M:%S}"


def _verdict(one: SeenConversion) -> Badge:
    return {
        "accepted": Badge(_("accepted"), Tone.GOOD),
        "tested": Badge(_("checked, not counted"), Tone.GOOD),
        "duplicate": Badge(_("counted once already"), Tone.WARN),
    }.get(one.verdict, Badge(_("refused"), Tone.BAD))


def _click(one: SeenConversion, names: dict[int, str]) -> str:
    if one.ad_id:
        return names.get(one.ad_id, str(one.ad_id))
    return _("not known") if one.click else _("none came")


def _repeats(one: SeenConversion) -> str:
    if one.verdict != "duplicate":
        return ""
    if not one.first_source:
        return _("The same id came before, up to eight days ago. One id counts once.")
    when = {"time": _time(one.first_ms)}
    if one.first_source == one.source:
        return _("The same id came from the same side at %(time)s. One id counts once.") % when
    if one.source == "server":
        return _("The page said it first, at %(time)s. Page and server together count once.") % when
    return _("The server said it first, at %(time)s. Page and server together count once.") % when


def _value(one: SeenConversion) -> str:
    """Return the value as money where it is some, else as it was sent."""
    try:
        units = Decimal(one.value)
        if units.is_finite() and one.currency in CURRENCY_DECIMALS and abs(units) < MICROS_PER_UNIT * MICROS_PER_UNIT:
            return formats.money(round(units * MICROS_PER_UNIT), one.currency)
    except InvalidOperation:
        pass
    return f"{one.value} {one.currency}".strip()
