"""Whether an ad account may look after the comments of a post: gathered here once, for who reads and for who acts.

Of a creator's post by the creator's access with the scope ``comments``; of a post under a custom identity of its own
without asking anybody.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from vonk.authorisation import access_links, needs
from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.rules.access import (
    AccessScope,
    AccessState,
    Candidate,
    MissingLink,
    best_of,
    missing_links,
)
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


def post_of(scope: Scope, consent_id: int, now: datetime) -> int:
    """Return the post of a consent that the scope's account holds, if the account may look after its comments.

    NotFound for a consent that it does not hold now; otherwise raises the first link that is missing. During an access's
    notice it still may: nothing is added by it that would outlive the notice.
    """
    consent = Consent.objects.filter(needs.in_force(now), pk=consent_id, account_id=scope.account).first()
    if consent is None:
        raise NotFound(noun="consent")
    _require(scope, consent.profile_id, now)
    return consent.post_id


def require_post(scope: Scope, post_id: int, now: datetime) -> None:
    """Raise unless the scope's account may look after the post's comments: NotFound for a post that it does not
    advertise, otherwise the first link that is missing.
    """
    facts = content.post_facts([post_id]).get(post_id)
    if facts is not None and facts.account_id == scope.account:
        scope.require(Right.CAMPAIGN_EDIT)
        return
    consents = Consent.objects.filter(needs.in_force(now), post_id=post_id, account_id=scope.account)
    if facts is None or not consents.exists():
        raise NotFound(noun="comment")
    _require(scope, facts.profile_id, now)


def looked_after(scope: Scope, post_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Return those of the posts of which the acting person may look after the comments for the scope's account."""
    facts = content.post_facts(post_ids)
    edits = Right.CAMPAIGN_EDIT in scope.rights
    own = {post_id for post_id, post in facts.items() if post.account_id == scope.account and edits}
    rows = Consent.objects.filter(needs.in_force(now), post_id__in=post_ids, account_id=scope.account)
    held = dict(rows.values_list("post_id", "profile_id"))
    may = {profile_id for profile_id in set(held.values()) if not _missing(scope, profile_id, now)[0]}
    return frozenset(own | {post_id for post_id, profile_id in held.items() if profile_id in may})


def looks_after(account_id: int, post_id: int, now: datetime) -> bool:
    """Say whether what the ad account ordered once and for all is done with the post's comments."""
    facts = content.post_facts([post_id])[post_id]
    if facts.account_id == account_id:
        return True
    consents = Consent.objects.filter(needs.in_force(now), post_id=post_id, account_id=account_id)
    if not consents.exists():
        return False
    rows = access_links.of_account(account_id).filter(profile_id=facts.profile_id)
    best = _best(access_links.standing_candidates(account_id, rows, now))
    around = access_links.standing_surroundings(account_id, facts.profile_id)
    return not missing_links(around, best, AccessScope.COMMENTS)


def _require(scope: Scope, profile_id: int, now: datetime) -> None:
    missing, nearest = _missing(scope, profile_id, now)
    if missing:
        raise access_links.problem(missing[0], nearest.terms if nearest is not None else None)


def _missing(scope: Scope, profile_id: int, now: datetime) -> tuple[tuple[MissingLink, ...], AccountAccess | None]:
    """Return what stands between the acting person and the comments of the creator's posts, and the nearest access."""
    rows = {row.pk: row for row in access_links.for_account(scope).filter(profile_id=profile_id)}
    best = _best(access_links.candidates(scope, rows.values(), now))
    missing = missing_links(access_links.surroundings(scope, profile_id), best, AccessScope.COMMENTS)
    return missing, rows[best.access_id] if best is not None else None


def _best(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the access that lacks least; one whose notice runs still counts."""
    still = [
        msgspec.structs.replace(one, state=AccessState.ACTIVE) if one.state is AccessState.ENDING else one
        for one in candidates
    ]
    return best_of(still, AccessScope.COMMENTS)
