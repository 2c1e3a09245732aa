"""What host apps have no more: posts and sounds are deleted, people erased as if each had asked for it themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vonk.content.actions.hosting import accounts, posts, reconciling, sounds
from vonk.content.hosted import DELETIONS_MAX, Deletion, ItemKind, Judged
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.privacy.actions import erasures


@transaction.atomic
def delete(scope: Scope, given: Sequence[Deletion], *, now: datetime) -> tuple[Judged, ...]:
    """Delete what the host names, for good; return the verdicts in the order given.

    Ads with a deleted post, or with any post of a deleted account, stop with the commit. An account that cannot be erased yet
    (``accounts_unsettled``, ``last_admin``) is refused by name and stays. FieldInvalid for follows and for batches that are
    too large.
    """
    scope.require(Right.HOST_SYNC)
    if not 1 <= len(given) <= DELETIONS_MAX:
        raise FieldInvalid("items", "1 to %(most)s items", most=DELETIONS_MAX)
    if any(one.kind is ItemKind.FOLLOW for one in given):
        raise FieldInvalid("kind", "account, post or sound; a follow ends by /sync/follows")

    def erase(person: Scope, person_id: int) -> None:
        erasures.erase(person, person_id, now=now)

    told: dict[int, Judged] = {}
    for kind in (ItemKind.SOUND, ItemKind.POST, ItemKind.ACCOUNT):  # Always in this order: rows are locked on the way.
        places = [at for at, one in enumerate(given) if one.kind is kind]
        some = [given[at] for at in places]
        if not some:
            continue
        if kind is ItemKind.ACCOUNT:
            verdicts = accounts.remove(scope, some, erase, now=now)
        else:
            verdicts = (posts if kind is ItemKind.POST else sounds).delete(scope, some, now=now)
        told.update(zip(places, verdicts, strict=True))
    return tuple(told[at] for at in range(len(given)))


@transaction.atomic
def confirm(scope: Scope, reconciliation_id: int, *, extra: int, now: datetime) -> tuple[Judged, ...]:
    """Delete what a reconciliation found to be here and not at the host, DELETIONS_MAX items a call; return the verdicts.

    Raises what ``reconciling.confirmed`` raises; () when nothing was extra.
    """
    unnamed = reconciling.confirmed(scope, reconciliation_id, extra=extra, now=now)
    return delete(scope, unnamed, now=now) if unnamed else ()
