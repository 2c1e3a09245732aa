"""The library of sounds that everybody may use."""

from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.content.models import Sound
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid

TITLE_CHARS_MAX: Final = 100


@transaction.atomic
def add_to_library(scope: Scope, *, title: str, now: datetime) -> int:
    """Add a sound to the platform's library; return its id."""
    scope.require(Right.OPERATE)
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_CHARS_MAX or not title.isprintable():
        raise FieldInvalid("title", f"1 to {TITLE_CHARS_MAX} printable characters")
    sound = Sound.objects.create(title=title, created_at=now)
    audit.record(scope, "sound.added", "sound", sound.pk, at=now)
    return sound.pk
