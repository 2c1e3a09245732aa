"""How a consent stops: what revocation, its notice and a noticed end do, whichever act they come from."""

from datetime import datetime, timedelta

from django.db.models import Q

from vonk.authorisation import letters, publish, reach
from vonk.authorisation.actions import chains, records
from vonk.authorisation.models import Consent, ConsentChain, ConsentRecord
from vonk.authorisation.rules import Act
from vonk.control import audit
from vonk.control.scope import PLATFORM, Scope


def live(profile_id: int, *, post_id: int | None, now: datetime) -> Q:
    """Return the condition for what switching off ends: the profile's, or one post's, issued and redeemed consents.

    What was revoked with notice is among it until the notice ends.
    """
    condition = Q(profile_id=profile_id, ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None)
    condition &= Q(ending_at=None) | Q(ending_at__gt=now)
    return condition if post_id is None else condition & Q(post_id=post_id)


def ends_after_notice(consent: Consent, now: datetime) -> datetime:
    """Return when a revocation at ``now`` takes effect: at once, or when the notice ends that the terms ask for.

    Only what an ad account holds needs notice, and never beyond the consent's own end.
    """
    days = consent.terms.notice_days if consent.terms is not None and consent.redeemed_at is not None else 0
    return max(now, min(consent.ends_at, now + timedelta(days=days)))


def revoke(scope: Scope, chain: ConsentChain, consent: Consent, *, at_once: bool = False, now: datetime) -> bool:
    """Take back a consent that was not revoked, released or deleted before; return whether this changed anything.

    With a notice in its terms it holds until the notice ends, unless ``at_once``: nothing changes the second time.
    A letter goes to the account that holds it.
    """
    if consent.ending_at is not None and consent.ending_at <= now:
        notice_over(chain, consent, now=now)  # It had ended then; *work* had not got to it.
        return False
    ending_at = now if at_once else ends_after_notice(consent, now)
    if ending_at > now:
        return _give_notice(scope, chain, consent, ending_at, now=now)
    consent.revoked_at, consent.remind_at = now, None
    consent.save(update_fields=["revoked_at", "remind_at"])
    publish.withdraw_grant(consent, at=now)
    records.append(chain, scope, Act.REVOKED, at=now, consent=consent)
    audit.record(scope, "consent.revoked", "consent", consent.pk, at=now, account_id=consent.account_id)
    letters.revoked(consent, reach.post_of(consent), now=now)
    _tell_standing_on(consent, now)
    return True


def notice_over(chain: ConsentChain, consent: Consent, *, now: datetime) -> bool:
    """Record that the notice of a revocation has ended, as of that instant, once; return whether this was the time."""
    entitled = Consent.objects.filter(
        pk=consent.pk, ending_at__lte=now, revoked_at=None, released_at=None, deleted_at=None
    ).update(revoked_at=consent.ending_at, remind_at=None)
    if entitled == 0:
        return False
    assert consent.ending_at is not None, "Chosen by it."
    consent.revoked_at = consent.ending_at
    publish.withdraw_grant(consent, at=now)
    records.append(chain, PLATFORM, Act.REVOKED, at=consent.ending_at, consent=consent)
    audit.record(PLATFORM, "consent.revoked", "consent", consent.pk, at=now, account_id=consent.account_id)
    letters.revoked(consent, reach.post_of(consent), now=now)
    _tell_standing_on(consent, now)
    return True


def notice_end(chain: ConsentChain, consent: Consent, *, now: datetime) -> bool:
    """Record that the consent's days are over and write to both sides, once; return whether this was the time.

    What was revoked with notice ends by its notice (``notice_over``), even when both fall on one instant.
    """
    entitled = Consent.objects.filter(
        pk=consent.pk, end_noticed_at=None, ends_at__lte=now, revoked_at=None, deleted_at=None, ending_at=None
    ).update(end_noticed_at=now, remind_at=None)
    if entitled == 0:
        return False
    records.append(
        chain, PLATFORM, Act.EXPIRED, at=now, consent=consent, detail={"ended_at": consent.ends_at.isoformat()}
    )
    audit.record(PLATFORM, "consent.expired", "consent", consent.pk, at=now, account_id=consent.account_id)
    letters.ended(consent, reach.post_of(consent), now=now)
    _tell_standing_on(consent, now)
    return True


def _give_notice(scope: Scope, chain: ConsentChain, consent: Consent, ending_at: datetime, *, now: datetime) -> bool:
    if consent.notice_given_at is not None:
        alone = ConsentRecord.objects.filter(consent=consent, act=Act.NOTICE_GIVEN.value)
        if consent.access_id is None or alone.exists():
            return False
        ending_at = min(
            ending_at, consent.ending_at or ending_at
        )  # It ends with its access, or a scope; now by itself.
    consent.notice_given_at, consent.ending_at, consent.remind_at = now, ending_at, None
    consent.save(update_fields=["notice_given_at", "ending_at", "remind_at"])
    publish.publish_grant(consent, at=now)
    detail = {"ending_at": ending_at.isoformat()}
    records.append(chain, scope, Act.NOTICE_GIVEN, at=now, consent=consent, detail=detail)
    audit.record(
        scope, "consent.notice_given", "consent", consent.pk, at=now, account_id=consent.account_id, detail=detail
    )
    letters.notice_given(consent, reach.post_of(consent), now=now)
    return True


def _tell_standing_on(consent: Consent, now: datetime) -> None:
    """Have what stood on this consent, a duet or stitch of its post, looked at again."""
    if consent.account_id is not None:
        chains.met(consent.account_id, consent.post_id, now)
