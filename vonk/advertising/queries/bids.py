"""What other advertisers bid, told only where it betrays nobody."""

from datetime import datetime
from statistics import median_low
from typing import Final

from django.db.models import Q

from vonk.advertising.models import AdGroup
from vonk.advertising.rules.objectives import BILLINGS, Objective
from vonk.control.scope import Right, Scope
from vonk.identity.queries import account_facts, accounts_facts

OTHERS_MIN: Final = 3  # Of fewer advertisers the middle one's bid could be told.
GROUPS_READ_MAX: Final = 1_000


def usual_bid(scope: Scope, objective: Objective, *, now: datetime) -> int:
    """Return the middle bid, in micros, of other accounts' running ad groups of the objective, by its usual billing.

    Of accounts in the scope's currency, the newest GROUPS_READ_MAX ad groups, one bid an account. 0 when fewer than
    OTHERS_MIN accounts bid.
    """
    scope.require(Right.ACCOUNT_VIEW)
    rows = (
        AdGroup.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            billing=BILLINGS[objective][0].value,
            enabled=True,
            deleted_at=None,
            campaign__enabled=True,
            campaign__deleted_at=None,
            campaign__objective=objective.value,
        )
        .exclude(campaign__account_id=scope.account)
        .order_by("-pk")
        .values_list("campaign__account_id", "bid_micros")[:GROUPS_READ_MAX]
    )
    newest: dict[int, int] = {}
    for account_id, bid_micros in rows:
        newest.setdefault(account_id, bid_micros)
    currency = account_facts(scope.account).currency
    facts = accounts_facts(newest.keys())
    bids = [bid for account_id, bid in newest.items() if facts[account_id].currency == currency]
    return median_low(bids) if len(bids) >= OTHERS_MIN else 0
