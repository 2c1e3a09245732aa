"""The library of sounds that everybody may use."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.content.actions import publishing
from vonk.content.errors import SoundNotLibrary
from vonk.content.models import Sound
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.taxonomy import COUNTRIES

TITLE_CHARS_MAX: Final = 100


@transaction.atomic
def add_to_library(scope: Scope, *, title: str, now: datetime) -> int:
    """Add a sound to the platform's library; return its id."""
    scope.require(Right.OPERATE)
    sound = Sound.objects.create(title=clean_title(title), created_at=now)
    audit.record(scope, "sound.added", "sound", sound.pk, at=now)
    return sound.pk


@transaction.atomic
def set_rights(scope: Scope, sound_id: int, *, commercial: bool, countries: Iterable[str], now: datetime) -> None:
    """Say whether a sound of the library may be heard in ads, and in which countries; none named: in all of them.

    The ad servers keep to the countries from the commit on, in ads that run already, too.
    Raises NotFound, SoundNotLibrary for somebody's original, FieldInvalid (countries).
    """
    scope.require(Right.OPERATE)
    wanted = clean_countries(countries)
    sound = Sound.objects.select_for_update(no_key=True).filter(pk=sound_id).first()
    if sound is None:
        raise NotFound(noun="sound")
    if sound.profile_id is not None:
        raise SoundNotLibrary
    sound.commercial, sound.countries = commercial, wanted
    sound.save(update_fields=["commercial", "countries"])
    publishing.sync(sound.posts.filter(in_ads=True).values_list("pk", flat=True), now=now)
    detail = {"commercial": commercial, "countries": wanted}
    audit.record(scope, "sound.rights_set", "sound", sound_id, at=now, detail=detail)


def clean_title(text: str) -> str:
    """Return the title with single blanks; FieldInvalid for an empty one, one too long, or with control characters."""
    title = " ".join(text.split())
    if not 1 <= len(title) <= TITLE_CHARS_MAX or not title.isprintable():
        raise FieldInvalid("title", "1 to %(most)s printable characters", most=TITLE_CHARS_MAX)
    return title


def clean_countries(countries: Iterable[str]) -> list[str]:
    """Return the countries in order, each once; FieldInvalid names those that are none."""
    wanted = sorted(set(countries))
    unknown = [country for country in wanted if country not in COUNTRIES]
    if unknown:
        raise FieldInvalid(
            "countries", "unknown: %(unknown)s", unknown=", ".join(country[:10] for country in unknown[:5])
        )
    return wanted
