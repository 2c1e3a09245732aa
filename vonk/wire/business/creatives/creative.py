"""Portfolios: kept and given back. Of one of buttons an ad takes its own (ad_buttons); nothing else of them is shown."""

from typing import Annotated, Any, Literal

import msgspec

from vonk.advertising.actions import portfolios
from vonk.advertising.queries.portfolios import PortfolioView, numbered_portfolios, portfolio
from vonk.advertising.rules import portfolios as rules
from vonk.content import queries as content
from vonk.control.scope import Right
from vonk.core.errors import FieldInvalid, NotFound
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.materials import ImageIdInvalid, read_image_id
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

IDS_MAX = 100
_FIELDS = {"content": "portfolio_content", "kind": "creative_portfolio_type"}
Kind = Literal[
    "CARD",
    "COUNTDOWN_STICKER",
    "CTA",
    "DESTINATION_CARD",
    "DOWNLOAD_CARD",
    "DYNAMIC_ADD_ON",
    "FLIGHT_CARD",
    "GESTURE",
    "GIFTCODE_STICKER",
    "HOTEL_CARD",
    "INVENTORY_CARD",
    "LIVE_REMINDER_COUNTDOWN_STICKER",
    "MEDIA_CARD",
    "NON_CLICK_SUPER_LIKE",
    "PREMIUM_BADGE",
    "PRODUCT_CARD",
    "PRODUCT_INFO_CARD",
    "PRODUCT_SHOWCASE_TILE",
    "PRODUCT_TILE",
    "REMINDER_COUNTDOWN_STICKER",
    "SHAKE_SURPRISE",
    "SHOPIFY_PRODUCT_CARD",
    "STICKER",
    "STORY_SELECTION",
    "SUPER_LIKE",
    "WEB_INFO_CARD",
]


class PortfolioNew(AskedOfAccount, frozen=True):
    """What to collect. Of a CTA each part has its text in ``asset_content``; everything else is kept as it is sent."""

    portfolio_content: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=rules.PARTS_MAX)]
    creative_portfolio_type: Kind = "CTA"
    request_id: str | None = None


class PortfolioAsked(AskedOfAccount, frozen=True):
    """Which portfolio."""

    creative_portfolio_id: Id


class PortfolioFilter(msgspec.Struct, frozen=True):
    """None of a filter means any; CTA is a type like the others."""

    creative_portfolio_types: Annotated[list[Kind], msgspec.Meta(max_length=IDS_MAX)] | None = None
    creative_portfolio_ids: Annotated[list[Id], msgspec.Meta(max_length=IDS_MAX)] | None = None


class PortfoliosAsked(AskedOfAccount, frozen=True):
    """Which portfolios, page by page."""

    filtering: PortfolioFilter | None = None
    page: int | None = None
    page_size: int | None = None


class PortfoliosGone(AskedOfAccount, frozen=True):
    """Which portfolios to delete."""

    creative_portfolio_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]


class PortfolioMade(Given, frozen=True):
    """The new portfolio."""

    creative_portfolio_id: Digits


class Portfolio(Given, frozen=True):
    """A portfolio with its content, as it was sent."""

    creative_portfolio_id: Digits
    creative_portfolio_type: str
    portfolio_content: list[dict[str, Any]]


class PortfolioRow(Given, frozen=True):
    """A portfolio; its preview is its first picture, "" when it has none."""

    creative_portfolio_id: Digits
    creative_portfolio_type: str
    creative_portfolio_preview_url: str


class PortfolioPage(Given, frozen=True):
    """A page of portfolios."""

    creative_portfolios: tuple[PortfolioRow, ...]
    page_info: PageInfo


@operation(
    "POST",
    "creative/portfolio/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Keep a portfolio",
    example={
        "advertiser_id": "1838000000000000001",
        "creative_portfolio_type": "CTA",
        "portfolio_content": [{"asset_content": "Learn more", "asset_ids": ["1"]}],
    },
)
def create(call: Call[PortfolioNew]) -> PortfolioMade:
    """Pictures in it must be of the account's library: 40912. An ad may name one of type CTA."""
    asked = call.asked
    named = [read_image_id(text) for text in rules.images(asked.portfolio_content)]
    try:
        made = portfolios.create(
            call.scope,
            asked.creative_portfolio_type.lower(),
            asked.portfolio_content,
            image_ids=named,
            now=call.now,
        )
    except FieldInvalid as problem:
        field = _FIELDS.get(problem.field or "", problem.field or "")
        raise ParameterInvalid(field=field, reason=str(problem.values["reason"])) from problem
    except NotFound as problem:
        raise ImageIdInvalid(image_id=", ".join(rules.images(asked.portfolio_content))[:80]) from problem
    return PortfolioMade(creative_portfolio_id=str(made))


@operation("GET", "creative/portfolio/get", may=Right.ACCOUNT_VIEW, summary="Read a portfolio")
def get(call: Call[PortfolioAsked]) -> Portfolio:
    """With its content."""
    found = portfolio(call.scope, call.asked.creative_portfolio_id)
    return Portfolio(
        creative_portfolio_id=str(found.id),
        creative_portfolio_type=found.kind.upper(),
        portfolio_content=found.content,
    )


@operation("GET", "creative/portfolio/list", may=Right.ACCOUNT_VIEW, summary="List portfolios")
def listed(call: Call[PortfoliosAsked]) -> PortfolioPage:
    """Newest first."""
    asked = call.asked
    wanted = asked.filtering or PortfolioFilter()
    kinds = wanted.creative_portfolio_types
    page = numbered_portfolios(
        call.scope,
        numbering(asked.page, asked.page_size, most=100, usual=20),
        kinds=None if kinds is None else [kind.lower() for kind in kinds],
        ids=wanted.creative_portfolio_ids,
    )
    shown = {one.id: rules.images(one.content)[:1] for one in page.items}
    first = [read_image_id(name) for names in shown.values() for name in names]
    addresses = {image.id: call.link(image.url) for image in content.library_images(call.scope, first)}
    rows = tuple(_row(one, shown[one.id], addresses) for one in page.items)
    return PortfolioPage(creative_portfolios=rows, page_info=page_info(page))


@operation("POST", "creative/portfolio/delete", may=Right.CAMPAIGN_EDIT, summary="Delete portfolios")
def delete(call: Call[PortfoliosGone]) -> None:
    """All of them or, when one is not there, none; those of every type."""
    portfolios.delete(call.scope, call.asked.creative_portfolio_ids, now=call.now)


def _row(one: PortfolioView, named: list[str], addresses: dict[int, str]) -> PortfolioRow:
    return PortfolioRow(
        creative_portfolio_id=str(one.id),
        creative_portfolio_type=one.kind.upper(),
        creative_portfolio_preview_url=addresses.get(read_image_id(named[0]), "") if named else "",
    )
