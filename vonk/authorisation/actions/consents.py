"""The life of a consent: issued, redeemed, extended, revoked, deleted, released."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.authorisation import chain as chains
from vonk.authorisation import codes, publish, reach
from vonk.authorisation.actions import endings, extensions, records, switches
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.actions.extensions import Extended, extend, lengthen
from vonk.authorisation.actions.notices import notice_ended
from vonk.authorisation.actions.redemptions import Redeemed, redeem
from vonk.authorisation.errors.consents import ERRORS, AuthCodeInUse, AuthorizationStillLive, OpenCodesLimited
from vonk.authorisation.models import Consent, ConsentChain, Terms
from vonk.authorisation.rules import (
    ACCOUNTS_PER_CODE_MAX,
    DURATION_DEFAULT_DAYS,
    NO_END,
    Act,
    ConsentState,
    Occasion,
    Payment,
    Side,
    TermsDraft,
    promotion_refusal,
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
    "Revoked",
    "delete",
    "extend",
    "issue",
    "lengthen",
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


class Revoked(msgspec.Struct, frozen=True):
    """Whether this call ended it, and from when on no ad uses the post by it: now, or the end of the notice."""

    changed: bool
    ends_at: datetime | None


@transaction.atomic
def issue(
    scope: Scope,
    post_id: int,
    *,
    duration_days: int = DURATION_DEFAULT_DAYS,
    ads_only: bool = False,
    make_public: bool = False,
    accounts_max: int = 1,
    terms: TermsDraft | None = None,
    preview_required: bool = False,
    now: datetime,
) -> IssuedConsent:
    """Consent to the promotion of one's own post for a time, and get the code that carries the consent to an advertiser.

    A post that is private or for friends needs ``make_public`` or ``ads_only``; nothing here makes a post public
    otherwise (reference §3, rule (d)). ``accounts_max`` is how many ad accounts the code serves. With ``terms``, who
    redeems the code agrees to them, and the consent ends with them at the latest. ``preview_required``: the creator
    looks at each ad before its first delivery. The caption is locked from now on. Raises FieldInvalid, NotFound,
    AdSettingsOff, PostAuthorisationOff, OpenCodesLimited, or why the post cannot be an ad (errors.ERRORS).
    """
    extensions.require_duration(duration_days)
    if ads_only and make_public:
        raise FieldInvalid("make_public", "not together with ads_only: a post shown only in ads stays as it is")
    if not 1 <= accounts_max <= ACCOUNTS_PER_CODE_MAX:
        raise FieldInvalid("accounts_max", "1 to %(most)s", most=ACCOUNTS_PER_CODE_MAX)
    ends_at = now + timedelta(days=duration_days)
    _require_timely(terms, ends_at, now)
    post = reach.own_post(scope, post_id)
    chain = records.lock(post.profile_id)
    switches.require_on(chain, post_id)
    refusal = promotion_refusal(
        reach.to_promote(post),
        ads_only=ads_only,
        make_public=make_public,
        paid=terms is not None and terms.payment is not Payment.NONE,
    )
    if refusal is not None:
        raise ERRORS[refusal]
    _require_few_open(chain, post_id, now)
    made_public = make_public and post.visibility != Visibility.PUBLIC
    if made_public:
        posts.set_visibility(scope, post_id, Visibility.PUBLIC, now=now)
    posts.authorise(post_id, ads_only=ads_only, now=now)
    reach.require_shown(post_id)
    bound = None if terms is None else _offered(scope, chain, terms, post_id, now)
    code, key = codes.generate(), settings.VONK_KEYS.codes
    consent = Consent.objects.create(
        post_id=post_id,
        profile_id=post.profile_id,
        duration_days=duration_days,
        ads_only=ads_only,
        accounts_max=accounts_max,
        terms=bound,
        preview_required=preview_required,
        code_digest=codes.digest(code, key),
        code_encrypted=codes.encrypt(code, key),
        code_hint=codes.hint(code),
        issued_at=now,
        ends_at=min(ends_at, bound.ends_at or NO_END) if bound is not None else ends_at,
    )
    detail: chains.Detail = {
        "duration_days": duration_days,
        "ends_at": consent.ends_at.isoformat(),
        "ads_only": ads_only,
        "made_public": made_public,
        "accounts_max": accounts_max,
        "terms": str(bound.pk) if bound is not None else None,
        "preview_required": preview_required,
    }
    records.append(chain, scope, Act.ISSUED, at=now, consent=consent, detail=detail)
    audit.record(scope, "consent.issued", "consent", consent.pk, at=now, detail=detail)
    return IssuedConsent(consent.pk, code, consent.ends_at)


def _require_timely(terms: TermsDraft | None, ends_at: datetime, now: datetime) -> None:
    """Raise FieldInvalid unless the terms are sound, and begin before the consent ends."""
    if terms is None:
        return
    agreeing.require_sound(terms, now)
    if terms.starts_at is not None and terms.starts_at >= ends_at:
        raise FieldInvalid("terms.starts_at", "before the end of the authorisation")


def _require_few_open(chain: ConsentChain, post_id: int, now: datetime) -> None:
    live = endings.live(chain.profile_id, post_id=post_id, now=now)
    if Consent.objects.filter(live, redeemed_at=None, shares=None).count() >= OPEN_CODES_MAX:
        raise OpenCodesLimited(most=OPEN_CODES_MAX)


def _offered(scope: Scope, chain: ConsentChain, draft: TermsDraft, post_id: int, now: datetime) -> Terms:
    return agreeing.offer(
        scope,
        chain,
        account_id=None,
        side=Side.CREATOR,
        draft=draft,
        occasion=Occasion.CODE,
        post_id=post_id,
        now=now,
    )


@transaction.atomic
def revoke(scope: Scope, consent_id: int, *, now: datetime) -> Revoked:
    """Take a consent back: every ad with the post stops within a second of the commit. Always accepted.

    With a notice in its terms, they stop when the notice ends. A code that several accounts used goes for all of them.
    The second time nothing changes. An expired one is closed for good.
    """
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    rows = [row for row in extensions.with_shares(consent_id) if _may_revoke(row)]
    changed = [row for row in rows if endings.revoke(scope, chain, row, now=now)]
    return Revoked(
        changed=bool(changed), ends_at=max((row.ending_at or row.revoked_at or now for row in changed), default=None)
    )


@transaction.atomic
def delete(scope: Scope, consent_id: int, *, now: datetime) -> bool:
    """Delete a code that nobody used; return whether this call did. AuthCodeInUse when somebody has used it."""
    chain = records.lock(reach.own_consent(scope, consent_id).profile_id)
    consent = Consent.objects.get(pk=consent_id)
    if consent.deleted_at is not None:
        return False
    if consent.redeemed_at is not None or consent.shares.exists():
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
    if reach.state_of(consent, reach.post_of(consent), now) not in {ConsentState.EXPIRED, ConsentState.REVOKED}:
        raise AuthorizationStillLive
    endings.notice_end(chain, consent, now=now)
    endings.notice_over(chain, consent, now=now)
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
    carrier = consent.shared_from or consent
    if carrier.code_encrypted is None or carrier.code_digest is None:
        raise NotFound(noun="code")  # This road needed none.
    return codes.decrypt(bytes(carrier.code_encrypted), carrier.code_digest, settings.VONK_KEYS.codes)


def _may_revoke(consent: Consent) -> bool:
    return consent.revoked_at is None and consent.released_at is None and consent.deleted_at is None
