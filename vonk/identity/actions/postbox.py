"""Send the letters that ``letters`` wrote."""

from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from vonk.identity.models import Letter, LetterFile
from vonk.identity.queries import rights

ATTEMPTS_MAX: Final = 10  # With waits that double from a minute: over about eight hours.
WAIT_FIRST: Final = timedelta(minutes=1)

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def send(letter_id: int) -> timedelta | None:
    """Hand the letter to the mail server; return when to try again, None when it is sent or given up.

    Safe to repeat: a letter that was sent is not sent again, and a second copy carries the first one's Message-ID.
    """
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=letter_id)
        if letter.sent_at is not None:
            return None
        if _is_nobodys(letter):
            _done(letter_id)
            return None
        letter.attempts += 1
        letter.save(update_fields=["attempts"])
    try:
        _message(letter).send()
    except OSError as error:  # What sockets, files and SMTP servers raise.
        _log.warning("letter.not_sent", letter_id=letter_id, attempts=letter.attempts, error=str(error))
        if letter.attempts < ATTEMPTS_MAX:
            return WAIT_FIRST * (1 << (letter.attempts - 1))
        _log.error("letter.given_up", letter_id=letter_id)  # The row stays, unsent, for the operator.
        return None
    _done(letter_id)
    return None


def _is_nobodys(letter: Letter) -> bool:
    """Say whether it is about an ad account in which its reader works no more."""
    if letter.account_id is None or letter.person_id is None:
        return False
    return not rights.in_account(letter.person_id, letter.account_id)


@transaction.atomic
def _done(letter_id: int) -> None:
    """Keep only that it is over: text and file have done their work, and may hold what nobody else should read."""
    LetterFile.objects.filter(letter_id=letter_id).delete()
    Letter.objects.filter(pk=letter_id).update(sent_at=timezone.now(), body="")


def _message(letter: Letter) -> EmailMessage:
    address = letter.address or (letter.person.email if letter.person is not None else "")
    assert address, "The table has a letter go to somebody."
    host = settings.VONK.email_from.rpartition("@")[2].strip("<> ") or "localhost"
    headers = {"Message-ID": f"<letter-{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(
        subject=letter.subject, body=letter.body, from_email=settings.VONK.email_from, to=[address], headers=headers
    )
    enclosed = LetterFile.objects.filter(letter=letter).first()
    if enclosed is not None:
        message.attach(enclosed.name, bytes(enclosed.content), enclosed.content_type.partition(";")[0])
    return message
