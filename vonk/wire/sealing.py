"""Answers that are kept for a repeated key are kept sealed: they may hold a code or a token, which no table shows."""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from vonk.core.errors import Conflict


class AnswerLost(Conflict):
    """The keys in the data directory were replaced since."""

    code = "answer_lost"
    message = "This write was done before, and its answer can no longer be read."
    cause = "The platform's keys were replaced since."
    remedy = "Look the result up; use a new Idempotency-Key for a new write."


def seal(body: bytes) -> bytes:
    """Return the body as nobody without the platform's keys can read it."""
    return _fernet(settings.VONK_KEYS.codes).encrypt(body)


def unseal(sealed: bytes) -> bytes:
    """Return what was sealed; AnswerLost when the keys have changed."""
    try:
        return _fernet(settings.VONK_KEYS.codes).decrypt(sealed)
    except InvalidToken as error:
        raise AnswerLost from error


@cache
def _fernet(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"vonk idempotency" + key).digest()))
