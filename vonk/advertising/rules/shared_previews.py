"""Previews of ads for people without an account: how long a link lives, and when an ad may still be looked at."""

from datetime import datetime, timedelta
from typing import Final

from vonk.advertising.rules.statuses import AdFacts
from vonk.authorisation.rules import ConsentState
from vonk.authorisation.rules import limits as limiting
from vonk.content.rules import Unavailable, VideoState
from vonk.core.errors import FieldInvalid
from vonk.core.limits import ADS_PER_REQUEST_MAX

ADS_PER_LINK_MAX: Final = ADS_PER_REQUEST_MAX
LINKS_PER_ACCOUNT_MAX: Final = 500  # That still open; who needs more revokes some.
DAYS_USUAL: Final = 7
DAYS_MAX: Final = 30  # A link that nobody looks after ends by itself.
KEPT_AFTER: Final = timedelta(days=30)  # So long one who opens an ended link is told that it ended.
SHARER_MAX: Final = 100
LABEL_MAX: Final = 100
_STANDING: Final = frozenset({None, ConsentState.ACTIVE, ConsentState.ENDING})
_LOOKED_AT: Final = frozenset({None, Unavailable.DRAFT.value})


def life(days: int) -> timedelta:
    """Return how long a link lives; FieldInvalid outside 1 to 30 days."""
    if not 1 <= days <= DAYS_MAX:
        raise FieldInvalid("days", "1 to %(most)s days", most=DAYS_MAX)
    return timedelta(days=days)


def words(text: str, field: str, most: int) -> str:
    """Return a text that stands on the page, on one line; FieldInvalid when it is too long."""
    line = " ".join(text.split())
    if len(line) > most:
        raise FieldInvalid(field, "at most %(most)s characters", most=most)
    return line


def may_be_seen(facts: AdFacts, now: datetime) -> bool:
    """Say whether outsiders may see the ad: whatever takes the post or the consent away takes the preview away too.

    That it is in review, off, or out of money does not matter: that is what previews are for.
    """
    group = facts.ad_group
    return (
        not (facts.deleted or group.deleted or group.campaign.deleted or group.campaign.account_suspended)
        and not facts.creator_refused
        and facts.consent_state in _STANDING
        and (not facts.limits or limiting.ends_at(facts.limits) > now)
        and facts.post_problem in _LOOKED_AT
        and facts.video_state is VideoState.READY
    )
