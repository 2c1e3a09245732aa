"""The tables of content: one file per noun."""

from vonk.content.models.drafts import PostDraft
from vonk.content.models.engagement import Comment, Engagement, EngagementChange, Follow, Tally
from vonk.content.models.hosts import HostItem, HostReconciliation
from vonk.content.models.judgements import PostJudgement, PostReport
from vonk.content.models.library import Image, LibraryFile, LibraryPiece
from vonk.content.models.mixes import VideoMix
from vonk.content.models.moderation import BlockedWord, CreatorBlockedWord, ModerationExport
from vonk.content.models.pictures import Picture
from vonk.content.models.posts import CaptionVersion, Post, PostMention, PostTag, Video
from vonk.content.models.profiles import Profile, Sound
from vonk.content.models.renditions import SmallRendition, Subtitles
from vonk.content.models.stickers import PollVote, Sticker

__all__ = [
    "BlockedWord",
    "CaptionVersion",
    "Comment",
    "CreatorBlockedWord",
    "Engagement",
    "EngagementChange",
    "Follow",
    "HostItem",
    "HostReconciliation",
    "Image",
    "LibraryFile",
    "LibraryPiece",
    "ModerationExport",
    "Picture",
    "PollVote",
    "Post",
    "PostDraft",
    "PostJudgement",
    "PostMention",
    "PostReport",
    "PostTag",
    "Profile",
    "SmallRendition",
    "Sound",
    "Sticker",
    "Subtitles",
    "Tally",
    "Video",
    "VideoMix",
]
