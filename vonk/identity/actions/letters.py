"""E-mail. A letter is written in the transaction of its cause, and sent by a job after the commit."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.module_loading import import_string

from vonk.core.errors import NotFound
from vonk.identity.models import Letter, Membership, Person
from vonk.identity.rules import AccountRole

SUBJECT_CHARS_MAX: Final = 200
SEND_JOB: Final = "vonk.identity.jobs.send_letter"  # By name: jobs call actions.


def to_person(person_id: int, *, subject: str, body: str, now: datetime) -> int:
    """Write to a person, in plain text, at the address they have when it is sent; return the letter's id."""
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound(noun="person")
    return _write(Letter(person_id=person_id, subject=_subject(subject), body=body, written_at=now))


def to_account(account_id: int, *, subject: str, body: str, now: datetime) -> list[int]:
    """Write to everybody who runs campaigns in the ad account; return the letters' ids."""
    people = (
        Membership.objects.filter(account_id=account_id, person__is_active=True)
        .filter(role__in=(AccountRole.ADMIN.value, AccountRole.OPERATOR.value))
        .order_by("person_id")
        .values_list("person_id", flat=True)
    )
    return [to_person(person_id, subject=subject, body=body, now=now) for person_id in people]


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
