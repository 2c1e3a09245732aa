"""What the ad server may know of a person who watches: with their agreement also in which audiences they are, and what
they did of late.

Both are worked out when the token is made, from what is kept anyway, and kept nowhere: who is met is exactly who is
counted (``audience_sizes.members``), and who is erased, deletes their like, or no longer agrees is met no more by the
next token. See docs/decisions/0033.
"""

import binascii
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from vonk.advertising.queries import custom_audiences, held_digests
from vonk.advertising.queries.custom_audiences import AudienceView
from vonk.advertising.rules.custom_audiences import Source
from vonk.content.queries.engaged import lately
from vonk.control.scope import Scope
from vonk.core import taxonomy
from vonk.core.clock import to_ms
from vonk.core.taxonomy import BEHAVIOUR_DAYS, INTERESTS, Deed
from vonk.events.tokens import AUDIENCES_TOLD_MAX, BEHAVIOURS_TOLD_MAX, ViewerClaims
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.reporting import audience_sizes
from vonk.reporting.audience_sizes import Somebody
from vonk.viewing import queries as viewing

LOOKED_AT_MAX: Final = 200  # Audiences that live ad groups name; beyond, nobody is told to be in any, or in none.


def claims(scope: Scope, *, profiles: tuple[int, ...], now: datetime, lives_ms: int) -> ViewerClaims:
    """Return what the ad server may know of the acting person for the next ``lives_ms``.

    Audiences and behaviours only of adults who agreed to personalised ads; see ``identity.queries.viewer_claims``.
    """
    known = identity.viewer_claims(scope, profiles=profiles, now=now, lives_ms=lives_ms)
    if not known.personalised:
        return known
    return msgspec.structs.replace(
        known,
        interests=interests(scope.person, known.interests, now=now),
        behaviours=behaviours(scope.person, now=now),
        audiences=audiences(Somebody(scope.person, known.viewer_id), now=now),
        told_ms=to_ms(now),
    )


def audiences(of: Somebody, *, now: datetime) -> tuple[int, ...] | None:
    """Return in which audiences a person is of those that live ad groups name; None when these are too many to say.

    Where the person is in more than a token holds, those that are kept out come first, so that none of them is missed.
    """
    let_in, kept_out = custom_audiences.named_when_live()
    named = let_in | kept_out
    if not named:
        return ()
    if len(named) > LOOKED_AT_MAX:
        return None
    views = custom_audiences.serving(named, now=now)
    found = {
        *_by_digest(views, of),
        *held_digests.holding_person(_of(views, Source.LOOKALIKE), of.person_id),
        *(view.id for view in views if _fulfils(view, of, now)),
    }
    if len(found & kept_out) > AUDIENCES_TOLD_MAX:
        return None
    return tuple(sorted(found, key=lambda one: (one not in kept_out, one))[:AUDIENCES_TOLD_MAX])


def interests(person_id: int, declared: tuple[str, ...], *, now: datetime) -> tuple[str, ...]:
    """Return what a person says that they like, then what their watching shows, which they see and may remove."""
    return (*declared, *(name for name in viewing.interests(person_id, now=now) if name not in declared))


def behaviours(person_id: int, *, now: datetime) -> tuple[str, ...]:
    """Return what a person did of late, by the names that targeting knows, the newest first."""
    done = lately(person_id, INTERESTS, start=now - timedelta(days=max(BEHAVIOUR_DAYS)))
    return _names(done, now)[:BEHAVIOURS_TOLD_MAX]


def _names(done: Iterable[tuple[Deed, str, datetime]], now: datetime) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for deed, interest, at in done:
        for days in BEHAVIOUR_DAYS:
            if at > now - timedelta(days=days):
                found[taxonomy.behaviour(deed, interest, days)] = None
    return tuple(found)


def _by_digest(views: Collection[AudienceView], of: Somebody) -> frozenset[int]:
    customers = _of(views, Source.CUSTOMERS)
    if not customers:
        return frozenset()
    digest = binascii.unhexlify(identity.digest_of(of.person_id))
    return held_digests.holding_digest(customers, digest) if digest else frozenset()


def _of(views: Collection[AudienceView], source: Source) -> list[int]:
    return [view.id for view in views if view.source is source]


def _fulfils(view: AudienceView, of: Somebody, now: datetime) -> bool:
    """Tell what ``audience_sizes.size`` would count: posts and followers while the account speaks as the creator."""
    if view.rule is None:
        return False
    if view.source in {Source.POSTS, Source.FOLLOWERS} and not custom_audiences.speaks(
        access.watching(view.account_id), view.rule, now=now
    ):
        return False
    as_of = now if view.refreshes else view.created_at
    return of.person_id in audience_sizes.members(view, view.rule, as_of=as_of, now=now, of=of)
