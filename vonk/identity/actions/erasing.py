"""What identity does when a person is erased: who they were goes, their id stays as nobody's."""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q

from vonk.control import audit, notifications
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.control.webhooks import actions as webhooks
from vonk.core.errors import NotFound
from vonk.identity import queries
from vonk.identity.actions import apps, members, partners, tokens
from vonk.identity.errors import LastAdmin, LastOperator, PasswordWrong, SignInFailed
from vonk.identity.models import (
    AccessToken,
    App,
    AuthorisationCode,
    EntryLink,
    Letter,
    LetterFile,
    MemberInvitation,
    OrganisationMember,
    Partnership,
    Person,
    PlatformMember,
    new_pseudonym,
)
from vonk.identity.rules import PlatformRole

ERASED_NAME: Final = "Deleted account"


def confirm_password(scope: Scope, password: str, *, place: str, now: datetime) -> None:
    """Make sure that it is the acting person who asks. Raises PasswordWrong, SignInLimited; call it as ``sign_in``."""
    email = Person.objects.filter(pk=scope.person, is_active=True).values_list("email", flat=True).first()
    if email is None:
        raise NotFound(noun="person")
    try:
        tokens.sign_in(email, password, now=now, place=place)
    except SignInFailed as error:
        raise PasswordWrong from error


def lock(scope: Scope, person_id: int) -> str:
    """Hold the person's row until commit; return their pseudonym. Only for themselves and for operators.

    Raises NotFound, also when they were erased before, LastOperator, and LastAdmin where members would be left behind.
    """
    assert connection.in_atomic_block, "A person is erased in one transaction."
    if scope.person_id != person_id:
        scope.require(Right.OPERATE)
    # Letters to them go on meanwhile: who writes one may hold what this waits for next.
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotFound(noun="person")
    # Locked too, so that the last two cannot go side by side.
    operators = PlatformMember.objects.select_for_update().filter(role=PlatformRole.OPERATOR.value).order_by("pk")
    if list(operators.values_list("person_id", flat=True)) == [person_id]:
        raise LastOperator
    left = queries.administered_last(person_id, hold=True)
    if left:
        raise LastAdmin(person=person.display_name, organisation="”, “".join(left))
    return person.pseudonym


def erase(person_id: int, *, now: datetime) -> None:
    """Take away what says who the person is, and every way in. Their id stays: others' records lead to it.

    Call it last, in the transaction that ``lock`` began: letters that other areas wrote to the person go too.
    """
    person = Person.objects.get(pk=person_id)
    old_email, old_name = person.email, person.display_name
    person.email = f"erased-{person_id}@erased.invalid"
    person.display_name = ERASED_NAME
    person.language, person.country = "en", "NL"
    person.born_on = person.gender = person.last_login = None
    person.interests, person.personalised = [], False
    person.pseudonym = new_pseudonym()
    person.is_active = False
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.filter(user_id=person_id).delete()
    AccessToken.objects.filter(person_id=person_id, revoked_at=None).update(revoked_at=now)
    AccessToken.objects.filter(person_id=person_id).update(label="")
    for app in App.objects.filter(owner_id=person_id).order_by("pk"):
        apps.close(app, now=app.revoked_at or now)
    AccessToken.objects.filter(app__owner_id=person_id).update(label="")  # It is the app's name.
    App.objects.filter(owner_id=person_id).update(name="", redirect_uris=[])
    AuthorisationCode.objects.filter(person_id=person_id).delete()
    EntryLink.objects.filter(person_id=person_id).delete()
    _close_organisations(person_id, now)
    members.forget(person_id)
    MemberInvitation.objects.filter(email__iexact=old_email).delete()
    PlatformMember.objects.filter(person_id=person_id).delete()
    letters = Letter.objects.filter(Q(person_id=person_id) | Q(address__iexact=old_email))
    letters.filter(sent_at=None).update(sent_at=now)  # None of them is sent any more.
    LetterFile.objects.filter(letter__in=letters.values("pk")).delete()
    letters.update(person_id=person_id, address=None, subject="", body="")
    notifications.forget(person_id)
    webhooks.forget_person(person_id, now=now)
    notifications.forget_name(old_name, ERASED_NAME)


def _close_organisations(person_id: int, now: datetime) -> None:
    """Leave nothing half open where nobody remains: partners lose what was shared, invitations lead nowhere."""
    mine = OrganisationMember.objects.filter(person_id=person_id).values_list("organisation_id", flat=True)
    others = OrganisationMember.objects.filter(person__is_active=True).exclude(person_id=person_id)
    for organisation_id in sorted(set(mine) - set(others.values_list("organisation_id", flat=True))):
        living = Partnership.objects.filter(Q(asker_id=organisation_id) | Q(asked_id=organisation_id), ended_at=None)
        for partnership in living.order_by("pk"):
            partners.close(PLATFORM, partnership, now=now)
        MemberInvitation.objects.filter(organisation_id=organisation_id, accepted_at=None).delete()
        audit.record(PLATFORM, "organisation.closed", "organisation", organisation_id, at=now)


def end_sessions(person_id: int) -> int:
    """Delete the person's browser sessions, which no longer let anybody in; return how many there were."""
    store = SessionStore()
    ended = [
        row.pk
        for row in Session.objects.iterator(chunk_size=1_000)
        if store.decode(row.session_data).get(SESSION_KEY) == str(person_id)
    ]
    for start in range(0, len(ended), 500):
        Session.objects.filter(pk__in=ended[start : start + 500]).delete()
    return len(ended)
