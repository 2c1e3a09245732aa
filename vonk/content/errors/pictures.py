"""What posts of pictures and what is heard with them can go wrong with."""

from vonk.core.errors import Actor, Conflict, Invalid, Limited


class PicturesWaiting(Limited):
    """What is uploaded and never posted is not kept without end."""

    code = "pictures_waiting"
    message = "%(most)d of your pictures are in no post yet."
    cause = "A picture that is in no post waits for a day."
    remedy = "Publish the post that they are for, or delete some of them."
    actor = Actor.CREATOR
    retry_after_seconds = 3_600


class PicturesNotReusable(Conflict):
    """Duet and Stitch are of films."""

    code = "pictures_not_reusable"
    message = "A post of pictures can be neither duetted nor stitched."
    cause = "Both show a film beside or before another one."
    remedy = "Leave both switched off."
    actor = Actor.CREATOR


class PicturesDiffer(Invalid):
    """A post shows a film or pictures."""

    code = "post_media_unclear"
    message = "Give either a video or pictures."
    cause = "A post shows one video, or 1 to 35 pictures."
    remedy = "Send video_id or pictures, not both and not neither."
    actor = Actor.CREATOR
    field = "video_id"


class SoundUnreadable(Invalid):
    """Nothing can be heard in the file."""

    code = "sound_unreadable"
    message = "Nothing can be heard in this file."
    cause = "It holds no sound, is damaged, or is of a kind that is not read."
    remedy = "Save it as MP3, M4A, Ogg or WAV and upload that."
    actor = Actor.OPERATOR


class SoundTooShort(Conflict):
    """What is heard with an ad's pictures lasts (reference §4)."""

    code = "sound_too_short"
    message = "A sound under an ad's pictures lasts at least %(seconds)d seconds; this one lasts %(found).1f."
    remedy = "Choose a longer sound."
    actor = Actor.ADVERTISER


class SoundTooLarge(Invalid):
    """An upload has a bound."""

    code = "sound_too_large"
    message = "A sound has at most %(megabytes)d MB."
    remedy = "Save it smaller and upload that."
    actor = Actor.OPERATOR
