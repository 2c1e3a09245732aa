"""One-time secrets of invitations to give access: 256 random bits, found by a keyed hash, never written anywhere.

The secret stands in the fragment of a link, which no browser sends and no log holds; a page's script posts it.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from django.conf import settings

PATH: Final = "/studio/access/"
_RANDOM_BYTES: Final = 32
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PURPOSE: Final = b"vonk.authorisation.access/invitation/1:"


def generate() -> str:
    """Return a new secret: 43 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode().rstrip("=")


def digest(secret: str) -> str | None:
    """Return what the secret is found by: HMAC-SHA-256 under the platform's key for codes; None when it is none."""
    text = secret.strip().removeprefix("#")
    if _FORM.fullmatch(text) is None:
        return None
    return hmac.new(settings.VONK_KEYS.codes, _PURPOSE + text.encode(), hashlib.sha256).hexdigest()


def link(secret: str) -> str:
    """Return the address that the business hands over, as text or as a QR code."""
    return f"{settings.VONK.site_url}{PATH}#{secret}"
