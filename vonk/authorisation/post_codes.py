"""The code of a post, the newest that holds or the newest of all, for its creator and for an app that they let handle their codes."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from django.conf import settings
from django.db.models import Q

from vonk.authorisation import codes, reach
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import ConsentState, Road
from vonk.control.scope import Scope
from vonk.core.errors import NotFound

CARRIERS: Final = Q(road=Road.POST_CODE.value, shared_from=None)
"""Consents that have a code of their own."""


class CodeUse(StrEnum):
    """What became of a code."""

    UNUSED = "unused"
    USED = "used"
    OVER = "over"  # It expired, or was taken back.
    DELETED = "deleted"


class PostCode(msgspec.Struct, frozen=True):
    """A code, and for how long it holds. ``code`` is "" once it was deleted."""

    consent_id: int
    post_id: int
    code: str
    use: CodeUse
    duration_days: int
    issued_at: datetime
    ends_at: datetime


def code_of(scope: Scope, post_id: int, *, now: datetime) -> PostCode:
    """Return the code of one's own post: the newest that holds, else the newest; NotFound when it never had one."""
    reach.own_post(scope, post_id)
    rows = Consent.objects.filter(CARRIERS, post_id=post_id).order_by("-pk")
    holding = rows.filter(ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None)
    row = holding.first() or rows.first()
    if row is None:
        raise NotFound(noun="authorisation code")
    return PostCode(
        consent_id=row.pk,
        post_id=post_id,
        code=_text(row),
        use=_use(row, now),
        duration_days=row.duration_days,
        issued_at=row.issued_at,
        ends_at=row.ends_at,
    )


def _use(row: Consent, now: datetime) -> CodeUse:
    state = reach.state_of(row, reach.post_of(row), now)
    if state is ConsentState.DELETED:
        return CodeUse.DELETED
    if state in {ConsentState.EXPIRED, ConsentState.REVOKED, ConsentState.RELEASED}:
        return CodeUse.OVER
    return CodeUse.USED if row.redeemed_at is not None or row.shares.exists() else CodeUse.UNUSED


def _text(row: Consent) -> str:
    if row.deleted_at is not None or row.code_encrypted is None or row.code_digest is None:
        return ""
    return codes.decrypt(bytes(row.code_encrypted), row.code_digest, settings.VONK_KEYS.codes)
