"""What pushing a video under a creator's profile can go wrong with (limits: reference §4, “Spark push”)."""

from vonk.core.errors import Actor, Conflict, Invalid


class PushFormatNotSupported(Invalid):
    """A pushed video is an MP4, MOV, MPEG or 3GP file."""

    code = "push_format_not_supported"
    message = "Only .mp4, .mov, .mpeg and .3gp files can be published under a creator's profile."
    cause = "The file is of another type, or its name does not say what it is."
    remedy = "Export the video as MP4 and upload it again."
    actor = Actor.ADVERTISER
    field = "video_id"


class PushTooLarge(Invalid):
    """A pushed video has 500 MB at most."""

    code = "push_too_large"
    message = "The file has %(megabytes)d MB; %(megabytes_max)d are possible."
    remedy = "Export the video with a lower bit rate, or cut it."
    actor = Actor.ADVERTISER
    field = "video_id"


class PushDurationNotSupported(Invalid):
    """A pushed video lasts 5 to 60 seconds."""

    code = "push_duration_not_supported"
    message = "The video lasts %(seconds).1f s; %(seconds_min)d to %(seconds_max)d s are possible, 9 to 15 do best."
    remedy = "Cut the video, or use a longer one."
    actor = Actor.ADVERTISER
    field = "video_id"


class PushBitRateTooLow(Invalid):
    """A pushed video has 2,500 kbit/s at least."""

    code = "push_bit_rate_too_low"
    message = "The file has %(kbps)d kbit/s; at least %(kbps_min)d are needed."
    remedy = "Export the video with a higher bit rate."
    actor = Actor.ADVERTISER
    field = "video_id"


class PushResolutionTooLow(Invalid):
    """A pushed video has a floor by its shape."""

    code = "push_resolution_too_low"
    message = "The picture is %(width)d × %(height)d; at least %(width_min)d × %(height_min)d are needed for its shape."
    remedy = "Export the video with a larger picture."
    actor = Actor.ADVERTISER
    field = "video_id"


class PostIsDraft(Conflict):
    """A pushed post is its advertiser's until an ad with it is approved; its creator may only delete it."""

    code = "post_is_draft"
    message = "The post is a draft."
    cause = "An advertiser pushed it; it is published under your name once an ad with it is approved."
    remedy = "Wait until it is published, or delete it now if you do not want it."
    actor = Actor.CREATOR


class PostIsPublished(Conflict):
    """A pushed post is its creator's once it was published."""

    code = "post_is_published"
    message = "The post is published already."
    cause = "An ad with it was approved, so it stands under the creator's name."
    remedy = "Propose a new caption, or ask the creator."
    actor = Actor.ADVERTISER
