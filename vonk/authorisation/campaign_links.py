"""Signed links into creators' campaigns: they let nobody do anything but read the invitation and join."""

import base64
import hashlib
import hmac
import re
from typing import Final

from django.conf import settings

from vonk.core.errors import NotFound
from vonk.core.ids import parse_id

_PURPOSE: Final = b"vonk.authorisation.campaign/link/1:"
_MARK_BYTES: Final = 24  # 192 of the 256 bits.
_FORM: Final = re.compile(r"(?:https?://[^/\s]+)?/studio/campaigns/([0-9]{1,19})/([A-Za-z0-9_-]{32})/?")


def mark(campaign_id: int) -> str:
    """Return what signs the link: the first 192 bits of an HMAC-SHA-256 over the id, 32 characters."""
    full = hmac.new(settings.VONK_KEYS.codes, _PURPOSE + str(campaign_id).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(full[:_MARK_BYTES]).decode()


def link(campaign_id: int) -> str:
    """Return the whole address that the advertiser hands over."""
    return f"{settings.VONK.site_url}/studio/campaigns/{campaign_id}/{mark(campaign_id)}/"


def require(campaign_id: int, given: str) -> None:
    """Raise NotFound unless ``given`` signs the campaign's link."""
    if not hmac.compare_digest(given.encode(), mark(campaign_id).encode()):
        raise NotFound(noun="campaign")


def read(text: str) -> tuple[int, str]:
    """Return the campaign's id and the signature that a link holds; 0 and "" for what is no such link."""
    match = _FORM.fullmatch(text.strip())
    try:
        return (parse_id(match[1]), match[2]) if match is not None else (0, "")
    except ValueError:
        return 0, ""
