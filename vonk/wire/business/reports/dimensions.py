"""Dimensions of v1.3's reports: what a row may be about, and how each value is written.

Of whom an ad reached Vonk knows the country, and of adults who agreed to it the age and gender. Every other dimension of
an audience report has one value, that of what is not known: reports that ask for it keep working, and their sums hold.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import msgspec

from vonk.advertising.queries.reported import Noun
from vonk.billing.queries import By
from vonk.core.taxonomy import AgeBand, Gender
from vonk.reporting.breakdowns.wanted import Moment, Part
from vonk.wire.business.errors import ParameterInvalid

LEVELS: Final[dict[str, Noun | None]] = {
    "AUCTION_ADVERTISER": None,
    "AUCTION_CAMPAIGN": "campaign",
    "AUCTION_ADGROUP": "ad_group",
    "AUCTION_AD": "ad",
}
IDS: Final[dict[str, str]] = {
    "advertiser_id": "AUCTION_ADVERTISER",
    "campaign_id": "AUCTION_CAMPAIGN",
    "adgroup_id": "AUCTION_ADGROUP",
    "ad_id": "AUCTION_AD",
}
"""Id dimension to the level that it takes."""

TIMES: Final[dict[str, By]] = {"stat_time_day": By.DAY, "stat_time_hour": By.HOUR}
COUNTRY: Final = "country_code"

_GENDERS: Final[dict[str, str]] = {Gender.FEMALE.value: "FEMALE", Gender.MALE.value: "MALE"}
_AGES: Final[dict[str, str]] = {
    **{band.value: f"AGE_{band.value.upper()}" for band in AgeBand},
    AgeBand.AGE_55_PLUS.value: "AGE_55_100",
}


class Audience(msgspec.Struct, frozen=True):
    """A dimension of an audience: what it is of, and how a value is written."""

    part: Part
    write: Callable[[str], str]


def _always(text: str) -> Audience:
    return Audience(Part.OTHER, lambda _: text)


AUDIENCES: Final[dict[str, Audience]] = {
    "gender": Audience(Part.GENDER, lambda value: _GENDERS.get(value, "NONE")),
    "age": Audience(Part.AGE_BAND, lambda value: _AGES.get(value, "NONE")),
    COUNTRY: Audience(Part.COUNTRY, lambda value: value or "None"),
    "platform": _always("OTHER"),
    "placement": _always("PLACEMENT_TIKTOK"),  # Every ad is shown in the feed of posts.
    **dict.fromkeys(("language", "ac", "audience_tags", "purchase_intention"), _always("None")),
    **dict.fromkeys(
        (
            "province_id", "dma_id", "device_brand_id", "interest_category", "interest_category_tier2",
            "interest_category_tier3", "interest_category_tier4", "additional_interests", "behavior_id", "hashtag",
            "contextual_tag",
        ),
        _always("-1"),
    ),
}  # fmt: skip


class Dimensions(msgspec.Struct, frozen=True):
    """What a report's rows are about, in the order asked for."""

    names: tuple[str, ...]
    id_name: str | None
    by: By
    audiences: tuple[str, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of an audience that the dimensions are of."""
        return tuple(AUDIENCES[name].part for name in self.audiences)


def read(names: list[str], *, audience_report: bool) -> Dimensions:
    """Return the dimensions; ParameterInvalid for unknown ones and for those that do not go together."""
    asked = tuple(dict.fromkeys(names))
    if not asked:
        raise ParameterInvalid(field="dimensions", reason="at least one")
    allowed = [*IDS, *TIMES, *(AUDIENCES if audience_report else [COUNTRY])]
    unknown = [name[:100] for name in asked if name not in allowed]
    if unknown:
        raise ParameterInvalid(
            field="dimensions", reason=f"Invalid dimension fields: {unknown}; of {', '.join(allowed)}"
        )
    ids, times = [name for name in asked if name in IDS], [name for name in asked if name in TIMES]
    audiences = tuple(name for name in asked if name in AUDIENCES)
    if len(ids) > 1 or len(times) > 1:
        raise ParameterInvalid(field="dimensions", reason="at most one id dimension and one time dimension")
    if audience_report and not audiences:
        raise ParameterInvalid(field="dimensions", reason=f"one of the audience: {', '.join(AUDIENCES)}")
    if len(audiences) > 1 and set(audiences) != {"gender", "age"}:
        raise ParameterInvalid(field="dimensions", reason="one of the audience, or gender and age together")
    by = TIMES[times[0]] if times else By.NONE
    if by is By.HOUR and audiences and COUNTRY not in audiences:
        raise ParameterInvalid(field="dimensions", reason="audiences are told by day")
    return Dimensions(asked, ids[0] if ids else None, by, audiences)


def moment_text(moment: Moment) -> str:
    """Return a day or hour as reports write it: by the clock of the ad account."""
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%d %H:00:00")
    assert isinstance(moment, date), "The whole span has no dimension."
    return f"{moment:%Y-%m-%d} 00:00:00"
