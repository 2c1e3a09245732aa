"""What an audience may be: its name, its rule, how long it lasts, and how its size is told. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from vonk.core.errors import FieldInvalid

NAME_MAX: Final = 128  # Reference API §12.
SAVED_NAME_MAX: Final = 512
AUDIENCES_MAX: Final = 400  # Of one account.
SAVED_MAX: Final = 1_000  # Of one account.
SAVED_BYTES_MAX: Final = 65_536
SHARES_MAX: Final = 100  # Accounts that one audience is shared with.
RULES_MAX: Final = 10  # Of one set.
SOURCES_MAX: Final = 100  # Ad groups or pixels of one rule.
POSTS_MAX: Final = 10  # Of one rule, reference API §12.
LOOKBACK_DAYS_MAX: Final = 180
CONVERSION_DAYS_MAX: Final = 35  # So long conversions are kept.
KEEPS_DAYS_MAX: Final = 365
EXPIRING: Final = timedelta(days=7)
TOLD_FROM: Final = 100  # Fewer people are told as nobody.
_TOLD_STEP: Final = 10


class Source(StrEnum):
    """What says who is in an audience."""

    CUSTOMERS = "customers"  # Digests of addresses.
    AD_GROUPS = "ad_groups"  # Who liked, commented, shared, kept or followed at an ad.
    POSTS = "posts"  # The same at posts, outside ads.
    FOLLOWERS = "followers"  # Who followed a profile.
    PIXELS = "pixels"  # Who did something at the advertiser's own pages.
    LOOKALIKE = "lookalike"  # Who is like those of another audience.


class Deed(StrEnum):
    """What people do that rules look for."""

    LIKE = "like"
    FAVOURITE = "favourite"
    SHARE = "share"
    COMMENT = "comment"
    FOLLOW = "follow"


class Act(StrEnum):
    """What is done with an audience."""

    CREATED = "created"
    CHANGED = "changed"
    APPLIED = "applied"
    DISCONNECTED = "disconnected"
    SHARED = "shared"
    UNSHARED = "unshared"
    DELETED = "deleted"


class Condition(msgspec.Struct, frozen=True):
    """Who did one of the ``deeds``, or reported one of the ``conversions`` (none: any), in the last ``days``.

    ``source_ids`` are ad groups, posts or pixels; none: all ad groups of the account.
    """

    days: int
    source_ids: tuple[int, ...] = ()
    deeds: tuple[Deed, ...] = ()
    conversions: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """Who fulfils one of the included conditions and none of the excluded.

    ``profile_id`` is whose posts or followers it is about (0: nobody's), as whom the account speaks by ``speaker``, a
    ``authorisation.speaker_reach.SpeakerKind``; ``organisation_id`` 0: not by way of a business.
    """

    included: tuple[Condition, ...]
    excluded: tuple[Condition, ...] = ()
    speaker: str = ""
    profile_id: int = 0
    organisation_id: int = 0


def name(text: str, field: str = "name", most: int = NAME_MAX) -> str:
    """Return the name without outer blanks; FieldInvalid when it is empty or too long."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= most:
        raise FieldInvalid(field, "1 to %(most)s characters", most=most)
    return stripped


def checked(source: Source, rule: Rule) -> Rule:
    """Return the rule; FieldInvalid names what is too much of it, or looks farther back than anything is kept."""
    for field, conditions in (("included", rule.included), ("excluded", rule.excluded)):
        if len(conditions) > RULES_MAX or (field == "included" and not conditions):
            raise FieldInvalid(field, "1 to %(most)s rules", most=RULES_MAX)
        for condition in conditions:
            _check(source, condition)
    return rule


def _check(source: Source, condition: Condition) -> None:
    most = CONVERSION_DAYS_MAX if source is Source.PIXELS else LOOKBACK_DAYS_MAX
    if not 1 <= condition.days <= most:
        raise FieldInvalid("days", "1 to %(most)s days; nothing older is kept or looked at", most=most)
    sources = POSTS_MAX if source is Source.POSTS else SOURCES_MAX
    if len(condition.source_ids) > sources:
        raise FieldInvalid("source_ids", "at most %(most)s", most=sources)
    if source in (Source.POSTS, Source.PIXELS) and not condition.source_ids:
        raise FieldInvalid("source_ids", "it is missing")


def keeps_days(days: int | None) -> int | None:
    """Return for how many days an audience is kept; FieldInvalid when that is more than a year."""
    if days is not None and not 1 <= days <= KEEPS_DAYS_MAX:
        raise FieldInvalid("keeps_days", "1 to %(most)s", most=KEEPS_DAYS_MAX)
    return days


def expires_at(days: int | None, *, created_at: datetime, used_at: datetime) -> datetime:
    """Return when an audience ends: its days after its creation, without them a year after its last use or change."""
    return used_at + timedelta(days=KEEPS_DAYS_MAX) if days is None else created_at + timedelta(days=days)


def told(count: int) -> int:
    """Return a size as it is told: rounded down to tens, and 0 below 100, so that one person more or less does not show."""
    return 0 if count < TOLD_FROM else count - count % _TOLD_STEP


def saved(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return saved targeting; FieldInvalid when it is too much."""
    kept = {key: value for key, value in content.items() if value is not None}
    if len(msgspec.json.encode(kept)) > SAVED_BYTES_MAX:
        raise FieldInvalid("content", "at most %(most)s bytes", most=SAVED_BYTES_MAX)
    return kept


def with_id(ids: Sequence[str], audience_id: int) -> list[str]:
    """Return the ids with this one, once."""
    text = str(audience_id)
    return [*ids, *([] if text in ids else [text])]


def without_id(ids: Sequence[str], audience_id: int) -> list[str]:
    """Return the ids without this one."""
    return [one for one in ids if one != str(audience_id)]
