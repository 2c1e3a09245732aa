"""The objects that were published, each in one cell by its id.

What refers to an object holds its cell, which is there before the object is, and stays when it is withdrawn.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from vonk.delivery.limits.counters import Counters, Purse
from vonk.delivery.limits.traffic import Traffic
from vonk.delivery.matching.cells import AnyCell, CampaignCell, FundsCell, GrantCell, GroupCell, PostCell
from vonk.delivery.pricing.clearing import Usual

SomeCell = TypeVar("SomeCell", bound=AnyCell)


class Objects:
    """The cells of campaigns, ad groups, consents, posts and accounts, made when they are first asked for."""

    def __init__(self, counters: Counters) -> None:
        self.traffic = Traffic()  # By which budgets are planned.
        self.usual = Usual()  # What slots cost.
        self._counters = counters
        self._campaigns: dict[int, CampaignCell] = {}
        self._groups: dict[int, GroupCell] = {}
        self._grants: dict[int, GrantCell] = {}
        self._posts: dict[int, PostCell] = {}
        self._funds: dict[int, FundsCell] = {}

    def campaign(self, campaign_id: int) -> CampaignCell:
        """Return the campaign's cell."""
        return _cell(
            self._campaigns,
            campaign_id,
            lambda: CampaignCell(self._counters.spend(Purse.CAMPAIGN, campaign_id), self.traffic),
        )

    def group(self, ad_group_id: int) -> GroupCell:
        """Return the ad group's cell."""
        return _cell(
            self._groups, ad_group_id, lambda: GroupCell(self._counters.spend(Purse.AD_GROUP, ad_group_id), self.usual)
        )

    def grant(self, grant_id: int) -> GrantCell:
        """Return the grant's cell."""
        return _cell(self._grants, grant_id, lambda: GrantCell(self._counters.spend(Purse.GRANT, grant_id)))

    def post(self, post_id: int) -> PostCell:
        """Return the post's cell."""
        return _cell(self._posts, post_id, PostCell)

    def funds(self, account_id: int) -> FundsCell:
        """Return the account's cell."""
        return _cell(self._funds, account_id, lambda: FundsCell(self._counters.spend(Purse.ACCOUNT, account_id)))

    def has_group(self, ad_group_id: int) -> bool:
        """Tell whether the ad group was ever published."""
        return ad_group_id in self._groups

    def groups(self) -> Iterator[tuple[int, GroupCell]]:
        """Yield every ad group known, with its id."""
        yield from self._groups.items()

    def campaigns(self) -> Iterator[tuple[int, CampaignCell]]:
        """Yield every campaign known, with its id."""
        yield from self._campaigns.items()

    def grants(self) -> Iterator[tuple[int, GrantCell]]:
        """Yield every consent known, with its id."""
        yield from self._grants.items()


def _cell(cells: dict[int, SomeCell], object_id: int, make: Callable[[], SomeCell]) -> SomeCell:
    cell = cells.get(object_id)
    if cell is None:
        cell = cells[object_id] = make()
    return cell
