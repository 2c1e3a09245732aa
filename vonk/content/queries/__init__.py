"""Typed reads of content. Nothing here returns a row of a table."""

from vonk.content.queries.changes import Change, engagement_changes, engagement_changes_wait
from vonk.content.queries.comments import CommentView, comments
from vonk.content.queries.posts import PostFacts, all_posts, own_post, own_post_ids, own_posts, post_facts
from vonk.content.queries.profiles import (
    ProfileBrief,
    ProfileView,
    are_friends,
    identities,
    own_profile,
    profile,
    profile_briefs,
    profile_of_person,
    profile_owner,
)
from vonk.content.queries.sounds import SoundView, library, sound
from vonk.content.queries.tallies import (
    Bucket,
    Counts,
    TallyRow,
    Total,
    ads_with_most,
    counts,
    counts_of_ads,
    hours_of,
    own_totals,
    tallies,
)
from vonk.content.queries.videos import VideoView, video, videos, waiting

__all__ = [
    "Bucket",
    "Change",
    "CommentView",
    "Counts",
    "PostFacts",
    "ProfileBrief",
    "ProfileView",
    "SoundView",
    "TallyRow",
    "Total",
    "VideoView",
    "ads_with_most",
    "all_posts",
    "are_friends",
    "comments",
    "counts",
    "counts_of_ads",
    "engagement_changes",
    "engagement_changes_wait",
    "hours_of",
    "identities",
    "library",
    "own_post",
    "own_post_ids",
    "own_posts",
    "own_profile",
    "own_totals",
    "post_facts",
    "profile",
    "profile_briefs",
    "profile_of_person",
    "profile_owner",
    "sound",
    "tallies",
    "video",
    "videos",
    "waiting",
]
