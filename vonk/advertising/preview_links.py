"""Signed addresses of shared previews: nobody guesses one, and an account may read its own again."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.core.clock import to_ms

_PURPOSE: Final = b"vonk.advertising.preview/link/1:"
_MARK_BYTES: Final = 24  # 192 of the 256 bits.


def mark(preview_id: int, account_id: int, expires_at: datetime) -> str:
    """Return what signs the link: the first 192 bits of HMAC-SHA-256 over what it leads to and until when, 32 characters."""
    said = f"{preview_id}:{account_id}:{to_ms(expires_at)}".encode()
    full = hmac.new(settings.VONK_KEYS.codes, _PURPOSE + said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(full[:_MARK_BYTES]).decode()


def is_marked(text: str, preview_id: int, account_id: int, expires_at: datetime) -> bool:
    """Say whether the text signs the link."""
    return hmac.compare_digest(text.encode(), mark(preview_id, account_id, expires_at).encode())


def link(preview_id: int, account_id: int, expires_at: datetime) -> str:
    """Return the page's whole address."""
    return f"{settings.VONK.site_url}/preview/{preview_id}/{mark(preview_id, account_id, expires_at)}/"
