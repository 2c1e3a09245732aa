"""What content does when a person is erased: their posts, pictures and words go; what is counted stays counted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from vonk.content import media
from vonk.content.actions import engagement, post_pictures, posts, publishing, small_renditions
from vonk.content.errors import VideoMissing
from vonk.content.hosted import ItemKind
from vonk.content.models import (
    CreatorBlockedWord,
    HostItem,
    Post,
    PostDraft,
    PostJudgement,
    PostMention,
    PostReport,
    Profile,
    Sound,
    Video,
)
from vonk.content.rules import VideoState
from vonk.control import notifications
from vonk.control.scope import Right, Scope
from vonk.identity.actions.erasing import ERASED_NAME

ERASED_SOUND: Final = "original sound"


def erase(scope: Scope, person_id: int, *, now: datetime) -> tuple[int, ...]:
    """Delete the person's profile, posts, files and comments, in the caller's transaction; return the posts' ids.

    The ads that show them stop with its commit.
    Likes, follows and shares stay as counts of somebody who is nobody any more. Other people's texts stay theirs.
    """
    assert connection.in_atomic_block, "A person is erased in one transaction."
    if scope.person_id != person_id:
        scope.require(Right.OPERATE)
    post_ids = tuple(Post.objects.filter(profile__owner_id=person_id).order_by("pk").values_list("pk", flat=True))
    for post_id in post_ids:
        posts.erase(post_id, now=now)
    profile_id = Profile.objects.filter(owner_id=person_id).values_list("pk", flat=True).first()
    if profile_id is not None:
        _erase_profile(publishing.lock_profile(profile_id), now)
        _forget_host_items(profile_id, post_ids, now)
    PostReport.objects.filter(post_id__in=post_ids).delete()
    PostJudgement.objects.filter(post_id__in=post_ids).update(note="", appeal="", answer="")  # The verdicts stay.
    PostDraft.objects.filter(video__uploader_id=person_id).delete()
    CreatorBlockedWord.objects.filter(profile__owner_id=person_id).delete()
    _erase_videos(person_id)
    engagement.delete_comments_of(person_id, now=now)
    return post_ids


def _erase_profile(profile: Profile, now: datetime) -> None:
    avatar = profile.avatar
    assert profile.handle is not None, "A person's profile has a handle."
    for name in (profile.handle, profile.display_name):
        notifications.forget_name(name, ERASED_NAME)
    profile.handle = f"deleted.{profile.pk:x}"
    profile.display_name, profile.bio, profile.avatar = ERASED_NAME, "", ""
    profile.deleted_at = profile.deleted_at or now
    profile.save()
    PostMention.objects.filter(profile=profile).delete()
    sounds = Sound.objects.filter(profile=profile)
    dropped = [avatar, *sounds.values_list("audio_key", flat=True)]
    sounds.update(title=ERASED_SOUND, audio_key=None, audio_ms=0)
    others = Post.objects.filter(sound__profile=profile, in_ads=True).values_list("pk", flat=True)
    publishing.sync(list(others), now=now)
    transaction.on_commit(lambda: _drop(key for key in dropped if key))


def _forget_host_items(profile_id: int, post_ids: tuple[int, ...], now: datetime) -> None:
    """Let go of the ids that the person's host knows them and their posts by; digests stay, so that no late sync brings them back."""
    account = HostItem.objects.filter(kind=ItemKind.ACCOUNT.value, object_id=profile_id)
    for host_id, external_id in account.values_list("host_id", "external_id"):
        pairs = HostItem.objects.filter(host_id=host_id, kind=ItemKind.FOLLOW.value)
        named = Q(external_id__startswith=f"{external_id} ") | Q(external_id__endswith=f" {external_id}")
        pairs.filter(named).update(external_id="", refused_reason="")
    posts_here = Q(kind=ItemKind.POST.value, object_id__in=post_ids)
    for rows in (account, HostItem.objects.filter(posts_here)):
        rows.update(external_id="", refused_reason="")
        rows.filter(removed_at=None).update(removed_at=now)


def _erase_videos(person_id: int) -> None:
    """Drop the files of the person's own uploads; those made for an ad account are that account's."""
    own = Video.objects.select_for_update(no_key=True).filter(uploader_id=person_id, account=None)
    dropped: list[str] = []
    for video in own.order_by("pk"):
        dropped += [key for key in (video.source_key, video.rendition_key, video.poster_key) if key is not None]
        if video.pictures:
            dropped += post_pictures.forget(video)
    dropped += small_renditions.forget(list(own.values_list("pk", flat=True)))
    dropped += post_pictures.forget_waiting(person_id)
    unfinished = own.filter(state__in=[VideoState.UPLOADED.value, VideoState.PROCESSING.value])
    unfinished.update(state=VideoState.FAILED.value, failure=VideoMissing.code, claimed_at=None)
    own.update(
        source_key=None, rendition_key=None, poster_key=None, original_name="", source_sha256="", source_md5=None
    )

    transaction.on_commit(lambda: _drop(dropped))


def _drop(keys: Iterable[str]) -> None:
    for key in keys:
        media.store().delete(key)
