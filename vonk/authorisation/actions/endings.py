"""How a consent stops: what revocation and a noticed end do, whichever act they come from."""

from datetime import datetime

from django.db.models import Q

from vonk.authorisation import letters, publish, reach
from vonk.authorisation.actions import records
from vonk.authorisation.models import Consent, ConsentChain
from vonk.authorisation.rules import Act
from vonk.control import audit
from vonk.control.scope import PLATFORM, Scope


def live(profile_id: int, *, post_id: int | None, now: datetime) -> Q:
    """Return the condition for what switching off ends: the profile's, or one post's, issued and redeemed consents."""
    condition = Q(profile_id=profile_id, ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None)
    return condition if post_id is None else condition & Q(post_id=post_id)


def revoke_live(scope: Scope, chain: ConsentChain, *, post_id: int | None, now: datetime) -> tuple[int, ...]:
    """Revoke what is live, in order of issue; return the consents' ids."""
    rows = list(Consent.objects.filter(live(chain.profile_id, post_id=post_id, now=now)).order_by("pk"))
    for consent in rows:
        revoke(scope, chain, consent, now=now)
    return tuple(consent.pk for consent in rows)


def revoke(scope: Scope, chain: ConsentChain, consent: Consent, *, now: datetime) -> None:
    """End a consent that was not revoked, released or deleted before: at once, with a letter to who redeemed it."""
    consent.revoked_at, consent.remind_at = now, None
    consent.save(update_fields=["revoked_at", "remind_at"])
    publish.withdraw_grant(consent, at=now)
    records.append(chain, scope, Act.REVOKED, at=now, consent=consent)
    audit.record(scope, "consent.revoked", "consent", consent.pk, at=now, account_id=consent.account_id)
    letters.revoked(consent, reach.post_of(consent), now=now)


def notice_end(chain: ConsentChain, consent: Consent, *, now: datetime) -> bool:
    """Record that the consent's days are over and write to both sides, once; return whether this was the time."""
    entitled = Consent.objects.filter(
        pk=consent.pk, end_noticed_at=None, ends_at__lte=now, revoked_at=None, deleted_at=None
    ).update(end_noticed_at=now, remind_at=None)
    if entitled == 0:
        return False
    records.append(
        chain, PLATFORM, Act.EXPIRED, at=now, consent=consent, detail={"ended_at": consent.ends_at.isoformat()}
    )
    audit.record(PLATFORM, "consent.expired", "consent", consent.pk, at=now, account_id=consent.account_id)
    letters.ended(consent, reach.post_of(consent), now=now)
    return True
