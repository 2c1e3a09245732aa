"""How many people are in audiences, as it is told: worked out when somebody asks, and kept nowhere.

Counted are adults who agreed to personalised ads; a size is rounded by ``advertising.rules.custom_audiences.told``.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from vonk.advertising.queries import custom_audiences
from vonk.advertising.queries.custom_audiences import AudienceView
from vonk.advertising.rules.custom_audiences import Condition, Rule, Source, told
from vonk.content.queries.engaged import Deeds, people_who
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.identity import queries as identity
from vonk.reporting.models import Conversion


class Somebody(msgspec.Struct, frozen=True):
    """One person, by id and by pseudonym."""

    person_id: int
    viewer_id: str


class Sized(msgspec.Struct, frozen=True):
    """An audience and how many people are in it."""

    view: AudienceView
    told: int


def numbered_audiences(
    scope: Scope, numbering: Numbering, *, ids: Collection[int] | None = None, now: datetime
) -> Numbered[Sized]:
    """Return a numbered page of the audiences that the account may use with their sizes, newest first."""
    page = custom_audiences.numbered_audiences(scope, numbering, ids=ids, now=now)
    return Numbered(tuple(Sized(one, size(scope, one, now=now)) for one in page.items), page.total, numbering)


def size(scope: Scope, view: AudienceView, *, now: datetime) -> int:
    """Return how many people are in an audience, as it is told; nobody is in one that has ended.

    Of customers it is what matched when the digests last changed. A creator's posts and followers count while the
    account speaks as the creator.
    """
    if not view.usable:
        return 0
    if view.rule is None:
        return view.told
    if view.source in (Source.POSTS, Source.FOLLOWERS) and not custom_audiences.speaks(scope, view.rule, now=now):
        return 0
    return told(len(members(view, view.rule, as_of=now if view.refreshes else view.created_at, now=now)))


def members(
    view: AudienceView, rule: Rule, *, as_of: datetime, now: datetime, of: Somebody | None = None
) -> frozenset[int]:
    """Return who fulfils a rule, looking back from ``as_of``; for counting and serving, and for nobody to be told.

    ``of`` asks about one person alone: it is the same judgement, so that who is counted is who is met.
    """
    found: set[int] = set()
    for condition in rule.included:
        found |= _fulfilling(view, rule, condition, as_of=as_of, now=now, of=of)
    for condition in rule.excluded:
        if found:
            found -= _fulfilling(view, rule, condition, as_of=as_of, now=now, of=of)
    return frozenset(found)


def _fulfilling(
    view: AudienceView, rule: Rule, condition: Condition, *, as_of: datetime, now: datetime, of: Somebody | None
) -> frozenset[int]:
    start = as_of - timedelta(days=condition.days)
    if view.source is Source.PIXELS:
        rows = Conversion.objects.filter(
            pixel_id__in=condition.source_ids,
            account_id=view.account_id,
            at_ms__gte=to_ms(start),
            at_ms__lt=to_ms(as_of),
        ).exclude(viewer_id="")
        if of is not None:
            rows = rows.filter(viewer_id=of.viewer_id)
        if condition.conversions:
            rows = rows.filter(name__in=condition.conversions)
        return identity.countable_viewers(set(rows.values_list("viewer_id", flat=True)), now=now)
    deeds = Deeds(
        kinds=[deed.value for deed in condition.deeds],
        start=start,
        end=as_of,
        person_id=of.person_id if of is not None else None,
    )
    if view.source is Source.AD_GROUPS:
        ads = custom_audiences.ads_with_posts(view.account_id, condition.source_ids)
        deeds = msgspec.structs.replace(deeds, ads=ads)
    elif view.source is Source.POSTS:
        posts = condition.source_ids
        deeds = msgspec.structs.replace(deeds, organic=True, profile_id=rule.profile_id, post_ids=posts)
    else:
        deeds = msgspec.structs.replace(deeds, profile_id=rule.profile_id)
    return identity.countable(people_who(deeds), now=now)
