"""What a model of ours looks at, declared once: rows of the log and questions of the ad server are made by it alike.

Of a viewer who is a minor, or did not agree to personalised ads, nothing of a profile: no pseudonym, no age, no gender.
What is missing there has the code 0, and no feature with a code of 0 counts.
"""

from functools import lru_cache
from typing import Final

from vonk.core.clock import HOUR_MS
from vonk.delivery.matching.viewers import Known
from vonk.delivery.prediction import hashing
from vonk.delivery.prediction.spec import Counter, Field, Meeting, Side, Spec

CLICK, VIEW, CONVERSION = "click", "view_6s", "conversion"
HEADS: Final = (CLICK, VIEW, CONVERSION)
JUDGED: Final = "judged"  # A model's measures of the heads of which enough was held back to rely on them.
PROFILE: Final = ("viewer", "age_band", "gender")  # Fields that are 0 without consent.
COMMON: Final = ("viewer", "country", "language", "device", "age_band", "gender", "surface", "hour")
ITEM: Final = ("ad", "ad_group", "campaign", "account", "post", "profile", "category")
INTERESTED: Final = "interested"  # Whether what is advertised is among the interests of viewer or page.

SPEC: Final = Spec(
    heads=HEADS,
    surface="surface",
    fields=(
        *(Field(name, Side.VIEWER) for name in COMMON[:6]),
        Field("surface", Side.CONTEXT),
        Field("hour", Side.CONTEXT, ordinal=True),
        *(Field(name, Side.ITEM) for name in ITEM),
        Field(INTERESTED, Side.PAIR, ordinal=True),
    ),
    counters=(
        Counter(("viewer",), 20.0, 20.0),
        Counter(("ad",), 20.0, 20.0),
        Counter(("profile",), 20.0, 20.0),
        Counter(("viewer", "category"), 5.0, 5.0),
    ),
    crosses=(
        ("country",), ("language",), ("device",), ("surface",), ("hour",), ("age_band", "gender"),
        ("ad",), ("ad_group",), ("campaign",), ("account",), ("post",), ("profile",), ("category",),
        ("ad", "surface"), ("ad", "country"), ("ad", "device"), ("ad", "hour"), ("ad", "age_band"), ("ad", "gender"),
        ("category", "country"), ("category", "surface"), ("category", "age_band", "gender"),
        ("profile", "country"), ("viewer", "profile"), ("viewer", "category"),
        ("interested",), ("category", "interested"), ("ad", "interested"),
    ),
    meetings=(Meeting("ad", "surface"), Meeting("viewer", "ad")),
    table_bits=18,
    counter_bits=18,
)  # fmt: skip
DIGEST: Final = SPEC.digest()
ORDINAL: Final = tuple(field.name for field in SPEC.fields if field.ordinal)  # What trees see as numbers.
INTERESTED_UNKNOWN, INTERESTED_NOT, INTERESTED_IS = 0, 1, 2
CODES_REMEMBERED: Final = 65_536

code: Final = lru_cache(CODES_REMEMBERED)(hashing.code)


def common(viewer_id: str, known: Known, surface: str, at_ms: int) -> tuple[int, ...]:
    """Return the codes of viewer and context, in the order of ``COMMON``."""
    return (
        code(viewer_id) if known.profiled else hashing.MISSING,
        code(known.country),
        code(known.language),
        code(known.device),
        code(known.age_band) if known.profiled else hashing.MISSING,
        code(known.gender) if known.profiled else hashing.MISSING,
        code(surface),
        at_ms // HOUR_MS % 24 + 1,  # Of UTC: nobody tells the viewer's own clock.
    )


def item(  # noqa: PLR0917 - one a field, in the order of ``ITEM``
    ad_id: int, ad_group_id: int, campaign_id: int, account_id: int, post_id: int, profile_id: int, category: str
) -> tuple[int, ...]:
    """Return the codes of an ad, in the order of ``ITEM``. Ids of 0 are missing ones."""
    ids = (ad_id, ad_group_id, campaign_id, account_id, post_id, profile_id)
    return (*(code(one) if one else hashing.MISSING for one in ids), code(category))


def interest(category: str, *, interested: bool) -> int:
    """Return the code of ``interested``."""
    if not category:
        return INTERESTED_UNKNOWN
    return INTERESTED_IS if interested else INTERESTED_NOT
