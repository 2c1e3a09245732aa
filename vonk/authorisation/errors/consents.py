"""What can be wrong with a post, a code or a consent: the table of reference §8, as far as something here raises it.

Texts are templates that each edge translates. Links lead to where the remedy starts.
"""

from collections.abc import Iterable
from typing import Final

from vonk.authorisation.rules import Refusal
from vonk.content.errors import VideoNotReady
from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited, Missing, Problem

_LIBRARY: Final = "/advertiser/spark-posts/"
_AD_SETTINGS: Final = "/studio/ad-settings/"
_POSTS: Final = "/studio/"


# What stands in a creator's way.


class AdSettingsOff(Conflict):
    """The account-level switch comes first (S1, S2)."""

    code = "ad_settings_off"
    message = "Your ad settings are off."
    cause = "No post of a profile can be authorised while its ad settings are off."
    remedy = "Switch your ad settings on, then authorise the post."
    actor = Actor.CREATOR
    link = _AD_SETTINGS


class PostAuthorisationOff(Conflict):
    """The per-post switch comes before any code."""

    code = "post_authorisation_off"
    message = "Ad authorisation is off for this post."
    cause = "A code can be made, or extended, only while the post's ad authorisation is on."
    remedy = "Switch the post's ad authorisation on."
    actor = Actor.CREATOR
    link = _POSTS


class AdvertiserPostNotSupported(Conflict):
    """An advertiser's own creative speaks as a custom identity and needs nobody's consent."""

    code = "advertiser_post_not_supported"
    message = "This post was made for ads under a custom identity and cannot become a Spark Ad."
    cause = "Spark Ads show posts that a creator published."
    remedy = "Use it in a non-Spark ad, or choose a creator's post."
    actor = Actor.ADVERTISER
    link = "/advertiser/ads/"


class MultiDuetStitch(Conflict):
    """Code 900003 at TikTok: a chain of answers is refused."""

    code = "multi_duet_stitch_refuse"
    message = "A duet or stitch of a duet or stitch cannot be advertised."
    cause = "The post answers a post that answers another one."
    remedy = "Choose another post."
    actor = Actor.CREATOR
    link = _POSTS


class StoryVideoNotSupported(Conflict):
    """Code 4027 at TikTok."""

    code = "story_video_not_supported"
    message = "A story cannot be advertised."
    cause = "Stories are gone after a day; ads need a post that stays."
    remedy = "Choose another post, or publish the video as a post."
    actor = Actor.CREATOR
    link = _POSTS


class CarouselDuetNotSupported(Conflict):
    """Code 4042 at TikTok."""

    code = "carousel_duet_not_supported"
    message = "A carousel that is a duet cannot be advertised."
    cause = "The post combines pictures with somebody else's video."
    remedy = "Choose another post, or publish it as a video."
    actor = Actor.CREATOR
    link = _POSTS


class MusicRightsMissing(Conflict):
    """The sound may be heard on the platform, and not in ads (reference §3, music)."""

    code = "music_rights_missing"
    message = "The sound of this post may not be used in ads."
    cause = "There are no commercial rights to the sound."
    remedy = "Publish the video with a sound of your own, or one that is marked for commercial use."
    actor = Actor.CREATOR
    link = _POSTS


class DisclosureMissing(Conflict):
    """Who is paid says so (reference §3, disclosure)."""

    code = "disclosure_missing"
    message = "The post does not say that you are paid for it."
    cause = "The terms pay you for the ads, and the post's content disclosure is off."
    remedy = "Switch the post's content disclosure on, then authorise it."
    actor = Actor.CREATOR
    link = _POSTS


class MentionMultipleVideos(Conflict):
    """Code 930002 at TikTok."""

    code = "mention_multiple_videos"
    message = "A post that mentions several posts cannot be advertised."
    cause = "The caption mentions more than one other post."
    remedy = "Choose a post that mentions one post at most."
    actor = Actor.CREATOR
    link = _POSTS


class OpenCodesLimited(Limited):
    """A post has a bounded number of codes that nobody has used yet."""

    code = "open_codes_limited"
    message = "This post has %(most)d unused codes already."
    cause = "Codes were made and never used or deleted."
    remedy = "Delete codes that you no longer need."
    actor = Actor.CREATOR
    link = _POSTS


class ExtendedTooFar(Conflict):
    """An authorisation reaches a bounded time ahead."""

    code = "extended_too_far"
    message = "An authorisation can reach at most %(years)d years ahead."
    cause = "It was extended several times already."
    remedy = "Extend it later, or by fewer days."
    actor = Actor.CREATOR
    link = _POSTS


class PostInUse(Conflict):
    """An app does not stop ads; their creator does."""

    code = "post_in_use"
    message = "An ad account may use this post, so an app cannot shut it for ads."
    cause = "The creator's authorisation holds."
    remedy = "Revoke the authorisation in the studio: every ad with this post stops at once."
    actor = Actor.CREATOR
    link = _POSTS


class AuthCodeInUse(Conflict):
    """Only an unused code can be deleted; a used one is revoked."""

    code = "auth_code_in_use"
    message = "An advertiser has used this code, so it cannot be deleted."
    cause = "Its history has to stay."
    remedy = "Revoke the authorisation: every ad with this post stops at once."
    actor = Actor.CREATOR
    link = _POSTS


class AuthorizationFollowsAccess(Conflict):
    """What came by way of an access ends with it."""

    code = "authorization_follows_access"
    message = "This authorisation has no end of its own."
    cause = "The account uses the post by way of its access to your profile, and may do so as long as that lasts."
    remedy = "Extend or end the access to your profile."
    actor = Actor.CREATOR
    link = "/studio/access/"


# What stands in an advertiser's way.


class SparkTermsRequired(Conflict):
    """The terms of the Spark format are accepted before its first use (S0)."""

    code = "spark_terms_required"
    message = "This ad account has not accepted the Spark terms."
    cause = "Posts of creators can be used only under these terms."
    remedy = "Read and accept the Spark terms."
    actor = Actor.ADVERTISER
    link = "/advertiser/terms/"


class AccountSuspended(Forbidden):
    """A suspended account takes up nothing new."""

    code = "account_suspended"
    message = "This ad account is suspended."
    cause = "The operator of the platform suspended it."
    remedy = "Contact the operator of the platform."
    actor = Actor.OPERATOR
    link = "/advertiser/accounts/"


class CodeGuessesLimited(Limited):
    """Codes are not guessed in an ad account: neither those of posts nor those in invitations."""

    code = "code_guesses_limited"
    message = "Too many codes or links were tried that do not exist."
    cause = "Wrong ones were tried again and again, by you or in the ad account that you work in."
    remedy = "Wait %(seconds)d seconds, then use the code or the link exactly as it was sent to you."
    actor = Actor.ADVERTISER
    link = _LIBRARY

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class LinkGuessesLimited(Limited):
    """Nor is the secret of a link by which a business asks a creator for access."""

    code = "link_guesses_limited"
    message = "Too many links were tried that do not exist."
    cause = "Links that nobody made were opened again and again by you."
    remedy = "Wait %(seconds)d seconds, then open the link exactly as the business sent it to you."
    actor = Actor.CREATOR
    link = "/studio/access/"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class OriginalAuthorizationRequired(Conflict):
    """A duet or stitch shows two people's work, and a mention leads to it."""

    code = "original_authorization_required"
    message = "The creator of the original post has to consent too: %(handles)s."
    cause = "This post is a duet or stitch of somebody else's post, or its caption points to one."
    remedy = "They have been asked. A code of theirs for the original post works, too."
    actor = Actor.CREATOR
    link = _LIBRARY

    def __init__(self, *, handles: Iterable[str], field: str | None = None) -> None:
        super().__init__(field=field, handles=", ".join(f"@{handle}" for handle in handles))


class OriginalCodeMismatch(Conflict):
    """The second code is for the post that the first one's post builds on."""

    code = "original_code_mismatch"
    message = "The second code is not for the original of this post."
    cause = "It belongs to another post, or this post needs nobody else's consent."
    remedy = "Ask the author of the original post for a code, or leave the second code out."
    actor = Actor.ADVERTISER
    link = _LIBRARY
    field = "original_code"


class AuthCodeFormatError(Invalid):
    """Code 4013 at TikTok; said before anything is looked up."""

    code = "auth_code_format_error"
    message = "This is not a post code."
    cause = "The code is mistyped, cut off, or something else was pasted."
    remedy = "Copy the whole code and paste it again, or ask the creator for a new one."
    actor = Actor.ADVERTISER
    link = _LIBRARY
    field = "code"


class AuthCodeNotFound(Missing):
    """The code never existed, or its creator deleted it."""

    code = "auth_code_not_found"
    message = "There is no post with this code."
    cause = "The creator deleted the code, or it is mistyped."
    remedy = "Check the code, or ask the creator for a new one."
    actor = Actor.CREATOR
    link = _LIBRARY
    field = "code"


class AuthCodeExpired(Conflict):
    """Code 4025 at TikTok."""

    code = "auth_code_expired"
    message = "The authorisation of this code has ended."
    cause = "The days that the creator chose are over."
    remedy = "Ask the creator to extend it: the same code then works again."
    actor = Actor.CREATOR
    link = _LIBRARY
    field = "code"


class AuthCodeAlreadyUsed(Conflict):
    """A code carries a consent to one ad account."""

    code = "auth_code_already_used"
    message = "Another ad account has used this code."
    cause = "A code works for one ad account, the first that uses it, or for as many as its creator chose."
    remedy = "Ask the creator for a code of your own."
    actor = Actor.CREATOR
    link = _LIBRARY
    field = "code"


class AuthorizationRevoked(Conflict):
    """The creator took the consent back."""

    code = "authorization_revoked"
    message = "The creator has revoked this authorisation."
    cause = "A creator may take back their consent at any time; every ad with the post has stopped."
    remedy = "Ask the creator for a new code, or use another post."
    actor = Actor.CREATOR
    link = _LIBRARY


class AuthorizationReleased(Conflict):
    """The advertiser took the ended consent off their list, which is the end of it."""

    code = "authorization_released"
    message = "This authorisation ended and was taken off the list."
    cause = "The ad account removed the post from its library after the authorisation's end."
    remedy = "A new code is needed: the creator can make one."
    actor = Actor.CREATOR
    link = _LIBRARY


class AuthorizationStillLive(Conflict):
    """Only what has ended is taken off the list."""

    code = "authorization_still_live"
    message = "This authorisation has not ended."
    cause = "Only posts whose authorisation has expired or was revoked can be removed from the library."
    remedy = "Keep it, or wait for its end."
    actor = Actor.ADVERTISER
    link = _LIBRARY


# What is wrong with the post itself, for both.


class VideoDeleted(Conflict):
    """Code 4002 at TikTok."""

    code = "video_deleted"
    message = "The post was deleted."
    cause = "Its creator deleted it."
    remedy = "Choose another post."
    actor = Actor.ADVERTISER
    link = _LIBRARY


class VideoUnavailable(Conflict):
    """Code 4002 at TikTok."""

    code = "video_unavailable"
    message = "The post is not available."
    cause = "It was removed because it breaks the guidelines."
    remedy = "Choose another post, or contact the creator."
    actor = Actor.CREATOR
    link = _LIBRARY


class NotPublicVideo(Conflict):
    """The post is private or for friends, and nobody said that ads may show it (reference §3, rule (d))."""

    code = "not_public_video"
    message = "The post is not public."
    cause = "Only its creator, or their friends, can see it."
    remedy = "The creator makes the post public, or chooses to show it only in ads."
    actor = Actor.CREATOR
    link = _POSTS


class AccountPrivate(Conflict):
    """A private profile's posts are for its followers (reference §8)."""

    code = "account_private"
    message = "The profile of this post is private."
    cause = "Only followers whom the creator accepted can see its posts."
    remedy = "The creator makes the profile public; the ads then go on."
    actor = Actor.CREATOR
    link = "/studio/profile/"


class AccountBanned(Conflict):
    """A banned profile's posts are not advertised (reference §3)."""

    code = "account_banned"
    message = "The profile of this post is banned."
    cause = "It broke the rules of the platform."
    remedy = "Choose another creator's post; the creator can contact the operator of the platform."
    actor = Actor.OPERATOR
    link = _LIBRARY


ERRORS: Final[dict[Refusal, type[Problem]]] = {
    Refusal(error.code): error
    for error in (
        AccountBanned,
        AccountPrivate,
        AuthCodeAlreadyUsed,
        AuthCodeExpired,
        AuthCodeNotFound,
        AuthorizationReleased,
        AuthorizationRevoked,
        CarouselDuetNotSupported,
        DisclosureMissing,
        MentionMultipleVideos,
        MultiDuetStitch,
        MusicRightsMissing,
        NotPublicVideo,
        StoryVideoNotSupported,
        VideoDeleted,
        VideoNotReady,
        VideoUnavailable,
    )
}
