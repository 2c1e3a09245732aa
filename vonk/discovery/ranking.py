"""The order of the organic feed; pure.

Each post gets

    score = 3 · freshness + 1 · liveliness + 2 · followed + 1.5 · interest − 4 · known − 2 · unwanted

    freshness   2 ** (−age / 48 h): 1 when new, half after two days
    liveliness  ln(1 + likes + 2·comments + 2·favourites + 3·shares + 4·follows) of the last seven days, in full hours
    followed    1 when the viewer follows the creator
    interest    1 when a hashtag is among the viewer's declared interests or on posts they liked
    known       1 when the viewer liked or kept the post already
    unwanted    1 when a hashtag of the post stood on two or more that the viewer put away, and on none they liked

and then, for variety, what the n-th best post of a creator scores above 0 counts 0.25 + 0.75 · 0.5ⁿ⁻¹ times, and no two
posts of a creator or with the same sound stand within three places of each other as long as another post is left. Posts
of equal score stand newest first.

Every third place is for discovery: the best post that none of the viewer's own signs speaks for, of a creator whom they
do not follow, with no hashtag that interests them or is unwanted, and not known, as long as there is one.

For whoever agreed to personalisation and watched enough, what was learnt takes the formula's place (``vonk.core.signs``):
the chances of a long view, a like, a follow and a hide, weighed. Variety and discovery stay, and more of both: no three
posts in a row share a hashtag as long as another is left, a post for which the viewer's signs speak is also one that is
near to them, and every sixth place goes to the newest of the others that few were shown. An unwanted post is worth half.

Whether a post is promoted is not known here, and engagement that ads brought is not counted: promotion neither helps
nor harms a post's organic reach. Without a viewer the last four terms are 0; interests and what is unwanted count only of
whoever agreed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final, NamedTuple

import msgspec

from vonk.content.queries.candidates import Candidate, Taste
from vonk.core.signs import Learnt, Look, Wants

FRESHNESS_WEIGHT: Final = 3.0
FOLLOWED_WEIGHT: Final = 2.0
INTEREST_WEIGHT: Final = 1.5
KNOWN_WEIGHT: Final = 4.0
UNWANTED_WEIGHT: Final = 2.0
UNWANTED_SHARE: Final = 0.5  # Of what was learnt remains for a post that the viewer's "not interested" speaks against.
UNWANTED_POSTS: Final = 2  # Put away with a hashtag: one alone may have been for anything else.
HALF_LIFE_HOURS: Final = 48.0
RECENT: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)
REPEAT_LEAST: Final = 0.25  # Of a score remains, however many better posts the creator has; the rest halves with each.
DISCOVERY_EVERY: Final = 3
TRIAL_EVERY: Final = 6  # Of these places, those that go to a post that few were shown.
TRIED_MAX: Final = 100  # Showings to those who agreed, from which on a post is not on trial any more.
INTEREST_LEAST: Final = 0.1  # Share of a hashtag in what was watched, from which on it speaks for a post.
APART: Final = 3
USUAL: Final = 0.5  # Share of the candidates, above which a hashtag tells none from the others.
ENGAGEMENT_WEIGHTS: Final = {"likes": 1, "comments": 2, "favourites": 2, "shares": 3, "follows": 4}


class Signs(msgspec.Struct, frozen=True):
    """What the viewing of somebody who agreed says of them. ``interests``: the share of each hashtag in it."""

    wants: Wants
    near: frozenset[int] = frozenset()
    interests: dict[str, float] = {}
    creators: dict[int, int] = {}  # How many of each one's posts they watched long.


def score(post: Candidate, taste: Taste, as_of: datetime) -> float:
    """Return the post's score for the viewer at the instant."""
    return (
        FRESHNESS_WEIGHT * freshness(post.created_at, as_of)
        + math.log1p(lively(post))
        + FOLLOWED_WEIGHT * (post.profile_id in taste.follows)
        + INTEREST_WEIGHT * bool(post.tags & taste.interests)
        - KNOWN_WEIGHT * (post.post_id in taste.known)
        - UNWANTED_WEIGHT * bool(post.tags & taste.unwanted)
    )


def lively(post: Candidate) -> int:
    """Return the post's recent engagement, weighed."""
    return sum(ENGAGEMENT_WEIGHTS.get(metric, 0) * value for metric, value in post.engagement.items() if value > 0)


def freshness(created_at: datetime, as_of: datetime) -> float:
    """Return 1 for what is new, half after two days."""
    return math.exp2(-max(0.0, (as_of - created_at) / _HOUR) / HALF_LIFE_HOURS)


def rank(posts: Sequence[Candidate], taste: Taste, as_of: datetime, *, at_most: int | None = None) -> list[int]:
    """Return the ids of the posts by the formula, best first, creators mixed; no more than wanted."""
    valued = [(score(post, taste, as_of), post) for post in posts]
    new = {post.post_id for post in posts if is_discovery(post, taste)}
    return _placed(valued, _Rules(new), at_most)


def rank_learnt(
    posts: Sequence[Candidate],
    taste: Taste,
    signs: Signs,
    learnt: Learnt,
    as_of: datetime,
    *,
    at_most: int | None = None,
) -> list[int]:
    """Return the ids of the posts by what was learnt, best first, creators mixed; no more than wanted."""
    ids = [post.post_id for post in posts]
    common = interests_of(post.tags for post in posts)
    signs = msgspec.structs.replace(signs, interests=_more_than_usual(signs.interests, common))
    worths = learnt.worths(signs.wants, ids, [look(post, taste, signs, as_of) for post in posts])
    tried = learnt.tried(ids)
    asked = msgspec.structs.replace(taste, interests=frozenset())  # ``speaks`` weighs the hashtags.
    new = {post.post_id for post in posts if is_discovery(post, asked) and not speaks(post, signs)}
    trial = {post_id for post_id, times in zip(ids, tried, strict=True) if times < TRIED_MAX}
    worths = [
        worth * UNWANTED_SHARE if worth > 0 and post.tags & taste.unwanted else worth
        for worth, post in zip(worths, posts, strict=True)
    ]
    return _placed(
        zip(worths, posts, strict=True),
        _Rules(new, trial & new, frozenset(tag for tag, share in common.items() if share <= USUAL)),
        at_most,
    )


def look(post: Candidate, taste: Taste, signs: Signs, as_of: datetime) -> Look:
    """Return how the post looks to the viewer."""
    return Look(
        freshness(post.created_at, as_of),
        float(post.profile_id in taste.follows),
        max((signs.interests.get(tag, 0.0) for tag in post.tags), default=0.0),
        math.log1p(signs.creators.get(post.profile_id, 0)),
    )


def interests_of(watched: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return the share of each hashtag in the posts that were watched long or liked, by these posts' hashtags."""
    all_of = list(watched)
    counted = Counter(tag for tags in all_of for tag in tags)
    return {tag: times / len(all_of) for tag, times in counted.items()}


def unwanted_of(away: Iterable[frozenset[str]], liked: Collection[str]) -> frozenset[str]:
    """Return the hashtags that several of the posts which were put away share, but for those that are liked elsewhere."""
    counted = Counter(tag for tags in away for tag in tags)
    return frozenset(tag for tag, times in counted.items() if times >= UNWANTED_POSTS) - frozenset(liked)


def _more_than_usual(interests: dict[str, float], common: dict[str, float]) -> dict[str, float]:
    """Return by how much each hashtag's share is above its share among the candidates: one that all carry says nothing."""
    return {tag: share - common.get(tag, 0.0) for tag, share in interests.items() if share > common.get(tag, 0.0)}


def is_discovery(post: Candidate, taste: Taste) -> bool:
    """Tell whether none of the viewer's own signs speaks for the post."""
    spoken_of = taste.interests | taste.unwanted
    return not (post.profile_id in taste.follows or post.tags & spoken_of or post.post_id in taste.known)


def speaks(post: Candidate, signs: Signs) -> bool:
    """Tell whether what the viewer watched speaks for the post: it is near to it, of its creators, or of its hashtags."""
    return (
        post.post_id in signs.near
        or post.profile_id in signs.creators
        or any(signs.interests.get(tag, 0.0) >= INTEREST_LEAST for tag in post.tags)
    )


class _Rules(NamedTuple):
    """Which posts are for discovery, which of them on trial, and the hashtags of which no three stand in a row."""

    new: Collection[int]
    trial: Collection[int] = ()
    rare: frozenset[str] = frozenset()


def _placed(valued: Iterable[tuple[float, Candidate]], rules: _Rules, at_most: int | None) -> list[int]:
    """Return the ids in the order in which they stand, by their values."""
    by_value = sorted(((value, post.post_id, post) for value, post in valued), key=itemgetter(0, 1), reverse=True)
    of_creator: dict[int, int] = defaultdict(int)
    adjusted: list[tuple[float, int, Candidate]] = []
    for value, post_id, post in by_value:
        remains = REPEAT_LEAST + (1 - REPEAT_LEAST) * 0.5 ** of_creator[post.profile_id]
        adjusted.append((value * remains if value > 0 else value, post_id, post))
        of_creator[post.profile_id] += 1
    adjusted.sort(key=itemgetter(0, 1), reverse=True)
    return _spread([post for _, _, post in adjusted], rules, at_most)


def _spread(left: list[Candidate], rules: _Rules, at_most: int | None) -> list[int]:
    """Take the best that differs from those taken last; the best of all when there is none."""
    taken: list[Candidate] = []
    wanted = len(left) if at_most is None else min(at_most, len(left))
    while len(taken) < wanted:
        last = taken[-(APART - 1) :]
        place = _asked_for_by_nobody(left, last, rules, turn=len(taken) + 1)
        if place is None:
            place = _differing(left, last, rules.rare)
        taken.append(left.pop(place))
    return [post.post_id for post in taken]


def _asked_for_by_nobody(left: list[Candidate], last: list[Candidate], rules: _Rules, *, turn: int) -> int | None:
    """Return where the post for discovery is, None where this place is not for it or there is none."""
    if turn % DISCOVERY_EVERY:
        return None
    if rules.trial and turn % TRIAL_EVERY == 0:
        fitting = [at for at, post in enumerate(left) if post.post_id in rules.trial and _apart(post, last)]
        if fitting:
            return max(fitting, key=lambda at: (left[at].created_at, left[at].post_id))
    return next((at for at, post in enumerate(left) if post.post_id in rules.new and _apart(post, last)), None)


def _differing(left: list[Candidate], last: list[Candidate], rare: frozenset[str]) -> int:
    """Return the place of the first that has nothing of the last ones, then no sound and creator, then no creator."""
    worn = frozenset.intersection(rare, *(other.tags for other in last)) if len(last) == APART - 1 else frozenset()
    if worn:
        of_others = (at for at, post in enumerate(left) if not post.tags & worn and _apart(post, last))
        place = next(of_others, None)
        if place is not None:
            return place
    place = next((at for at, post in enumerate(left) if _apart(post, last)), None)
    if place is None:
        place = next((at for at, post in enumerate(left) if _other_creator(post, last)), None)
    return place or 0


def _other_creator(post: Candidate, last: Sequence[Candidate]) -> bool:
    return all(post.profile_id != other.profile_id for other in last)


def _apart(post: Candidate, last: Sequence[Candidate]) -> bool:
    """Tell whether neither creator nor sound was there just before."""
    return all(
        post.profile_id != other.profile_id and (post.sound_id is None or post.sound_id != other.sound_id)
        for other in last
    )
