"""Whose consents a consent stands on beside its own: a duet, stitch or mention needs the other post's author, too.

Reads alone. ``actions.chains`` writes the needs, ``reach`` and ``publish`` ask here whether they are met.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q

from vonk.authorisation.models import Consent, ConsentNeed
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.control import prepared
from vonk.control.prepared import given


class _Need(msgspec.Struct, frozen=True):
    consent_id: int
    met_by: int | None


_NEEDS: Final = prepared.values(
    _Need, lambda: ConsentNeed.objects.filter(consent_id__in=given("ids")).values_list("consent_id", "met_by_id")
)


def in_force(now: datetime) -> Q:
    """Return the condition for a consent that an ad account holds and nothing has ended, its post aside."""
    return Q(redeemed_at__isnull=False, ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None) & (
        Q(ending_at=None) | Q(ending_at__gt=now)
    )


def originals_of(post: PostFacts) -> tuple[PostFacts, ...]:
    """Return the posts of other profiles that the post answers or mentions, by id; they may be gone by now."""
    ids = {original for original in (post.duet_of, post.stitch_of, *post.mentions_posts) if original is not None}
    found = content.post_facts(ids)
    return tuple(found[original] for original in sorted(found) if found[original].profile_id != post.profile_id)


def meeting(account_id: int, original_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Return the account's consent in force for each of the posts that can be shown, the longest-lasting one."""
    rows = Consent.objects.filter(in_force(now), account_id=account_id, post_id__in=set(original_ids))
    held = dict(rows.order_by("ends_at", "-pk").values_list("post_id", "pk"))
    posts = content.post_facts(held)
    return {post_id: consent_id for post_id, consent_id in held.items() if posts[post_id].available}


def stand_on(consent_ids: Collection[int], now: datetime) -> dict[int, tuple[int, ...] | None]:
    """Return what each consent stands on: the ids of the consents that meet its needs, and theirs in turn, ascending.

    None while one of them is missing, has ended, or its post is gone: the consent is suspended then
    (``original_authorization_required``). A consent that needs nobody else's is absent.
    """
    edges: dict[int, set[int | None]] = {}
    fresh = set(consent_ids)
    seen: set[int] = set()
    while fresh:
        seen |= fresh
        found = _NEEDS.rows(ids=fresh)
        for need in found:
            edges.setdefault(need.consent_id, set()).add(need.met_by)
        fresh = {need.met_by for need in found if need.met_by is not None} - seen
    if not edges:
        return {}
    holding = _holding({met_by for of in edges.values() for met_by in of if met_by is not None}, now)
    return {consent_id: _under(consent_id, edges, holding) for consent_id in consent_ids if consent_id in edges}


def missing(consent_ids: Collection[int], now: datetime) -> dict[int, tuple[PostFacts, ...]]:
    """Return the originals, by id, whose authors' consent each consent lacks now; what lacks none is absent."""
    if not consent_ids:
        return {}
    rows = list(
        ConsentNeed.objects.filter(consent_id__in=consent_ids).values_list("consent_id", "original_id", "met_by_id")
    )
    holding = _holding({met_by for _, _, met_by in rows if met_by is not None}, now)
    lacking = sorted((consent_id, original_id) for consent_id, original_id, met_by in rows if met_by not in holding)
    originals = content.post_facts(original_id for _, original_id in lacking)
    found: dict[int, tuple[PostFacts, ...]] = {}
    for consent_id, original_id in lacking:
        found[consent_id] = (*found.get(consent_id, ()), originals[original_id])
    return found


def _holding(consent_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Return those of the consents that are in force, with a post that can be shown."""
    rows = dict(Consent.objects.filter(in_force(now), pk__in=consent_ids).values_list("pk", "post_id"))
    posts = content.post_facts(rows.values())
    return frozenset(consent_id for consent_id, post_id in rows.items() if posts[post_id].available)


def _under(consent_id: int, edges: dict[int, set[int | None]], holding: frozenset[int]) -> tuple[int, ...] | None:
    """Return everything that the consent reaches, None when some of it does not hold. Two may mention each other."""
    reached: set[int] = set()
    waiting = [consent_id]
    while waiting:
        for met_by in edges.get(waiting.pop(), ()):
            if met_by is None or met_by not in holding:
                return None
            if met_by not in reached:
                reached.add(met_by)
                waiting.append(met_by)
    return tuple(sorted(reached - {consent_id}))
