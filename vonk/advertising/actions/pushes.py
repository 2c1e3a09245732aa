"""Pushed posts as ads know them: an edited draft is reviewed again with every ad that shows it, an approved one published."""

from datetime import datetime

from django.db import transaction

from vonk.advertising import letters, publish, reach
from vonk.advertising.actions import submissions
from vonk.advertising.models import Ad
from vonk.advertising.rules import Verdict
from vonk.authorisation.actions import pushes
from vonk.authorisation.actions.pushes import Draft
from vonk.authorisation.queries.limits import previews_required
from vonk.control.scope import Scope


@transaction.atomic
def edit(scope: Scope, post_id: int, draft: Draft, *, now: datetime) -> int:
    """Change the account's draft and hand its ads to review again; return how many. Raises as authorisation's ``edit``.

    So nothing that a reviewer has not seen is ever published: a review of the draft as it was is stale.
    """
    pushes.hold(post_id)
    rows = Ad.objects.filter(
        post_id=post_id,
        ad_group__campaign__account_id=scope.account,
        deleted_at=None,
        ad_group__deleted_at=None,
        ad_group__campaign__deleted_at=None,
    )
    reach.hold_campaigns(set(rows.values_list("ad_group__campaign_id", flat=True)))
    pushes.edit(scope, post_id, draft, now=now)
    ads = list(rows.select_related("ad_group__campaign").order_by("pk"))
    submissions.submit(ads, now=now)
    letters.tell_creators(scope, ads, edited=True, now=now)
    publish.publish_ads([ad.pk for ad in ads], at=now)
    return len(ads)


def publish_ready(ad: Ad, *, now: datetime) -> bool:
    """Publish the draft that the ad shows once a reviewer approved the ad and, where the creator looks at ads first, they
    accepted it; return whether this call did. The caller has taken ``pushes.hold`` and the ad's campaign.
    """
    if ad.consent_id is None or ad.creator_refused_at is not None:
        return False
    if ad.creator_accepted_at is None and ad.consent_id in previews_required([ad.consent_id]):
        return False
    verdict = Ad.objects.annotate(newest=publish.NEWEST_VERDICT).values_list("newest", flat=True).get(pk=ad.pk)
    return verdict == Verdict.APPROVED and pushes.publish_approved(ad.post_id, now=now)
