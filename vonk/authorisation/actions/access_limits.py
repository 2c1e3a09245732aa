"""How many accesses there may be, each way (reference §3), counted under locks."""

from datetime import datetime

from vonk.authorisation import access_reach
from vonk.authorisation.errors.access import AccountAccessExists, AccountAccessLimit, AccountAccessRefused
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.rules import DURATIONS_DAYS, access
from vonk.authorisation.rules.access import AccessKind
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.identity.actions import organisations


def require_duration(duration_days: int | None) -> None:
    """Raise FieldInvalid unless it is one of the four durations, or None: until somebody ends it."""
    if duration_days is not None and duration_days not in DURATIONS_DAYS:
        raise FieldInvalid(
            "duration_days", "one of %(known)s, or null for no end", known=", ".join(map(str, DURATIONS_DAYS))
        )


def require_room(row: AccountAccess, now: datetime) -> None:
    """Raise unless the access may become live: AccountAccessLimit either way, AccountAccessExists beside a live one.

    Holds the organisation until commit; the caller holds the profile's chain, always first.
    """
    assert row.organisation_id is not None, "Only a business's access is counted."
    assert row.profile_id is not None, "What is granted has a profile."
    organisations.hold(row.organisation_id)
    live = AccountAccess.objects.filter(access_reach.live(now), kind=AccessKind.BUSINESS.value).exclude(pk=row.pk)
    if live.filter(organisation_id=row.organisation_id, profile_id=row.profile_id).exists():
        raise AccountAccessExists
    for held, most in (
        (live.filter(profile_id=row.profile_id), access.ACCESSES_PER_PROFILE_MAX),
        (live.filter(organisation_id=row.organisation_id), access.ACCESSES_PER_ORGANISATION_MAX),
    ):
        if held.count() >= most:
            raise AccountAccessLimit(most=most)


def require_room_to_ask(scope: Scope, now: datetime) -> None:
    """Raise AccountAccessLimit when the organisation has, and asks for, as many as it may have. Holds it until commit."""
    organisations.hold(scope.organisation)
    rows = AccountAccess.objects.filter(access_reach.live(now) | access_reach.open_(now))
    if rows.filter(organisation_id=scope.organisation).count() >= access.ACCESSES_PER_ORGANISATION_MAX:
        raise AccountAccessLimit(most=access.ACCESSES_PER_ORGANISATION_MAX)


def require_new(scope: Scope, profile_id: int, now: datetime) -> None:
    """Raise AccountAccessExists beside a live access or an open request, AccountAccessRefused soon after a refusal."""
    if there_already(scope.organisation, profile_id, now) is not None:
        raise AccountAccessExists
    of_both = AccountAccess.objects.filter(organisation_id=scope.organisation, profile_id=profile_id)
    if of_both.filter(refused_at__gt=now - access.ASK_AGAIN_AFTER).exists():
        raise AccountAccessRefused(days=access.ASK_AGAIN_AFTER.days)


def there_already(organisation_id: int, profile_id: int, now: datetime) -> AccountAccess | None:
    """Return the live access, or the open request, of the organisation to the profile."""
    of_both = AccountAccess.objects.filter(organisation_id=organisation_id, profile_id=profile_id)
    return of_both.filter(access_reach.live(now) | access_reach.open_(now)).first()
