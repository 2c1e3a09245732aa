"""Targeting by name: places are found; what delivery knows nothing of has empty lists, so that no client stumbles."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.queries import bids
from vonk.control.scope import Right
from vonk.core import places
from vonk.core.country_names import COUNTRY_OF_CODE, Country
from vonk.core.locations import COUNTRY_OF_LOCATION, LOCATION_OF_COUNTRY
from vonk.core.places import Place
from vonk.wire.business import objectives
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.given import Digits, Given, units
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.tool import ACCOUNT, LEVEL_NAMES, parent_of
from vonk.wire.codec import Id

KEYWORDS_MAX: Final = 1_000
PLACES_MAX: Final = 20  # Regions and cities that one word finds.
WORDS_MAX: Final = 50  # Of one search that are looked for among them.


class SearchAsked(AskedOfAccount, frozen=True):
    """Words to find places by: a code, or a name or a part of it."""

    search_type: Literal["BATCH_REGION_SEARCH", "BATCH_ZIPCODE_SEARCH", "FUZZY_SEARCH"]
    keywords: Annotated[list[str], msgspec.Meta(min_length=1, max_length=KEYWORDS_MAX)]
    objective_type: str | None = None
    placements: list[str] | None = None
    region_codes: list[str] | None = None
    geo_types: list[str] | None = None


class InfoAsked(AskedOfAccount, frozen=True):
    """Ids of places."""

    targeting_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=KEYWORDS_MAX)]
    scene: Literal["GEO", "ISP"] | None = None


class ListAsked(AskedOfAccount, frozen=True):
    """Which places' internet providers."""

    scene: Literal["GEO", "ISP"]
    location_ids: list[Id]


class Status(Given, frozen=True):
    """Whether it can be targeted, and if not, why."""

    status: Literal["VALID", "INVALID"]
    reason: str


class Geo(Given, frozen=True):
    """A place."""

    geo_id: Digits
    geo_type: str
    region_code: str
    parent_id: Digits
    description: str


class Tag(Given, frozen=True):
    """What a word or an id stands for. ``geo`` is null where it stands for nothing; ``isp`` always."""

    keyword: str
    name: str
    targeting_type: str
    status_info: Status
    geo: Geo | None
    isp: None


class Tags(Given, frozen=True):
    """In the order of what was asked."""

    targeting_tag_list: list[Tag]


@operation(
    "POST",
    "tool/targeting/search",
    also_method="GET",
    may=Right.ACCOUNT_VIEW,
    summary="Find places by name",
    example={**ACCOUNT, "search_type": "FUZZY_SEARCH", "keywords": ["nether"], "objective_type": "TRAFFIC"},
)
def search(call: Call[SearchAsked]) -> Tags:
    """A word may find several, countries first and at most 20 smaller places; one that finds none is answered as INVALID.

    Among regions and cities the first 50 words are looked for.
    """
    asked = call.asked
    within = None if asked.region_codes is None else set(asked.region_codes)
    countries = [one for one in COUNTRY_OF_CODE.values() if within is None or one.code in within]
    found = []
    fuzzy = asked.search_type == "FUZZY_SEARCH"
    for number, word in enumerate(asked.keywords):
        matches = [_tag(word, one) for one in countries if _fits(one, word.strip(), fuzzy=fuzzy)]
        inner = places.search(word, most=PLACES_MAX, countries=within) if number < WORDS_MAX else []
        matches += [_place_tag(word, one) for one in inner if fuzzy or _named(one, word)]
        found += matches or [_nothing(word)]
    return Tags(targeting_tag_list=found)


@operation(
    "POST",
    "tool/targeting/info",
    also_method="GET",
    may=Right.ACCOUNT_VIEW,
    summary="Read places by id",
    example={**ACCOUNT, "targeting_ids": ["2750405"], "scene": "GEO"},
)
def info(call: Call[InfoAsked]) -> Tags:
    """An id that is no place's is answered as INVALID."""
    found = []
    for one in call.asked.targeting_ids:
        place, code = places.table().by_number.get(one), COUNTRY_OF_LOCATION.get(one)
        if place is not None:
            found.append(_place_tag(str(one), place))
        else:
            found.append(_nothing(str(one)) if code is None else _tag(str(one), COUNTRY_OF_CODE[code]))
    return Tags(targeting_tag_list=found)


@operation(
    "GET",
    "tool/targeting/list",
    may=Right.ACCOUNT_VIEW,
    summary="List internet providers of places",
    example={**ACCOUNT, "scene": "ISP", "location_ids": ["2750405"]},
)
def providers(call: Call[ListAsked]) -> Tags:
    """None: a viewer's provider is not known here."""
    del call
    return Tags(targeting_tag_list=[])


class ActionCategories(Given, frozen=True):
    """None: what people did is not kept by category here."""

    action_categories: list[Digits]


class Carriers(Given, frozen=True):
    """None: a viewer's carrier is not known here."""

    countries: list[str]


class DeviceModels(Given, frozen=True):
    """None: a viewer's model is not known here."""

    device_models: list[str]


class OsVersions(Given, frozen=True):
    """None: a viewer's version is not known here."""

    os_versions: list[str]


class ContextualTags(Given, frozen=True):
    """None: posts are not sorted by content here."""

    contextual_tags: list[str]


class ExclusionCategories(Given, frozen=True):
    """None: posts are not sorted by content here."""

    category_exclusions: list[str]


class Keywords(Given, frozen=True):
    """None: no keywords are kept of people."""

    recommended_keywords: list[str]
    keywords: list[str]


class OsAsked(AskedOfAccount, frozen=True):
    """Which system's versions."""

    os_type: Literal["ANDROID", "IOS"]


@operation("GET", "tool/action_category", may=Right.ACCOUNT_VIEW, summary="List behaviours", example=ACCOUNT)
def action_categories(call: Call[AskedOfAccount]) -> ActionCategories:
    """Empty: behaviour cannot be targeted here."""
    del call
    return ActionCategories(action_categories=[])


@operation("GET", "tool/carrier", may=Right.ACCOUNT_VIEW, summary="List carriers", example=ACCOUNT)
def carriers(call: Call[AskedOfAccount]) -> Carriers:
    """Empty: carriers cannot be targeted here."""
    del call
    return Carriers(countries=[])


@operation("GET", "tool/device_model", may=Right.ACCOUNT_VIEW, summary="List device models", example=ACCOUNT)
def device_models(call: Call[AskedOfAccount]) -> DeviceModels:
    """Empty: device models cannot be targeted here."""
    del call
    return DeviceModels(device_models=[])


@operation(
    "GET",
    "tool/os_version",
    may=Right.ACCOUNT_VIEW,
    summary="List versions of operating systems",
    example={**ACCOUNT, "os_type": "ANDROID"},
)
def os_versions(call: Call[OsAsked]) -> OsVersions:
    """Empty: versions cannot be targeted here."""
    del call
    return OsVersions(os_versions=[])


@operation(
    "GET",
    "tool/contextual_tag/get",
    also=("tool/contextual_tag/info",),
    may=Right.ACCOUNT_VIEW,
    summary="List contextual tags",
    example=ACCOUNT,
)
def contextual_tags(call: Call[AskedOfAccount]) -> ContextualTags:
    """Empty: context cannot be targeted here."""
    del call
    return ContextualTags(contextual_tags=[])


@operation(
    "GET",
    "tool/content_exclusion/get",
    also=("tool/content_exclusion/info",),
    may=Right.ACCOUNT_VIEW,
    summary="List categories to exclude",
    example=ACCOUNT,
)
def exclusions(call: Call[AskedOfAccount]) -> ExclusionCategories:
    """Empty: categories of content cannot be excluded here."""
    del call
    return ExclusionCategories(category_exclusions=[])


@operation(
    "GET",
    "tool/interest_keyword/recommend",
    also=("tool/interest_keyword/get",),
    may=Right.ACCOUNT_VIEW,
    summary="Find interest keywords",
    example=ACCOUNT,
)
def interest_keywords(call: Call[AskedOfAccount]) -> Keywords:
    """Empty: interests here are the closed list of tool/interest_category."""
    del call
    return Keywords(recommended_keywords=[], keywords=[])


class BidAsked(AskedOfAccount, frozen=True):
    """What for, and where."""

    objective_type: str
    location_ids: list[Id] | None = None
    external_action: str | None = None
    campaign_id: Id | None = None


class Bid(Given, frozen=True):
    """In the account's currency; 0 when too few advertisers bid for the same to tell."""

    bid: float


@operation(
    "POST",
    "tool/bid/recommend",
    may=Right.ACCOUNT_VIEW,
    summary="Ask what others bid",
    example={**ACCOUNT, "objective_type": "TRAFFIC", "location_ids": ["2750405"]},
)
def recommend_bid(call: Call[BidAsked]) -> Bid:
    """The middle bid of running ad groups of the same objective, currency and usual billing event."""
    objective = objectives.objective(call.asked.objective_type)
    return Bid(bid=units(bids.usual_bid(call.scope, objective, now=call.now)))


def _fits(country: Country, word: str, *, fuzzy: bool) -> bool:
    asked, name = word.casefold(), country.name.casefold()
    return bool(asked) and (asked in (country.code.casefold(), name) or (fuzzy and asked in name))


def _tag(keyword: str, country: Country) -> Tag:
    return Tag(
        keyword=keyword,
        name=country.name,
        targeting_type="GEO",
        status_info=Status(status="VALID", reason=""),
        geo=Geo(
            geo_id=str(LOCATION_OF_COUNTRY[country.code]),
            geo_type="COUNTRY",
            region_code=country.code,
            parent_id="0",
            description=country.name,
        ),
        isp=None,
    )


def _named(place: Place, word: str) -> bool:
    return places.plain(word) in {places.plain(place.name), place.code.casefold()}


def _place_tag(keyword: str, place: Place) -> Tag:
    return Tag(
        keyword=keyword,
        name=place.name,
        targeting_type="GEO",
        status_info=Status(status="VALID", reason=""),
        geo=Geo(
            geo_id=str(place.number),
            geo_type=LEVEL_NAMES[place.level],
            region_code=place.country,
            parent_id=str(parent_of(place)),
            description=places.full_name(place),
        ),
        isp=None,
    )


def _nothing(keyword: str) -> Tag:
    return Tag(
        keyword=keyword,
        name="",
        targeting_type="GEO",
        status_info=Status(
            status="INVALID", reason="No country, region or city of tool/region has this code, name or id."
        ),
        geo=None,
        isp=None,
    )
