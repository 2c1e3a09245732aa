"""Whether an ad account may propose captions of a creator's post."""

from datetime import datetime

from vonk.authorisation import needs
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Edit, Road
from vonk.control.scope import Scope


def may_propose(scope: Scope, post_id: int, *, now: datetime) -> bool | None:
    """Say whether the scope's ad account may propose captions of the post; None when it holds no consent in force.

    It may with terms that name captions among the edits, and for what it pushed: it wrote the first caption, too.
    """
    held = Consent.objects.filter(needs.in_force(now), account_id=scope.account, post_id=post_id)
    rows = list(held.select_related("terms"))
    if not rows:
        return None
    return any(
        row.road == Road.PUSH or (row.terms is not None and Edit.CAPTION.value in row.terms.edits) for row in rows
    )
