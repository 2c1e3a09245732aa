"""The comments below an ad account's ads, as who looks after them reads them.

Of a post of which the account may look after the comments these are all: they stand below the ad, whether they were
written there or on the post itself. Of every other post they are the shown ones that were written on the account's ads.
"""

from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.advertising.models import Ad, AdGroup
from vonk.authorisation import comment_rights
from vonk.content.moderation import first_hit
from vonk.content.queries import PostFacts, moderation, post_facts
from vonk.content.queries.moderation import CommentsWanted, ModeratedComment
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class AdPlace(msgspec.Struct, frozen=True):
    """An ad of the account, as a comment below it names it."""

    id: int
    name: str
    ad_group_id: int
    ad_group_name: str
    campaign_id: int
    campaign_name: str
    post_id: int
    identity_id: int
    consent_id: int | None


class CommentBelowAd(msgspec.Struct, frozen=True):
    """A comment below an ad. ``looked_after``: the account may hide, show and answer it; ``hit``: it holds a blocked word."""

    comment: ModeratedComment
    ad: AdPlace
    post: PostFacts
    looked_after: bool
    hit: bool
    own: bool  # An answer in the ad account's name.


def comments_of_ad_group(
    scope: Scope, ad_group_id: int, wanted: CommentsWanted, numbering: Numbering, *, now: datetime
) -> Numbered[CommentBelowAd]:
    """Return a numbered page of the comments below the ads of an ad group; NotFound when it is not the account's."""
    scope.require(Right.ACCOUNT_VIEW)
    if not AdGroup.objects.filter(pk=ad_group_id, campaign__account_id=scope.account).exists():
        raise NotFound(noun="ad group")
    return _below(scope, _ads(scope).filter(ad_group_id=ad_group_id), wanted, numbering, now)


def comment_below_ads(scope: Scope, comment_id: int, *, now: datetime) -> CommentBelowAd:
    """Return one comment or answer below the account's ads; NotFound."""
    scope.require(Right.ACCOUNT_VIEW)
    place = moderation.comment_places([comment_id]).get(comment_id)
    if place is None:
        raise NotFound(noun="comment")
    ads = _ads(scope).filter(post_id=place.post_id)
    found = _below(scope, ads, CommentsWanted(ids=[comment_id]), Numbering(1, 1), now).items
    if not found:
        raise NotFound(noun="comment")
    return found[0]


def answers_of(scope: Scope, comment_id: int, numbering: Numbering, *, now: datetime) -> Numbered[CommentBelowAd]:
    """Return a numbered page of the answers to a comment below the account's ads, newest first.

    Of an answer: it and those beside it. NotFound for a comment that is not below them.
    """
    found = comment_below_ads(scope, comment_id, now=now)
    wanted = CommentsWanted(below=found.comment.reply_to or comment_id)
    return _below(scope, _ads(scope).filter(post_id=found.post.id), wanted, numbering, now)


def _ads(scope: Scope) -> QuerySet[Ad]:
    """Return the account's ads, deleted ones too: what was written below them stays."""
    rows = Ad.objects.select_related("ad_group__campaign").filter(ad_group__campaign__account_id=scope.account)
    return rows.order_by("-pk")


def _below(
    scope: Scope, rows: QuerySet[Ad], wanted: CommentsWanted, numbering: Numbering, now: datetime
) -> Numbered[CommentBelowAd]:
    ads = {row.pk: _place(row) for row in rows}
    newest = {ad.post_id: ad for ad in reversed(ads.values())}
    whole = comment_rights.looked_after(scope, newest.keys(), now)
    page = moderation.moderated_comments(
        msgspec.structs.replace(wanted, whole_posts=whole, ad_ids=tuple(ads)), numbering
    )
    posts = post_facts({one.post_id for one in page.items})
    words = moderation.words_of([scope.account]).get(scope.account, ())
    items = tuple(
        CommentBelowAd(
            comment=one,
            ad=ads.get(one.ad_id) or newest[one.post_id],
            post=posts[one.post_id],
            looked_after=one.post_id in whole,
            hit=first_hit(one.text, words) is not None,
            own=one.account_id == scope.account,
        )
        for one in page.items
    )
    return Numbered(items, page.total, numbering)


def _place(row: Ad) -> AdPlace:
    return AdPlace(
        id=row.pk,
        name=row.name,
        ad_group_id=row.ad_group_id,
        ad_group_name=row.ad_group.name,
        campaign_id=row.ad_group.campaign_id,
        campaign_name=row.ad_group.campaign.name,
        post_id=row.post_id,
        identity_id=row.identity_id,
        consent_id=row.consent_id,
    )
