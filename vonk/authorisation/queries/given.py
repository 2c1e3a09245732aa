"""One consent as its creator decides on it."""

from datetime import datetime

import msgspec

from vonk.authorisation import reach
from vonk.authorisation.rules import NO_END
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts


class GivenConsent(msgspec.Struct, frozen=True):
    """A consent that the acting person gave. ``ends_at`` None: until somebody ends it; ``account_name`` "": unused."""

    consent_id: int
    post_id: int
    caption: str
    account_name: str
    ends_at: datetime | None
    may_extend: bool


def given(scope: Scope, consent_id: int) -> GivenConsent:
    """Return a consent of the acting creator. It may be extended unless somebody ended it or it follows an access."""
    consent = reach.own_consent(scope, consent_id)
    if consent.deleted_at is not None:
        raise NotFound(noun="authorisation")
    endless = consent.ends_at >= NO_END
    ended = consent.revoked_at is not None or consent.notice_given_at is not None or consent.released_at is not None
    return GivenConsent(
        consent_id=consent.pk,
        post_id=consent.post_id,
        caption=" ".join(reach.post_of(consent).caption.split()),
        account_name=account_facts(consent.account_id).name if consent.account_id is not None else "",
        ends_at=None if endless else consent.ends_at,
        may_extend=not endless and not ended and consent.access_id is None,
    )
