"""Terms between Cleo and Ada's account, for the cast to try reading."""

from datetime import datetime

from django.db import transaction

from vonk.authorisation.actions import records, terms
from vonk.authorisation.rules import Occasion, Side, TermsDraft
from vonk.control.scope import Scope


@transaction.atomic
def spread(cleo: Scope, account_id: int, profile_id: int, now: datetime) -> int:
    """Have Cleo offer terms to the account; return their id."""
    chain = records.lock(profile_id)
    draft = TermsDraft(notice_days=3)
    return terms.offer(
        cleo, chain, account_id=account_id, side=Side.CREATOR, draft=draft, occasion=Occasion.ACCESS, now=now
    ).pk
