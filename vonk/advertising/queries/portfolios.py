"""Portfolios of an ad account."""

from collections.abc import Collection
from typing import Any

import msgspec

from vonk.advertising.models import Portfolio
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class PortfolioView(msgspec.Struct, frozen=True):
    """A portfolio; its content is as its advertiser wrote it."""

    id: int
    kind: str
    content: list[dict[str, Any]]


def portfolio(scope: Scope, portfolio_id: int) -> PortfolioView:
    """Return a portfolio of the account; NotFound when there is none."""
    scope.require(Right.ACCOUNT_VIEW)
    row = Portfolio.objects.filter(pk=portfolio_id, account_id=scope.account, deleted_at=None).first()
    if row is None:
        raise NotFound(noun="portfolio")
    return _view(row)


def numbered_portfolios(
    scope: Scope, numbering: Numbering, *, kinds: Collection[str] | None = None, ids: Collection[int] | None = None
) -> Numbered[PortfolioView]:
    """Return a numbered page of the account's portfolios, newest first; None of a filter means any."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Portfolio.objects.filter(account_id=scope.account, deleted_at=None)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return numbered(rows, numbering, _view)


def _view(row: Portfolio) -> PortfolioView:
    return PortfolioView(row.pk, row.kind, row.content)
