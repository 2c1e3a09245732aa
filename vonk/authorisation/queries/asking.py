"""Where an ad account stands with a post that it wants: what it asked last, what came of it, how often it may still ask."""

from datetime import datetime

import msgspec

from vonk.authorisation import reach
from vonk.authorisation.actions import questions
from vonk.authorisation.models import PermissionRequest
from vonk.authorisation.queries import held_posts
from vonk.authorisation.queries.held_posts import HeldPost
from vonk.authorisation.rules import RequestKind, RequestState
from vonk.authorisation.rules import requests as rules
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope


class Asking(msgspec.Struct, frozen=True):
    """``state`` is of the last request for the post, or for more days of it; None when there was none.

    ``moved_at`` is when it was asked, answered or ended last, ``duration_days`` for how long. ``held`` is what the
    account holds of the post by itself.
    """

    state: RequestState | None
    moved_at: datetime | None
    duration_days: int | None
    attempts_left: int
    held: HeldPost | None


def asking(scope: Scope, post_id: int, now: datetime) -> Asking:
    """Return where the scope's account stands with a post; NotFound for what is neither asked for, held nor public."""
    scope.require(Right.ACCOUNT_VIEW)
    kinds = (RequestKind.USE.value, RequestKind.EXTEND.value)
    rows = PermissionRequest.objects.filter(account_id=scope.account, post_id=post_id, kind__in=kinds)
    last = rows.order_by("-last_asked_at", "-pk").first()
    held = next(iter(held_posts.held_posts(scope, Numbering(1, 1), now, post_id=post_id).items), None)
    if last is None and held is None:
        reach.public_post(post_id)
    state = questions.state_of(last, now) if last is not None else None
    return Asking(
        state=state,
        moved_at=max(_instants(last)) if last is not None else None,
        duration_days=last.duration_days if last is not None else None,
        attempts_left=rules.attempts_left(last.attempts if last is not None and state in rules.OPEN else 0),
        held=held,
    )


def _instants(row: PermissionRequest) -> list[datetime]:
    return [at for at in (row.last_asked_at, row.countered_at, row.answered_at) if at is not None]
