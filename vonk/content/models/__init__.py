"""The tables of content: one file per noun."""

from vonk.content.models.engagement import Comment, Engagement, EngagementChange, Follow, Tally
from vonk.content.models.hosts import HostItem, HostReconciliation
from vonk.content.models.library import Image, LibraryFile, LibraryPiece
from vonk.content.models.moderation import BlockedWord, ModerationExport
from vonk.content.models.pictures import Picture
from vonk.content.models.posts import CaptionVersion, Post, PostMention, PostTag, Video
from vonk.content.models.profiles import Profile, Sound

__all__ = [
    "BlockedWord",
    "CaptionVersion",
    "Comment",
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
    "Post",
    "PostMention",
    "PostTag",
    "Profile",
    "Sound",
    "Tally",
    "Video",
]
