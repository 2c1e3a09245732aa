"""Pages of an account's ads with their statuses: a status is derived, so a filter by it looks at every ad that is left."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vonk.advertising.queries.ad_pages import ListedAd, WantedAds, ad_ids, listed_ads
from vonk.advertising.queries.ad_pages import numbered_ads as page_of_ads
from vonk.advertising.rules import Status
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Scope
from vonk.reporting import statuses

_BATCH: Final = 2_000  # Ads whose statuses are worked out together: what a database binds in one statement.


class AdWithStatus(msgspec.Struct, frozen=True):
    """An ad and what keeps it from its viewers; None where nobody asked for it."""

    ad: ListedAd
    status: Status | None


def numbered_ads(
    scope: Scope,
    wanted: WantedAds,
    numbering: Numbering,
    *,
    fulfils: Callable[[Status], bool] | None = None,
    told: bool = True,
    now: datetime,
) -> Numbered[AdWithStatus]:
    """Return a numbered page of the account's ads, newest first; with ``fulfils`` of those whose status does.

    ``told``: whether the statuses are wanted besides.
    """
    if fulfils is None:
        page = page_of_ads(scope, wanted, numbering)
        shown = _with_statuses(page.items, now) if told else tuple(AdWithStatus(ad, None) for ad in page.items)
        return Numbered(shown, page.total, numbering)
    fulfilling: dict[int, Status] = {}
    every = ad_ids(scope, wanted)
    for start in range(0, len(every), _BATCH):
        ids = every[start : start + _BATCH]
        of = statuses.statuses(ids, now=now)
        fulfilling.update((ad_id, of[ad_id]) for ad_id in ids if fulfils(of[ad_id]))
    first = (numbering.page - 1) * numbering.size
    ads_shown = listed_ads(scope, list(fulfilling)[first : first + numbering.size])
    return Numbered(tuple(AdWithStatus(ad, fulfilling[ad.id]) for ad in ads_shown), len(fulfilling), numbering)


def ads(scope: Scope, ids: Collection[int], *, now: datetime) -> tuple[AdWithStatus, ...]:
    """Return those of the ids that are the account's ads, deleted ones too, in their order."""
    return _with_statuses(listed_ads(scope, list(ids)), now)


def _with_statuses(ads: Sequence[ListedAd], now: datetime) -> tuple[AdWithStatus, ...]:
    of = statuses.statuses([ad.id for ad in ads], now=now, posts={ad.post.id: ad.post for ad in ads})
    return tuple(AdWithStatus(ad, of[ad.id]) for ad in ads)
