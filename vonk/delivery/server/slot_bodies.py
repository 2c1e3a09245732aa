"""What a request for slots and its answer are in JSON. Shapes alone: what fills them is in ``slots.py``."""

from typing import Annotated

import msgspec

from vonk.delivery.matching.context import Context, Short
from vonk.delivery.snapshot import AdDocument, PictureDocument, PostDocument
from vonk.events.tokens import TOKEN_CHARS_MAX


class SlotWanted(msgspec.Struct, frozen=True):
    """One place in a feed. Micros are for a thousand impressions.

    ``floor_micros``: the least price the host takes. ``organic_value_micros``: what the feed's next post is worth to the
    viewer there; an ad must be worth as much more than the least price.
    """

    position: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    formats: Annotated[tuple[Short, ...], msgspec.Meta(max_length=10)] = ("video",)
    floor_micros: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0
    organic_value_micros: Annotated[int, msgspec.Meta(ge=0, le=10**15)] = 0


class SlotsWanted(msgspec.Struct, frozen=True):
    """One request."""

    viewer: Annotated[str, msgspec.Meta(max_length=TOKEN_CHARS_MAX)]
    slots: list[SlotWanted]
    surface: Short = "for_you"
    context: Context = Context()


class ShownPost(msgspec.Struct, frozen=True):
    """The post of an ad, as a feed draws it; see PostDocument."""

    id: str
    profile_id: str
    handle: str
    display_name: str
    avatar_url: str
    caption: str
    sound_id: str
    sound_title: str
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    may_duet: bool
    may_stitch: bool
    ai_generated: bool
    disclosure: str
    external_id: str = ""  # At the host app that synced the post.
    pictures: tuple[PictureDocument, ...] = ()  # Instead of a video.
    sound_url: str = ""  # What is heard with pictures.


class ShownAd(msgspec.Struct, frozen=True):
    """An ad, as a feed draws it; see AdDocument. ``spark``: under a creator's consent."""

    id: str
    ad_group_id: str
    campaign_id: str
    account_id: str
    post_id: str
    spark: bool
    call_to_action: str
    landing_url: str
    advertiser_name: str
    payer_name: str
    post: ShownPost


class Shown(msgspec.Struct, frozen=True, gc=False):
    """A slot with an ad."""

    decision_id: str
    position: int
    ad: msgspec.Raw
    bills: str
    price_micros: int
    currency: str
    token: str
    click_id: str  # For the landing page's address, where conversions are to be found by it.


class NotShown(msgspec.Struct, frozen=True, gc=False):
    """A slot without one."""

    decision_id: str
    position: int
    reason: str
    refusals: dict[str, int]
    ad: None = None


class Slots(msgspec.Struct, frozen=True, gc=False):
    """The answer: one entry for each slot wanted, in that order."""

    slots: list[Shown | NotShown]


def shown_ad(ad: AdDocument, post: PostDocument) -> ShownAd:
    """Return an ad with its post as a feed draws them."""
    return ShownAd(
        id=str(ad.id),
        ad_group_id=str(ad.ad_group_id),
        campaign_id=str(ad.campaign_id),
        account_id=str(ad.account_id),
        post_id=str(ad.post_id),
        spark=ad.grant_id != 0,
        call_to_action=ad.call_to_action,
        landing_url=ad.landing_url,
        advertiser_name=ad.advertiser_name,
        payer_name=ad.payer_name,
        post=ShownPost(
            id=str(post.id),
            profile_id=str(post.profile_id),
            handle=post.handle,
            display_name=post.display_name,
            avatar_url=post.avatar_url,
            caption=post.caption,
            sound_id=str(post.sound_id),
            sound_title=post.sound_title,
            video_url=post.video_url,
            poster_url=post.poster_url,
            duration_ms=post.duration_ms,
            width=post.width,
            height=post.height,
            may_duet=post.may_duet,
            may_stitch=post.may_stitch,
            ai_generated=post.ai_generated,
            disclosure=post.disclosure,
            external_id=post.external_id,
            pictures=post.pictures,
            sound_url=post.sound_url,
        ),
    )
