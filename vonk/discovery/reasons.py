"""Why a post stands in somebody's feed: the parameters of its order that speak for it (DSA art. 27)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from vonk.content.queries import candidates as posts
from vonk.content.queries.candidates import Candidate, Taste, Wanted
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.core.signs import Learnt
from vonk.discovery import queries, ranking
from vonk.viewing import queries as viewing
from vonk.viewing.queries import ForFeed

NEW: Final = timedelta(days=2)
LIVELY_MIN: Final = 3  # Weighed engagement of the last week, from which on it is said to speak for a post.
TAGS_TOLD_MAX: Final = 3


class Parameter(StrEnum):
    """What speaks for a post."""

    FOLLOWED = "followed"  # The viewer follows its creator.
    NEAR = "near"  # People who watched what the viewer watched long also watched it long.
    CREATOR = "creator"  # The viewer watched other posts of the creator long.
    HASHTAGS = "hashtags"  # On posts that the viewer watched long or liked, or among the interests they declared.
    LIVELY = "lively"  # Others liked it, commented on it or shared it in the last seven days.
    NEW = "new"  # Published in the last two days.


class Reason(msgspec.Struct, frozen=True):
    """A parameter, and the hashtags that it is about."""

    parameter: Parameter
    hashtags: tuple[str, ...] = ()


class Why(msgspec.Struct, frozen=True):
    """What speaks for a post, strongest first; nothing: it stands there to be discovered.

    ``profiled``: what the viewer watched was used, which they agreed to and may take back.
    """

    reasons: tuple[Reason, ...]
    profiled: bool


def why(scope: Scope | None, post_id: int, *, now: datetime, learnt: Learnt | None = None) -> Why:
    """Return why the post may stand in the viewer's feed now; NotFound when it may not."""
    viewer_id = scope.person_id if scope else None
    found = posts.candidates(viewer_id, Wanted(0, post_ids=[post_id]), as_of=now, recent=ranking.RECENT)
    if not found:
        raise NotFound(noun="post")
    known = ForFeed() if viewer_id is None else viewing.for_feed(viewer_id, as_of=now, now=now)
    taste = Taste() if viewer_id is None else posts.taste(viewer_id, as_of=now, profiled=known.profiled)
    return Why(_reasons(found[0], known, taste, learnt, now), known.profiled)


def _reasons(post: Candidate, known: ForFeed, taste: Taste, learnt: Learnt | None, now: datetime) -> tuple[Reason, ...]:
    found = [Reason(Parameter.FOLLOWED)] if post.profile_id in taste.follows else []
    interests = dict.fromkeys(taste.interests, 1.0)
    if learnt is not None and queries.by_signs(known):
        signs = queries.signs_of(known, learnt, taste)
        interests = signs.interests
        near = frozenset(learnt.near(known.wants, tuple(known.seen - {post.post_id}), queries.NEAR_MAX))
        found += [Reason(Parameter.NEAR)] if post.post_id in near else []
        others = [post_id for post_id, profile_id in known.long if profile_id == post.profile_id]
        found += [Reason(Parameter.CREATOR)] if set(others) - {post.post_id} else []
    shares = sorted(((interests.get(tag, 0.0), tag) for tag in post.tags), reverse=True)
    tags = tuple(tag for share, tag in shares if share >= ranking.INTEREST_LEAST)[:TAGS_TOLD_MAX]
    found += [Reason(Parameter.HASHTAGS, tags)] if tags else []
    found += [Reason(Parameter.LIVELY)] if ranking.lively(post) >= LIVELY_MIN else []
    found += [Reason(Parameter.NEW)] if now - post.created_at < NEW else []
    return tuple(found)
