"""What profiles, videos, posts and engagement can go wrong with."""

from typing import Final

from vonk.core.errors import Actor, Conflict, Invalid, Limited, Missing, Problem


class MediaMissing(Missing):
    """The media store holds nothing under this key."""

    code = "media_missing"
    message = "There is no such media file."
    cause = "It was deleted, or the address is wrong."
    remedy = "Go back to the post and try again."


class VideoEmpty(Invalid):
    """Nothing was sent."""

    code = "video_empty"
    message = "The file is empty."
    cause = "The upload ended before its first byte, or the file holds nothing."
    remedy = "Choose the file again and upload it once more."
    actor = Actor.CREATOR
    field = "video"


class VideoTooLarge(Invalid):
    """The operator set a ceiling on uploads."""

    code = "video_too_large"
    message = "The file is larger than %(bytes_max)d bytes."
    cause = "The operator of this site limits the size of uploads."
    remedy = "Export the video with a lower bit rate, or cut it."
    actor = Actor.CREATOR
    field = "video"


class UploadsWaiting(Limited):
    """One person's uploads never fill everybody's queue."""

    code = "uploads_waiting"
    message = "%(most)d of your videos are still being processed."
    cause = "Videos are processed one after the other."
    remedy = "Wait until some of them are ready."
    actor = Actor.CREATOR
    retry_after_seconds = 60


class VideoMissing(Invalid):
    """There is no moving picture in the file."""

    code = "video_missing"
    message = "There is no video in this file."
    cause = "It is a still picture, a sound, a document, or a list that points to other files."
    remedy = "Choose a video file."
    actor = Actor.CREATOR
    field = "video"


class VideoDamaged(Invalid):
    """The file begins like a video and cannot be played to its end."""

    code = "video_damaged"
    message = "The video is damaged or cut off."
    cause = "The upload or the recording was interrupted, or the file was changed."
    remedy = "Play the file on your own device; export it again and upload that."
    actor = Actor.CREATOR
    field = "video"


class VideoTooLargePicture(Invalid):
    """One decoded picture would not fit the platform's bounds (a decompression bomb)."""

    code = "video_too_large_picture"
    message = "The video's pictures have too many pixels."
    cause = "The operator of this site limits the pixels of one picture."
    remedy = "Export the video in a smaller resolution."
    actor = Actor.CREATOR
    field = "video"


class VideoTooLong(Invalid):
    """The operator set a ceiling on duration."""

    code = "video_too_long"
    message = "The video is longer than this site allows."
    cause = "The operator of this site limits the duration of videos."
    remedy = "Cut the video and upload it again."
    actor = Actor.CREATOR
    field = "video"


class VideoProcessingFailed(Invalid):
    """Every attempt ended without a rendition, and none said that the file is at fault."""

    code = "video_processing_failed"
    message = "The video could not be processed."
    cause = "Processing stopped or took too long, several times."
    remedy = "Upload it again; if that fails too, export it in another format or tell the operator of this site."
    actor = Actor.OPERATOR
    field = "video"


class VideoNotReady(Conflict):
    """A post shows a video that can be played."""

    code = "video_not_ready"
    message = "The video is not ready yet."
    cause = "It is still being processed."
    remedy = "Wait until processing is done."
    actor = Actor.CREATOR
    link = "/studio/"
    field = "video_id"


class VideoFailed(Conflict):
    """The video will never be playable; its failure says why."""

    code = "video_failed"
    message = "The video could not be processed."
    cause = "Its file was refused: %(failure)s."
    remedy = "Upload another file."
    actor = Actor.CREATOR
    field = "video_id"


class HandleInvalid(Invalid):
    """Handles are short, plain and can be typed by everybody."""

    code = "handle_invalid"
    message = "A handle has 2 to 24 of the characters a–z, 0–9, “.” and “_”, and does not end with a “.”."
    remedy = "Choose another handle."
    actor = Actor.CREATOR
    field = "handle"


class HandleReserved(Invalid):
    """Some names belong to the platform's own pages and people."""

    code = "handle_reserved"
    message = "The handle “%(handle)s” is reserved."
    remedy = "Choose another handle."
    actor = Actor.CREATOR
    field = "handle"


class HandleTaken(Conflict):
    """A handle names one profile, for ever."""

    code = "handle_taken"
    message = "The handle “%(handle)s” is taken."
    remedy = "Choose another handle."
    actor = Actor.CREATOR
    field = "handle"


class ProfileExists(Conflict):
    """A person has one profile."""

    code = "profile_exists"
    message = "You have a profile already."
    remedy = "Change the one you have."
    actor = Actor.CREATOR


class AvatarUnreadable(Invalid):
    """An avatar is a JPEG, PNG, WebP or GIF picture that can be decoded."""

    code = "avatar_unreadable"
    message = "This picture cannot be read."
    cause = "It is damaged, or neither JPEG, PNG, WebP nor GIF."
    remedy = "Choose another picture."
    field = "avatar"


class AvatarTooLarge(Invalid):
    """Pictures are decoded in memory, so they are bounded."""

    code = "avatar_too_large"
    message = "The picture is larger than %(megabytes)d MB or %(megapixels)d megapixels."
    remedy = "Choose a smaller picture."
    field = "avatar"


class CaptionTooLong(Invalid):
    """Reference §4: 2,200 UTF-16 units."""

    code = "caption_too_long"
    message = "The caption has %(units)d characters; %(units_max)d are possible. An emoji counts as two or more."
    remedy = "Shorten the caption."
    actor = Actor.CREATOR
    field = "caption"


class MentionsTooMany(Invalid):
    """Reference §4: 30 mentions."""

    code = "mentions_too_many"
    message = "The caption names %(mentions)d people; %(mentions_max)d are possible."
    remedy = "Name fewer people."
    actor = Actor.CREATOR
    field = "caption"


class CaptionLocked(Conflict):
    """S3: the caption cannot change once the post was authorised for ads."""

    code = "caption_locked"
    message = "The caption can no longer be changed."
    cause = "The post was authorised for ads; advertisers rely on what it says."
    remedy = "Publish the video as a new post with the caption you want."
    actor = Actor.CREATOR
    field = "caption"


class DuetNotAllowed(Conflict):
    """The creator of a post decides whether others may duet with it."""

    code = "duet_not_allowed"
    message = "The creator of that post does not allow Duets."
    remedy = "Choose another post, or ask the creator."
    actor = Actor.CREATOR
    field = "duet_of"


class StitchNotAllowed(Conflict):
    """The creator of a post decides whether others may stitch it."""

    code = "stitch_not_allowed"
    message = "The creator of that post does not allow Stitches."
    remedy = "Choose another post, or ask the creator."
    actor = Actor.CREATOR
    field = "stitch_of"


class FollowSelf(Conflict):
    """Nobody is their own follower."""

    code = "follow_self"
    message = "You cannot follow yourself."
    remedy = "Follow somebody else."
    actor = Actor.VIEWER


class DisclosureKept(Conflict):
    """Advertisers and viewers rely on what an authorised post discloses."""

    code = "disclosure_kept"
    message = "The disclosure can be changed, not switched off."
    cause = "The post was authorised for ads: it serves somebody's commercial interest."
    remedy = "Choose “Your brand” or “Branded content”."
    actor = Actor.CREATOR
    field = "disclosure"


class FormatKept(Conflict):
    """Ads stand on what a post is."""

    code = "format_kept"
    message = "The post's format can no longer be changed."
    cause = "An ad account holds an authorisation for it."
    remedy = "Publish the video again as another post."
    actor = Actor.CREATOR
    field = "format"


class SoundNotLibrary(Conflict):
    """An original sound is its profile's."""

    code = "sound_not_library"
    message = "Only the rights to sounds of the library can be set."
    cause = "This sound is original to a profile: it belongs to whoever made it."
    remedy = "Choose a sound of the library."
    actor = Actor.OPERATOR


class ProfilePrivate(Conflict):
    """Who follows a private profile is somebody whom its owner follows."""

    code = "profile_private"
    message = "This profile is private."
    cause = "Only people whom its owner follows can begin to follow it."
    remedy = "Wait until its owner follows you."
    actor = Actor.VIEWER


class VideoOriginalGone(Conflict):
    """A Duet or Stitch is made of a post that is there."""

    code = "video_original_gone"
    message = "The video that this was to answer cannot be used any more."
    cause = "It was deleted, hidden or removed, or its file stays at another app."
    remedy = "Choose another video to answer, or post yours by itself."
    actor = Actor.CREATOR


VIDEO_FAILURES: Final[dict[str, type[Problem]]] = {
    problem.code: problem
    for problem in (
        VideoMissing,
        VideoDamaged,
        VideoTooLargePicture,
        VideoTooLong,
        VideoProcessingFailed,
        VideoOriginalGone,
    )
}
"""What Video.failure may hold. Each fills its texts without values."""
