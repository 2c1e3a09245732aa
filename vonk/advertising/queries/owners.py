"""Whose ads are: for operators' pages, which speak of ads of every account."""

from collections.abc import Collection

import msgspec

from vonk.advertising.models import Ad
from vonk.control.scope import Right, Scope
from vonk.identity.queries import accounts_facts


class AdOwner(msgspec.Struct, frozen=True, kw_only=True):
    """An ad's name and the ad account that pays for it."""

    ad_id: int
    name: str
    account_id: int
    account_name: str
    post_id: int


def owners(scope: Scope, ad_ids: Collection[int]) -> dict[int, AdOwner]:
    """Return whose each ad is, deleted ones too; ads that do not exist are absent. Operators only."""
    scope.require(Right.OPERATE)
    rows = list(Ad.objects.filter(pk__in=ad_ids).values_list("pk", "name", "ad_group__campaign__account_id", "post_id"))
    accounts = accounts_facts({account_id for _, _, account_id, _ in rows})
    return {
        ad_id: AdOwner(
            ad_id=ad_id,
            name=name,
            account_id=account_id,
            account_name=accounts[account_id].name,
            post_id=post_id,
        )
        for ad_id, name, account_id, post_id in rows
    }
