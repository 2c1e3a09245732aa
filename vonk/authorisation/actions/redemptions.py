"""An ad account takes up the consent that a code carries."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import letters, needs, publish, reach
from vonk.authorisation.actions import chains, records
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.errors.consents import ERRORS, AuthCodeAlreadyUsed, OriginalCodeMismatch
from vonk.authorisation.models import Consent, ConsentChain
from vonk.authorisation.rules import (
    Act,
    ConsentState,
    Road,
    Side,
    next_reminder_at,
    redemption_refusal,
)
from vonk.content.actions import posts
from vonk.content.queries import PostFacts
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.identity.queries import account_facts


class Redeemed(msgspec.Struct, frozen=True):
    """A consent that the account holds. ``again``: it held it before, and nothing changed.

    ``state`` is suspended while an author whose post this one answers or mentions has not consented: ``missing`` names
    their handles, and they are asked.
    """

    consent_id: int
    again: bool
    state: ConsentState = ConsentState.ACTIVE
    missing: tuple[str, ...] = ()


class _Found(msgspec.Struct, frozen=True):
    consent_id: int
    profile_id: int


def redeem(
    scope: Scope, code: str, *, agree_sha256: str | None = None, original_code: str | None = None, now: datetime
) -> Redeemed:
    """Take up a creator's consent in the scope's ad account: from now on its ads may show the post.

    ``agree_sha256`` is the hash of the terms that the acting person read and agrees to. ``original_code`` is a code for
    the post that this one answers or mentions, of that post's author; both are taken up or neither is. Again in the
    same account, while it lasts: no change, no error. Of two accounts that race for the last use of a code exactly one
    wins. Call it outside a transaction: a wrong code is counted even though the call fails.

    Raises AuthCodeFormatError, AccountSuspended, SparkTermsRequired, CodeGuessesLimited, TermsAgreementRequired,
    TermsChanged, TermsCurrencyMismatch, OriginalCodeMismatch, or why the code does not work (errors.ERRORS).
    """
    found = _found(scope, code, now=now)
    original = _found(scope, original_code, now=now) if original_code is not None else None
    return _redeem(scope, found, original, agree_sha256=agree_sha256, now=now)


@transaction.atomic
def redeem_all(
    scope: Scope, profile_id: int, consent_ids: Sequence[int], *, now: datetime
) -> dict[int, Redeemed | Problem]:
    """Take up many codes of one creator, by the ids of their consents; return what became of each.

    The codes were found by whoever calls this (reach.consent_of_code). What ``redeem`` would raise stands in the
    answer, and the other codes are taken up all the same.
    """
    return _take_up(scope, records.lock(profile_id), consent_ids, agree_sha256=None, now=now)


def held_by(code: Consent, account_id: int) -> Consent:
    """Return what the account holds of a code that serves several, the code itself otherwise."""
    return _held_by([code], account_id)[code.pk]


def _found(scope: Scope, code: str, *, now: datetime) -> _Found:
    consent = reach.consent_of_code(scope, code, now=now)
    return _Found(consent.pk, consent.profile_id)


@transaction.atomic
def _redeem(
    scope: Scope, found: _Found, original: _Found | None, *, agree_sha256: str | None, now: datetime
) -> Redeemed:
    both = {found.profile_id} | ({original.profile_id} if original is not None else set())
    locked = {
        profile_id: records.lock(profile_id) for profile_id in sorted(both)
    }  # In one order: nobody waits in a ring.
    if original is not None:
        _require_original(found, original)
        both_posts = Consent.objects.filter(pk__in=(found.consent_id, original.consent_id))
        posts.hold(both_posts.values_list("post_id", flat=True))
        _one(_take_up(scope, locked[original.profile_id], [original.consent_id], agree_sha256=None, now=now))
    return _one(_take_up(scope, locked[found.profile_id], [found.consent_id], agree_sha256=agree_sha256, now=now))


def _one(results: dict[int, Redeemed | Problem]) -> Redeemed:
    (result,) = results.values()
    if isinstance(result, Problem):
        raise result
    return result


def _require_original(found: _Found, original: _Found) -> None:
    """Raise OriginalCodeMismatch unless the second code is for a post of somebody else that the first one's builds on."""
    post = reach.post_of(Consent.objects.get(pk=found.consent_id))
    second = Consent.objects.get(pk=original.consent_id)
    if second.post_id not in {other.id for other in needs.originals_of(post)}:
        raise OriginalCodeMismatch


def _take_up(
    scope: Scope, chain: ConsentChain, code_ids: Sequence[int], *, agree_sha256: str | None, now: datetime
) -> dict[int, Redeemed | Problem]:
    """Take up the codes of the locked chain's profile, all that can be; return what became of each, by the code's id."""
    found = Consent.objects.select_related("terms").in_bulk(code_ids)
    codes = [found[code_id] for code_id in dict.fromkeys(code_ids)]
    of_post = reach.posts_of(codes)
    held = _held_by(codes, scope.account)
    results: dict[int, Redeemed | Problem] = {}
    taken: dict[int, Consent] = {}
    for code in codes:
        try:
            _require_redeemable(scope, held[code.pk], of_post[code.post_id], now=now)
            if held[code.pk].account_id is None:
                _require_terms(scope, chain, code, agree_sha256, now=now)
                taken[code.pk] = claim(scope, code, now=now)
        except Problem as problem:
            results[code.pk] = problem
    _open(scope, chain, taken, now=now)
    mine = {code_id: taken.get(code_id, held[code_id]) for code_id in held if code_id not in results}
    states = reach.states_of(list(mine.values()), of_post, now)
    missing = needs.missing([consent.pk for consent in mine.values()], now)
    for code_id, consent in mine.items():
        results[code_id] = Redeemed(
            consent.pk,
            again=code_id not in taken,
            state=states[consent.pk],
            missing=tuple(original.handle for original in missing.get(consent.pk, ())),
        )
    return results


def _held_by(codes: Sequence[Consent], account_id: int) -> dict[int, Consent]:
    several = [code.pk for code in codes if code.accounts_max > 1]
    shares = Consent.objects.filter(shared_from__in=several, account_id=account_id) if several else ()
    return {code.pk: code for code in codes} | {share.shared_from_id or 0: share for share in shares}


def _require_redeemable(scope: Scope, consent: Consent, post: PostFacts, *, now: datetime) -> None:
    refusal = redemption_refusal(
        reach.facts_of(consent, post_available=post.available),
        now,
        unavailable_reason=post.unavailable_reason,
        holder=consent.account_id,
        asker=scope.account,
        kind=reach.kind_refusal_of(post),
    )
    if refusal is not None:
        raise ERRORS[refusal]


def _require_terms(
    scope: Scope, chain: ConsentChain, code: Consent, agree_sha256: str | None, *, now: datetime
) -> None:
    """Note that the account agrees, if it does, and raise unless both sides have agreed to the terms of the code."""
    if code.terms is None:
        return
    agreeing.require_currency(code.terms.currency, account_facts(scope.account).currency)
    if agree_sha256 is not None:
        agreeing.agree(
            scope, chain, code.terms, side=Side.ADVERTISER, sha256=agree_sha256, account_id=scope.account,
            consent=code, now=now,
        )  # fmt: skip
    agreeing.require_agreed(code.terms, scope.account)


def claim(scope: Scope, code: Consent, *, now: datetime) -> Consent:
    """Return the consent that is the scope's account's from now on; AuthCodeAlreadyUsed when others were first.

    The profile's lock orders those who race; the code's own row says so too, whatever else changes it.
    """
    if code.accounts_max > 1:
        return _share(scope, code, now=now)
    remind_at = next_reminder_at(code.ends_at, now)
    claimed = Consent.objects.filter(
        pk=code.pk, account=None, revoked_at=None, released_at=None, deleted_at=None, ends_at__gt=now
    ).update(account_id=scope.account, redeemed_at=now, redeemed_by_id=scope.person, remind_at=remind_at)
    if claimed != 1:
        raise AuthCodeAlreadyUsed
    code.account_id, code.redeemed_at, code.redeemed_by_id, code.remind_at = scope.account, now, scope.person, remind_at
    return code


def _share(scope: Scope, code: Consent, *, now: datetime) -> Consent:
    """Give one more account a consent of its own from the code."""
    if Consent.objects.filter(shared_from=code).count() >= code.accounts_max:
        raise AuthCodeAlreadyUsed
    return Consent.objects.create(
        post_id=code.post_id,
        profile_id=code.profile_id,
        account_id=scope.account,
        road=Road.POST_CODE.value,
        duration_days=code.duration_days,
        code_hint=code.code_hint,
        ads_only=code.ads_only,
        shared_from=code,
        terms=code.terms,
        preview_required=code.preview_required,
        issued_at=now,
        ends_at=code.ends_at,
        redeemed_at=now,
        redeemed_by_id=scope.person,
        remind_at=next_reminder_at(code.ends_at, now),
    )


def _open(scope: Scope, chain: ConsentChain, taken: dict[int, Consent], *, now: datetime) -> None:
    """Tell the ad servers, the record and the creator of what was just claimed, by the id of its code."""
    consents = list(taken.values())
    if not consents:
        return
    for post_id in dict.fromkeys(consent.post_id for consent in consents):
        posts.show_in_ads(post_id, now=now)
    of_post = reach.posts_of(consents)
    built_on_others = {post_id for post_id, post in of_post.items() if needs.originals_of(post)}
    for consent in consents:
        if consent.post_id in built_on_others:
            chains.needs(scope, chain, consent, of_post[consent.post_id], now=now)
    publish.publish_grants(consents, at=now)
    records.append_all(
        chain,
        scope,
        Act.REDEEMED,
        [(consent, {"account": str(scope.account), "code_of": str(code_id)}) for code_id, consent in taken.items()],
        at=now,
    )
    audited = {consent.pk: {"post_id": str(consent.post_id)} for consent in consents}
    audit.record_all(scope, "consent.redeemed", "consent", audited, at=now)
    for post_id in of_post:
        chains.met(scope.account, post_id, now)
    letters.redeemed_all(consents, of_post[consents[0].post_id], now=now)
