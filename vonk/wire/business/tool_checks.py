"""Questions with a short answer: what to target, whether something is on, and what an address of this platform leads to."""

import re
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import categories
from vonk.content.queries import cards, profiles, sounds
from vonk.content.queries.cards import Within
from vonk.control.scope import Right
from vonk.core.errors import Missing, NotFound
from vonk.core.ids import parse_id
from vonk.core.taxonomy import COUNTRIES
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.interests import interest_ids
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
ADS_MAX: Final = 50
URL_CHARS_MAX: Final = 2_048
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=URL_CHARS_MAX)]
UrlType = Literal["USER_PROFILE", "VIDEO", "HASHTAG_CHALLENGE", "MUSIC", "STICKER", "STICKER_SHOOTER"]
_PATHS: Final[dict[str, re.Pattern[str]]] = {
    "USER_PROFILE": re.compile(r"/@([^/]+)/?"),
    "VIDEO": re.compile(r"/posts/(\d{1,19})/?"),
    "HASHTAG_CHALLENGE": re.compile(r"/tag/([^/]+)/?"),
    "MUSIC": re.compile(r"/sounds/(\d{1,19})/?"),
}


class RecommendationAsked(AskedOfAccount, frozen=True):
    """Where, and for which app. Neither narrows: interests are the same everywhere."""

    region_codes: list[str] | None = None
    app_id: str | None = None


class RecommendedCategories(Given, frozen=True):
    """Ids that ``interest_category_ids`` takes; behaviour cannot be targeted here."""

    interest_categories: list[Digits]
    action_categories: list[Digits]


@operation(
    "POST",
    "tool/targeting_category/recommend",
    may=Right.ACCOUNT_VIEW,
    summary="Ask which interests to target",
    example={**ACCOUNT, "region_codes": ["NL"]},
)
def recommend_categories(call: Call[RecommendationAsked]) -> RecommendedCategories:
    """What the account's own ads say that they advertise, that of most ads first: empty while there are none.

    Nothing is inferred of what others do.
    """
    return RecommendedCategories(
        interest_categories=interest_ids(categories.advertised(call.scope)), action_categories=[]
    )


class ValueAsked(AskedOfAccount, frozen=True):
    """For which kind of ad group; whatever it is, the answer is the same."""

    objective_type: str
    promotion_type: str | None = None
    placements: list[str] | None = None
    pixel_id: str | None = None
    app_id: str | None = None
    optimization_event: str | None = None


class ValueStatus(Given, frozen=True):
    """NOT_SUPPORT: no bid here follows the value of purchases."""

    vo_status: Literal["NOT_SUPPORT"] = "NOT_SUPPORT"
    vo_min: Literal["NOT_SUPPORT"] = "NOT_SUPPORT"
    vo_min_roas: Literal["NOT_SUPPORT"] = "NOT_SUPPORT"
    vo_highest_value: Literal["NOT_SUPPORT"] = "NOT_SUPPORT"


@operation(
    "GET",
    "tool/vbo_status",
    may=Right.ACCOUNT_VIEW,
    summary="Ask whether bids may follow the value of purchases",
    example={**ACCOUNT, "objective_type": "WEB_CONVERSIONS"},
)
def value_status(call: Call[ValueAsked]) -> ValueStatus:
    """They may not, for any objective: an ad group's ``deep_bid_type`` is refused."""
    del call
    return ValueStatus()


class PartnerAsked(AskedOfAccount, frozen=True):
    """Of which company that judges what ads stand beside."""

    partner: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class PartnerStatus(Given, frozen=True):
    """NOT_FOUND: the ad account has authorised no such partner."""

    status: Literal["NOT_FOUND"] = "NOT_FOUND"


@operation(
    "GET",
    "tool/brand_safety/partner/authorize/status",
    may=Right.ACCOUNT_VIEW,
    summary="Ask whether a partner for brand safety is authorised",
    example={**ACCOUNT, "partner": "Zefr"},
)
def partner_status(call: Call[PartnerAsked]) -> PartnerStatus:
    """None can be: no partner judges what ads stand beside here."""
    del call
    return PartnerStatus()


class OpenUrlAsked(AskedOfAccount, frozen=True):
    """An address of a page of this platform, and what kind of page it is."""

    url: Url
    url_type: UrlType


class OpenUrl(Given, frozen=True):
    """The page's address as ads open it, and where: every country of the platform."""

    open_url: str
    supported_regions: list[str]


class PageUnknown(Missing):
    """The address leads nowhere that everybody may see."""

    code = "page_unknown"
    message = "%(url)s is no public %(noun)s of this platform."
    remedy = "Open the page, and send the address that the browser shows."
    field = "url"


@operation(
    "GET",
    "tool/open_url",
    may=Right.ACCOUNT_VIEW,
    summary="Get the link that opens a page of the platform",
    example={**ACCOUNT, "url": "/@cleo/", "url_type": "USER_PROFILE"},
)
def open_url(call: Call[OpenUrlAsked]) -> OpenUrl:
    """Links open in the platform's own pages, so the answer is the page's whole address, once it is known that everybody
    may see it; 40007 otherwise. There are no stickers here: STICKER and STICKER_SHOOTER are refused.
    """
    asked = call.asked
    form = _PATHS.get(asked.url_type)
    if form is None:
        raise ParameterInvalid(field="url_type", reason=f"one of {', '.join(_PATHS)}: there are no stickers here")
    unknown = PageUnknown(url=asked.url[:200], noun=asked.url_type)
    try:
        given = urlsplit(asked.url)
    except ValueError as problem:
        raise unknown from problem
    found = form.fullmatch(unquote(given.path))
    foreign = bool(given.netloc) and given.netloc != urlsplit(call.site_url).netloc
    if found is None or foreign:
        raise unknown
    try:
        path = _page(asked.url_type, found[1])
    except NotFound as problem:
        raise unknown from problem
    return OpenUrl(open_url=call.link(path), supported_regions=sorted(COUNTRIES))


class SearchHealthAsked(AskedOfAccount, frozen=True):
    """An ad group, or ads of one."""

    adgroup_id: Id | None = None
    ad_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=ADS_MAX)] | None = None


class SearchVolume(Given, frozen=True):
    """How often people looked for the keywords: for none, never."""

    diagnosis_result: Literal["INVALID"] = "INVALID"
    total_monthly_searches: int = 0


class SearchBid(Given, frozen=True):
    """Nothing is bid for places in search."""

    bid_budget_status: Literal["NO_DATA"] = "NO_DATA"
    bid_suggestion_status: Literal["NO_DATA"] = "NO_DATA"


class SearchHealth(Given, frozen=True):
    """NO_DATA: no ad is shown beside what people search for, and no ad group has keywords."""

    search_volume: SearchVolume = SearchVolume()
    bid_budget: SearchBid = SearchBid()
    search_health_status: Literal["NO_DATA"] = "NO_DATA"
    total_keyword_count: int = 0
    total_relevant_keyword_count: int = 0
    keyword_relevance: tuple[str, ...] = ()


@operation(
    "GET",
    "tool/diagnosis/search/health",
    may=Right.ACCOUNT_VIEW,
    summary="Read how ads in search do",
    example={**ACCOUNT, "adgroup_id": "1838000000000000002"},
)
def search_health(call: Call[SearchHealthAsked]) -> SearchHealth:
    """There are none, and it says so of every ad group and ad of the account; 40007 for those of others."""
    asked = call.asked
    if asked.ad_ids is not None:
        for ad_id in asked.ad_ids:
            advertising.ad(call.scope, ad_id)
    elif asked.adgroup_id is not None:
        advertising.ad_group(call.scope, asked.adgroup_id)
    else:
        raise ParameterInvalid(field="adgroup_id", reason="name an ad group here, or ads in ad_ids")
    return SearchHealth()


def _page(kind: str, named: str) -> str:
    """Return the page's path as the platform writes it; NotFound when not everybody may see it."""
    if kind == "USER_PROFILE":
        return f"/@{profiles.profile(None, named).handle}/"
    if kind == "HASHTAG_CHALLENGE":
        if cards.post_count(Within(tag=named)) == 0:
            raise NotFound(noun="hashtag")
        return f"/tag/{named.lower()}/"
    try:
        made = parse_id(named)
    except ValueError as problem:
        raise NotFound(noun="page") from problem
    if kind == "MUSIC":
        return f"/sounds/{sounds.sound(made).id}/"
    if not cards.cards(None, [made]):
        raise NotFound(noun="post")
    return f"/posts/{made}/"
