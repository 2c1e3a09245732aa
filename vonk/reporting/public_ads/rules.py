"""From events to what the public is told of ads, and what of an ad's content may still be told; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from vonk.authorisation.rules import ConsentState
from vonk.content.rules import PublicStanding, Unavailable
from vonk.core.clock import from_ms
from vonk.events.log import StoredRecord
from vonk.reporting.reach.rules import known_as, net_impressions

KEPT_FOR: Final = timedelta(days=366)
"""A record stands for a year after its ad was last shown (DSA art. 39(1)), whatever year that is."""
TOLD_IN: Final = 10
"""Recipients are told in tens, rounded down: nobody can be made out in a number, and below ten there is none."""
MEMBER_STATES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
WORDS_MAX: Final = 8  # Of a search; more say no more.
WORD_CHARS_MAX: Final = 60

# Suspended while its post can be shown: the consent of somebody else, whom the post needs, is not there.
_TAKEN_BACK: Final = frozenset({ConsentState.REVOKED, ConsentState.SUSPENDED})
_OVER: Final = frozenset({ConsentState.EXPIRED, ConsentState.RELEASED, ConsentState.DELETED})


class Telling(StrEnum):
    """What is told of an ad's content."""

    SHOWN = "shown"
    WITHDRAWN = "withdrawn"  # Its creator took it back: the record stays without it.
    REMOVED = "removed"  # The platform took it away: the ground stands instead (art. 39(3)).


class Ground(StrEnum):
    """Why an ad's content is not told; ``GROUNDS`` has the texts."""

    POST_DELETED = "post_deleted"
    POST_PRIVATE = "post_private"
    CONSENT_REVOKED = "consent_revoked"
    CONSENT_ENDED = "consent_ended"
    POST_REMOVED = "post_removed"
    PROFILE_DELETED = "profile_deleted"
    PROFILE_BANNED = "profile_banned"


GROUNDS: Final[dict[Ground, str]] = {
    Ground.POST_DELETED: "The creator deleted the post.",
    Ground.POST_PRIVATE: "The creator made the post or the profile private.",
    Ground.PROFILE_DELETED: "The creator's profile was deleted.",
    Ground.CONSENT_REVOKED: "The creator, or somebody else whose consent it needs, revoked the consent to this advertising.",
    Ground.CONSENT_ENDED: "The creator's consent ended, and the post was shown in ads alone.",
    Ground.POST_REMOVED: "The platform removed the post.",
    Ground.PROFILE_BANNED: "The platform closed the profile.",
}


class Told(NamedTuple):
    """What is told of an ad's content, and why not all; ``ground`` is None of what is SHOWN."""

    telling: Telling
    ground: Ground | None


class Reached(NamedTuple):
    """A viewer whom an ad reached."""

    account_id: int
    ad_id: int
    viewer_id: str


class Span(NamedTuple):
    """When an ad was first and last shown."""

    first_at: datetime
    last_at: datetime


class Recipients(NamedTuple):
    """How many different people an ad reached, in tens.

    ``elsewhere``: those of countries with fewer than ten and of people whose country is not known, together.
    """

    total: int
    by_country: tuple[tuple[str, int], ...]
    elsewhere: int


def told(standing: PublicStanding, *, consent: ConsentState | None, revoked: bool) -> Told:
    """Return what is told of an ad's content now. ``consent`` is the state of what it stands on, None: on nobody's.

    What the platform took away stays taken away when its creator deletes it too. A consent that ran its course takes
    nothing back from a post that everybody may see on its profile; of one for ads alone nothing is public any more.
    """
    if standing.removed_at is not None:
        return Told(Telling.REMOVED, Ground.POST_REMOVED)
    if standing.banned_at is not None:
        return Told(Telling.REMOVED, Ground.PROFILE_BANNED)
    if standing.profile_deleted:
        return Told(Telling.WITHDRAWN, Ground.PROFILE_DELETED)
    if standing.unavailable is Unavailable.DELETED:
        return Told(Telling.WITHDRAWN, Ground.POST_DELETED)
    if standing.unavailable is not None:
        return Told(Telling.WITHDRAWN, Ground.POST_PRIVATE)
    if revoked or consent in _TAKEN_BACK:
        return Told(Telling.WITHDRAWN, Ground.CONSENT_REVOKED)
    if standing.ads_only and consent in _OVER:
        return Told(Telling.WITHDRAWN, Ground.CONSENT_ENDED)
    return Told(Telling.SHOWN, None)


def spans(records: Iterable[StoredRecord]) -> dict[int, Span]:
    """Return when the records show each ad first and last, by when the platform received it."""
    found: dict[int, Span] = {}
    for event in net_impressions(records):
        ad_id, at = event.claims.ad_id, from_ms(event.received_ms)
        known = found.get(ad_id, Span(at, at))
        found[ad_id] = Span(min(known.first_at, at), max(known.last_at, at))
    return found


def reached(records: Iterable[StoredRecord]) -> dict[Reached, str]:
    """Return the viewers who can be known again whom the records' ads reached, each with the country of the first time."""
    found: dict[Reached, str] = {}
    for event in net_impressions(records):
        of = event.claims
        viewer = Reached(of.account_id, of.ad_id, known_as(of.viewer_id))
        if viewer.viewer_id:
            found.setdefault(viewer, of.country)
    return found


def in_tens(counts: Mapping[str, int]) -> Recipients:
    """Return what is told of recipients by country."""
    told = {country: _rounded(count) for country, count in counts.items() if country and count >= TOLD_IN}
    rest = sum(count for country, count in counts.items() if country not in told)
    ordered = sorted(told.items(), key=lambda one: (-one[1], one[0]))
    return Recipients(_rounded(sum(counts.values())), tuple(ordered), _rounded(rest))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a search as they are compared."""
    return tuple(word[:WORD_CHARS_MAX] for word in text.casefold().split()[:WORDS_MAX])


def holds_words(wanted: Iterable[str], texts: Iterable[str]) -> bool:
    """Tell whether each word stands somewhere in the texts."""
    said = "\n".join(texts).casefold()
    return all(word in said for word in wanted)


def _rounded(count: int) -> int:
    return count - count % TOLD_IN
