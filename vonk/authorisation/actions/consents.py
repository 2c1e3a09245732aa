"""The life of a consent: issued, redeemed, extended, revoked, deleted, released."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.authorisation import chain as chains
from vonk.authorisation import codes, letters, publish, reach
from vonk.authorisation.actions import endings, records, switches
from vonk.authorisation.actions.notices import notice_ended
from vonk.authorisation.errors import (
    ERRORS,
    AuthCodeAlreadyUsed,
    AuthCodeInUse,
    AuthorizationReleased,
    AuthorizationRevoked,
    AuthorizationStillLive,
    ExtendedTooFar,
    OpenCodesLimited,
    PostAuthorisationOff,
)
from vonk.authorisation.models import Consent, ConsentChain, PostAuthorisation
from vonk.authorisation.rules import (
    AHEAD_MAX,
    DURATION_DEFAULT_DAYS,
    DURATIONS_DAYS,
    Act,
    extended_end,
    next_reminder_at,
    promotion_refusal,
    redemption_refusal,
)
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

__all__ = [
    "Extended",
    "IssuedConsent",
    "Redeemed",
    "delete",
    "extend",
    "issue",
    "notice_ended",
    "redeem",
    "release",
    "reveal_code",
    "revoke",
]

OPEN_CODES_MAX: Final = 50  # Unused codes of one post: more are not sent out, they are lost.


class IssuedConsent(msgspec.Struct, frozen=True):
    """A new consent and its code, which owner and holder can see again."""

    id: int
    code: str
    ends_at: datetime


class Redeemed(msgspec.Struct, frozen=True):
    """A consent that the account holds. ``again``: it held it before, and nothing changed."""

    consent_id: int
    again: bool


class Extended(msgspec.Struct, frozen=True):
    """A consent and its new end."""

    consent_id: int
    ends_at: datetime


@transaction.atomic
def issue(
    scope: Scope,
    post_id: int,
    *,
    duration_days: int = DURATION_DEFAULT_DAYS,
    ads_only: bool = False,
    make_public: bool = False,
    now: datetime,
) -> IssuedConsent:
    """Consent to the promotion of one's own post for a time, and get the code that carries the consent to an advertiser.

    A post that is private or for friends needs ``make_public`` or ``ads_only``; nothing here makes a post public
    otherwise (reference §3, rule (d)). The caption is locked from now on. Raises FieldInvalid, NotFound, AdSettingsOff,
    PostAuthorisationOff, OpenCodesLimited, or why the post cannot be an ad (errors.ERRORS).
    """
    _require_duration(duration_days)
    if ads_only and make_public:
        raise FieldInvalid("make_public", "not together with ads_only: a post shown only in ads stays as it is")
    post = reach.own_post(scope, post_id)
    chain = records.lock(post.profile_id)
    _require_switches(chain, post_id)
    refusal = promotion_refusal(reach.to_promote(post), ads_only=ads_only, make_public=make_public)
    if refusal is not None:
        raise ERRORS[refusal]
    live = endings.live(chain.profile_id, post_id=post_id, now=now)
    if Consent.objects.filter(live, redeemed_at=None).count() >= OPEN_CODES_MAX:
        raise OpenCodesLimited(most=OPEN_CODES_MAX)
    made_public = make_public and post.visibility != Visibility.PUBLIC
    if made_public:
        posts.set_visibility(scope, post_id, Visibility.PUBLIC, now=now)
    posts.authorise(post_id, ads_only=ads_only, now=now)
    reach.require_shown(post_id)
    code, key = codes.generate(), settings.VONK_KEYS.codes
    consent = Consent.objects.create(
        post_id=post_id,
        profile_id=post.profile_id,
        duration_days=duration_days,
        ads_only=ads_only,
        code_digest=codes.digest(code, key),
        code_encrypted=codes.encrypt(code, key),
        code_hint=codes.hint(code),
        issued_at=now,
        ends_at=now + timedelta(days=duration_days),
    )
    detail: chains.Detail = {
        "duration_days": duration_days,
        "ends_at": consent.ends_at.isoformat(),
        "ads_only": ads_only,
        "made_public": made_public,
    }
    records.append(chain, scope, Act.ISSUED, at=now, consent=consent, detail=detail)
    audit.record(scope, "consent.issued", "consent", consent.pk, at=now, detail=detail)
    return IssuedConsent(consent.pk, code, consent.ends_at)


def redeem(scope: Scope, code: str, *, now: datetime) -> Redeemed:
    """Take up a creator's consent in the scope's ad account: from now on its ads may show the post.

    Again in the same account, while it lasts: no change, no error. Of two accounts that race for a code exactly one
    wins. Call it outside a transaction: a wrong code is counted even though the call fails. Raises AuthCodeFormatError,
    AccountSuspended, SparkTermsRequired, CodeGuessesLimited, or why the code does not work (errors.ERRORS).
    """
    found = reach.consent_of_code(scope, code, now=now)
    return _redeem(scope, found.pk, found.profile_id, now=now)


@transaction.atomic
def _redeem(scope: Scope, consent_id: int, profile_id: int, *, now: datetime) -> Redeemed:
    chain = records.lock(profile_id)
    consent = Consent.objects.get(pk=consent_id)
    post = reach.post_of(consent)
    refusal = redemption_refusal(
        reach.facts_of(consent, post_available=post.available),
        now,
        unavailable_reason=post.unavailable_reason,
        holder=consent.account_id,
        asker=scope.account,
    )
    if refusal is not None:
        raise ERRORS[refusal]
    if consent.account_id == scope.account:
        return Redeemed(consent_id, again=True)
    if not claim(scope, consent, now=now):
        raise AuthCodeAlreadyUsed  # Another account was first.
    posts.show_in_ads(consent.post_id, now=now)
    publish.publish_grant(consent, at=now)
    detail = {"account": str(scope.account)}
    records.append(chain, scope, Act.REDEEMED, at=now, consent=consent, detail=detail)
    audit.record(scope, "consent.redeemed", "consent", consent_id, at=now, detail={"post_id": str(consent.post_id)})
    letters.redeemed(consent, post, now=now)
    return Redeemed(consent_id, again=False)


def claim(scope: Scope, consent: Consent, *, now: datetime) -> bool:
    """Give the consent to the scope's account unless it is taken, ended or gone; return whether it is this account's now."""
    remind_at = next_reminder_at(consent.ends_at, now)
    claimed = Consent.objects.filter(
        pk=consent.pk, account=None, revoked_at=None, released_at=None, deleted_at=None, ends_at__gt=now
    ).update(account_id=scope.account, redeemed_at=now, redeemed_by_id=scope.person, remind_at=remind_at)
    consent.refresh_from_db()
    return claimed == 1


@transaction.atomic
def extend(scope: Scope, consent_id: int, *, duration_days: int = DURATION_DEFAULT_DAYS, now: datetime) -> Extended:
    """Let a consent last longer, with the same code: from the later of now and its end. An expired one comes back.

    Raises FieldInvalid, NotFound, AdSettingsOff, PostAuthorisationOff, AuthorizationRevoked, AuthorizationReleased,
    ExtendedTooFar, and why the post cannot be shown any more (not for a private one, which may come back).
    """
    _require_duration(duration_days)
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    _require_extensible(chain, consent)
    endings.notice_end(chain, consent, now=now)
    ended_at, consent.ends_at = consent.ends_at, extended_end(consent.ends_at, duration_days, now)
    if consent.ends_at > now + AHEAD_MAX:
        raise ExtendedTooFar(years=AHEAD_MAX.days // 366)
    consent.duration_days = duration_days
    consent.end_noticed_at = None
    consent.remind_at = next_reminder_at(consent.ends_at, now) if consent.redeemed_at is not None else None
    consent.save(update_fields=["ends_at", "duration_days", "end_noticed_at", "remind_at"])
    if consent.redeemed_at is not None:
        publish.publish_grant(consent, at=now)
    detail: chains.Detail = {
        "duration_days": duration_days,
        "ended_at": ended_at.isoformat(),
        "ends_at": consent.ends_at.isoformat(),
    }
    records.append(chain, scope, Act.EXTENDED, at=now, consent=consent, detail=detail)
    audit.record(scope, "consent.extended", "consent", consent_id, at=now, account_id=consent.account_id, detail=detail)
    letters.extended(consent, reach.post_of(consent), now=now)
    return Extended(consent_id, consent.ends_at)


@transaction.atomic
def revoke(scope: Scope, consent_id: int, *, now: datetime) -> bool:
    """Take a consent back: every ad with the post stops within a second of the commit. Always accepted.

    Returns whether this call ended it: the second time nothing changes. An expired one is closed for good.
    """
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    if consent.revoked_at is not None or consent.released_at is not None or consent.deleted_at is not None:
        return False
    endings.revoke(scope, chain, consent, now=now)
    return True


@transaction.atomic
def delete(scope: Scope, consent_id: int, *, now: datetime) -> bool:
    """Delete a code that nobody used; return whether this call did. AuthCodeInUse when somebody has used it."""
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    if consent.deleted_at is not None:
        return False
    if consent.redeemed_at is not None:
        raise AuthCodeInUse
    consent.deleted_at = now
    consent.save(update_fields=["deleted_at"])
    records.append(chain, scope, Act.DELETED, at=now, consent=consent)
    audit.record(scope, "consent.deleted", "consent", consent_id, at=now)
    return True


@transaction.atomic
def release(scope: Scope, consent_id: int, *, now: datetime) -> bool:
    """Take an ended consent off the account's list; return whether this call did. AuthorizationStillLive before its end."""
    chain = records.lock(reach.held_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    if consent.released_at is not None:
        return False
    if consent.revoked_at is None and consent.ends_at > now:
        raise AuthorizationStillLive
    endings.notice_end(chain, consent, now=now)
    consent.released_at = now
    consent.save(update_fields=["released_at"])
    publish.withdraw_grant(consent, at=now)
    records.append(chain, scope, Act.RELEASED, at=now, consent=consent)
    audit.record(scope, "consent.released", "consent", consent_id, at=now)
    return True


def reveal_code(scope: Scope, consent_id: int) -> str:
    """Return the code to the creator who made it or to the ad account that holds it; NotFound to everybody else."""
    consent = Consent.objects.filter(pk=consent_id, deleted_at=None).first()
    if consent is None:
        raise NotFound(noun="authorisation")
    if scope.account_id is not None and consent.account_id == scope.account_id and consent.released_at is None:
        scope.require(Right.CAMPAIGN_EDIT)
    else:
        reach.own_consent(scope, consent_id)
    return codes.decrypt(bytes(consent.code_encrypted), consent.code_digest, settings.VONK_KEYS.codes)


def _require_duration(duration_days: int) -> None:
    if duration_days not in DURATIONS_DAYS:
        raise FieldInvalid("duration_days", f"one of {', '.join(map(str, DURATIONS_DAYS))}")


def _require_switches(chain: ConsentChain, post_id: int) -> None:
    switches.require_ad_settings(chain)
    if not PostAuthorisation.objects.filter(post_id=post_id, on=True).exists():
        raise PostAuthorisationOff


def _require_extensible(chain: ConsentChain, consent: Consent) -> None:
    if consent.deleted_at is not None:
        raise NotFound(noun="authorisation")
    if consent.revoked_at is not None:
        raise AuthorizationRevoked
    if consent.released_at is not None:
        raise AuthorizationReleased
    _require_switches(chain, consent.post_id)
    reach.require_shown(consent.post_id, private_is_fine=True)
