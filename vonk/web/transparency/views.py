"""Search what was shown as ads, read one record, take the list along."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising.queries import Preview
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.content.rules import Disclosure
from vonk.control.windows import WINDOWS
from vonk.core import sheets
from vonk.core.errors import Invalid
from vonk.core.taxonomy import INTERESTS
from vonk.reporting.public_ads import queries
from vonk.reporting.public_ads.rules import TOLD_IN, Telling
from vonk.reporting.public_ads.views import PublicAdView
from vonk.web.common import formats, problems
from vonk.web.common.disclosures import words_of
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.transparency.forms import SearchForm
from vonk.web.transparency.words import Line, lines

P = ParamSpec("P")

PAGES_PER_MINUTE_MAX: Final = 240  # Of one address: a room of people, and no harvest of the whole.
FILES_PER_MINUTE_MAX: Final = 6  # Each may read ten thousand ads.
ROWS: Final = 24
# What names a creator is not to outlive its withdrawal in another's cache, nor to be found by that person's name.
ROBOTS: Final = "noindex, noarchive"
CSV_COLUMNS: Final = (
    "ad_id", "content", "ground", "advertiser", "payer", "speaks_as", "caption", "landing_page", "category", "disclosure",
    "first_shown", "last_shown", "targeting", "recipients", "recipients_by_country", "recipients_elsewhere",
)  # fmt: skip


class CardRow(msgspec.Struct, frozen=True, kw_only=True):
    """An ad in the list."""

    id: int
    state: Badge | None
    poster_url: str
    text: str
    speaks_as: str
    advertiser: str
    payer: str
    disclosed: str
    first_at: datetime
    last_at: datetime
    recipients: str
    targeted: bool


class SearchPage(msgspec.Struct, frozen=True):
    """The page; ``cut``: not every ad was looked at, and the next page goes on."""

    rows: tuple[CardRow, ...]
    next_cursor: str | None
    recorded: int
    narrowed: bool
    cut: bool


class AdPage(msgspec.Struct, frozen=True, kw_only=True):
    """One record."""

    ad: PublicAdView
    state: Badge | None
    phone: Phone | None
    speaks_as: str
    category: str
    disclosed: str
    statement: str
    contract: str
    recipients: str
    countries: tuple[tuple[str, str, bool], ...]
    elsewhere: str
    parameters: tuple[Line, ...]
    versions: tuple[tuple[datetime, str, str, str], ...]


def _limited(
    most: int,
) -> Callable[[Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let one address ask at most so often in a minute, and keep the answers out of search engines."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            place = request.META.get("REMOTE_ADDR", "")
            allowance = WINDOWS.take(f"transparency {view.__name__} {place}", most)
            response = view(request, *args, **kwargs)
            response.headers["RateLimit"] = allowance.header()
            response.headers["X-Robots-Tag"] = ROBOTS
            return response

        return entered

    return decorate


@require_safe
@_limited(PAGES_PER_MINUTE_MAX)
def search(request: HttpRequest) -> HttpResponse:
    """Show the ads that fit, the newest first."""
    now = now_of(request)
    form = SearchForm(request.GET)
    status = HTTPStatus.OK
    page = SearchPage((), None, queries.recorded(now), narrowed=bool(form.query), cut=False)
    if form.is_valid():
        try:
            found = queries.search(form.wanted, paging_of(request, size=ROWS), now=now)
            cut = found.next_cursor is not None and len(found.items) < ROWS
            rows = tuple(_card(ad) for ad in found.items)
            page = SearchPage(rows, found.next_cursor, page.recorded, page.narrowed, cut)
        except Invalid as problem:
            problems.add_to_form(form, problem)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "transparency/search.html", {"page": page, "form": form}, status=status)


@require_safe
@_limited(PAGES_PER_MINUTE_MAX)
def one(request: HttpRequest, ad_id: int) -> HttpResponse:
    """Show one record."""
    ad = queries.public_ad(ad_id, now=now_of(request))
    return render(request, "transparency/ad.html", {"page": _page(ad)})


@require_safe
@_limited(FILES_PER_MINUTE_MAX)
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the ads that fit as a file, a line at a time, EXPORT_MAX at most."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "transparency/search.html", _refused(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    now = now_of(request)
    found = queries.every(form.wanted, now=now)
    response = StreamingHttpResponse(sheets.lines(CSV_COLUMNS, _cells(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ads-{now:%Y-%m-%d}.csv"'
    return response


def _refused(form: SearchForm) -> dict[str, object]:
    return {"page": SearchPage((), None, 0, narrowed=True, cut=False), "form": form}


def _card(ad: PublicAdView) -> CardRow:
    content = ad.content
    return CardRow(
        id=ad.ad_id,
        state=_state(ad),
        poster_url=content.poster_url if content else "",
        text=content.caption if content else "",
        speaks_as=_speaks_as(ad),
        advertiser=ad.advertiser_name,
        payer=ad.payer_name if ad.payer_differs else "",
        disclosed=words_of(content.disclosure) if content else "",
        first_at=ad.first_shown_at,
        last_at=ad.last_shown_at,
        recipients=_people(ad.recipients),
        targeted=ad.targeted,
    )


def _page(ad: PublicAdView) -> AdPage:
    content, statement = ad.content, ad.statement
    return AdPage(
        ad=ad,
        state=_state(ad),
        phone=_phone(ad),
        speaks_as=_speaks_as(ad),
        category=_(INTERESTS.get(content.category, "")) if content and content.category else "",  # noqa: INT001 - a closed list.
        disclosed=words_of(content.disclosure) if content else "",
        statement=_(statement.text) if statement else "",  # noqa: INT001 - texts come from the closed list.
        contract=_(statement.contractual_ground) if statement and statement.contractual_ground else "",  # noqa: INT001 - as above.
        recipients=_people(ad.recipients),
        countries=tuple((one.country, _people(one.recipients), one.member_state) for one in ad.recipients_by_country),
        elsewhere=_people(ad.recipients_elsewhere) if ad.recipients_elsewhere else "",
        parameters=lines(ad.parameters),
        versions=tuple(
            (version.approved_at, version.caption, _(CALLS_TO_ACTION[version.call_to_action]), version.landing_url)  # noqa: INT001 - as above.
            for version in (content.versions if content else ())
        ),
    )


def _state(ad: PublicAdView) -> Badge | None:
    if ad.telling is Telling.REMOVED:
        return Badge(_("Removed by the platform"), Tone.BAD)
    return Badge(_("Content withdrawn"), Tone.CALM) if ad.telling is Telling.WITHDRAWN else None


def _speaks_as(ad: PublicAdView) -> str:
    if ad.content is None:
        return ""
    return f"@{ad.content.handle}" if ad.content.handle else ad.content.display_name


def _people(count: int) -> str:
    """Return a number of people as it may be told."""
    if count < TOLD_IN:
        return _("Fewer than %(count)d people") % {"count": TOLD_IN}
    return _("About %(count)s people") % {"count": formats.number(count)}


def _phone(ad: PublicAdView) -> Phone | None:
    content = ad.content
    if content is None:
        return None
    return phone_of(
        Preview(
            post_id=content.post_id,
            consent_id=None,
            identity_id=content.identity_id,
            handle=content.handle,
            display_name=content.display_name,
            avatar_url=content.avatar_url,
            caption=content.caption,
            sound_title=content.sound_title,
            video_url=content.video_url,
            poster_url=content.poster_url,
            width=content.width,
            height=content.height,
            duration_ms=content.duration_ms,
            call_to_action=content.call_to_action,
            call_to_action_text=CALLS_TO_ACTION[content.call_to_action],
            landing_url=content.landing_url,
            advertiser_name=ad.advertiser_name,
            payer_name=ad.payer_name,
            disclosure=content.disclosure,
            ai_generated=content.ai_generated,
            pictures=content.pictures,
            sound_url=content.sound_url,
        )
    )


def _cells(ads: Iterable[PublicAdView]) -> Iterator[list[str]]:
    """Yield the lines of the file: stable names as the API has them, so that programs read it."""
    for ad in ads:
        content = ad.content
        yield [
            str(ad.ad_id),
            ad.telling.value,
            ad.statement.ground.value if ad.statement else "",
            sheets.harmless(ad.advertiser_name),
            sheets.harmless(ad.payer_name),
            sheets.harmless(_speaks_as(ad)),
            sheets.harmless(content.caption if content else ""),
            sheets.harmless(content.landing_url if content else ""),
            content.category if content else "",
            content.disclosure.value if content and content.disclosure is not Disclosure.NONE else "",
            ad.first_shown_at.isoformat(timespec="seconds"),
            ad.last_shown_at.isoformat(timespec="seconds"),
            sheets.harmless("; ".join(f"{one.name}={'|'.join(one.values)}" for one in ad.parameters)),
            str(ad.recipients),
            "; ".join(f"{one.country}={one.recipients}" for one in ad.recipients_by_country),
            str(ad.recipients_elsewhere),
        ]
