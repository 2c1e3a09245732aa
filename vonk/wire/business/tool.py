"""Lists to target by, and what they are called: places, languages, interests, hashtags, zones."""

from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from vonk.advertising.rules.texts import landing_url
from vonk.content.queries import hashtags
from vonk.content.queries.hashtags import HashtagView
from vonk.control.scope import Right
from vonk.core import places
from vonk.core.country_names import COUNTRY_OF_CODE, LANGUAGE_NAMES, Country
from vonk.core.errors import Problem
from vonk.core.locations import LOCATION_OF_COUNTRY
from vonk.core.places import Level, Place
from vonk.core.taxonomy import INTERESTS
from vonk.wire.business.asked import AskedOfAccount, Sought
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.interests import NUMBER_OF_INTEREST
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
KEYWORDS_MAX: Final = 10
TOP: Final = "0"
HTTP: Final = ("http", "https")
LEVEL_NAMES: Final = {Level.REGION: "PROVINCE", Level.CITY: "CITY"}
_LEVELS: Final[dict[str, frozenset[Level]]] = {
    "": frozenset(),
    "TO_COUNTRY": frozenset(),
    "TO_PROVINCE": frozenset({Level.REGION}),
}


class RegionsAsked(AskedOfAccount, frozen=True):
    """Which places: down to which level, countries alone where none is said. What else is said narrows nothing."""

    placements: list[str] | None = None
    objective_type: str | None = None
    level_range: Literal["ALL", "TO_COUNTRY", "TO_PROVINCE", "TO_CITY", "TO_DISTRICT"] | None = None


class Region(Given, frozen=True):
    """A place that ``location_ids`` may name."""

    location_id: Digits
    name: str
    parent_id: Digits
    region_code: str
    country_code: str
    level: str
    area_type: str
    next_level_ids: list[Digits]
    support_below_18: bool


class Regions(Given, frozen=True):
    """The codes, and the places with their names, by name."""

    region_list: list[str]
    region_info: list[Region]


class SearchedRegions(Given, frozen=True):
    """The places with their names, by name."""

    region_list: list[Region]


@operation(
    "GET",
    "tool/region",
    may=Right.ACCOUNT_VIEW,
    summary="List places to target",
    example={**ACCOUNT, "placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"},
)
def list_regions(call: Call[RegionsAsked]) -> Regions:
    """Countries by name, then their regions and cities as far as they are asked for, with GeoNames' ids."""
    levels = _LEVELS.get(call.asked.level_range or "", frozenset(Level))
    children: dict[int, list[str]] = {}
    inner = [one for one in places.table().by_number.values() if one.level in levels]
    for one in inner:
        children.setdefault(parent_of(one), []).append(str(one.number))
    found = [*_regions(), *(region_of_place(one) for one in inner)]
    found = [
        msgspec.structs.replace(one, next_level_ids=children.get(int(one.location_id), [])) if children else one
        for one in found
    ]
    return Regions(region_list=[one.region_code for one in found if one.region_code], region_info=found)


@operation(
    "GET",
    "search/region",
    also=("tool/search/region",),
    may=Right.ACCOUNT_VIEW,
    summary="List places by name",
    example=ACCOUNT,
)
def search_regions(call: Call[AskedOfAccount]) -> SearchedRegions:
    """Countries alone; tool/region has smaller places, too."""
    del call
    return SearchedRegions(region_list=_regions())


class Language(Given, frozen=True):
    """A language that ``languages`` may name."""

    code: str
    name: str


class Languages(Given, frozen=True):
    """By name."""

    languages: list[Language]


@operation("GET", "tool/language", may=Right.ACCOUNT_VIEW, summary="List languages to target", example=ACCOUNT)
def list_languages(call: Call[AskedOfAccount]) -> Languages:
    """The languages that people may choose for themselves."""
    del call
    found = sorted(LANGUAGE_NAMES.items(), key=lambda pair: pair[1])
    return Languages(languages=[Language(code=code, name=name) for code, name in found])


class InterestCategory(Given, frozen=True):
    """An interest that ``interest_category_ids`` may name."""

    interest_category_id: Digits
    interest_category_name: str
    level: int
    sub_category_ids: list[Digits]
    placements: list[str]
    special_industries: list[str]


class InterestCategories(Given, frozen=True):
    """By name; there is one level."""

    interest_categories: list[InterestCategory]


@operation("GET", "tool/interest_category", may=Right.ACCOUNT_VIEW, summary="List interests to target", example=ACCOUNT)
def list_interests(call: Call[AskedOfAccount]) -> InterestCategories:
    """What people say of themselves that they like; nothing is inferred."""
    del call
    return InterestCategories(
        interest_categories=[
            InterestCategory(
                interest_category_id=str(NUMBER_OF_INTEREST[key]),
                interest_category_name=name,
                level=1,
                sub_category_ids=[],
                placements=["PLACEMENT_TIKTOK"],
                special_industries=[],
            )
            for key, name in sorted(INTERESTS.items(), key=lambda pair: pair[1])
        ]
    )


class Hashtag(Given, frozen=True):
    """A hashtag. It is ONLINE when a public post carries it."""

    keyword: str
    keyword_id: Digits
    keyword_status: Literal["ONLINE", "OFFLINE"]


class HashtagsAsked(AskedOfAccount, frozen=True):
    """Words that the hashtags shall contain: any of them, or all."""

    keywords: Annotated[list[Sought], msgspec.Meta(min_length=1, max_length=KEYWORDS_MAX)]
    operator: Literal["AND", "OR"] | None = None


class Recommended(Given, frozen=True):
    """The most used ones first."""

    recommended_keywords: list[Hashtag]


class HashtagIdsAsked(AskedOfAccount, frozen=True):
    """Ids that an answer gave before."""

    keyword_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=100)]


class HashtagStatuses(Given, frozen=True):
    """In the order of the ids."""

    keywords_status: list[Hashtag]


@operation(
    "GET",
    "tool/hashtag/recommend",
    may=Right.ACCOUNT_VIEW,
    summary="Find hashtags by words",
    example={**ACCOUNT, "keywords": ["bread"]},
)
def recommend_hashtags(call: Call[HashtagsAsked]) -> Recommended:
    """Those of public posts, at most 50."""
    found = hashtags.hashtags_like(call.asked.keywords, every=call.asked.operator == "AND", at_most=50)
    return Recommended(recommended_keywords=[_hashtag(one) for one in found])


@operation(
    "GET",
    "tool/hashtag/get",
    may=Right.ACCOUNT_VIEW,
    summary="Read hashtags by id",
    example={**ACCOUNT, "keyword_ids": ["1838000000000000001"]},
)
def read_hashtags(call: Call[HashtagIdsAsked]) -> HashtagStatuses:
    """One that no public post carries any more has no name and is OFFLINE."""
    found = hashtags.hashtags_by_id(call.asked.keyword_ids)
    return HashtagStatuses(
        keywords_status=[
            _hashtag(found[one]) if one in found else Hashtag(keyword="", keyword_id=str(one), keyword_status="OFFLINE")
            for one in call.asked.keyword_ids
        ]
    )


class CallingCode(Given, frozen=True):
    """A country, and by what it is phoned."""

    region_code: str
    region_name: str
    phone_region_code: str
    phone_region_calling_code: str


class CallingCodes(Given, frozen=True):
    """By name."""

    phone_region_list: list[CallingCode]


@operation("GET", "tool/phone_region_code", may=Right.ACCOUNT_VIEW, summary="List calling codes", example=ACCOUNT)
def list_calling_codes(call: Call[AskedOfAccount]) -> CallingCodes:
    """With their plus sign."""
    del call
    return CallingCodes(
        phone_region_list=[
            CallingCode(
                region_code=one.code,
                region_name=one.name,
                phone_region_code=one.code,
                phone_region_calling_code=f"+{one.calling_code}",
            )
            for one in _countries()
        ]
    )


class Zone(Given, frozen=True):
    """A time zone that an ad account may have, and its offset now."""

    timezone: str
    offset: str


class Zones(Given, frozen=True):
    """By name (IANA)."""

    timezones: list[Zone]


@operation("GET", "tool/timezone", may=Right.ACCOUNT_VIEW, summary="List time zones", example=ACCOUNT)
def list_zones(call: Call[AskedOfAccount]) -> Zones:
    """Offsets move with summer time; names do not."""
    names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    return Zones(
        timezones=[Zone(timezone=name, offset=f"UTC{call.now.astimezone(ZoneInfo(name)):%z}") for name in names]
    )


class UrlAsked(AskedOfAccount, frozen=True):
    """An address where an ad shall lead."""

    url: Annotated[str, msgspec.Meta(max_length=10_000)]


class Validity(Given, frozen=True):
    """Whether an ad may lead there: by its form, without a visit."""

    is_valid_url: bool
    is_scheme_link: bool
    is_valid_scheme: bool
    reason: str


class UrlInfo(Given, frozen=True):
    """The address's form."""

    validate_info: Validity


class UrlJudged(Given, frozen=True):
    """One address, judged."""

    landing_page_url_info: UrlInfo


@operation(
    "GET",
    "tool/url_validate",
    also=("tool/url/validate",),
    may=Right.ACCOUNT_VIEW,
    summary="Check an address for ads",
    example={**ACCOUNT, "url": "https://example.org/bread"},
)
def judge_url(call: Call[UrlAsked]) -> UrlJudged:
    """By the rule that ads are held against. ``reason`` says what is wrong; "" when nothing is."""
    url = call.asked.url
    scheme = url.partition(":")[0].lower() if ":" in url else ""
    try:
        landing_url(url)
        reason = ""
    except Problem as problem:
        reason = str(problem)
    linked = bool(scheme) and scheme not in HTTP
    return UrlJudged(
        landing_page_url_info=UrlInfo(
            validate_info=Validity(
                is_valid_url=not reason,
                is_scheme_link=linked,
                is_valid_scheme=scheme in HTTP,
                reason=reason,
            )
        )
    )


def _hashtag(one: HashtagView) -> Hashtag:
    return Hashtag(keyword=one.tag, keyword_id=str(one.id), keyword_status="ONLINE")


def _countries() -> list[Country]:
    return sorted(COUNTRY_OF_CODE.values(), key=lambda country: country.name)


def _regions() -> list[Region]:
    return [region_of(country) for country in _countries()]


def region_of(country: Country) -> Region:
    """Return a country as the wire describes a place."""
    return Region(
        location_id=str(LOCATION_OF_COUNTRY[country.code]),
        name=country.name,
        parent_id=TOP,
        region_code=country.code,
        country_code=country.code,
        level="COUNTRY",
        area_type="ADMIN",
        next_level_ids=[],
        support_below_18=True,
    )


def parent_of(place: Place) -> int:
    """Return the id of the region or country that the place lies in."""
    return place.region or LOCATION_OF_COUNTRY[place.country]


def region_of_place(place: Place) -> Region:
    """Return a region or city as the wire describes a place. ``region_code`` is empty where ISO 3166-2 has none."""
    return Region(
        location_id=str(place.number),
        name=place.name,
        parent_id=str(parent_of(place)),
        region_code=place.code,
        country_code=place.country,
        level=LEVEL_NAMES[place.level],
        area_type="ADMIN",
        next_level_ids=[],
        support_below_18=True,
    )
