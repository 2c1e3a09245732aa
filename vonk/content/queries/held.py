"""What content holds of one person, for the person's own reading (GDPR art. 15)."""

from collections.abc import Iterator

from django.db.models import Q

from vonk.content.hosted import ItemKind
from vonk.content.models import (
    CaptionVersion,
    Comment,
    CreatorBlockedWord,
    Engagement,
    Follow,
    HostItem,
    Picture,
    PollVote,
    Post,
    PostDraft,
    Profile,
    Video,
)
from vonk.control.held import Part, part


def parts(person_id: int) -> Iterator[Part]:
    """Yield the person's tables: profile, posts, captions they proposed, videos, what they did to posts, whom they follow."""
    yield part(
        "profile", Profile.objects.filter(owner_id=person_id), "id", "handle", "display_name", "bio", "avatar",
        "private", "hold_comments", "time_zone", "created_at", "banned_at", "deleted_at",
    )  # fmt: skip
    yield part(
        "posts", Post.objects.filter(profile__owner_id=person_id), "id", "caption", "visibility", "ads_only",
        "format", "disclosure", "ai_generated", "draft", "pushed_for_id", "publish_as", "video_id", "created_at", "deleted_at", "removed_at", "removed_reason",
    )  # fmt: skip
    yield part(
        "captions", CaptionVersion.objects.filter(person_id=person_id), "id", "post_id", "number", "text", "state",
        "account_id", "proposed_at", "agreed_at", "ended_at", "reviewed_at", "reasons", "note",
    )  # fmt: skip
    yield part(
        "videos", Video.objects.filter(uploader_id=person_id), "id", "account_id", "original_name", "source_bytes",
        "source_sha256", "rendition_key", "poster_key", "duration_ms", "state", "created_at",
    )  # fmt: skip
    yield part(
        "pictures", Picture.objects.filter(uploader_id=person_id), "id", "account_id", "video_id", "place", "alt", "key",
        "small_key", "source_bytes", "source_md5", "created_at",
    )  # fmt: skip
    yield part(
        "engagements", Engagement.objects.filter(person_id=person_id), "post_id", "kind", "ad_id", "decision_id", "at"
    )
    yield part(
        "comments", Comment.objects.filter(person_id=person_id), "post_id", "text", "ad_id", "decision_id", "at",
        "reply_to_id", "account_id", "held", "hidden_at", "deleted_at",
    )  # fmt: skip
    yield part(
        "drafts", PostDraft.objects.filter(video__uploader_id=person_id), "video_id", "caption", "sound_id", "visibility",
        "disclosure", "ai_generated", "may_duet", "may_stitch", "duet_of", "stitch_of", "publish_at", "saved_at",
    )  # fmt: skip
    own_words = CreatorBlockedWord.objects.filter(profile__owner_id=person_id)
    yield part("blocked_words", own_words, "word", "at")
    yield part("poll_votes", PollVote.objects.filter(person_id=person_id), "sticker_id", "option", "at")
    own = Q(kind=ItemKind.ACCOUNT.value, object_id__in=Profile.objects.filter(owner_id=person_id).values("pk"))
    own |= Q(kind=ItemKind.POST.value, object_id__in=Post.objects.filter(profile__owner_id=person_id).values("pk"))
    yield part("host_items", HostItem.objects.filter(own), "host_id", "kind", "external_id", "version", "synced_at")
    yield part("follows", Follow.objects.filter(person_id=person_id), "profile_id", "post_id", "ad_id", "at")
