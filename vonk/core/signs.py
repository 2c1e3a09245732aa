"""What somebody's viewing says of what they like: what the feed and what learns for it have in common. Pure.

A sign is about one viewer and one post, outside ads. Its weight is that of the learning (docs/decisions/0030): what was
watched for six seconds .2, what was watched long 1 more, what was liked or led to a follow 1 more each.
"""

from collections.abc import Sequence
from enum import IntFlag
from typing import Final, NamedTuple, Protocol


class Mark(IntFlag):
    """What is remembered of a viewer's meeting with a post."""

    WATCHED = 1  # For six seconds, or to the end of a shorter video.
    LONG = 2  # For fifteen, or to the end of a shorter video.
    LIKED = 4
    FOLLOWED = 8  # Its creator, from it.
    HIDDEN = 16  # "Not interested".


_WEIGHTS: Final = ((Mark.WATCHED, 0.2), (Mark.LONG, 1.0), (Mark.LIKED, 1.0), (Mark.FOLLOWED, 1.0))
_WEIGHT_OF: Final = tuple(  # By the marks together: a feed weighs a thousand meetings.
    0.0 if marks & Mark.HIDDEN else float(sum(worth for mark, worth in _WEIGHTS if marks & mark))
    for marks in range(2 * max(Mark))
)


def weight(marks: int) -> float:
    """Return how much marks say for a post; 0 for what was put away."""
    return _WEIGHT_OF[marks]


class Look(NamedTuple):
    """How one post looks to one viewer, apart from what was learnt of the post itself."""

    freshness: float  # 1 when new, half after two days.
    followed: float  # 1 when the viewer follows the creator.
    interest: (
        float  # The largest share that one of its hashtags has in what the viewer watched long, liked or declared.
    )
    creator: float  # ln(1 + the creator's posts among those that the viewer watched long).


class Wants(NamedTuple):
    """What a viewer's signs say: posts by id, and their weights (above 0)."""

    posts: Sequence[int]
    weights: Sequence[float]


class Learnt(Protocol):
    """What was learnt from those who agreed to it, as the feed uses it. ``version`` names it."""

    version: str

    def near(self, wants: Wants, leave_out: Sequence[int], at_most: int) -> list[int]:
        """Return the posts that such a viewer likes, best first, without those left out."""
        ...

    def trending(self, at_most: int) -> list[int]:
        """Return the posts that were watched long most often of late, most often first."""
        ...

    def tried(self, post_ids: Sequence[int]) -> list[int]:
        """Return how often each post was shown to those who agreed, 0 where that is not known."""
        ...

    def worths(self, wants: Wants, post_ids: Sequence[int], looks: Sequence[Look]) -> list[float]:
        """Return what each post is worth to the viewer: its chances of a long view, like, follow and hide, weighed."""
        ...
