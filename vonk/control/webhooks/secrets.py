"""Endpoints' secrets: made from 256 random bits, shown once, kept sealed."""

import base64
import secrets
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from vonk.control.models import WebhookEndpoint

_PREFIX: Final = "whsec_"
_PURPOSE: Final = b"vonk.control.webhooks/encrypt/1"


def generate() -> str:
    """Return a new secret, as it is shown."""
    return _PREFIX + secrets.token_urlsafe(32)


def seal(endpoint_id: int, secret: str) -> bytes:
    """Return the secret as it is kept: it opens for this endpoint alone."""
    return _fernet().encrypt(f"{endpoint_id} {secret}".encode())


def of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Return the secrets that are good at ``now``, the newest first.

    cryptography's InvalidToken when they were sealed under another key; ValueError for another endpoint's.
    """
    found = [_open(endpoint.pk, endpoint.secret_sealed)]
    if endpoint.former_sealed is not None and endpoint.former_until is not None and now < endpoint.former_until:
        found.append(_open(endpoint.pk, endpoint.former_sealed))
    return found


def _open(endpoint_id: int, sealed: bytes | memoryview) -> str:
    owner, _, secret = _fernet().decrypt(bytes(sealed)).decode().partition(" ")
    if owner != str(endpoint_id):
        raise ValueError("a sealed secret lies in another endpoint's row")
    return secret


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.VONK_KEYS.codes)
    return Fernet(base64.urlsafe_b64encode(derived))
