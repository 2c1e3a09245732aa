"""Whether an ad account may look after the comments of a post: gathered here once, for who reads and for who acts."""

from datetime import datetime

import msgspec

from vonk.authorisation import access_links, needs
from vonk.authorisation.models import Consent
from vonk.authorisation.rules.access import AccessScope, AccessState, best_of, missing_links
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


def post_of(scope: Scope, consent_id: int, now: datetime) -> int:
    """Return the post of a consent that the scope's account holds, if the account may look after its comments.

    NotFound for a consent that it does not hold now; otherwise raises the first link that is missing. During an access's
    notice it still may: nothing is added by it that would outlive the notice.
    """
    consent = Consent.objects.filter(needs.in_force(now), pk=consent_id, account_id=scope.account).first()
    if consent is None:
        raise NotFound(noun="consent")
    rows = {row.pk: row for row in access_links.for_account(scope).filter(profile_id=consent.profile_id)}
    candidates = [
        msgspec.structs.replace(one, state=AccessState.ACTIVE) if one.state is AccessState.ENDING else one
        for one in access_links.candidates(scope, rows.values(), now)
    ]
    best = best_of(candidates, AccessScope.COMMENTS)
    missing = missing_links(access_links.surroundings(scope, consent.profile_id), best, AccessScope.COMMENTS)
    if missing:
        raise access_links.problem(missing[0], rows[best.access_id].terms if best is not None else None)
    return consent.post_id
