"""The public ad repository: what was shown as an ad, until a year after the last time (DSA art. 39)."""

from datetime import date

from vonk.control.paging import Page, parse
from vonk.reporting.public_ads import queries
from vonk.reporting.public_ads.queries import PublicSearch
from vonk.reporting.public_ads.views import PublicAdView
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class SearchQuery(Body, frozen=True):
    """Everything narrows further. ``text``, ``advertiser`` and ``payer`` are words that all occur; ``country`` is ISO 3166-1's
    code; the days are UTC's, both included; ``targeted`` false: for everybody.
    """

    text: str = ""
    advertiser: str = ""
    payer: str = ""
    country: str = ""
    start_date: date | None = None
    end_date: date | None = None
    targeted: bool | None = None
    cursor: str | None = None
    page_size: str | None = None


@operation("GET", "/ad_repository/ads", may=None, summary="Search the public ad repository")
def search_ads(call: Call[Nothing, SearchQuery]) -> Page[PublicAdView]:
    """The newest first; no account is needed. A page may be shorter than asked: only ``next_cursor`` tells that there is more.

    Of an ad whose creator took it back there is no content, and of one that the platform removed the statement of reasons stands
    instead of content, advertiser and payer. What is not told is not searched either.
    """
    asked = call.query
    wanted = PublicSearch(
        text=asked.text,
        advertiser=asked.advertiser,
        payer=asked.payer,
        country=asked.country.upper(),
        start_date=asked.start_date,
        end_date=asked.end_date,
        targeted=asked.targeted,
    )
    return queries.search(wanted, parse(asked.cursor, asked.page_size), now=call.now)


@operation("GET", "/ad_repository/ads/{ad_id}", may=None, summary="Read one ad of the public repository")
def read_public_ad(call: Call[Nothing, Nothing]) -> PublicAdView:
    """With its period, its main parameters of targeting, exclusions too, and its recipients in tens by country."""
    return queries.public_ad(call.id("ad_id"), now=call.now)
