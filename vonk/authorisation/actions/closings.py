"""How a request ends, whichever side or circumstance ends it."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from vonk.authorisation import needs
from vonk.authorisation import request_letters as letters
from vonk.authorisation.actions import records
from vonk.authorisation.chain import Detail
from vonk.authorisation.models import Consent, ConsentChain, PermissionRequest
from vonk.authorisation.rules import Act, Closing, Outcome, RequestKind
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.rules import Unavailable
from vonk.control import audit
from vonk.control.scope import PLATFORM, Scope
from vonk.identity.queries import account_facts

PER_ROUND_MAX: Final = 200  # Requests that a round looks at: it stays short, and the rest follows a second later.

_ACTS: Final = {
    Outcome.ACCEPTED: Act.ACCEPTED,
    Outcome.REFUSED: Act.REFUSED,
    Outcome.WITHDRAWN: Act.WITHDRAWN,
    Outcome.LAPSED: Act.LAPSED,
}
_GONE: Final = {
    Unavailable.DELETED.value: Closing.VIDEO_DELETED,
    Unavailable.REMOVED.value: Closing.VIDEO_UNAVAILABLE,
    Unavailable.PROFILE_BANNED.value: Closing.ACCOUNT_BANNED,
}


def close(
    scope: Scope,
    chain: ConsentChain,
    request: PermissionRequest,
    outcome: Outcome,
    *,
    reason: str = "",
    consent: Consent | None = None,
    detail: Detail | None = None,
    now: datetime,
) -> None:
    """End an open request of the locked chain. ``reason`` is the creator's words, or a Closing when the platform acts."""
    request.outcome, request.answered_at, request.answered_by_id = outcome.value, now, scope.person_id
    request.reason = reason
    if consent is not None:
        request.consent = consent
    request.save(update_fields=["outcome", "answered_at", "answered_by", "reason", "consent", "standing"])
    said: Detail = {"account": str(request.account_id), "kind": request.kind, **(detail or {})}
    if scope.person_id is None and reason:
        said = {**said, "reason": reason}  # A stable name. What people write stays out of the record.
    records.append(
        chain, scope, _ACTS[outcome], at=now, consent=consent, request=request, standing=request.standing, detail=said
    )
    audit.record(
        scope, f"request.{outcome.value}", "request", request.pk, at=now, account_id=request.account_id, detail=said
    )


def lapse(chain: ConsentChain, request: PermissionRequest, *, now: datetime) -> None:
    """End a request whose time is over, and tell both sides."""
    close(PLATFORM, chain, request, Outcome.LAPSED, now=now)
    letters.lapsed(request, _post_of(request), now=now)


def lapse_due(now: datetime) -> int:
    """End every open request whose time is over; return how many. Called by *work*, as often as one likes."""
    return _each(Q(lapses_at__lte=now), _lapse, now)


def close_due(now: datetime) -> int:
    """End every open request that can come to nothing any more, with the reason; return how many. Called by *work*.

    That is: the post was deleted or removed, its profile banned or erased, the ad account suspended, the consent that
    was to be extended revoked or released, or the one that needed an original author's yes over, or met by another road.
    """
    needing = Consent.objects.filter(needs.in_force(now))
    return _each(
        Q(post__deleted_at__isnull=False)
        | Q(post__removed_at__isnull=False)
        | Q(profile__banned_at__isnull=False)
        | Q(profile__deleted_at__isnull=False)
        | Q(account__suspended_at__isnull=False)
        | Q(kind=RequestKind.EXTEND.value, consent__revoked_at__isnull=False)
        | Q(kind=RequestKind.EXTEND.value, consent__released_at__isnull=False)
        | Q(need__met_by__isnull=False)
        | Q(need__isnull=False) & ~Q(need__consent__in=needing),
        _close,
        now,
    )


def close_all(scope: Scope, chain: ConsentChain, why: Closing, *, now: datetime) -> int:
    """End every open request to the locked chain's profile and tell who asked; return how many."""
    rows = list(PermissionRequest.objects.filter(profile_id=chain.profile_id, outcome=None).order_by("pk"))
    for request in rows:
        close(scope, chain, request, Outcome.WITHDRAWN, reason=why.value, now=now)
        letters.closed(request, _post_of(request), why, now=now)
    return len(rows)


def _post_of(request: PermissionRequest) -> PostFacts:
    return content.post_facts([request.post_id])[request.post_id]


def _each(condition: Q, end: Callable[[int, int, datetime], bool], now: datetime) -> int:
    rows = PermissionRequest.objects.filter(condition, outcome=None).order_by("pk").values_list("pk", "profile_id")
    return sum(end(request_id, profile_id, now) for request_id, profile_id in list(rows[:PER_ROUND_MAX]))


@transaction.atomic
def _lapse(request_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    request = PermissionRequest.objects.filter(pk=request_id, outcome=None, lapses_at__lte=now).first()
    if request is None:
        return False
    lapse(chain, request, now=now)
    return True


@transaction.atomic
def _close(request_id: int, profile_id: int, now: datetime) -> bool:
    chain = records.lock(profile_id)
    request = PermissionRequest.objects.select_related("consent", "need").filter(pk=request_id, outcome=None).first()
    why = _over(request, now) if request is not None else None
    if request is None or why is None:
        return False
    close(PLATFORM, chain, request, Outcome.WITHDRAWN, reason=why.value, now=now)
    letters.closed(request, _post_of(request), why, now=now)
    return True


def _over(request: PermissionRequest, now: datetime) -> Closing | None:
    """Return why nothing can come of the request any more, None when something can."""
    post = _post_of(request)
    if post.unavailable_reason in _GONE:
        return _GONE[post.unavailable_reason]
    if account_facts(request.account_id).suspended:
        return Closing.ACCOUNT_SUSPENDED
    if request.kind == RequestKind.EXTEND.value:
        asked = request.consent
        ended = asked is not None and (asked.revoked_at is not None or asked.released_at is not None)
        return Closing.CONSENT_ENDED if ended else None
    if request.need is None:
        return None
    if request.need.met_by_id is not None:
        return Closing.NO_LONGER_NEEDED
    there = Consent.objects.filter(needs.in_force(now), pk=request.need.consent_id).exists()
    return None if there else Closing.CONSENT_ENDED
