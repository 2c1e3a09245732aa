"""Sounds: the library, and who made one."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from vonk.content.models import Sound
from vonk.control.paging import Numbered, Numbering, Page, Paging, numbered, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class SoundView(msgspec.Struct, frozen=True):
    """A sound; ``handle`` names whose original it is, "" for one of the library.

    ``commercial``: it may be heard in ads, in ``countries`` (none: in all).
    """

    id: int
    title: str
    handle: str
    commercial: bool = True
    countries: tuple[str, ...] = ()


class CommercialSound(msgspec.Struct, frozen=True):
    """A sound of the library that may be heard in ads, in ``countries`` (none: in all)."""

    id: int
    title: str
    countries: tuple[str, ...]
    created_at: datetime


class SoundsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which sounds a list holds; None of a filter means any. ``title_contains`` whatever its case."""

    ids: Collection[int] | None = None
    title_contains: str | None = None


def commercial_sounds(scope: Scope, wanted: SoundsWanted, numbering: Numbering) -> Numbered[CommercialSound]:
    """Return a numbered page of the library's sounds that an ad account may use in ads, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Sound.objects.filter(profile=None, commercial=True)
    if wanted.ids is not None:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.title_contains is not None:
        rows = rows.filter(title__icontains=wanted.title_contains)
    return numbered(
        rows, numbering, lambda row: CommercialSound(row.pk, row.title, tuple(row.countries), row.created_at)
    )


def library(paging: Paging) -> Page[SoundView]:
    """Return the sounds that everybody may use."""
    return page_of(Sound.objects.filter(profile=None), paging, _view)


def sound(sound_id: int) -> SoundView:
    """Return one sound, from the library or original; NotFound when there is none."""
    row = Sound.objects.select_related("profile").filter(pk=sound_id).first()
    if row is None:
        raise NotFound(noun="sound")
    return _view(row)


def _view(row: Sound) -> SoundView:
    handle = (row.profile.handle or "") if row.profile else ""
    return SoundView(row.pk, row.title, handle, row.commercial, tuple(row.countries))
