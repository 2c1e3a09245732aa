"""Keeps ads apart that compete: two neighbouring slots of one request never show ads of one advertiser.

Nor, where the operator wants it so, two that advertise something of one category. Neighbours are slots next to each
other by position, in whatever order they are asked for; a slot that stays empty keeps those beside it apart.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from vonk.delivery.snapshot import AdDocument


class Apart(StrEnum):
    """What neighbours must not have in common."""

    ACCOUNT = "account"
    CATEGORY = "category"  # What is advertised; ads that do not say it compete with none.


class Beside(msgspec.Struct, frozen=True, gc=False):
    """What the slots beside one show: whose ads may not stand there."""

    accounts: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()

    def competes(self, ad: AdDocument) -> bool:
        """Tell whether the ad may not stand beside them."""
        return ad.account_id in self.accounts or (ad.category != "" and ad.category in self.categories)


NOBODY: Final = Beside()


class Screen:
    """What the slots of one request show so far, filled one after another in the order asked for."""

    __slots__ = ("_ads", "_apart", "_ranks", "campaigns")

    def __init__(self, positions: Sequence[int], apart: Iterable[Apart]) -> None:
        self.campaigns: set[int] = set()
        self._apart = apart
        self._ads: dict[int, AdDocument] = {}  # By rank of position.
        self._ranks: list[int] = [0] * len(positions)
        if len(positions) > 1:
            for rank, place in enumerate(sorted(range(len(positions)), key=positions.__getitem__)):
                self._ranks[place] = rank

    def beside(self, place: int) -> Beside:
        """Return what may not stand in the slot asked for as number ``place``, from 0."""
        if not self._ads:
            return NOBODY
        rank = self._ranks[place]
        neighbours = [ad for ad in (self._ads.get(rank - 1), self._ads.get(rank + 1)) if ad is not None]
        if not neighbours:
            return NOBODY
        return Beside(
            tuple(ad.account_id for ad in neighbours) if Apart.ACCOUNT in self._apart else (),
            tuple(ad.category for ad in neighbours if ad.category) if Apart.CATEGORY in self._apart else (),
        )

    def show(self, place: int, ad: AdDocument) -> None:
        """Learn which ad the slot got."""
        self.campaigns.add(ad.campaign_id)
        self._ads[self._ranks[place]] = ad
