"""E-mail, and the same news in the product. Written in the transaction of its cause; mail is sent by a job after it."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from vonk.control import notifications
from vonk.control.notification_kinds import Channel
from vonk.control.wording import said
from vonk.core.errors import NotFound
from vonk.identity.models import Letter, LetterFile, Person
from vonk.identity.queries import rights
from vonk.identity.queries.accounts import account_facts
from vonk.identity.queries.people import letter_language
from vonk.identity.rules import AccountRole
from vonk.identity.rules.hosts import is_hosted

SUBJECT_CHARS_MAX: Final = 200
NEWS: Final = "news"  # The kind of a notification whose writer names none.
FILE_BYTES_MAX: Final = 5_000_000  # What every mail server takes; and each reader has a copy until it is sent.
SEND_JOB: Final = "vonk.identity.jobs.send_letter"  # By name: jobs call actions.


class Enclosed(msgspec.Struct, frozen=True):
    """A file that goes with a letter about an ad account, and how to have no more of such letters.

    The letter is dropped if its reader works in the account no more when it is sent.
    """

    account_id: int
    name: str
    content_type: str
    content: bytes
    unsubscribe_url: str


@transaction.atomic
def to_person_enclosing(
    person_id: int, enclosed: Enclosed, *, subject: str, body: str, now: datetime, link: str, kind: str
) -> int:
    """As ``to_person``, with a file of at most FILE_BYTES_MAX."""
    assert len(enclosed.content) <= FILE_BYTES_MAX, "Whoever makes the file keeps within the bound."
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first()
    if email is None:
        raise NotFound(noun="person")
    notifications.notify(person_id, kind=kind, text=subject, link=link, at=now)
    if is_hosted(email) or not notifications.wants(person_id, kind, Channel.MAIL):
        return 0
    letter = Letter(
        person_id=person_id,
        subject=_subject(subject),
        body=body,
        written_at=now,
        account_id=enclosed.account_id,
        unsubscribe_url=enclosed.unsubscribe_url,
    )
    letter_id = _write(letter)
    LetterFile.objects.create(
        letter=letter, name=enclosed.name, content_type=enclosed.content_type, content=enclosed.content
    )
    return letter_id


@transaction.atomic
def to_person(
    person_id: int,
    *,
    subject: str,
    body: str,
    now: datetime,
    link: str = "",
    kind: str = NEWS,
    news: str = "",
    time_zone: str = "",
) -> int:
    """Write to a person, in plain text, at the address they have when it is sent; return the letter's id.

    The same reaches them in the product: ``news`` (the subject, if it is empty), leading to ``link``, a path of this
    site; a whole address of this site is cut to its path. A host app's people have no address: they get the news alone, and 0 is
    returned; so it is for who switched letters of the kind off. A ``Wording`` is said in the language that they read, its
    instants by the clock of ``time_zone`` (an IANA name, "" for UTC).
    """
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first()
    if email is None:
        raise NotFound(noun="person")
    clock = ZoneInfo(time_zone or "UTC")
    with translation.override(letter_language(person_id)), timezone.override(clock):
        subject, body, news = said(subject), said(body), said(news)
    notifications.notify(
        person_id, kind=kind, text=news or subject, link=link.removeprefix(settings.VONK.site_url), at=now
    )
    if is_hosted(email) or not notifications.wants(person_id, kind, Channel.MAIL):
        return 0
    return _write(Letter(person_id=person_id, subject=_subject(subject), body=body, written_at=now))


def to_account(
    account_id: int, *, subject: str, body: str, now: datetime, link: str = "", kind: str = NEWS, news: str = ""
) -> list[int]:
    """Write to everybody who runs campaigns in the ad account, as ``to_person`` does, by its clock; return the letters' ids."""
    time_zone = account_facts(account_id).time_zone
    running = (AccountRole.ADMIN, AccountRole.OPERATOR)
    held = rights.in_accounts(account_ids=[account_id])
    people = sorted({one.person_id for one in held if rights.AS_ACCOUNT_ROLE[one.role] in running})
    return [
        to_person(person_id, subject=subject, body=body, now=now, link=link, kind=kind, news=news, time_zone=time_zone)
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


def worded(person_id: int, text: str) -> str:
    """Return a text of ``control.wording`` in the language that the person reads."""
    with translation.override(letter_language(person_id)):
        return str(said(text))


@transaction.atomic
def _write(letter: Letter) -> int:
    letter.save(force_insert=True)
    import_string(SEND_JOB).enqueue(letter.pk)
    return letter.pk


def _subject(text: str) -> str:
    return " ".join(text.split())[:SUBJECT_CHARS_MAX]
