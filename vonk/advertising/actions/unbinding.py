"""An ad account gives up what its ads could speak with: a creator's post, or a custom identity. Ads in use forbid both."""

from datetime import datetime

from django.db import transaction

from vonk.advertising.errors import IdentityInAds, PostInAds
from vonk.advertising.models import Ad
from vonk.authorisation.actions import returns, verdicts
from vonk.content.actions import profiles
from vonk.control.scope import Right, Scope


@transaction.atomic
def give_post_back(scope: Scope, post_id: int, *, now: datetime) -> tuple[int, ...]:
    """Take a creator's post off the account's list, whatever is left of its days; return the ids of its consents.

    Raises PostInAds while an ad of the account that is not deleted stands on one of them, NotFound when there is none.
    """
    consent_ids = returns.on_post(scope, post_id)
    verdicts.hold(consent_ids, account_id=scope.account)  # The lock under which ads are made.
    using = Ad.objects.filter(
        consent_id__in=consent_ids,
        deleted_at=None,
        ad_group__deleted_at=None,
        ad_group__campaign__deleted_at=None,
    )
    if using.exists():
        raise PostInAds(ads=using.count())
    return returns.give_back(scope, post_id, now=now)


@transaction.atomic
def delete_identity(scope: Scope, profile_id: int, *, now: datetime) -> None:
    """Delete a custom identity of the account. Raises IdentityInAds while its ads use it, NotFound for every other one."""
    scope.require(Right.CAMPAIGN_EDIT)
    profiles.delete_identity(scope, profile_id, now=now)
    using = Ad.objects.filter(
        identity_id=profile_id,
        consent=None,
        deleted_at=None,
        ad_group__deleted_at=None,
        ad_group__campaign__deleted_at=None,
    )
    if using.exists():
        raise IdentityInAds(ads=using.count())
