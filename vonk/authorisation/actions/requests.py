"""What an ad account asks creators for: to advertise a post, or that a consent lasts longer."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import needs, reach
from vonk.authorisation import request_letters as letters
from vonk.authorisation.actions import automatic, closings, questions, records, takings
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.actions.closings import close_due, lapse_due
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.consents import (
    ERRORS,
    AuthorizationFollowsAccess,
    AuthorizationReleased,
    AuthorizationRevoked,
    ExtendedTooFar,
)
from vonk.authorisation.errors.requests import AlreadyAuthorised, OpenRequestsLimited, RequestsLimited
from vonk.authorisation.errors.terms import ExtendedBeyondTerms
from vonk.authorisation.models import Consent, ConsentChain, ConsentNeed, PermissionRequest
from vonk.authorisation.rules import (
    AHEAD_MAX,
    ATTEMPTS_MAX,
    DURATION_DEFAULT_DAYS,
    NO_END,
    OPEN_PER_ACCOUNT_MAX,
    Act,
    Occasion,
    Outcome,
    Outside,
    RequestKind,
    Side,
    TermsDraft,
    extended_end,
    promotion_refusal,
)
from vonk.authorisation.rules import requests as rules
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import NotFound

__all__ = ["Asked", "ask", "ask_extension", "ask_original", "close_due", "lapse_due", "withdraw"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is out, or what came of it at once.

    ``again``: there was one already. ``consent_id`` is set when a standing consent of the creator covered it;
    ``not_automatic`` says why none did, empty where there is none for this account.
    """

    request_id: int
    again: bool
    attempts: int
    attempts_left: int
    consent_id: int | None = None
    not_automatic: tuple[Outside, ...] = ()


@transaction.atomic
def ask(
    scope: Scope,
    post_id: int,
    *,
    message: str = "",
    duration_days: int = DURATION_DEFAULT_DAYS,
    ads_only: bool = False,
    offer: TermsDraft | None = None,
    now: datetime,
) -> Asked:
    """Ask the creator of a public post whether the scope's ad account may advertise it.

    Asking again while a request is open is an attempt: message and offer are renewed, the creator hears of it, and it
    is their turn (again). It lapses after 30 days, or with the offered terms. Raises FieldInvalid, AccountSuspended,
    SparkTermsRequired, NotFound for what is not public, AlreadyAuthorised, RequestsLimited, OpenRequestsLimited,
    TermsCurrencyMismatch, or why the post cannot be an ad.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    said = questions.message_of("message", message)
    questions.require_duration(duration_days)
    takings.require_account(scope.account)
    post = reach.public_post(post_id)
    refusal = promotion_refusal(reach.to_promote(post), ads_only=ads_only, make_public=False)
    if refusal is not None:
        raise ERRORS[refusal]
    chain = records.lock(post.profile_id)
    held = Consent.objects.filter(needs.in_force(now), account_id=scope.account, post_id=post_id)
    if held.filter(ending_at=None).exists():  # While a notice runs one may ask for what comes after it.
        raise AlreadyAuthorised
    request = _open(chain, scope.account, post_id, RequestKind.USE, now=now)
    again = request is not None
    if request is None:
        request = _create(chain, post, scope.account, RequestKind.USE, duration_days, now=now)
    elif request.attempts >= ATTEMPTS_MAX:
        raise RequestsLimited(most=ATTEMPTS_MAX)
    else:
        request.attempts += 1
    request.asked_by_id, request.message = scope.person, said
    request.duration_days, request.ads_only = duration_days, ads_only
    request.last_asked_at = now
    request.turn, request.countered_at, request.not_automatic = Side.CREATOR.value, None, []
    request.counter_duration_days, request.counter_terms = None, None
    before, request.offer = request.offer, None
    if offer is not None:
        request.offer = agreeing.offer(
            scope,
            chain,
            account_id=scope.account,
            side=Side.ADVERTISER,
            occasion=Occasion.REQUEST,
            draft=offer,
            post_id=post_id,
            request=request,
            supersedes=before,
            now=now,
        )
    request.lapses_at = rules.lapses_at(now, request.offer.ends_at if request.offer is not None else None)
    request.save()
    return _put(scope, chain, request, post, again=again, now=now)


@transaction.atomic
def ask_extension(
    scope: Scope, consent_id: int, *, duration_days: int = DURATION_DEFAULT_DAYS, message: str = "", now: datetime
) -> Asked:
    """Ask that a consent of the scope's ad account lasts longer, or, as PLATFORM, one of any account.

    While such a request is open nothing changes: the answer is that request. Raises FieldInvalid, NotFound,
    AccountSuspended, SparkTermsRequired, AuthorizationRevoked, AuthorizationReleased,
    AuthorizationFollowsAccess, ExtendedTooFar, ExtendedBeyondTerms, OpenRequestsLimited, or why the post cannot be shown any more (not for a private one, which may come back).
    """
    said = questions.message_of("message", message)
    questions.require_duration(duration_days)
    found = reach.held_consent(scope, consent_id) if scope.person_id is not None else _any_held(consent_id)
    chain = records.lock(found.profile_id)
    consent = Consent.objects.get(pk=found.pk)
    assert consent.account_id is not None, "It is held."
    takings.require_account(consent.account_id)
    _require_extensible(consent, duration_days, now)
    request = _open(chain, consent.account_id, consent.post_id, RequestKind.EXTEND, now=now)
    if request is not None:
        return _asked(request, again=True)
    post = reach.post_of(consent)
    request = _create(chain, post, consent.account_id, RequestKind.EXTEND, duration_days, now=now)
    request.asked_by_id, request.message, request.consent = scope.person_id, said, consent
    request.ads_only = consent.ads_only
    request.save()
    return _put(scope, chain, request, post, again=False, now=now)


def ask_original(chain: ConsentChain, need: ConsentNeed, duration_days: int, *, now: datetime) -> Asked | None:
    """Ask an original's author, on behalf of the account whose post answers or mentions it; None when one is asked.

    The caller holds the lock of the author's profile and has found that the need is not met. A bound on the account's
    open requests does not hold this up: the account did not choose to ask.
    """
    account_id = need.consent.account_id
    assert account_id is not None, "Only a consent that an account holds needs others'."
    if _open(chain, account_id, need.original_id, RequestKind.ORIGINAL, now=now) is not None:
        return None
    post = content.post_facts([need.original_id])[need.original_id]
    request = _create(chain, post, account_id, RequestKind.ORIGINAL, duration_days, now=now, bounded=False)
    request.need = need
    request.save()
    return _put(PLATFORM, chain, request, post, again=False, now=now)


@transaction.atomic
def withdraw(scope: Scope, request_id: int, *, now: datetime) -> bool:
    """Take back a request of the scope's ad account, whoever's turn it is; return whether this call did.

    Raises NotFound, RequestClosed when it ended otherwise.
    """
    chain, request = questions.accounts(scope, request_id)
    if request.outcome == Outcome.WITHDRAWN.value:
        return False
    questions.require_open(request, None, now=now)
    closings.close(scope, chain, request, Outcome.WITHDRAWN, now=now)
    letters.withdrawn(request, questions.post_of(request), now=now)
    return True


def _open(
    chain: ConsentChain, account_id: int, post_id: int, kind: RequestKind, *, now: datetime
) -> PermissionRequest | None:
    """Return the account's open request of the kind for the post; one whose time is over ends here."""
    request = PermissionRequest.objects.filter(
        account_id=account_id, post_id=post_id, kind=kind.value, outcome=None
    ).first()
    if request is not None and request.lapses_at <= now:
        closings.lapse(chain, request, now=now)
        return None
    return request


def _create(
    chain: ConsentChain,
    post: PostFacts,
    account_id: int,
    kind: RequestKind,
    duration_days: int,
    *,
    now: datetime,
    bounded: bool = True,
) -> PermissionRequest:
    open_ = PermissionRequest.objects.filter(account_id=account_id, outcome=None)
    if bounded and open_.count() >= OPEN_PER_ACCOUNT_MAX:
        raise OpenRequestsLimited(most=OPEN_PER_ACCOUNT_MAX)
    return PermissionRequest.objects.create(
        kind=kind.value,
        profile_id=chain.profile_id,
        post_id=post.id,
        account_id=account_id,
        duration_days=duration_days,
        asked_at=now,
        last_asked_at=now,
        lapses_at=now + rules.LAPSES_AFTER,
    )


def _put(
    scope: Scope, chain: ConsentChain, request: PermissionRequest, post: PostFacts, *, again: bool, now: datetime
) -> Asked:
    """Record that the question was put, and see whether the creator has answered it beforehand."""
    detail: Detail = {
        "account": str(request.account_id),
        "kind": request.kind,
        "duration_days": request.duration_days,
        "ads_only": request.ads_only,
        "attempt": request.attempts,
        "terms": str(request.offer_id) if request.offer_id is not None else None,
    }
    records.append(chain, scope, Act.REQUESTED, at=now, request=request, detail=detail)
    audit.record(scope, "request.asked", "request", request.pk, at=now, account_id=request.account_id, detail=detail)
    consent = automatic.accept_at_once(chain, request, now=now)
    if consent is None:
        answering = content.post_facts([request.need.consent.post_id]) if request.need is not None else {}
        letters.asked(request, post, answering=next(iter(answering.values()), None), now=now)
    return _asked(request, again=again, consent=consent)


def _asked(request: PermissionRequest, *, again: bool, consent: Consent | None = None) -> Asked:
    return Asked(
        request_id=request.pk,
        again=again,
        attempts=request.attempts,
        attempts_left=rules.attempts_left(request.attempts),
        consent_id=consent.pk if consent is not None else None,
        not_automatic=tuple(Outside(reason) for reason in request.not_automatic),
    )


def _any_held(consent_id: int) -> Consent:
    consent = Consent.objects.filter(pk=consent_id, account__isnull=False).first()
    if consent is None:
        raise NotFound(noun="authorisation")
    return consent


def _require_extensible(consent: Consent, duration_days: int, now: datetime) -> None:
    """Raise what keeps the creator from extending it, their switches aside: those they switch on with their yes."""
    if consent.revoked_at is not None or consent.notice_given_at is not None:
        raise AuthorizationRevoked
    if consent.released_at is not None:
        raise AuthorizationReleased
    if consent.access_id is not None or consent.ends_at == NO_END:
        raise AuthorizationFollowsAccess
    ends_at = extended_end(consent.ends_at, duration_days, now)
    if ends_at > now + AHEAD_MAX:
        raise ExtendedTooFar(years=AHEAD_MAX.days // 366)
    terms = consent.terms
    if terms is not None and terms.ends_at is not None and ends_at > terms.ends_at:
        raise ExtendedBeyondTerms(ends_at=terms.ends_at)
    reach.require_shown(consent.post_id, private_is_fine=True)
