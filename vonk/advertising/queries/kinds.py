"""What every ad of an account is, in one row each: what reports are told apart by."""

from typing import NamedTuple

from vonk.advertising.models import Ad
from vonk.control.scope import Right, Scope


class AdKind(NamedTuple):
    """One ad, deleted or not. ``spark``: it shows a creator's post with their consent."""

    campaign_id: int
    ad_group_id: int
    objective: str
    billing: str
    spark: bool
    identity_id: int
    post_id: int


def ad_kinds(scope: Scope) -> dict[int, AdKind]:
    """Return what each ad of the account is, deleted ones too."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Ad.objects.filter(ad_group__campaign__account_id=scope.account).order_by()
    columns = ("ad_group__campaign_id", "ad_group_id", "ad_group__campaign__objective", "ad_group__billing")
    found = rows.values_list("pk", *columns, "consent_id", "identity_id", "post_id")
    return {
        ad_id: AdKind(campaign_id, ad_group_id, objective, billing, consent_id is not None, identity_id, post_id)
        for ad_id, campaign_id, ad_group_id, objective, billing, consent_id, identity_id, post_id in found
    }
