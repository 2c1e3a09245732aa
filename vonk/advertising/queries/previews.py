"""What the viewer will see of an ad."""

from datetime import datetime

from vonk.advertising import creatives
from vonk.advertising.drafts import AdDraft
from vonk.advertising.models import Ad
from vonk.advertising.queries.views import Preview
from vonk.advertising.rules import CALLS_TO_ACTION
from vonk.advertising.rules.texts import landing_url
from vonk.content.queries import PostFacts, post_facts
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.queries import AccountFacts, account_facts


def preview(scope: Scope, ad_id: int) -> Preview:
    """Return what the viewer sees of the account's ad; NotFound when it is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = Ad.objects.filter(pk=ad_id, ad_group__campaign__account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="ad")
    post = post_facts([row.post_id])[row.post_id]
    return of(post, row.consent_id, row.call_to_action, row.landing_url, account_facts(scope.account))


def preview_draft(scope: Scope, draft: AdDraft, *, now: datetime) -> Preview:
    """Return what the viewer would see, before the ad is created. Its name is not looked at.

    Raises what ``creatives.creative`` raises, and FieldInvalid (call_to_action, landing_url).
    """
    scope.require(Right.ACCOUNT_VIEW)
    found = creatives.creative(scope, draft, creatives.choices([draft], now))
    if draft.call_to_action not in CALLS_TO_ACTION:
        raise FieldInvalid("call_to_action", "one of %(known)s", known=", ".join(CALLS_TO_ACTION))
    address = landing_url(draft.landing_url)
    return of(found.post, found.consent_id, draft.call_to_action, address, account_facts(scope.account))


def of(post: PostFacts, consent_id: int | None, call_to_action: str, address: str, account: AccountFacts) -> Preview:
    """Return the preview of a post as an ad of the account."""
    return Preview(
        post_id=post.id,
        consent_id=consent_id,
        identity_id=post.profile_id,
        handle=post.handle,
        display_name=post.display_name,
        avatar_url=post.avatar_url,
        caption=post.caption,
        sound_title=post.sound_title,
        video_url=post.video_url,
        poster_url=post.poster_url,
        width=post.width,
        height=post.height,
        duration_ms=post.duration_ms,
        call_to_action=call_to_action,
        call_to_action_text=CALLS_TO_ACTION[call_to_action],
        landing_url=address,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        disclosure=post.disclosure,
        ai_generated=post.ai_generated,
        pictures=post.pictures,
        sound_url=post.sound_url,
    )
