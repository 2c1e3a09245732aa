"""The closed lists that targeting, profiles and the wire share, as stable names."""

from enum import StrEnum
from typing import Final


class AgeBand(StrEnum):
    """Age bands of reference §5."""

    AGE_13_17 = "13_17"
    AGE_18_24 = "18_24"
    AGE_25_34 = "25_34"
    AGE_35_44 = "35_44"
    AGE_45_54 = "45_54"
    AGE_55_PLUS = "55_plus"


class Gender(StrEnum):
    """As declared by the person; nothing is inferred."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Device(StrEnum):
    """The operating system that the viewer's browser or app reports."""

    ANDROID = "android"
    IOS = "ios"
    DESKTOP = "desktop"


INTERESTS: Final[dict[str, str]] = {
    "animals": "Animals",
    "art": "Art and design",
    "automotive": "Cars and bikes",
    "beauty": "Beauty",
    "books": "Books",
    "business": "Business",
    "comedy": "Comedy",
    "dance": "Dance",
    "diy": "Making and repairing",
    "education": "Learning",
    "family": "Family",
    "fashion": "Fashion",
    "fitness": "Fitness",
    "food": "Food and drink",
    "games": "Games",
    "gardening": "Plants and gardens",
    "home": "Home",
    "music": "Music",
    "outdoors": "Outdoors",
    "science": "Science",
    "sports": "Sports",
    "technology": "Technology",
    "travel": "Travel",
}

# ISO 3166-1 alpha-2, the countries that a person may declare and an ad may be shown in.
COUNTRIES: Final[frozenset[str]] = frozenset(
    "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD "
    "CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI "
    "KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
    "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB "
    "SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY "
    "UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW".split()
)

# ISO 639-1, the languages that a person may declare and an ad may be limited to.
LANGUAGES: Final[frozenset[str]] = frozenset(
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id is it ja ko lt lv ms nb nl pl pt ro ru sk sl sr sv sw ta "
    "th tr uk ur vi zh".split()
)


def age_band(age_years: int) -> AgeBand | None:
    """Return the band of an age in whole years, or None below 13, the youngest age an account may have."""
    if age_years < 13:
        return None
    for oldest, band in ((17, AgeBand.AGE_13_17), (24, AgeBand.AGE_18_24), (34, AgeBand.AGE_25_34)):
        if age_years <= oldest:
            return band
    if age_years <= 44:
        return AgeBand.AGE_35_44
    return AgeBand.AGE_45_54 if age_years <= 54 else AgeBand.AGE_55_PLUS


class Deed(StrEnum):
    """What a viewer does with posts, of which behaviours are made."""

    LIKE = "like"
    COMMENT = "comment"
    SHARE = "share"
    FOLLOW = "follow"  # At a post.


BEHAVIOUR_DAYS: Final = (7, 15)


def behaviour(deed: Deed, interest: str, days: int) -> str:
    """Return the name of having done this with a post about the interest within so many days, one of BEHAVIOUR_DAYS."""
    return f"{deed.value}:{interest}:{days}"


def is_behaviour(text: str) -> bool:
    """Tell whether the text is such a name."""
    deed, _, rest = text.partition(":")
    interest, _, days = rest.partition(":")
    return deed in set(Deed) and interest in INTERESTS and days in {str(known) for known in BEHAVIOUR_DAYS}
