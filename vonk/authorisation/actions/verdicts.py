"""What a creator says of an ad with their post, in the consent record. The ad itself is advertising's."""

from collections.abc import Collection, Iterable
from datetime import datetime

from vonk.authorisation.actions import records
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Act
from vonk.content import queries as content
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


def hold(
    consent_ids: Iterable[int | None], *, account_id: int | None = None, profile_ids: Collection[int] = ()
) -> None:
    """Hold the chains of the consents' profiles until commit, in one order: before any lock that advertising takes.

    With ``account_id`` only of consents that this account holds. ``profile_ids`` are profiles of people that are held with
    them: of those for whom something is about to be pushed.
    """
    rows = Consent.objects.filter(pk__in={consent_id for consent_id in consent_ids if consent_id is not None})
    profiles = (rows if account_id is None else rows.filter(account_id=account_id)).values_list("profile_id", flat=True)
    people = content.profile_owner(profile_ids)
    for profile_id in sorted({*profiles, *(profile_id for profile_id in profile_ids if profile_id in people)}):
        records.lock(profile_id)


def accepted(scope: Scope, consent_id: int, *, ad_id: int, now: datetime) -> None:
    """Record that the creator agrees to the ad; NotFound unless the consent is theirs."""
    _append(scope, consent_id, Act.AD_ACCEPTED, {"ad": str(ad_id)}, now=now)


def refused(scope: Scope, consent_id: int, *, ad_id: int, note: str, now: datetime) -> None:
    """Record that the creator does not want the ad, and why; NotFound unless the consent is theirs."""
    _append(scope, consent_id, Act.AD_REFUSED, {"ad": str(ad_id), "note": note}, now=now)


def _append(scope: Scope, consent_id: int, act: Act, detail: dict[str, str], *, now: datetime) -> None:
    scope.require(Right.CREATE)
    consent = Consent.objects.filter(pk=consent_id, profile__owner_id=scope.person).first()
    if consent is None:
        raise NotFound(noun="ad")
    records.append(records.lock(consent.profile_id), scope, act, at=now, consent=consent, detail={**detail})
