"""Pixels: what an advertiser's pages and servers report conversions as, and how much they did."""

from datetime import timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.templatetags.static import static

from vonk.advertising import queries as advertising
from vonk.advertising.actions import pixels
from vonk.advertising.queries import PixelView
from vonk.control.paging import Numbered
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.identity import queries as identity
from vonk.reporting.attribution import pixels as reporting
from vonk.reporting.attribution.pixels import PixelName
from vonk.reporting.reports import midnight
from vonk.wire.business import pixel_names
from vonk.wire.business.asked import AskedOfAccount, day, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
PAGE_SIZE_MAX: Final = 20
PIXELS_MAX: Final = 10
DAYS_MAX: Final = 30
_CODE: Final = "C"


class PixelNew(AskedOfAccount, frozen=True):
    """The category and partner of a pixel mean nothing here and are not kept."""

    pixel_name: str
    pixel_category: str | None = None
    partner_name: str | None = None


class PixelChanges(AskedOfAccount, frozen=True):
    """Its new name."""

    pixel_id: Id
    pixel_name: str


class PixelFilter(msgspec.Struct, frozen=True):
    """Vonk has no catalogues: with true, no pixel fits."""

    available_for_catalog_only: bool | None = None


class PixelsAsked(AskedOfAccount, frozen=True):
    """Which pixels: one by id or code, or those whose name holds a text."""

    pixel_id: Id | None = None
    code: str | None = None
    name: str | None = None
    order_by: Literal["EARLIEST_CREATE", "LATEST_CREATE"] | None = None
    filtering: PixelFilter | None = None
    page: int | None = None
    page_size: int | None = None


class DateRange(msgspec.Struct, frozen=True):
    """Days of the account, both included."""

    start_date: str
    end_date: str


class StatsAsked(AskedOfAccount, frozen=True):
    """Which pixels' events, on which days."""

    pixel_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=PIXELS_MAX)]
    date_range: DateRange


class InstantPageAsked(AskedOfAccount, frozen=True):
    """Any pair: no page of the platform's own reports events."""

    objective_type: str | None = None
    optimization_goal: str | None = None


class PixelMade(Given, frozen=True):
    """The pixel. Its secret, which servers need, is made in the account's pages or by the platform API."""

    pixel_id: Digits
    pixel_code: str


class Matching(Given, frozen=True):
    """What a page may tell of a person, as digests: always both, if it says them."""

    email: bool
    phone_number: bool


class Ownership(Given, frozen=True):
    """Whose the pixel is: the ad account's own, and of the Business Center that owns the account."""

    asset_relation_status: str
    ownership_status: bool
    owner_bc_id: Digits


class PixelEvent(Given, frozen=True):
    """An event that a pixel may report, by its name: there is nothing to set up."""

    event_id: Digits
    event_code: str
    event_type: str
    name: str
    optimization_event: str
    statistic_type: str
    currency: str | None
    currency_value: str | None
    deprecated: bool
    rules: list[str]


class Pixel(Given, frozen=True):
    """A pixel. ``pixel_script`` is what a page of the advertiser's holds."""

    pixel_id: Digits
    pixel_code: str
    pixel_name: str
    pixel_category: str | None
    pixel_script: str
    pixel_setup_mode: str
    partner_name: str | None
    create_time: Moment
    advanced_matching_fields: Matching
    asset_ownership: Ownership
    activity_status: str
    events: list[PixelEvent]


class Pixels(Given, frozen=True):
    """A page of pixels."""

    pixels: list[Pixel]
    page_info: PageInfo


class Statistic(Given, frozen=True):
    """How often an event was reported, by whom, and how often it followed from an ad."""

    pixel_event_type: str
    total_count: int
    attributed_count: int
    browser_event_total_count: int
    server_event_total_count: int


class PixelStatistics(Given, frozen=True):
    """One pixel's events, the most frequent first."""

    pixel_id: Digits
    statistics: list[Statistic]


class Stats(Given, frozen=True):
    """In the order of the ids that were asked for."""

    list: list[PixelStatistics]


class InstantPageEvents(Given, frozen=True):
    """None."""

    list: list[str]


@operation(
    "POST",
    "pixel/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Create a pixel",
    example={**ACCOUNT, "pixel_name": "Shop"},
)
def create(call: Call[PixelNew]) -> PixelMade:
    """It may report at once."""
    made = pixels.create(call.scope, call.asked.pixel_name, now=call.now)
    return PixelMade(pixel_id=str(made.id), pixel_code=pixel_code(made.id))


@operation(
    "POST",
    "pixel/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Rename a pixel",
    example={**ACCOUNT, "pixel_id": "1838000000000000001", "pixel_name": "Web shop"},
)
def update(call: Call[PixelChanges]) -> None:
    """Its id and code stay."""
    pixels.rename(call.scope, call.asked.pixel_id, call.asked.pixel_name, now=call.now)


@operation("GET", "pixel/list", may=Right.ACCOUNT_VIEW, summary="List pixels", example=ACCOUNT)
def read(call: Call[PixelsAsked]) -> Pixels:
    """Newest first unless the earliest are asked for; switched-off ones too."""
    asked = call.asked
    wanted = numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX)
    found = [one for one in advertising.pixels(call.scope) if _fits(one, asked)]
    if asked.order_by == "EARLIEST_CREATE":
        found.reverse()
    first = (wanted.page - 1) * wanted.size
    page = Numbered(tuple(found[first : first + wanted.size]), len(found), wanted)
    owner = identity.account(call.scope).organisation_id
    script = call.link(static("pixel/vonk-pixel.js"))
    return Pixels(pixels=[_pixel(one, owner, script) for one in page.items], page_info=page_info(page))


@operation(
    "GET",
    "pixel/event/stats",
    may=Right.ACCOUNT_VIEW,
    summary="Count what pixels reported",
    example={
        **ACCOUNT,
        "pixel_ids": ["1838000000000000001"],
        "date_range": {"start_date": "2026-11-01", "end_date": "2026-11-22"},
    },
)
def stats(call: Call[StatsAsked]) -> Stats:
    """By the account's days, at most 30 of them; an end before its start has no days (reference API §14)."""
    asked = call.asked
    start, end = day(asked.date_range.start_date, "date_range"), day(asked.date_range.end_date, "date_range")
    if (end - start).days >= DAYS_MAX:
        raise ParameterInvalid(field="date_range", reason=f"at most {DAYS_MAX} days")
    zone = ZoneInfo(identity.account_facts(call.scope.account).time_zone)
    found = reporting.names_reported(
        call.scope,
        asked.pixel_ids,
        start=midnight(start, zone),
        end=midnight(max(start, end + timedelta(days=1)), zone),
    )
    return Stats(
        list=[
            PixelStatistics(
                pixel_id=str(pixel_id), statistics=[_statistic(one) for one in found if one.pixel_id == pixel_id]
            )
            for pixel_id in dict.fromkeys(asked.pixel_ids)
            if any(one.pixel_id == pixel_id for one in found)
        ]
    )


@operation(
    "GET",
    "pixel/instant_page/event",
    may=Right.ACCOUNT_VIEW,
    summary="List events of the platform's own pages",
    example={**ACCOUNT, "objective_type": "TRAFFIC", "optimization_goal": "CLICK"},
)
def instant_page_events(call: Call[InstantPageAsked]) -> InstantPageEvents:
    """None: ads lead to pages of the advertiser's own."""
    del call
    return InstantPageEvents(list=[])


def pixel_code(pixel_id: int) -> str:
    """Return how scripts and the events API name a pixel."""
    return f"{_CODE}{pixel_id}"


def read_pixel_code(code: str, field: str) -> int:
    """Return the id in a pixel's code; NotFound when it is none."""
    try:
        return parse_id(code.removeprefix(_CODE))
    except ValueError as error:
        raise NotFound(noun="pixel", field=field) from error


def _fits(one: PixelView, asked: PixelsAsked) -> bool:
    if asked.filtering is not None and asked.filtering.available_for_catalog_only:
        return False
    return (
        (asked.pixel_id is None or one.id == asked.pixel_id)
        and (asked.code is None or pixel_code(one.id) == asked.code)
        and (asked.name is None or asked.name.casefold() in one.name.casefold())
    )


def _pixel(one: PixelView, owner_id: int, script: str) -> Pixel:
    return Pixel(
        pixel_id=str(one.id),
        pixel_code=pixel_code(one.id),
        pixel_name=one.name,
        pixel_category=None,
        pixel_script=(
            "<script>window.vonk=window.vonk||function(){(vonk.q=vonk.q||[]).push(arguments)}</script>"
            f'<script async src="{script}" data-pixel="{one.id}" data-ads="{settings.VONK.ads_url}"></script>'
            '<script>vonk("page_view")</script>'
        ),
        pixel_setup_mode="MANUAL",
        partner_name=None,
        create_time=moment(one.created_at),
        advanced_matching_fields=Matching(email=True, phone_number=True),
        asset_ownership=Ownership(asset_relation_status="BOUND", ownership_status=True, owner_bc_id=str(owner_id)),
        activity_status="ACTIVE" if one.enabled else "INACTIVE",
        events=[
            PixelEvent(
                event_id=str(number),
                event_code=pixel_names.event_name(name),
                event_type=pixel_names.optimization_event(name),
                name=title,
                optimization_event=pixel_names.optimization_event(name),
                statistic_type="EVERY_TIME",
                currency=None,
                currency_value=None,
                deprecated=False,
                rules=[],
            )
            for number, (name, title) in enumerate(STANDARD_NAMES.items(), 1)
        ],
    )


def _statistic(one: PixelName) -> Statistic:
    return Statistic(
        pixel_event_type=pixel_names.event_name(one.name),
        total_count=one.total,
        attributed_count=one.attributed,
        browser_event_total_count=one.from_pages,
        server_event_total_count=one.from_servers,
    )
