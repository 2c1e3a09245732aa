"""What Ada pushed under her own profile: a draft, and a published one with a caption proposed; Cleo's is in review."""

from collections.abc import Mapping
from datetime import datetime

from vonk.authorisation.actions import captions, pushes
from vonk.authorisation.actions.pushes import Draft
from vonk.authorisation.models import Consent
from vonk.content import queries
from vonk.content.actions import comments, engagement
from vonk.content.models import Video
from vonk.content.rules import ORGANIC, Disclosure, PublishAs, VideoState
from vonk.control.scope import Scope


def spread(scopes: Mapping[str, Scope], ada: Scope, post_id: int, now: datetime) -> dict[str, int]:
    """Make them; return their ids."""
    video_id = Video.objects.create(
        uploader_id=ada.person,
        account_id=ada.account,
        state=VideoState.READY.value,
        original_name="oven.mp4",
        source_container="mov",
        rendition_key="1" * 32 + ".mp4",
        poster_key="1" * 32 + ".jpg",
        source_bytes=4_000_000,
        source_sha256="1" * 64,
        width=1080,
        height=1920,
        duration_ms=10_000,
        created_at=now,
    ).pk
    profile = queries.own_profile(scopes["ada profile"])
    assert profile is not None
    draft = Draft(video_id=video_id, caption="Our oven", publish_as=PublishAs.PUBLIC, disclosure=Disclosure.OWN_BRAND)
    waiting, published = (pushes.push(ada, profile.id, draft, now=now).post_id for _ in range(2))
    pushes.publish_approved(published, now=now)
    comment_id = engagement.comment(scopes["vik"], published, "Warm!", source=ORGANIC, now=now)
    cares = {
        "cared_consent_id": Consent.objects.get(post_id=published, account_id=ada.account).pk,
        "cared_comment_id": comment_id,
        "brand_answer_id": comments.answer_for_account(ada, published, comment_id, "It is", now=now),
    }
    return cares | {
        "pushable_video_id": video_id,
        "ada_profile_id": profile.id,
        "pushed_post_id": waiting,
        "published_post_id": published,
        "proposed_caption_id": captions.propose(ada, published, "Our warm oven", now=now),
        "reviewed_caption_id": captions.propose(scopes["cleo"], post_id, "Bread, slower", now=now),
    }
