"""Stickers, subtitles and smaller files as the feed's scripts receive them."""

from collections.abc import Collection, Iterable

from django.urls import reverse

from vonk.content.queries import overlays
from vonk.content.queries.cards import PostCard
from vonk.content.queries.overlays import Overlay, StickerView
from vonk.content.rules import MixKind
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.web.viewer.records import FeedCredit, FeedSticker, FeedSubtitles

NOTHING = Overlay()


def of(scope: Scope | None, post_ids: Collection[int]) -> dict[int, Overlay]:
    """Return what there is for each of the posts."""
    return overlays.overlays(scope.person_id if scope else None, post_ids)


def credits_of(scope: Scope | None, cards: Iterable[PostCard]) -> dict[int, FeedCredit]:
    """Return for each post that is a Duet or Stitch whose it answers, where the viewer may see that one."""
    kinds = {
        card.post_id: (MixKind.DUET, card.duet_of) if card.duet_of is not None else (MixKind.STITCH, card.stitch_of)
        for card in cards
    }
    originals = {original for _, original in kinds.values() if original is not None}
    handles = overlays.handles_behind(scope.person_id if scope else None, originals)
    return {
        post_id: FeedCredit(kind.value, handles[original], reverse("viewer:post", args=[original]))
        for post_id, (kind, original) in kinds.items()
        if original is not None and original in handles
    }


def stickers(overlay: Overlay, *, in_ad: bool) -> tuple[FeedSticker, ...]:
    """Return the stickers of a post.

    In an ad a creator's link is a text: the consent is for showing the post, and where the ad leads is the advertiser's.
    """
    return tuple(_sticker(one, in_ad=in_ad) for one in overlay.stickers)


def _sticker(one: StickerView, *, in_ad: bool) -> FeedSticker:
    return FeedSticker(
        id=str(one.id),
        kind=one.kind.value,
        x=one.x,
        y=one.y,
        text=one.text,
        options=one.options,
        votes=one.votes,
        choice=one.choice,
        ends_ms=to_ms(one.ends_at) if one.ends_at is not None else 0,
        url="" if in_ad else one.url,
    )


def subtitles(post_id: int, overlay: Overlay) -> tuple[FeedSubtitles, ...]:
    """Return where the post's subtitles are."""
    return tuple(
        FeedSubtitles(language, reverse("viewer:subtitles", args=[post_id, language])) for language in overlay.subtitles
    )
