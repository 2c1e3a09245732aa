"""E-mail, and the same news in the product. Written in the transaction of its cause; mail is sent by a job after it."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from vonk.control import notifications
from vonk.core.errors import NotFound
from vonk.identity.models import Letter, Person
from vonk.identity.queries import rights
from vonk.identity.rules import AccountRole
from vonk.identity.rules.hosts import is_hosted

SUBJECT_CHARS_MAX: Final = 200
NEWS: Final = "news"  # The kind of a notification whose writer names none.
SEND_JOB: Final = "vonk.identity.jobs.send_letter"  # By name: jobs call actions.


@transaction.atomic
def to_person(
    person_id: int, *, subject: str, body: str, now: datetime, link: str = "", kind: str = NEWS, news: str = ""
) -> int:
    """Write to a person, in plain text, at the address they have when it is sent; return the letter's id.

    The same reaches them in the product: ``news`` (the subject, if it is empty), leading to ``link``, a path of this
    site; a whole address of this site is cut to its path. A host app's people have no address: they get the news alone, and 0 is
    returned.
    """
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first()
    if email is None:
        raise NotFound(noun="person")
    notifications.notify(
        person_id, kind=kind, text=news or subject, link=link.removeprefix(settings.VONK.site_url), at=now
    )
    if is_hosted(email):
        return 0
    return _write(Letter(person_id=person_id, subject=_subject(subject), body=body, written_at=now))


def to_account(
    account_id: int, *, subject: str, body: str, now: datetime, link: str = "", kind: str = NEWS, news: str = ""
) -> list[int]:
    """Write to everybody who runs campaigns in the ad account, as ``to_person`` does; return the letters' ids."""
    running = (AccountRole.ADMIN, AccountRole.OPERATOR)
    held = rights.in_accounts(account_ids=[account_id])
    people = sorted({one.person_id for one in held if rights.AS_ACCOUNT_ROLE[one.role] in running})
    return [
        to_person(person_id, subject=subject, body=body, now=now, link=link, kind=kind, news=news)
        for person_id in people
    ]


def to_organisation(
    organisation_id: int, *, subject: str, body: str, now: datetime, link: str = "", kind: str = NEWS, news: str = ""
) -> list[int]:
    """Write to everybody who administers the organisation, as ``to_person`` does; return the letters' ids."""
    return [
        to_person(person_id, subject=subject, body=body, now=now, link=link, kind=kind, news=news)
        for person_id in rights.admins(organisation_id)
    ]


def to_address(address: str, *, subject: str, body: str, now: datetime) -> int:
    """Write to an address that is not, or not yet, a person's: to confirm it."""
    return _write(Letter(address=address, subject=_subject(subject), body=body, written_at=now))


@transaction.atomic
def _write(letter: Letter) -> int:
    letter.save(force_insert=True)
    import_string(SEND_JOB).enqueue(letter.pk)
    return letter.pk


def _subject(text: str) -> str:
    return " ".join(text.split())[:SUBJECT_CHARS_MAX]
