"""What trends on the platform, by hashtag: from public posts, the same for everybody who asks."""

from datetime import timedelta
from typing import Annotated, Final, Literal

import msgspec

from vonk.content.queries import trends
from vonk.content.queries.trends import TagTrend
from vonk.control.scope import Right
from vonk.core.country_names import COUNTRY_OF_CODE
from vonk.core.errors import NotFound
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

EXAMPLE: Final = {"advertiser_id": "1838000000000000001", "discovery_type": "HASHTAG", "country_code": "NL"}
LISTED_MAX: Final = 100
HASHTAGS_MAX: Final = 10
VIDEOS_OF_TAG: Final = 5
USUAL_COUNTRY: Final = "US"  # Reference API §17.
ALL: Final = "ALL"

DateRange = Literal["1DAY", "7DAY", "30DAY", "120DAY"]
_DAYS: Final[dict[str, int]] = {"1DAY": 1, "7DAY": 7, "30DAY": 30, "120DAY": 120}


class TrendsAsked(AskedOfAccount, frozen=True):
    """Where and when. Posts have no categories here: any but ALL has no trends."""

    discovery_type: Literal["HASHTAG"]
    country_code: str | None = None
    category_name: str | None = None
    date_range: DateRange | None = None


class DetailAsked(AskedOfAccount, frozen=True):
    """Of which hashtag, where and when."""

    hashtag_id: Id
    discovery_type: Literal["HASHTAG"]
    country_code: str
    date_range: DateRange


class VideosAsked(AskedOfAccount, frozen=True):
    """Of which hashtags, where and when."""

    hashtag_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=HASHTAGS_MAX)]
    country_code: str | None = None
    date_range: DateRange | None = None


class FilterInfo(Given, frozen=True):
    """What was asked for, the usual values filled in."""

    discovery_type: str
    country_code: str
    category_name: str
    date_range: str


class TrendPoint(Given, frozen=True):
    """Plays on one UTC day."""

    date: str
    value: int


class Hashtag(Given, frozen=True):
    """A hashtag: posts of the span that carry it and their plays. ``rank_change`` null: it was not ranked before."""

    hashtag_id: Digits
    hashtag_name: str
    rank_position: int
    rank_change: int | None
    posts: int
    views: int
    trending_history: list[TrendPoint]
    audience_insights: None
    top_country_list: list[str]


class Trends(Given, frozen=True):
    """The most played first."""

    filter_info: FilterInfo
    list: list[Hashtag]


class TopVideo(Given, frozen=True):
    """A post. There is no page of it to embed, so both addresses are the post's own."""

    video_id: Digits
    embed_url: str
    share_url: str


class HashtagVideos(Given, frozen=True):
    """The posts of a hashtag, the most played first."""

    hashtag_id: Digits
    top_video_list: list[TopVideo]


class Videos(Given, frozen=True):
    """In the order of what was asked."""

    list: list[HashtagVideos]


@operation("GET", "discovery/trending_list", may=Right.ACCOUNT_VIEW, summary="List trending hashtags", example=EXAMPLE)
def trending(call: Call[TrendsAsked]) -> Trends:
    """The first hundred hashtags of public posts published in the span by creators of the country."""
    asked = call.asked
    country, date_range = _country(asked.country_code), asked.date_range or "7DAY"
    category = asked.category_name or ALL
    return Trends(
        filter_info=FilterInfo(
            discovery_type=asked.discovery_type, country_code=country, category_name=category, date_range=date_range
        ),
        list=_ranked(call, country, date_range)[:LISTED_MAX] if category == ALL else [],
    )


@operation(
    "GET",
    "discovery/detail",
    may=Right.ACCOUNT_VIEW,
    summary="Read one hashtag's trend",
    example={**EXAMPLE, "hashtag_id": "1838000000000000001", "date_range": "7DAY"},
)
def detail(call: Call[DetailAsked]) -> Hashtag:
    """One that no public post of the span carries is unknown."""
    asked = call.asked
    wanted = str(asked.hashtag_id)
    ranked = _ranked(call, _country(asked.country_code), asked.date_range)
    found = next((one for one in ranked if one.hashtag_id == wanted), None)
    if found is None:
        raise NotFound(noun="hashtag", field="hashtag_id")
    return found


@operation(
    "GET",
    "discovery/video_list",
    may=Right.ACCOUNT_VIEW,
    summary="List the posts of hashtags",
    example={"advertiser_id": "1838000000000000001", "hashtag_ids": ["1838000000000000001"], "country_code": "NL"},
)
def videos(call: Call[VideosAsked]) -> Videos:
    """Up to five posts each; none for a hashtag that no public post of the span carries."""
    asked = call.asked
    of_tag = {one.id: one for one in _trends(call, _country(asked.country_code), asked.date_range or "7DAY")}
    return Videos(
        list=[
            HashtagVideos(
                hashtag_id=str(tag_id),
                top_video_list=[_video(call, post_id) for post_id in of_tag[tag_id].post_ids[:VIDEOS_OF_TAG]]
                if tag_id in of_tag
                else [],
            )
            for tag_id in asked.hashtag_ids
        ]
    )


def _country(code: str | None) -> str:
    if code is None:
        return USUAL_COUNTRY
    if code not in COUNTRY_OF_CODE:
        raise ParameterInvalid(field="country_code", reason="a country's two letters (ISO 3166-1)")
    return code


def _trends(
    call: Call[TrendsAsked] | Call[DetailAsked] | Call[VideosAsked], country: str, date_range: str, *, ago: int = 0
) -> list[TagTrend]:
    span = timedelta(days=_DAYS[date_range])
    end = call.now - ago * span
    return trends.tag_trends(start=end - span, end=end, country=country)


def _ranked(call: Call[TrendsAsked] | Call[DetailAsked], country: str, date_range: str) -> list[Hashtag]:
    before = {one.id: place for place, one in enumerate(_trends(call, country, date_range, ago=1), 1)}
    return [
        Hashtag(
            hashtag_id=str(one.id),
            hashtag_name=one.tag,
            rank_position=place,
            rank_change=before[one.id] - place if one.id in before else None,
            posts=one.posts,
            views=one.plays,
            trending_history=[
                TrendPoint(date=day.isoformat(), value=total) for day, total in sorted(one.by_day.items())
            ],
            audience_insights=None,
            top_country_list=[country],
        )
        for place, one in enumerate(_trends(call, country, date_range), 1)
    ]


def _video(call: Call[VideosAsked], post_id: int) -> TopVideo:
    address = call.link(f"/posts/{post_id}/")
    return TopVideo(video_id=str(post_id), embed_url=address, share_url=address)
