"""What authorisation does when a person is erased: everything they allowed ends; the record of it stays."""

from datetime import datetime

from django.db import connection

from vonk.authorisation.actions import endings, records
from vonk.authorisation.models import AdSettings, CodeGuesses
from vonk.authorisation.rules import Act, Guesser
from vonk.content import queries as content
from vonk.control.scope import Right, Scope


def end_all(scope: Scope, person_id: int, *, now: datetime) -> tuple[int, ...]:
    """Switch the person's ad settings off and revoke every live consent; return the consents' ids.

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
    return endings.revoke_live(scope, chain, post_id=None, now=now)
