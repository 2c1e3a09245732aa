"""What keeping, planning and publishing a draft can go wrong with."""

from vonk.core.errors import Actor, Conflict, Invalid


class PublishTimeNotPossible(Invalid):
    """A plan is for the time ahead, and for one that its creator still oversees."""

    code = "publish_time_not_possible"
    message = "A post is planned for a moment at least one minute and at most %(days)d days ahead."
    cause = "This moment is past, or too far away."
    remedy = "Choose another moment, or publish it now."
    actor = Actor.CREATOR
    field = "publish_at"

    def __init__(self, *, days: int) -> None:
        super().__init__(days=days)


class AlreadyPublished(Conflict):
    """An upload becomes one post from the studio, whoever is first: its creator or the moment that they chose."""

    code = "already_published"
    message = "This video is published already."
    cause = "It was published in another window, or its planned moment has come."
    remedy = "Look at the post; its caption can be changed there."
    actor = Actor.CREATOR

    def __init__(self, *, post_id: int) -> None:
        super().__init__(post_id=post_id)
        self.post_id = post_id


class CoverLocked(Conflict):
    """Advertisers chose the post as it looks."""

    code = "cover_locked"
    message = "The cover cannot be changed any more."
    cause = "The post was authorised for ads, and advertisers rely on how it looks."
    remedy = "Upload the video again as a new post with another cover."
    actor = Actor.CREATOR
    field = "cover"


class CoverEmpty(Invalid):
    """Nothing was sent."""

    code = "cover_empty"
    message = "The picture is empty."
    cause = "The upload ended before its first byte, or the file holds nothing."
    remedy = "Choose the picture again."
    actor = Actor.CREATOR
    field = "cover"


class CoverTooLarge(Invalid):
    """A picture has a bound on bytes."""

    code = "cover_too_large"
    message = "A cover has at most %(megabytes)d MB."
    cause = "The picture is larger."
    remedy = "Save it smaller and choose that."
    actor = Actor.CREATOR
    field = "cover"

    def __init__(self, *, megabytes: int) -> None:
        super().__init__(megabytes=megabytes)
