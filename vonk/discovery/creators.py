"""Advertisers find creators: those who let their posts be advertised, with the figures that everybody could count.

A creator's labels are the interests of ``core.taxonomy`` that stand as hashtags on their public posts; nothing is inferred.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from vonk.authorisation.queries.willing import willing_among, willing_creators
from vonk.content.queries import cards
from vonk.content.queries.cards import PostCard, Within
from vonk.content.queries.creator_figures import (
    CreatorFigures,
    PostFigures,
    creator_figures,
    most_played,
    post_figures,
    profiles_by_handle,
)
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.core.taxonomy import INTERESTS

T = TypeVar("T")

CREATORS_MAX: Final = 500  # The most followed ones that match: their figures are counted when they are asked for.


class Sort(StrEnum):
    """What a list of creators is sorted by."""

    FOLLOWERS = "followers"
    MEDIAN_PLAYS = "median_plays"
    ENGAGEMENT_RATE = "engagement_rate"


class Period(StrEnum):
    """What a ranking is over: whole weeks from Monday, whole months, in UTC."""

    WEEK = "week"
    MONTH = "month"


class Onboarding(StrEnum):
    """Whether a creator can be found."""

    IN = "in"
    NOT_IN = "not_in"  # Their ad settings are off, or their profile is private.
    INVALID = "invalid"  # Nobody has the handle.


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which creators; None does not narrow. ``labels`` are keys of INTERESTS, any of which will do."""

    keyword: str = ""
    labels: tuple[str, ...] = ()
    followers_min: int = 0
    followers_max: int | None = None
    plays_min: int = 0
    plays_max: int | None = None
    rate_min: float = 0.0
    rate_max: float | None = None
    sort: Sort = Sort.FOLLOWERS
    descending: bool = True


class Ranked(msgspec.Struct, frozen=True):
    """A creator's place in a period, by the plays of their posts outside ads. ``place_before`` None: not ranked then."""

    creator: CreatorFigures
    place: int
    place_before: int | None
    plays: int


class Ranking(msgspec.Struct, frozen=True):
    """A page of a period's ranking, and when the period ended."""

    page: Numbered[Ranked]
    ended_at: datetime


class CreatorPost(msgspec.Struct, frozen=True):
    """A public post of a creator, with its plays."""

    card: PostCard
    figures: PostFigures


def creators(scope: Scope, wanted: Wanted, numbering: Numbering) -> Numbered[CreatorFigures]:
    """Return a numbered page of the creators who match, of the 500 most followed of them."""
    ids = willing_creators(
        scope,
        keyword=wanted.keyword,
        tags=wanted.labels,
        followers_min=wanted.followers_min,
        followers_max=wanted.followers_max,
        at_most=CREATORS_MAX,
    )
    found = [one for one in creator_figures(ids, tags=INTERESTS).values() if _matches(one, wanted)]
    found.sort(key=lambda one: one.profile_id)
    found.sort(key=lambda one: _sorted_by(one, wanted.sort), reverse=wanted.descending)
    return _numbered(found, numbering)


def creator(scope: Scope, handle: str) -> CreatorFigures:
    """Return a creator who can be found; NotFound for everybody else."""
    profile_id = _found(scope, handle)
    return creator_figures([profile_id], tags=INTERESTS)[profile_id]


def creator_posts(
    scope: Scope, handle: str, *, after: int | None, size: int, post_ids: Collection[int] | None = None
) -> tuple[list[CreatorPost], int | None]:
    """Return public posts of a creator who can be found, newest first, and the id to go on after (None on the last page).

    With ``post_ids`` those of them alone. NotFound for who cannot be found.
    """
    profile_id = _found(scope, handle)
    if post_ids is not None:
        of = cards.cards(None, sorted(set(post_ids), reverse=True))
        shown, going_on = [card for card in of if card.profile.id == profile_id], None
    else:
        shown, going_on = cards.card_page(None, Within(profile_id=profile_id), after=after, size=size)
    figures = post_figures([card.post_id for card in shown])
    return [CreatorPost(card, figures[card.post_id]) for card in shown], going_on


def onboarding(scope: Scope, handles: Sequence[str]) -> list[tuple[str, Onboarding]]:
    """Return for each handle whether its creator can be found, in their order."""
    known = profiles_by_handle(handles)
    willing = willing_among(scope, known.values())
    told = []
    for handle in handles:
        profile_id = known.get(handle.strip().removeprefix("@").lower())
        inside = Onboarding.IN if profile_id in willing else Onboarding.NOT_IN
        told.append((handle, inside if profile_id is not None else Onboarding.INVALID))
    return told


def ranking(
    scope: Scope, numbering: Numbering, now: datetime, *, label: str, period: Period, back: int, branded: bool
) -> Ranking:
    """Return creators of a label by the plays of their public posts outside ads, in the ``back``-th whole period before now.

    ``branded`` counts posts alone that disclose a brand.
    """
    start, end = _span(now, period, back)
    before = _span(now, period, back + 1)
    places = {pk: place for place, (pk, _) in enumerate(_places(scope, *before, label, branded=branded), start=1)}
    rows = _places(scope, start, end, label, branded=branded)
    figures = creator_figures([pk for pk, _ in rows], tags=INTERESTS)
    ranked = [Ranked(figures[pk], place, places.get(pk), plays) for place, (pk, plays) in enumerate(rows, start=1)]
    return Ranking(_numbered(ranked, numbering), end)


def _places(scope: Scope, start: datetime, end: datetime, label: str, *, branded: bool) -> list[tuple[int, int]]:
    rows = most_played(start, end, tag=label, branded=branded, at_most=CREATORS_MAX)
    willing = willing_among(scope, [pk for pk, _ in rows])
    return [(pk, plays) for pk, plays in rows if pk in willing]


def _span(now: datetime, period: Period, back: int) -> tuple[datetime, datetime]:
    """Return the first instant of the ``back``-th whole period before now, and the first after it."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period is Period.WEEK:
        start = today - timedelta(days=today.weekday(), weeks=back)
        return start, start + timedelta(weeks=1)
    months = today.year * 12 + today.month - 1 - back
    start, end = (today.replace(year=one // 12, month=one % 12 + 1, day=1) for one in (months, months + 1))
    return start, end


def _found(scope: Scope, handle: str) -> int:
    profile_id = next(iter(profiles_by_handle([handle]).values()), None)
    if profile_id is None or profile_id not in willing_among(scope, [profile_id]):
        raise NotFound(noun="creator")
    return profile_id


def _matches(one: CreatorFigures, wanted: Wanted) -> bool:
    return (
        (not wanted.labels or bool(one.tags & set(wanted.labels)))
        and wanted.plays_min <= one.median_plays
        and (wanted.plays_max is None or one.median_plays <= wanted.plays_max)
        and wanted.rate_min <= one.engagement_rate
        and (wanted.rate_max is None or one.engagement_rate <= wanted.rate_max)
    )


def _sorted_by(one: CreatorFigures, sort: Sort) -> float:
    return {
        Sort.FOLLOWERS: one.followers,
        Sort.MEDIAN_PLAYS: one.median_plays,
        Sort.ENGAGEMENT_RATE: one.engagement_rate,
    }[sort]


def _numbered(rows: Sequence[T], numbering: Numbering) -> Numbered[T]:
    first = (numbering.page - 1) * numbering.size
    return Numbered(tuple(rows[first : first + numbering.size]), len(rows), numbering)
