"""What authorisation does when a person is erased: everything they allowed ends; the record of it stays."""

from datetime import datetime

from django.db import connection

from vonk.authorisation.actions import access_changes, closings, records, revocations, standings
from vonk.authorisation.models import AccountAccess, AdSettings, CodeGuesses, PermissionRequest
from vonk.authorisation.rules import Act, Closing, Guesser, Outcome
from vonk.content import queries as content
from vonk.control.scope import Right, Scope


def end_all(scope: Scope, person_id: int, *, now: datetime) -> tuple[int, ...]:
    """Switch the person's ad settings off, revoke every live consent and end what waits; return the consents' ids.

    In the caller's transaction: the ad servers stop with its commit. The consent record stays whole: it holds ids and
    instants, no names. Call it before the profile is erased, which letters to advertisers still name.
    """
    assert connection.in_atomic_block, "A person is erased in one transaction."
    if scope.person_id != person_id:
        scope.require(Right.OPERATE)
    CodeGuesses.objects.filter(guesser=Guesser.PERSON.value, guesser_id=person_id).delete()
    profile = content.profile_of_person([person_id]).get(person_id)
    if profile is None:
        return ()
    chain = records.lock(profile.id)
    if AdSettings.objects.filter(profile_id=profile.id, on=True).update(on=False, changed_at=now):
        records.append(chain, scope, Act.AD_SETTINGS_OFF, at=now)
    closings.close_all(scope, chain, Closing.PROFILE_ERASED, now=now)
    standings.end_all(scope, chain, now=now)
    by_access = access_changes.end_all_of(scope, chain, now=now)
    return (*by_access, *revocations.revoke_live(scope, chain, post_id=None, at_once=True, now=now))


def forget_words(person_id: int) -> None:
    """Delete what an erased person wrote to others; that they asked or answered stays, by number.

    Call it after everything that publishes: whoever answers their request holds the queue of publications first.
    """
    assert connection.in_atomic_block, "A person is erased in one transaction."
    PermissionRequest.objects.filter(asked_by_id=person_id).exclude(message="").update(message="")
    PermissionRequest.objects.filter(answered_by_id=person_id, outcome=Outcome.REFUSED.value).update(reason="")
    AccountAccess.objects.filter(asked_by_id=person_id).exclude(message="").update(message="")
