"""Everything that is live is revoked in one go: thousands of consents are a few statements, one letter to each account."""

from collections import defaultdict
from datetime import datetime
from itertools import islice
from typing import Final

from vonk.authorisation import digests, reach
from vonk.authorisation.actions import access_endings, endings, records
from vonk.authorisation.models import Consent, ConsentChain
from vonk.authorisation.rules import Act
from vonk.control import audit
from vonk.control.scope import Scope

_BATCH: Final = 500  # Consents a statement; SQLite binds at most 999 values on old builds.


def revoke_live(
    scope: Scope, chain: ConsentChain, *, post_id: int | None, at_once: bool = False, now: datetime
) -> tuple[int, ...]:
    """Revoke what is live of the profile, or for one post; return the consents that this changed, in order of issue.

    Each ends as it would alone (``endings.revoke``): now, or ``at_once`` being False, when the notice of its terms does.
    """
    rows = list(
        Consent.objects.filter(endings.live(chain.profile_id, post_id=post_id, now=now))
        .select_related("terms")
        .order_by("pk")
    )
    ending = [row for row in rows if at_once or endings.ends_after_notice(row, now) <= now]
    _revoke_now(scope, chain, ending, now=now)
    changed = {row.pk for row in ending}
    for row in rows:
        if row.pk not in changed and endings.revoke(scope, chain, row, now=now):  # It has a notice to keep.
            changed.add(row.pk)
    return tuple(row.pk for row in rows if row.pk in changed)


def _revoke_now(scope: Scope, chain: ConsentChain, consents: list[Consent], *, now: datetime) -> None:
    if not consents:
        return
    remaining = iter(consents)
    while batch := [consent.pk for consent in islice(remaining, _BATCH)]:
        access_endings.revoke_consents(Consent.objects.filter(pk__in=batch), at=now)
    records.append_all(chain, scope, Act.REVOKED, [(consent, {}) for consent in consents], at=now)
    by_account: dict[int | None, list[int]] = defaultdict(list)
    for consent in consents:
        by_account[consent.account_id].append(consent.pk)
    for account_id, ids in by_account.items():
        audit.record_all(scope, "consent.revoked", "consent", {pk: {} for pk in ids}, at=now, account_id=account_id)
    of_post = reach.posts_of(consents)
    held = [consent for consent in consents if consent.account_id is not None]
    digests.revoked([digests.Noted(consent, of_post[consent.post_id]) for consent in held], now=now)
