"""What looking after comments can go wrong with."""

from vonk.core.errors import Actor, Conflict, Limited


class CommentDecided(Conflict):
    """It is the creator's post: what they decided about a comment stays."""

    code = "comment_decided"
    message = "The creator has decided whether this comment shows."
    cause = "They hid it themselves, or showed it again after it was hidden."
    remedy = "Ask the creator; they can hide and show it."
    actor = Actor.CREATOR
    link = "/studio/posts/"


class CommentAnswersLimit(Limited):
    """Below a comment there is room for an answer, not for a campaign."""

    code = "comment_answers_limit"
    message = "A comment has at most %(most)d answers."
    cause = "So many stand below this one already."
    remedy = "Delete an answer first."

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class CreatorWordsLimit(Limited):
    """A list of words is one that each new comment is compared with."""

    code = "creator_words_limit"
    message = "A list has at most %(most)d words."
    cause = "So many are on it, or would be."
    remedy = "Take words off that nobody writes."
    actor = Actor.CREATOR

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)


class BlockedWordsLimit(Limited):
    """A list of words is one that each new comment is compared with."""

    code = "blocked_words_limit"
    message = "An ad account blocks at most %(most)d words."
    cause = "So many are blocked, or would be."
    remedy = "Unblock words that nobody writes."
    actor = Actor.ADVERTISER

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)
