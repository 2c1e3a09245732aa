"""The order of the organic feed; pure.

Each post gets

    score = 3 · freshness + 1 · liveliness + 2 · followed + 1.5 · interest − 4 · known

    freshness   2 ** (−age / 48 h): 1 when new, half after two days
    liveliness  ln(1 + likes + 2·comments + 2·favourites + 3·shares + 4·follows) of the last seven days, in full hours
    followed    1 when the viewer follows the creator
    interest    1 when a hashtag is among the viewer's declared interests or on posts they liked
    known       1 when the viewer liked or kept the post already

and then, for variety, what the n-th best post of a creator scores above 0 counts 0.25 + 0.75 · 0.5ⁿ⁻¹ times, and no two
posts of a creator stand within three places of each other as long as another creator's post is left. Posts of equal
score stand newest first.

Every third place is for discovery: the best post that none of the viewer's own signs speaks for, of a creator whom they
do not follow, with no hashtag that interests them, and not known, as long as there is one.

Whether a post is promoted is not known here, and engagement that ads brought is not counted: promotion neither helps
nor harms a post's organic reach. Without a viewer the last three terms are 0.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from vonk.content.queries.cards import Candidate, Taste

FRESHNESS_WEIGHT: Final = 3.0
FOLLOWED_WEIGHT: Final = 2.0
INTEREST_WEIGHT: Final = 1.5
KNOWN_WEIGHT: Final = 4.0
HALF_LIFE_HOURS: Final = 48.0
RECENT: Final = timedelta(days=7)
REPEAT_LEAST: Final = 0.25  # Of a score remains, however many better posts the creator has; the rest halves with each.
DISCOVERY_EVERY: Final = 3
APART: Final = 3
ENGAGEMENT_WEIGHTS: Final = {"likes": 1, "comments": 2, "favourites": 2, "shares": 3, "follows": 4}


def score(post: Candidate, taste: Taste, as_of: datetime) -> float:
    """Return the post's score for the viewer at the instant."""
    age_hours = max(0.0, (as_of - post.created_at) / timedelta(hours=1))
    lively = sum(weight * max(0, post.engagement.get(metric, 0)) for metric, weight in ENGAGEMENT_WEIGHTS.items())
    return (
        FRESHNESS_WEIGHT * math.exp2(-age_hours / HALF_LIFE_HOURS)
        + math.log1p(lively)
        + FOLLOWED_WEIGHT * (post.profile_id in taste.follows)
        + INTEREST_WEIGHT * bool(post.tags & taste.interests)
        - KNOWN_WEIGHT * (post.post_id in taste.known)
    )


def rank(posts: Sequence[Candidate], taste: Taste, as_of: datetime) -> list[int]:
    """Return the ids of the posts, best first, creators mixed."""
    by_score = sorted(((score(post, taste, as_of), post.post_id, post) for post in posts), reverse=True)
    of_creator: dict[int, int] = defaultdict(int)
    adjusted: list[tuple[float, int, Candidate]] = []
    for value, post_id, post in by_score:
        remains = REPEAT_LEAST + (1 - REPEAT_LEAST) * 0.5 ** of_creator[post.profile_id]
        adjusted.append((value * remains if value > 0 else value, post_id, post))
        of_creator[post.profile_id] += 1
    adjusted.sort(key=itemgetter(0, 1), reverse=True)
    return _spread([post for _, _, post in adjusted], taste)


def is_discovery(post: Candidate, taste: Taste) -> bool:
    """Tell whether none of the viewer's own signs speaks for the post."""
    return not (post.profile_id in taste.follows or post.tags & taste.interests or post.post_id in taste.known)


def _spread(best_first: list[Candidate], taste: Taste) -> list[int]:
    """Take the best whose creator was not among the last ones taken; the best of all when there is none."""
    new = {post.post_id for post in best_first if is_discovery(post, taste)}
    left = list(best_first)
    taken: list[Candidate] = []
    while left:
        near = {post.profile_id for post in taken[-(APART - 1) :]}
        fitting = [at for at, post in enumerate(left) if post.profile_id not in near]
        place = fitting[0] if fitting else 0
        if len(taken) % DISCOVERY_EVERY == DISCOVERY_EVERY - 1:
            place = next((at for at in fitting if left[at].post_id in new), place)
        taken.append(left.pop(place))
    return [post.post_id for post in taken]
