"""Make and delete portfolios: kept for their advertiser, shown nowhere yet."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from vonk.advertising.models import Portfolio
from vonk.advertising.rules import portfolios as rules
from vonk.content import queries as content
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts

_NOUN = "portfolio"


@transaction.atomic
def create(scope: Scope, kind: str, parts: Sequence[rules.Part], *, image_ids: Collection[int], now: datetime) -> int:
    """Keep a portfolio; return its id. ``image_ids`` are the pictures that it refers to.

    Raises FieldInvalid (kind, content), NotFound for a picture that is none of the account's.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    known, kept = rules.kind(kind), rules.content(kind, parts)
    accounts.hold(
        scope.account
    )  # Two who create at once do not pass the bound together, and no picture goes meanwhile.
    if len(content.library_images(scope, image_ids)) != len(set(image_ids)):
        raise NotFound(noun="image")
    if Portfolio.objects.filter(account_id=scope.account, deleted_at=None).count() >= rules.PORTFOLIOS_MAX:
        raise FieldInvalid("kind", "this ad account has %(most)s portfolios already", most=rules.PORTFOLIOS_MAX)
    made = Portfolio.objects.create(account_id=scope.account, kind=known, content=kept, created_at=now)
    audit.record(scope, "portfolio.created", _NOUN, made.pk, at=now, detail={"kind": known})
    return made.pk


@transaction.atomic
def delete(scope: Scope, portfolio_ids: Collection[int], *, now: datetime) -> None:
    """Delete portfolios, all of them or none. Raises NotFound when one is not the account's, or was deleted."""
    scope.require(Right.CAMPAIGN_EDIT)
    wanted = set(portfolio_ids)
    rows = Portfolio.objects.filter(pk__in=wanted, account_id=scope.account, deleted_at=None)
    if rows.update(deleted_at=now) != len(wanted):
        raise NotFound(noun="portfolio")
    for portfolio_id in sorted(wanted):
        audit.record(scope, "portfolio.deleted", _NOUN, portfolio_id, at=now)
