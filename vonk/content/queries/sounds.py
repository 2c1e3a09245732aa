"""Sounds: the library, and who made one."""

import msgspec

from vonk.content.models import Sound
from vonk.control.paging import Page, Paging, page_of
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
