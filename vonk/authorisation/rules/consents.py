"""The consent's state machine (reference §9.2) and who may do what with a post code, pure.

State is derived from instants, never stored. A refusal's value is the stable code of its error (errors.ERRORS).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from vonk.content.rules import Format, Unavailable

DURATIONS_DAYS: Final = (7, 30, 60, 365)
DURATION_DEFAULT_DAYS: Final = 30
REMINDER_DAYS: Final = (14, 7, 3, 1)  # Before the end, to both sides (reference §9.2).
ACCOUNTS_PER_CODE_MAX: Final = 100  # Ad accounts that one code serves: an agency's, not everybody's.
AHEAD_MAX: Final = timedelta(days=5 * 366)  # Extensions add up to five years ahead at most.
MENTIONED_POSTS_MAX: Final = 1  # Reference §3, duets and mentions.
NO_END: Final = datetime(9999, 12, 31, tzinfo=UTC)  # Of a consent that lasts until somebody ends it.


class Road(StrEnum):
    """How a consent came about. Whatever the road, what an ad stands on is one consent for one post and one account."""

    OWN_POST = "own_post"  # The owner linked their profile to the ad account.
    PUSH = "push"  # The advertiser uploaded it, to be published under the creator's name.
    POST_CODE = "post_code"
    ACCOUNT_ACCESS = "account_access"  # The creator gave a business access to their profile.
    REQUEST = "request"  # The creator said yes to a request.
    STANDING = "standing"  # The creator had said yes before anybody asked.
    CHAIN = "chain"  # For the sake of a duet, stitch or mention of the post.


class ConsentState(StrEnum):
    """Where a consent is in its life."""

    ISSUED = "issued"  # A code exists and nobody has redeemed it.
    ACTIVE = "active"
    ENDING = "ending"  # Revoked with the notice that its terms ask for: it still holds until the notice ends.
    SUSPENDED = (
        "suspended"  # The post is gone for now, or an original author's consent is missing; back on restoration.
    )
    EXPIRED = "expired"
    REVOKED = "revoked"
    RELEASED = "released"  # The advertiser took an ended one off the list.
    DELETED = "deleted"  # By the creator, before anybody used it.


USABLE: Final = frozenset({ConsentState.ACTIVE, ConsentState.ENDING})  # Ads may stand on it.


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
    INVITED = "invited"  # A one-time link or QR code to a code was made.
    TERMS_OFFERED = "terms_offered"
    TERMS_AGREED = "terms_agreed"
    NOTICE_GIVEN = "notice_given"  # Revoked with notice; REVOKED follows when the notice ends.
    REQUESTED = "requested"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TAKEN = "taken"  # A consent by way of an access, a request or a standing consent: issued and redeemed in one act.
    STANDING_GIVEN = "standing_given"
    STANDING_ENDED = "standing_ended"
    ACCESS_ASKED = "access_asked"
    ACCESS_GRANTED = "access_granted"
    ACCESS_CHANGED = "access_changed"
    ACCESS_REFUSED = "access_refused"
    ACCESS_EXTENDED = "access_extended"
    ACCESS_REVOKED = "access_revoked"
    ACCESS_EXPIRED = "access_expired"
    ACCESS_RELEASED = "access_released"  # Given back by the business.
    ACCESS_AMENDMENT_ASKED = "access_amendment_asked"  # What is granted of it is ACCESS_CHANGED or ACCESS_EXTENDED.
    ACCESS_AMENDMENT_REFUSED = "access_amendment_refused"
    ACCESS_AMENDMENT_WITHDRAWN = "access_amendment_withdrawn"
    ORIGINAL_MISSING = "original_missing"  # An original author's consent is not there (any more).
    ORIGINAL_MET = "original_met"
    PUBLISHED = "published"  # A pushed post, with the approval of the first ad with it.
    CAPTION_PROPOSED = "caption_proposed"
    CAPTION_SWITCHED = "caption_switched"
    AD_ACCEPTED = "ad_accepted"  # The creator looked at an ad before its first delivery, and agrees.
    AD_REFUSED = "ad_refused"


class Guesser(StrEnum):
    """Whose wrong codes are counted."""

    PERSON = "person"
    ACCOUNT = "account"


class Refusal(StrEnum):
    """Why a post may not be authorised or a code not be used."""

    ACCOUNT_BANNED = "account_banned"
    ACCOUNT_PRIVATE = "account_private"
    AUTH_CODE_ALREADY_USED = "auth_code_already_used"
    AUTH_CODE_EXPIRED = "auth_code_expired"
    AUTH_CODE_NOT_FOUND = "auth_code_not_found"
    AUTHORIZATION_RELEASED = "authorization_released"
    AUTHORIZATION_REVOKED = "authorization_revoked"
    CAROUSEL_DUET = "carousel_duet_not_supported"
    DISCLOSURE_MISSING = "disclosure_missing"
    MENTION_MULTIPLE_VIDEOS = "mention_multiple_videos"
    MULTI_DUET_STITCH = "multi_duet_stitch_refuse"
    MUSIC_RIGHTS_MISSING = "music_rights_missing"
    NOT_PUBLIC_VIDEO = "not_public_video"
    STORY_VIDEO = "story_video_not_supported"
    VIDEO_DELETED = "video_deleted"
    VIDEO_NOT_READY = "video_not_ready"
    VIDEO_UNAVAILABLE = "video_unavailable"


# Why a post cannot be shown, in content's words, and the name that reference §8 gives it.
UNAVAILABLE: Final[dict[str, Refusal]] = {
    Unavailable.DELETED: Refusal.VIDEO_DELETED,
    Unavailable.REMOVED: Refusal.VIDEO_UNAVAILABLE,
    Unavailable.PRIVATE: Refusal.NOT_PUBLIC_VIDEO,
    Unavailable.PROFILE_BANNED: Refusal.ACCOUNT_BANNED,
    Unavailable.DRAFT: Refusal.VIDEO_NOT_READY,
    Unavailable.ACCOUNT_PRIVATE: Refusal.ACCOUNT_PRIVATE,
}


class ConsentFacts(msgspec.Struct, frozen=True):
    """What a consent's state follows from."""

    ends_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None
    released_at: datetime | None
    deleted_at: datetime | None
    post_available: bool
    ending_at: datetime | None = None  # When the notice of a revocation ends.
    originals_met: bool = True  # Every original author's consent that it needs is live.


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
    format: Format = Format.VIDEO
    disclosed: bool = True  # Its creator says of whose interest it serves.
    sound_commercial: bool = True


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
    if facts.revoked_at is not None or (facts.ending_at is not None and facts.ending_at <= now):
        return ConsentState.REVOKED
    if facts.ends_at <= now:
        return ConsentState.EXPIRED
    if facts.redeemed_at is None:
        return ConsentState.ISSUED
    if not facts.post_available or not facts.originals_met:
        return ConsentState.SUSPENDED
    return ConsentState.ACTIVE if facts.ending_at is None else ConsentState.ENDING


def promotion_refusal(
    post: PostToPromote, *, ads_only: bool, make_public: bool, paid: bool = False, pushed: bool = False
) -> Refusal | None:
    """Return why the post may not be authorised with these choices, None when it may.

    A post that not everybody can see becomes public, or is shown in ads alone, only because the creator says so here
    (reference §3, rule (d)). A duet, stitch or mention of somebody else's post may be authorised, and is suspended until
    that person consents too; a duet or stitch of a duet or stitch, and a second mention, are refused (reference §3).
    ``paid``: the terms pay the creator, which a viewer is told. ``pushed``: it waits for its ad's review to be
    published, and may be published for its owner's eyes.
    """
    waits = {Unavailable.DRAFT, Unavailable.PRIVATE} if pushed else {Unavailable.PRIVATE}
    if post.unavailable_reason is not None and post.unavailable_reason not in waits:
        return UNAVAILABLE.get(post.unavailable_reason, Refusal.VIDEO_UNAVAILABLE)
    if not post.video_ready:
        return Refusal.VIDEO_NOT_READY
    refusal = kind_refusal(post)
    if refusal is not None:
        return refusal
    if not post.sound_commercial:
        return Refusal.MUSIC_RIGHTS_MISSING
    if paid and not post.disclosed:
        return Refusal.DISCLOSURE_MISSING
    if not post.public and not ads_only and not make_public and not pushed:
        return Refusal.NOT_PUBLIC_VIDEO
    return None


def kind_refusal(post: PostToPromote) -> Refusal | None:
    """Return what its format, and what it answers or mentions, has against the post."""
    if post.format == Format.STORY:
        return Refusal.STORY_VIDEO
    if post.format == Format.CAROUSEL and post.originals:
        return Refusal.CAROUSEL_DUET
    if any(original.is_answer for original in post.originals):
        return Refusal.MULTI_DUET_STITCH
    if len(post.mentioned_profile_ids) > MENTIONED_POSTS_MAX:
        return Refusal.MENTION_MULTIPLE_VIDEOS
    return None


def redemption_refusal(
    facts: ConsentFacts,
    now: datetime,
    *,
    unavailable_reason: str | None,
    holder: int | None,
    asker: int,
    kind: Refusal | None = None,
) -> Refusal | None:
    """Return why the account ``asker`` may not use the code, None when it may or already does.

    ``holder`` is the account that redeemed it. What is used elsewhere stays so whatever else happened to it. ``kind`` is
    what its format has against the post: a host may name that after the code was made.
    """
    now_in = state(facts, now)
    if now_in is ConsentState.DELETED:
        return Refusal.AUTH_CODE_NOT_FOUND
    if holder is not None and holder != asker:
        return Refusal.AUTH_CODE_ALREADY_USED
    if facts.revoked_at is not None or now_in is ConsentState.REVOKED:
        return Refusal.AUTHORIZATION_REVOKED
    if now_in is ConsentState.RELEASED:
        return Refusal.AUTHORIZATION_RELEASED
    if now_in is ConsentState.EXPIRED:
        return Refusal.AUTH_CODE_EXPIRED
    if holder == asker:
        return None
    if unavailable_reason is None:
        return kind
    return UNAVAILABLE.get(unavailable_reason, Refusal.VIDEO_UNAVAILABLE)


def extended_end(ends_at: datetime, duration_days: int, now: datetime) -> datetime:
    """Return the new end: counted from the later of now and the present end."""
    return max(now, ends_at) + timedelta(days=duration_days)


def days_left(ends_at: datetime, now: datetime) -> int:
    """Return the days until the end, a day begun counted whole; 0 when it is over."""
    return max(0, -((now - ends_at) // timedelta(days=1)))


def next_reminder_at(ends_at: datetime, now: datetime) -> datetime | None:
    """Return when both sides are reminded next, None when no reminder is left before the end, or there is no end.

    An instant that has come already is not made up for: who has just chosen seven days need not hear of them.
    """
    if ends_at == NO_END:
        return None
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
