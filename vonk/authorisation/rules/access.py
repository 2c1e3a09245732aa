"""Access of a business, or of the owner's own ad account, to a creator's profile; pure (reference §3, O7).

State is derived from instants, never stored. What stands between an ad account and a creator's posts is named, link by
link, so that nobody has to guess (reference §14 C, no. 9).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

ACCESSES_PER_PROFILE_MAX: Final = 800  # Businesses that hold access to one profile (reference §3).
ACCESSES_PER_ORGANISATION_MAX: Final = 800  # Profiles that one business has access to, or asks for access to.
LAPSES_AFTER: Final = timedelta(days=30)  # Of a request for access, our own.
ASK_AGAIN_AFTER: Final = timedelta(days=7)  # After a refusal, our own: nobody is asked day after day.


class AccessKind(StrEnum):
    """Who is linked to the profile."""

    OWN = "own"  # The owner's own ad account: every post, pull and push.
    BUSINESS = "business"  # A Business Center, by what the creator grants it.


class AccessScope(StrEnum):
    """What a creator grants."""

    EXISTING_POSTS = "existing_posts"  # Pull: every post that may be advertised, without codes.
    PUBLISH_ADS_ONLY = "publish_ads_only"  # Push: new videos, shown in ads alone.
    PUBLISH_PROFILE = "publish_profile"  # Push: new videos, on the profile too.
    COMMENTS = "comments"  # Read, hide and answer comments of advertised posts.


PUBLISHING: Final = frozenset({AccessScope.PUBLISH_ADS_ONLY, AccessScope.PUBLISH_PROFILE})


class AccessState(StrEnum):
    """Where an access is in its life."""

    REQUESTED = "requested"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ACTIVE = "active"
    ENDING = "ending"
    EXPIRED = "expired"
    REVOKED = "revoked"


class AmendmentState(StrEnum):
    """Where a request for more is in its life."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # Also when the access ended first.


LIVE: Final = frozenset({AccessState.ACTIVE, AccessState.ENDING})


class MissingLink(StrEnum):
    """What is missing between an ad account and a creator's posts; each value is the stable code of its error."""

    ACCOUNT_SUSPENDED = "account_suspended"
    SPARK_TERMS_REQUIRED = "spark_terms_required"
    ACCOUNT_ROLE_MISSING = "account_role_missing"
    PROFILE_BANNED = "account_banned"
    ACCESS_MISSING = "account_access_missing"
    ACCESS_NOT_ANSWERED = "account_access_not_answered"
    ACCESS_REFUSED = "account_access_refused"
    ACCESS_ENDED = "account_access_ended"
    SCOPE_MISSING = "account_access_scope_missing"
    PERMISSION_MISSING = "creator_permission_missing"
    TERMS_NOT_AGREED = "terms_agreement_required"
    AD_SETTINGS_OFF = "creator_ad_settings_off"


class AccessFacts(msgspec.Struct, frozen=True):
    """What an access's state follows from."""

    lapses_at: datetime
    granted_at: datetime | None
    refused_at: datetime | None
    withdrawn_at: datetime | None
    ends_at: datetime | None
    ending_at: datetime | None
    revoked_at: datetime | None


class AmendmentFacts(msgspec.Struct, frozen=True):
    """What the state of a request for more follows from."""

    lapses_at: datetime
    accepted_at: datetime | None
    refused_at: datetime | None
    withdrawn_at: datetime | None


class Candidate(msgspec.Struct, frozen=True):
    """One access by which an ad account could use the creator's posts."""

    access_id: int
    kind: AccessKind
    state: AccessState
    scopes: frozenset[AccessScope]
    permitted: bool  # The acting person may use this creator in the name of the business.
    terms_agreed: bool  # By the ad account, or there are none.


class Surroundings(msgspec.Struct, frozen=True):
    """What has to be in order whatever the access."""

    account_suspended: bool
    spark_terms_accepted: bool
    may_edit_campaigns: bool
    profile_banned: bool
    ad_settings_on: bool


def access_state(facts: AccessFacts, now: datetime) -> AccessState:
    """Return the access's state at ``now``; the end instant itself is already outside."""
    if facts.granted_at is None:
        if facts.refused_at is not None:
            return AccessState.REFUSED
        if facts.withdrawn_at is not None:
            return AccessState.WITHDRAWN
        return AccessState.LAPSED if facts.lapses_at <= now else AccessState.REQUESTED
    if facts.revoked_at is not None or (facts.ending_at is not None and facts.ending_at <= now):
        return AccessState.REVOKED
    if facts.ends_at is not None and facts.ends_at <= now:
        return AccessState.EXPIRED
    return AccessState.ACTIVE if facts.ending_at is None else AccessState.ENDING


def amendment_state(facts: AmendmentFacts, access: AccessState, now: datetime) -> AmendmentState:
    """Return where a request for more is at ``now``; it is open only while the access it is about is active."""
    if facts.accepted_at is not None:
        return AmendmentState.ACCEPTED
    if facts.refused_at is not None:
        return AmendmentState.REFUSED
    if facts.withdrawn_at is not None and facts.withdrawn_at < facts.lapses_at:
        return AmendmentState.WITHDRAWN
    still = access is AccessState.ACTIVE and facts.lapses_at > now
    return AmendmentState.OPEN if still else AmendmentState.LAPSED


def missing_of(candidate: Candidate, needed: AccessScope) -> tuple[MissingLink, ...]:
    """Return what the access lacks before a post can be used by it; nothing when it works."""
    not_live = {
        AccessState.REQUESTED: MissingLink.ACCESS_NOT_ANSWERED,
        AccessState.REFUSED: MissingLink.ACCESS_REFUSED,
        AccessState.WITHDRAWN: MissingLink.ACCESS_MISSING,
        AccessState.LAPSED: MissingLink.ACCESS_MISSING,
        AccessState.ENDING: MissingLink.ACCESS_ENDED,  # What was taken goes on until the notice ends; nothing is added.
        AccessState.EXPIRED: MissingLink.ACCESS_ENDED,
        AccessState.REVOKED: MissingLink.ACCESS_ENDED,
    }
    missing = [not_live[candidate.state]] if candidate.state in not_live else []
    if candidate.state in LIVE and needed not in candidate.scopes:
        missing.append(MissingLink.SCOPE_MISSING)
    if not candidate.permitted:
        missing.append(MissingLink.PERMISSION_MISSING)
    if candidate.state in LIVE and not candidate.terms_agreed:
        missing.append(MissingLink.TERMS_NOT_AGREED)
    return tuple(missing)


def best_of(candidates: Iterable[Candidate], needed: AccessScope) -> Candidate | None:
    """Return the access that lacks least; of equals the owner's own link, then the newest."""
    return min(
        candidates,
        key=lambda one: (
            len(missing_of(one, needed)),
            one.state not in LIVE,
            one.kind is not AccessKind.OWN,
            -one.access_id,
        ),
        default=None,
    )


def missing_links(
    around: Surroundings, candidate: Candidate | None, needed: AccessScope = AccessScope.EXISTING_POSTS
) -> tuple[MissingLink, ...]:
    """Return every link that is missing, in the order in which it is best mended; nothing when a post can be used."""
    missing: list[MissingLink] = []
    if around.account_suspended:
        missing.append(MissingLink.ACCOUNT_SUSPENDED)
    if around.profile_banned:
        missing.append(MissingLink.PROFILE_BANNED)
    missing += [MissingLink.ACCESS_MISSING] if candidate is None else missing_of(candidate, needed)
    if not around.ad_settings_on:
        missing.append(MissingLink.AD_SETTINGS_OFF)
    if not around.may_edit_campaigns:
        missing.append(MissingLink.ACCOUNT_ROLE_MISSING)
    if not around.spark_terms_accepted:
        missing.append(MissingLink.SPARK_TERMS_REQUIRED)
    return tuple(missing)
