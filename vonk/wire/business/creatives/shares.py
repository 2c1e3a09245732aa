"""Ads shown to people without an account: creative/shareable_link/create."""

from typing import Annotated, Final

import msgspec

from vonk.advertising.actions import shared_previews
from vonk.advertising.queries.shared_previews import accounts_of_ads
from vonk.advertising.rules.shared_previews import ADS_PER_LINK_MAX, DAYS_MAX, DAYS_USUAL, LABEL_MAX, SHARER_MAX
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, Moment, moment
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

_NOUN: Final = "ad that can be shared"


class SharedAsset(Asked, frozen=True):
    """An ad, and what it is called on the page."""

    asset_id: Id
    asset_name: Annotated[str, msgspec.Meta(max_length=LABEL_MAX)] = ""


class LinkNew(Asked, frozen=True):
    """Which ads of one ad account, who stands on the page as sharing them, and for how many days (this platform's own)."""

    shared_assets: Annotated[list[SharedAsset], msgspec.Meta(min_length=1, max_length=ADS_PER_LINK_MAX)]
    sharer: Annotated[str, msgspec.Meta(max_length=SHARER_MAX)] = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = DAYS_USUAL


class LinkMade(Given, frozen=True):
    """The page's address, and when it ends."""

    shareable_link: str
    shareable_link_id: Digits
    expire_time: Moment


@operation(
    "POST",
    "creative/shareable_link/create",
    may=Right.VIEW,
    over=Over.PERSON,
    summary="Share a preview of ads",
    example={"shared_assets": [{"asset_id": "1838000000000000005", "asset_name": "Bread"}], "sharer": "Ada's bakery"},
)
def create(call: Call[LinkNew]) -> LinkMade:
    """A page for people without an account. An asset is an ad, in an ad account in which the caller may run campaigns.

    It shows the ads as viewers will see them until its time is up, or until it is revoked on the ad's page; an ad whose
    post or consent is gone leaves the page at once. 40007 for an ad that is not there for the caller, or cannot be shared.
    """
    asked = call.asked
    named = [int(one.asset_id) for one in asked.shared_assets]
    accounts = accounts_of_ads(named)
    if not set(named) <= accounts.keys():
        raise NotFound(noun=_NOUN, field="shared_assets")
    scopes = {account_id: call.over_advertiser(account_id) for account_id in set(accounts.values())}
    if len(scopes) != 1:
        raise ParameterInvalid(field="shared_assets", reason="ads of one ad account")
    (scope,) = scopes.values()
    made = shared_previews.share(
        scope,
        [(int(one.asset_id), one.asset_name) for one in asked.shared_assets],
        sharer=asked.sharer,
        days=asked.days,
        now=call.now,
    )
    return LinkMade(shareable_link=made.url, shareable_link_id=str(made.id), expire_time=moment(made.expires_at))
