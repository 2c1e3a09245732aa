"""Pages of an account's campaigns and ad groups with their statuses.

A status is derived: without a filter by it, only those of the page are worked out; with one, all that are left are looked
at, so that the total is exact.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import object_pages
from vonk.advertising.queries.object_pages import Wanted
from vonk.advertising.queries.views import AdGroupView, CampaignView
from vonk.advertising.rules import Status
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Scope
from vonk.identity.queries import account_facts
from vonk.reporting import statuses

View = TypeVar("View", CampaignView, AdGroupView)
Fulfils = Callable[[Status], bool]

_BATCH: Final = 1_000  # Objects whose statuses are worked out together.


class WithStatus(msgspec.Struct, Generic[View], frozen=True):
    """An object and what keeps it from its viewers; None where nobody asked for it."""

    view: View
    status: Status | None


def campaigns(
    scope: Scope,
    wanted: Wanted,
    numbering: Numbering,
    *,
    fulfils: Fulfils | None = None,
    told: bool = True,
    now: datetime,
) -> Numbered[WithStatus[CampaignView]]:
    """Return a numbered page of the account's campaigns, newest first; with ``fulfils`` of those whose status does.

    ``told``: whether the statuses are wanted besides.
    """
    if fulfils is None:
        account = account_facts(scope.account)
        page = object_pages.numbered_campaigns(scope, wanted, numbering, account)
        of = statuses.statuses_of_campaigns(page.items, account, now=now) if told else {}
        return Numbered(_joined(page.items, of), page.total, numbering)
    found = _fulfilling(object_pages.campaign_ids(scope, wanted), statuses.campaign_statuses, fulfils, now)
    shown = object_pages.listed_campaigns(scope, _paged(list(found), numbering))
    return Numbered(_joined(shown, found), len(found), numbering)


def ad_groups(
    scope: Scope,
    wanted: Wanted,
    numbering: Numbering,
    *,
    fulfils: Fulfils | None = None,
    told: bool = True,
    now: datetime,
) -> Numbered[WithStatus[AdGroupView]]:
    """Return a numbered page of the account's ad groups, as ``campaigns`` does."""
    if fulfils is None:
        page = object_pages.numbered_ad_groups(scope, wanted, numbering)
        of = statuses.ad_group_statuses([one.id for one in page.items], now=now) if told else {}
        return Numbered(_joined(page.items, of), page.total, numbering)
    found = _fulfilling(object_pages.ad_group_ids(scope, wanted), statuses.ad_group_statuses, fulfils, now)
    shown = object_pages.listed_ad_groups(scope, _paged(list(found), numbering))
    return Numbered(_joined(shown, found), len(found), numbering)


def campaign(scope: Scope, campaign_id: int, *, now: datetime) -> WithStatus[CampaignView]:
    """Return one of the account's campaigns, a deleted one too; NotFound when there is none."""
    view = advertising.campaign(scope, campaign_id)
    return WithStatus(view, statuses.campaign_statuses([campaign_id], now=now)[campaign_id])


def ad_group(scope: Scope, ad_group_id: int, *, now: datetime) -> WithStatus[AdGroupView]:
    """Return one of the account's ad groups, a deleted one too; NotFound when there is none."""
    view = advertising.ad_group(scope, ad_group_id)
    return WithStatus(view, statuses.ad_group_statuses([ad_group_id], now=now)[ad_group_id])


def _fulfilling(
    ids: Sequence[int], statuses_of: Callable[..., dict[int, Status]], fulfils: Fulfils, now: datetime
) -> dict[int, Status]:
    found: dict[int, Status] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        of = statuses_of(batch, now=now)
        found.update((made, of[made]) for made in batch if fulfils(of[made]))
    return found


def _paged(ids: Sequence[int], numbering: Numbering) -> Sequence[int]:
    first = (numbering.page - 1) * numbering.size
    return ids[first : first + numbering.size]


def _joined(views: Sequence[View], of: dict[int, Status]) -> tuple[WithStatus[View], ...]:
    return tuple(WithStatus(view, of.get(view.id)) for view in views)
