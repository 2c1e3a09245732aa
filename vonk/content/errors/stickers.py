"""What stickers can go wrong with."""

from vonk.core.errors import Actor, Conflict, Limited


class StickersLocked(Conflict):
    """Whoever was given the post for ads was given it as it is."""

    code = "stickers_locked"
    message = "The stickers of this post do not change any more."
    cause = "The post was authorised for ads, with what stands over its video."
    remedy = "Post the video once more with other stickers."
    actor = Actor.CREATOR


class StickersLimit(Limited):
    """Over a video there is room for a few."""

    code = "stickers_limit"
    message = "A post has at most %(most)d stickers."
    cause = "So many are on this one already."
    remedy = "Take one off first."
    actor = Actor.CREATOR

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)
