"""The consent's state machine (reference §9.2) and who may do what with a post code, pure.

State is derived from instants, never stored. A refusal's value is the stable code of its error (errors.ERRORS).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from vonk.content.rules import Unavailable

DURATIONS_DAYS: Final = (7, 30, 60, 365)
DURATION_DEFAULT_DAYS: Final = 30
REMINDER_DAYS: Final = (14, 7, 3, 1)  # Before the end, to both sides (reference §9.2).
AHEAD_MAX: Final = timedelta(days=5 * 366)  # Extensions add up to five years ahead at most.
MENTIONED_POSTS_MAX: Final = 1  # Reference §3, duets and mentions.


class ConsentState(StrEnum):
    """Where a consent is in its life."""

    ISSUED = "issued"  # A code exists and nobody has redeemed it.
    ACTIVE = "active"
    SUSPENDED = "suspended"  # The post is gone for now; back on restoration.
    EXPIRED = "expired"
    REVOKED = "revoked"
    RELEASED = "released"  # The advertiser took an ended one off the list.
    DELETED = "deleted"  # By the creator, before anybody used it.


class Act(StrEnum):
    """What the consent record tells of."""

    AD_SETTINGS_ON = "ad_settings_on"
    AD_SETTINGS_OFF = "ad_settings_off"
    POST_AUTHORISATION_ON = "post_authorisation_on"
    POST_AUTHORISATION_OFF = "post_authorisation_off"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXTENDED = "extended"
    REVOKED = "revoked"
    DELETED = "deleted"
    RELEASED = "released"
    EXPIRED = "expired"  # Noticed by the platform; the end itself needs nobody's notice.
    REMINDED = "reminded"
    POST_GONE = "post_gone"
    POST_BACK = "post_back"


class Guesser(StrEnum):
    """Whose wrong codes are counted."""

    PERSON = "person"
    ACCOUNT = "account"


class Refusal(StrEnum):
    """Why a post may not be authorised or a code not be used."""

    ACCOUNT_BANNED = "account_banned"
    AUTH_CODE_ALREADY_USED = "auth_code_already_used"
    AUTH_CODE_EXPIRED = "auth_code_expired"
    AUTH_CODE_NOT_FOUND = "auth_code_not_found"
    AUTHORIZATION_RELEASED = "authorization_released"
    AUTHORIZATION_REVOKED = "authorization_revoked"
    MENTION_MULTIPLE_VIDEOS = "mention_multiple_videos"
    MULTI_DUET_STITCH = "multi_duet_stitch_refuse"
    NOT_PUBLIC_VIDEO = "not_public_video"
    ORIGINAL_AUTHORIZATION_REQUIRED = "original_authorization_required"
    VIDEO_DELETED = "video_deleted"
    VIDEO_NOT_READY = "video_not_ready"
    VIDEO_UNAVAILABLE = "video_unavailable"


# Why a post cannot be shown, in content's words, and the name that reference §8 gives it.
UNAVAILABLE: Final[dict[str, Refusal]] = {
    Unavailable.DELETED: Refusal.VIDEO_DELETED,
    Unavailable.REMOVED: Refusal.VIDEO_UNAVAILABLE,
    Unavailable.PRIVATE: Refusal.NOT_PUBLIC_VIDEO,
    Unavailable.PROFILE_BANNED: Refusal.ACCOUNT_BANNED,
}


class ConsentFacts(msgspec.Struct, frozen=True):
    """What a consent's state follows from."""

    ends_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None
    released_at: datetime | None
    deleted_at: datetime | None
    post_available: bool


class OriginalFacts(msgspec.Struct, frozen=True):
    """The post that a duet or stitch answers."""

    profile_id: int
    is_answer: bool  # It is a duet or stitch itself.


class PostToPromote(msgspec.Struct, frozen=True):
    """What decides whether a creator may authorise a post. ``unavailable_reason`` is content's."""

    profile_id: int
    video_ready: bool
    public: bool
    unavailable_reason: str | None
    originals: tuple[OriginalFacts, ...]
    mentioned_profile_ids: tuple[int, ...]  # Whose posts the caption points to, one for each post.


class Extension(msgspec.Struct, frozen=True):
    """A consent's end was moved from ``ended_at`` to ``ends_at`` at the instant ``at``."""

    at: datetime
    ended_at: datetime
    ends_at: datetime


def state(facts: ConsentFacts, now: datetime) -> ConsentState:
    """Return the consent's state at ``now``; the end instant itself is already outside."""
    if facts.deleted_at is not None:
        return ConsentState.DELETED
    if facts.released_at is not None:
        return ConsentState.RELEASED
    if facts.revoked_at is not None:
        return ConsentState.REVOKED
    if facts.ends_at <= now:
        return ConsentState.EXPIRED
    if facts.redeemed_at is None:
        return ConsentState.ISSUED
    return ConsentState.ACTIVE if facts.post_available else ConsentState.SUSPENDED


def promotion_refusal(post: PostToPromote, *, ads_only: bool, make_public: bool) -> Refusal | None:
    """Return why the creator may not authorise the post with these choices, None when they may.

    A post that not everybody can see becomes public, or is shown in ads alone, only because the creator says so here
    (reference §3, rule (d)). A duet, stitch or mention of somebody else's post needs that person's consent too; a duet
    or stitch of a duet or stitch, and a second mention, are refused (reference §3).
    """
    if post.unavailable_reason not in {None, Unavailable.PRIVATE}:
        return UNAVAILABLE.get(post.unavailable_reason or "", Refusal.VIDEO_UNAVAILABLE)
    if not post.video_ready:
        return Refusal.VIDEO_NOT_READY
    if any(original.is_answer for original in post.originals):
        return Refusal.MULTI_DUET_STITCH
    if len(post.mentioned_profile_ids) > MENTIONED_POSTS_MAX:
        return Refusal.MENTION_MULTIPLE_VIDEOS
    if {*(original.profile_id for original in post.originals), *post.mentioned_profile_ids} - {post.profile_id}:
        return Refusal.ORIGINAL_AUTHORIZATION_REQUIRED
    if not post.public and not ads_only and not make_public:
        return Refusal.NOT_PUBLIC_VIDEO
    return None


def redemption_refusal(
    facts: ConsentFacts, now: datetime, *, unavailable_reason: str | None, holder: int | None, asker: int
) -> Refusal | None:
    """Return why the account ``asker`` may not use the code, None when it may or already does.

    ``holder`` is the account that redeemed it. What is used elsewhere stays so whatever else happened to it.
    """
    now_in = state(facts, now)
    if now_in is ConsentState.DELETED:
        return Refusal.AUTH_CODE_NOT_FOUND
    if holder is not None and holder != asker:
        return Refusal.AUTH_CODE_ALREADY_USED
    if facts.revoked_at is not None:
        return Refusal.AUTHORIZATION_REVOKED
    if now_in is ConsentState.RELEASED:
        return Refusal.AUTHORIZATION_RELEASED
    if now_in is ConsentState.EXPIRED:
        return Refusal.AUTH_CODE_EXPIRED
    if holder == asker or unavailable_reason is None:
        return None
    return UNAVAILABLE.get(unavailable_reason, Refusal.VIDEO_UNAVAILABLE)


def extended_end(ends_at: datetime, duration_days: int, now: datetime) -> datetime:
    """Return the new end: counted from the later of now and the present end."""
    return max(now, ends_at) + timedelta(days=duration_days)


def days_left(ends_at: datetime, now: datetime) -> int:
    """Return the days until the end, a day begun counted whole; 0 when it is over."""
    return max(0, -((now - ends_at) // timedelta(days=1)))


def next_reminder_at(ends_at: datetime, now: datetime) -> datetime | None:
    """Return when both sides are reminded next, None when no reminder is left before the end.

    An instant that has come already is not made up for: who has just chosen seven days need not hear of them.
    """
    instants = [ends_at - timedelta(days=days) for days in REMINDER_DAYS]
    return min((instant for instant in instants if instant > now), default=None)


def live_spans(
    redeemed_at: datetime, ends_at: datetime, stopped_at: datetime | None, extensions: Sequence[Extension]
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the spans [from, until) in which the consent carried ads, oldest first, without the gaps of a lapse.

    ``stopped_at`` is the instant of revocation. ``extensions`` are in their order. Gaps in which the post itself was
    gone are not looked at: content knows them.
    """
    spans: list[tuple[datetime, datetime]] = []
    starts_at = redeemed_at
    for extension in extensions:
        if starts_at < extension.ended_at <= extension.at:  # It had lapsed, and came back.
            spans.append((starts_at, extension.ended_at))
            starts_at = extension.at
    until = ends_at if stopped_at is None else min(ends_at, stopped_at)
    if starts_at <= until:  # Redeemed and revoked in one instant: empty, yet a decision on its way has its grace.
        spans.append((starts_at, until))
    return tuple(spans)
