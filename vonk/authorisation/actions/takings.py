"""Take up a consent without a code: by way of an access, a request, a standing consent, or one's own profile."""

from datetime import datetime

from vonk.authorisation import publish, reach
from vonk.authorisation.actions import chains, records, switches
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.errors.consents import ERRORS, AccountSuspended, SparkTermsRequired
from vonk.authorisation.models import (
    AccountAccess,
    Consent,
    ConsentChain,
    PermissionRequest,
    StandingConsent,
    Terms,
)
from vonk.authorisation.rules import NO_END, Act, Payment, Road, next_reminder_at, promotion_refusal
from vonk.content.actions import posts
from vonk.content.queries import PostFacts
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.identity.queries import account_facts


def take(
    scope: Scope,
    chain: ConsentChain,
    post: PostFacts,
    *,
    account_id: int,
    person_id: int,
    road: Road,
    ends_at: datetime,
    duration_days: int,
    terms: Terms | None = None,
    access: AccountAccess | None = None,
    standing: StandingConsent | None = None,
    request: PermissionRequest | None = None,
    ads_only: bool = False,
    preview_required: bool = False,
    now: datetime,
) -> Consent:
    """Issue and redeem a consent to the post for the account in one act; the account's ads may show it from now on.

    The caller holds the lock of the profile's chain, has found that the creator said yes, and writes the letters.
    ``person_id`` acts for the account. It ends with its terms at the latest; ``duration_days`` is 0 where an access
    has an end of its own, ``ends_at`` NO_END where nothing has. A post that is shown in ads alone stays so whatever
    ``ads_only`` says: nothing becomes public here. The caption is locked. While an original author's consent is
    missing the consent is suspended, and asked for.

    Raises AccountSuspended, SparkTermsRequired, AdSettingsOff, PostAuthorisationOff where the creator switched the
    post off, TermsAgreementRequired, TermsCurrencyMismatch, or why the post cannot be an ad (errors.ERRORS).
    """
    assert chain.profile_id == post.profile_id, "The lock is the creator's."
    require_account(account_id)
    switches.require_not_off(scope, chain, post.id, road, now=now)
    _require_promotable(post, road, terms, ads_only=ads_only)
    if terms is not None:
        agreeing.require_currency(terms.currency, account_facts(account_id).currency)
        agreeing.require_agreed(terms, account_id)
        ends_at = min(ends_at, terms.ends_at or NO_END)
    assert ends_at > now, "What is over is not taken up."
    posts.authorise(post.id, ads_only=ads_only or post.ads_only, now=now)
    posts.show_in_ads(post.id, now=now)
    consent = Consent.objects.create(
        post_id=post.id,
        profile_id=post.profile_id,
        account_id=account_id,
        road=road.value,
        duration_days=duration_days,
        ads_only=ads_only,
        terms=terms,
        access=access,
        standing=standing,
        preview_required=preview_required,
        issued_at=now,
        ends_at=ends_at,
        redeemed_at=now,
        redeemed_by_id=person_id,
        remind_at=next_reminder_at(ends_at, now) if access is None else None,  # An access reminds of its own end.
    )
    _note(scope, chain, consent, request, now)
    chains.needs(scope, chain, consent, post, now=now)
    publish.publish_grant(consent, at=now)
    chains.met(account_id, post.id, now)
    return consent


def _require_promotable(post: PostFacts, road: Road, terms: Terms | None, *, ads_only: bool) -> None:
    refusal = promotion_refusal(
        reach.to_promote(post),
        ads_only=ads_only or post.ads_only,
        make_public=False,
        paid=terms is not None and terms.payment != Payment.NONE,
        pushed=road is Road.PUSH,
    )
    if refusal is not None:
        raise ERRORS[refusal]


def _note(
    scope: Scope, chain: ConsentChain, consent: Consent, request: PermissionRequest | None, now: datetime
) -> None:
    """Write the taking into the creator's record and into the audit trail."""
    ends_at = consent.ends_at.isoformat()
    records.append(
        chain,
        scope,
        Act.TAKEN,
        at=now,
        consent=consent,
        request=request,
        access=consent.access,
        standing=consent.standing,
        detail={
            "account": str(consent.account_id),
            "road": consent.road,
            "ends_at": ends_at,
            "duration_days": consent.duration_days,
            "ads_only": consent.ads_only,
            "terms": str(consent.terms_id) if consent.terms_id is not None else None,
        },
    )
    audit.record(
        scope, "consent.taken", "consent", consent.pk, at=now, account_id=consent.account_id,
        detail={"road": consent.road, "post_id": str(consent.post_id), "ends_at": ends_at},
    )  # fmt: skip


def require_account(account_id: int) -> None:
    """Raise AccountSuspended or SparkTermsRequired unless the ad account may take up consents."""
    account = account_facts(account_id)
    if account.suspended:
        raise AccountSuspended
    if not account.spark_terms_accepted:
        raise SparkTermsRequired
