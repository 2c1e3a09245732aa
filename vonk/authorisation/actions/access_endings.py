"""How an access ends, and with it every consent that came by way of it: one UPDATE, one publication, one act.

Ten thousand consents end as fast as one: nothing here is done consent by consent.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from vonk.authorisation import access_letters, access_reach, publish
from vonk.authorisation.actions import chains, records
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain, ConsentNeed, ConsentRecord
from vonk.authorisation.rules import Act, Road
from vonk.authorisation.rules.access import PUBLISHING, AccessScope
from vonk.control import audit, publications
from vonk.control.scope import Scope
from vonk.delivery.snapshot import DocumentKind


def standing(access: AccountAccess) -> QuerySet[Consent]:
    """Return the consents under the access that have neither been revoked nor given back; expired ones too."""
    return Consent.objects.filter(access=access, revoked_at=None, released_at=None, deleted_at=None)


def lost_roads(access: AccountAccess, kept: Collection[str]) -> tuple[Road, ...]:
    """Return the roads that are closed when the access keeps only these scopes."""
    if access_reach.is_own(access):
        return ()
    lost = []
    if AccessScope.EXISTING_POSTS not in kept:
        lost += [Road.ACCOUNT_ACCESS, Road.OWN_POST]
    if not PUBLISHING & set(kept):
        lost.append(Road.PUSH)
    return tuple(lost)


def notice_of(access: AccountAccess) -> timedelta:
    """Return the notice that the access's terms ask for."""
    return timedelta(days=access.terms.notice_days if access.terms is not None else 0)


def end(scope: Scope, chain: ConsentChain, access: AccountAccess, *, at_once: bool = False, now: datetime) -> int:
    """Revoke a live access, with the notice that its terms ask for unless ``at_once``; return how many consents end.

    What ends sooner, because of a notice of its own, still does; what had ended by one is revoked as of then.
    """
    notice = timedelta() if at_once else notice_of(access)
    revoke_consents(standing(access).filter(ending_at__lte=now), at=now, as_of=F("ending_at"))
    rows = standing(access).filter(ends_at__gt=now)
    assert access.ends_at is not None, "Only what was granted ends."
    if notice:
        access.notice_given_at, access.ending_at = now, min(access.ends_at, now + notice)
        later = Q(ending_at=None) | Q(ending_at__gt=access.ending_at)
        ended = _give_notice(rows.filter(later), access.ending_at, now=now)
    else:
        access.revoked_at, access.remind_at = now, None
        ended = revoke_consents(standing(access), at=now)  # Expired ones too: they do not come back.
    access.save(update_fields=["notice_given_at", "ending_at", "revoked_at", "remind_at"])
    detail = {
        "consents": ended,
        "ending_at": access.ending_at.isoformat() if notice and access.ending_at is not None else None,
    }
    records.append(
        chain, scope, Act.NOTICE_GIVEN if notice else Act.ACCESS_REVOKED, at=now, access=access, detail=detail
    )
    audit.record(scope, "access.revoked", "access", access.pk, at=now, account_id=access.account_id, detail=detail)
    access_letters.revoked(access, consents=ended, now=now)
    return ended


def release(scope: Scope, chain: ConsentChain, access: AccountAccess, *, now: datetime) -> int:
    """End an access that its business gives back, at once; return how many live consents end with it."""
    revoke_consents(standing(access).filter(ending_at__lte=now), at=now, as_of=F("ending_at"))
    access.revoked_at, access.remind_at = now, None
    ended = standing(access).filter(ends_at__gt=now).count()
    revoke_consents(standing(access), at=now)  # Expired ones too: they do not come back.
    access.save(update_fields=["revoked_at", "remind_at"])
    detail = {"consents": ended}
    records.append(chain, scope, Act.ACCESS_RELEASED, at=now, access=access, detail=detail)
    audit.record(scope, "access.released", "access", access.pk, at=now, detail=detail)
    access_letters.released(access, consents=ended, now=now)
    return ended


def end_roads(access: AccountAccess, roads: Collection[Road], *, now: datetime) -> int:
    """End the consents of these roads, with the notice of the terms; return how many."""
    rows = standing(access).filter(road__in=[road.value for road in roads])
    notice = notice_of(access)
    assert access.ends_at is not None, "Only what was granted changes."
    if notice:
        return _give_notice(rows.filter(ends_at__gt=now, ending_at=None), min(access.ends_at, now + notice), now=now)
    return revoke_consents(rows, at=now)


def take_notice_back(access: AccountAccess, roads: Collection[Road], *, now: datetime) -> int:
    """Let the consents of these roads go on whose notice is still running; return how many.

    Not those that the creator revoked one by one: their no is not taken back by giving the scope again.
    """
    rows = standing(access).filter(road__in=[road.value for road in roads], ending_at__gt=now)
    alone = ConsentRecord.objects.filter(consent_id__in=rows.values("pk"), act=Act.NOTICE_GIVEN.value)
    ids = tuple(rows.exclude(pk__in=alone.values("consent_id")).values_list("pk", flat=True))
    Consent.objects.filter(pk__in=ids).update(notice_given_at=None, ending_at=None)
    republish(Consent.objects.filter(pk__in=ids), at=now)
    return len(ids)


def revoke_consents(rows: QuerySet[Consent], *, at: datetime, as_of: datetime | F | None = None) -> int:
    """Revoke the consents and take their grants out of serving; return how many. ``as_of``: when it took effect."""
    ids = tuple(rows.values_list("pk", flat=True))
    if not ids:
        return 0
    answered = list(  # Duets and stitches of others that stood on these.
        ConsentNeed.objects.filter(met_by__in=rows).values_list("consent__account_id", "original_id").distinct()
    )
    rows.update(revoked_at=at if as_of is None else as_of, remind_at=None)
    publications.replace(DocumentKind.GRANT, dict.fromkeys(ids), at=at)
    for account_id, post_id in answered:
        assert account_id is not None, "Only a consent that an account took up needs others."
        chains.met(account_id, post_id, now=at)
    return len(ids)


def republish(rows: QuerySet[Consent], *, at: datetime) -> int:
    """Tell the ad servers what the consents grant now; return how many grants changed. The access is saved already."""
    documents = publish.grant_documents(rows.select_related("terms", "access"), at=at)
    return publications.replace(DocumentKind.GRANT, documents, at=at)


def _give_notice(rows: QuerySet[Consent], ending_at: datetime, *, now: datetime) -> int:
    ids = tuple(rows.values_list("pk", flat=True))
    if not ids:
        return 0
    rows.update(notice_given_at=now, ending_at=ending_at, remind_at=None)
    republish(Consent.objects.filter(pk__in=ids), at=now)
    return len(ids)
