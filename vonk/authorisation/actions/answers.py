"""What a creator answers to a request, by themselves or beforehand, and what the advertiser says to a counter-offer."""

from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.authorisation import reach
from vonk.authorisation import request_letters as letters
from vonk.authorisation.actions import closings, granting, questions, records, switches
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.consents import ERRORS
from vonk.authorisation.models import PermissionRequest
from vonk.authorisation.rules import (
    Act,
    Occasion,
    Outcome,
    Payment,
    RequestKind,
    RequestState,
    Road,
    Side,
    TermsDraft,
    promotion_refusal,
)
from vonk.authorisation.rules import requests as rules
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid

_ROADS: Final = {RequestKind.USE: Road.REQUEST, RequestKind.ORIGINAL: Road.CHAIN}


class Accepted(msgspec.Struct, frozen=True):
    """Both sides agreed: the consent holds, or lasts longer, until ``ends_at``."""

    request_id: int
    consent_id: int
    ends_at: datetime


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a creator says yes to. None: as asked. ``make_public`` alone makes a post public."""

    duration_days: int | None = None
    ads_only: bool | None = None
    make_public: bool = False
    preview_required: bool = False
    switch_on: bool = False  # The ad settings and this post's authorisation, where they are off.


@transaction.atomic
def accept(
    scope: Scope, request_id: int, choice: Choice | None = None, *, agree_sha256: str = "", now: datetime
) -> Accepted:
    """Say yes to a request: no code is needed, the account's ads may show the post from now on, or for longer.

    Another duration than asked is the creator's to choose (reference §3). ``agree_sha256`` is the hash of the offered
    terms that they read, "" where none were offered. Raises NotFound, RequestClosed, RequestOtherTurn, FieldInvalid,
    TermsChanged, AdSettingsOff and PostAuthorisationOff (without ``switch_on``), AccountSuspended, SparkTermsRequired,
    or why the post cannot be an ad, such as NotPublicVideo for one that is neither made public nor shown in ads alone.
    """
    choice = choice if choice is not None else Choice()
    chain, request = questions.of_creator(scope, request_id, RequestState.WAITING, now=now)
    duration_days = choice.duration_days if choice.duration_days is not None else request.duration_days
    questions.require_duration(duration_days)
    if choice.ads_only and choice.make_public:
        raise FieldInvalid("make_public", "not together with ads_only: a post shown only in ads stays as it is")
    granting.agree(scope, chain, request, request.offer, side=Side.CREATOR, sha256=agree_sha256, now=now)
    if choice.switch_on:
        switches.switch_on(scope, chain, request.post_id, now=now)
    switches.require_on(chain, request.post_id)
    if choice.make_public and questions.post_of(request).visibility != Visibility.PUBLIC:
        posts.set_visibility(scope, request.post_id, Visibility.PUBLIC, now=now)
    consent = granting.grant(
        scope,
        chain,
        request,
        road=_ROADS.get(RequestKind(request.kind)),
        duration_days=duration_days,
        ads_only=_ads_only(request, choice),
        preview_required=choice.preview_required,
        terms=request.offer,
        now=now,
    )
    if request.kind != RequestKind.EXTEND.value:  # Of an extension the ad account has been told.
        letters.accepted(request, consent, questions.post_of(request), now=now)
    return Accepted(request.pk, consent.pk, consent.ends_at)


@transaction.atomic
def counter(
    scope: Scope,
    request_id: int,
    choice: Choice | None = None,
    *,
    terms: TermsDraft | None = None,
    agree_sha256: str = "",
    now: datetime,
) -> None:
    """Agree to something else than was asked: another duration, other terms. Then it is the advertiser's turn.

    This is the creator's yes to what they name: the advertiser's acceptance makes it a consent. Without terms of their
    own they agree to those that were offered (``agree_sha256``). Nothing becomes public by it. Raises what ``accept``
    raises, and FieldInvalid when an extension comes with terms: those of the consent stay.
    """
    choice = choice if choice is not None else Choice()
    chain, request = questions.of_creator(scope, request_id, RequestState.WAITING, now=now)
    duration_days = choice.duration_days if choice.duration_days is not None else request.duration_days
    questions.require_duration(duration_days)
    if choice.make_public:
        raise FieldInvalid("make_public", "not in a counter-offer: make the post public yourself, or choose ads_only")
    if request.kind == RequestKind.EXTEND.value and terms is not None:
        raise FieldInvalid("terms", "an extension keeps the terms of the authorisation")
    if terms is None:
        if duration_days == request.duration_days:
            raise FieldInvalid("duration_days", "another duration than asked, or terms of your own")
        granting.agree(scope, chain, request, request.offer, side=Side.CREATOR, sha256=agree_sha256, now=now)
    if choice.switch_on:
        switches.switch_on(scope, chain, request.post_id, now=now)
    switches.require_on(chain, request.post_id)
    post = questions.post_of(request)
    agreed = terms.payment if terms is not None else _payment(request)
    refusal = promotion_refusal(
        reach.to_promote(post),
        ads_only=_ads_only(request, choice) or post.ads_only,
        make_public=False,
        paid=agreed != Payment.NONE,
    )
    if refusal is not None:
        raise ERRORS[refusal]
    if terms is not None:
        request.counter_terms = agreeing.offer(
            scope,
            chain,
            account_id=request.account_id,
            side=Side.CREATOR,
            occasion=Occasion.REQUEST,
            draft=terms,
            post_id=request.post_id,
            request=request,
            supersedes=request.offer,
            now=now,
        )
    request.turn, request.countered_at = Side.ADVERTISER.value, now
    request.counter_duration_days, request.counter_preview_required = duration_days, choice.preview_required
    request.ads_only = _ads_only(request, choice)
    agreed_terms = request.counter_terms if request.counter_terms is not None else request.offer
    request.lapses_at = rules.lapses_at(now, agreed_terms.ends_at if agreed_terms is not None else None)
    request.save()
    detail: Detail = {"account": str(request.account_id), "kind": request.kind, "duration_days": duration_days}
    records.append(chain, scope, Act.COUNTERED, at=now, request=request, detail=detail)
    audit.record(
        scope, "request.countered", "request", request.pk, at=now, account_id=request.account_id, detail=detail
    )
    letters.countered(request, post, now=now)


@transaction.atomic
def accept_counter(scope: Scope, request_id: int, *, agree_sha256: str = "", now: datetime) -> Accepted:
    """Say yes to what the creator wants instead, for the scope's ad account; ``agree_sha256`` as in ``accept``.

    Raises NotFound, RequestClosed, RequestOtherTurn, TermsChanged, AccountSuspended, SparkTermsRequired, AdSettingsOff
    and PostAuthorisationOff when the creator has switched off since, or why the post cannot be an ad.
    """
    chain, request = questions.of_account(scope, request_id, RequestState.COUNTERED, now=now)
    terms = request.counter_terms if request.counter_terms is not None else request.offer
    if request.counter_terms is not None:
        granting.agree(scope, chain, request, terms, side=Side.ADVERTISER, sha256=agree_sha256, now=now)
    switches.require_on(chain, request.post_id)
    assert request.counter_duration_days is not None, "A counter-offer names its days."
    request.asked_by_id = scope.person
    consent = granting.grant(
        scope,
        chain,
        request,
        road=_ROADS.get(RequestKind(request.kind)),
        duration_days=request.counter_duration_days,
        ads_only=request.ads_only,
        preview_required=request.counter_preview_required,
        terms=terms,
        now=now,
    )
    letters.counter_accepted(request, questions.post_of(request), now=now)
    return Accepted(request.pk, consent.pk, consent.ends_at)


@transaction.atomic
def refuse(scope: Scope, request_id: int, *, reason: str = "", now: datetime) -> bool:
    """Say no, whoever's turn it is; return whether this call did: the second time nothing changes.

    Raises NotFound, RequestClosed when it ended otherwise, FieldInvalid for a reason above MESSAGE_CHARS_MAX.
    """
    said = questions.message_of("reason", reason)
    chain, request = questions.creators(scope, request_id)
    if request.outcome == Outcome.REFUSED.value:
        return False
    questions.require_open(request, None, now=now)
    closings.close(scope, chain, request, Outcome.REFUSED, reason=said, now=now)
    letters.refused(request, questions.post_of(request), now=now)
    return True


def _payment(request: PermissionRequest) -> Payment:
    """Return how the creator is paid by the terms that the request is about."""
    terms = request.offer
    if request.kind == RequestKind.EXTEND.value:
        terms = request.consent.terms if request.consent is not None else None
    return Payment(terms.payment) if terms is not None else Payment.NONE


def _ads_only(request: PermissionRequest, choice: Choice) -> bool:
    """Return whether the post is to be shown in ads alone: as chosen, otherwise as asked, unless it is made public."""
    return choice.ads_only if choice.ads_only is not None else request.ads_only and not choice.make_public
