"""Sounds: the library, and who made one."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.content import media
from vonk.content.models import Sound
from vonk.control.paging import Numbered, Numbering, Page, Paging, numbered, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class SoundView(msgspec.Struct, frozen=True):
    """A sound; ``handle`` names whose original it is, "" for one of the library.

    ``commercial``: it may be heard in ads, in ``countries`` (none: in all). ``audio_url`` is where it is heard by itself,
    for ``audio_ms``; "" and 0 of a title without a sound.
    """

    id: int
    title: str
    handle: str
    commercial: bool = True
    countries: tuple[str, ...] = ()
    audio_url: str = ""
    audio_ms: int = 0


class CommercialSound(msgspec.Struct, frozen=True):
    """A sound of the library that may be heard in ads, in ``countries`` (none: in all)."""

    id: int
    title: str
    countries: tuple[str, ...]
    created_at: datetime
    audio_url: str = ""
    audio_ms: int = 0


class SoundsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which sounds a list holds; None of a filter means any. ``title_contains`` whatever its case."""

    ids: Collection[int] | None = None
    title_contains: str | None = None
    lasting_ms: int = 0  # What can be heard by itself, for at least so long; 0: all.


def commercial_sounds(scope: Scope, wanted: SoundsWanted, numbering: Numbering) -> Numbered[CommercialSound]:
    """Return a numbered page of the library's sounds that an ad account may use in ads, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Sound.objects.filter(profile=None, commercial=True)
    if wanted.ids is not None:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.title_contains is not None:
        rows = rows.filter(title__icontains=wanted.title_contains)
    if wanted.lasting_ms:
        rows = rows.filter(audio_key__isnull=False, audio_ms__gte=wanted.lasting_ms)
    return numbered(rows, numbering, _commercial)


def library(paging: Paging) -> Page[SoundView]:
    """Return the sounds that everybody may use."""
    return page_of(Sound.objects.filter(profile=None), paging, _view)


def sound(sound_id: int) -> SoundView:
    """Return one sound, from the library or original; NotFound when there is none."""
    row = Sound.objects.select_related("profile").filter(pk=sound_id).first()
    if row is None:
        raise NotFound(noun="sound")
    return _view(row)


def _commercial(row: Sound) -> CommercialSound:
    audio_url = media.url_of(row.audio_key)
    return CommercialSound(row.pk, row.title, tuple(row.countries), row.created_at, audio_url, row.audio_ms)


def _view(row: Sound) -> SoundView:
    handle = (row.profile.handle or "") if row.profile else ""
    audio_url = media.url_of(row.audio_key)
    return SoundView(row.pk, row.title, handle, row.commercial, tuple(row.countries), audio_url, row.audio_ms)
