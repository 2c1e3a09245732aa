"""Campaigns of creators: an ad account invites by a link, creators join, and bring their posts; pure (reference API §17)."""

from enum import StrEnum
from typing import Final

from vonk.authorisation.rules.requests import RequestState
from vonk.core.errors import FieldInvalid

NAME_MAX: Final = 100
CAMPAIGNS_PER_ACCOUNT_MAX: Final = 500
POSTS_PER_CAMPAIGN_MAX: Final = 500
MEMBERS_PER_CAMPAIGN_MAX: Final = 500


class LinkState(StrEnum):
    """Where a post stands in a campaign."""

    WAITING = "waiting"  # The creator has not answered, or the advertiser not what they want instead.
    APPROVED = "approved"  # The ad account holds the creator's consent.
    REFUSED = "refused"
    OVER = "over"  # Taken out of the campaign, withdrawn, lapsed, or the consent has ended.


_STATES: Final = {
    RequestState.WAITING: LinkState.WAITING,
    RequestState.COUNTERED: LinkState.WAITING,
    RequestState.REFUSED: LinkState.REFUSED,
    RequestState.WITHDRAWN: LinkState.OVER,
    RequestState.LAPSED: LinkState.OVER,
}


def link_state(request: RequestState | None, *, consent_holds: bool, taken_out: bool) -> LinkState:
    """Return where a post stands: what was asked for it, whether a consent for it holds, whether it was taken out.

    None: nothing was asked, because a consent was there.
    """
    if taken_out:
        return LinkState.OVER
    if consent_holds:
        return LinkState.APPROVED
    return _STATES.get(request, LinkState.OVER) if request is not None else LinkState.OVER


def name(text: str, field: str) -> str:
    """Return a campaign's or brand's name on one line; FieldInvalid for none, or above NAME_MAX."""
    line = " ".join(text.split())
    if not 1 <= len(line) <= NAME_MAX:
        raise FieldInvalid(field, "1 to %(most)s characters", most=NAME_MAX)
    return line
