"""The limits inside a grant, as an ad is held to them: the same that bind at serving time; pure."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """What one consent allows an ad. Empty means no limit; ``ends_at`` (exclusive) is rules.NO_END when nothing ends it."""

    starts_at: datetime
    ends_at: datetime
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    spend_cap_micros: int | None = None  # In the account's currency.


def starts_at(limits: Sequence[Limits]) -> datetime:
    """Return from when on all of them hold."""
    return max(one.starts_at for one in limits)


def ends_at(limits: Sequence[Limits]) -> datetime:
    """Return until when all of them hold."""
    return min(one.ends_at for one in limits)


def spend_cap_micros(limits: Sequence[Limits]) -> int | None:
    """Return the most that may be spent, None without a limit."""
    return min((one.spend_cap_micros for one in limits if one.spend_cap_micros is not None), default=None)


def categories_allowed(limits: Sequence[Limits]) -> tuple[str, ...] | None:
    """Return what may be advertised, sorted; None when there is no limit."""
    return _common([one.categories for one in limits])


def countries_allowed(limits: Sequence[Limits], *, sound_countries: Collection[str] = ()) -> tuple[str, ...] | None:
    """Return where the post may be shown in ads, sorted; None when there is no limit. A sound is licensed by country, too."""
    return _common([*(one.countries for one in limits), tuple(sound_countries)])


def _common(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    named = [set(values) for values in lists if values]
    return tuple(sorted(set.intersection(*named))) if named else None
