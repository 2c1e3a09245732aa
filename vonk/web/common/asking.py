"""Requests for permission in words and colours, for both sides' pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.authorisation.queries import PostView, RequestView
from vonk.authorisation.request_letters import closing_words
from vonk.authorisation.rules import Outside, RequestKind, RequestState
from vonk.authorisation.rules.requests import OPEN
from vonk.web.common.records import Badge, Tone

TITLE_CHARS_MAX: Final = 80

_BADGES: Final = {
    RequestState.WAITING: (gettext_lazy("Waits for the creator"), Tone.BUSY),
    RequestState.COUNTERED: (gettext_lazy("Waits for the advertiser"), Tone.WARN),
    RequestState.ACCEPTED: (gettext_lazy("Accepted"), Tone.GOOD),
    RequestState.REFUSED: (gettext_lazy("Refused"), Tone.BAD),
    RequestState.WITHDRAWN: (gettext_lazy("Withdrawn"), Tone.CALM),
    RequestState.LAPSED: (gettext_lazy("Lapsed without an answer"), Tone.CALM),
}
assert _BADGES.keys() == set(RequestState), "Every state has its words."

_KINDS: Final = {
    RequestKind.USE: gettext_lazy("To advertise the post"),
    RequestKind.EXTEND: gettext_lazy("To extend the authorisation"),
    RequestKind.ORIGINAL: gettext_lazy("To advertise a post that answers this one"),
}
assert _KINDS.keys() == set(RequestKind), "Every kind has its words."

OUTSIDE: Final = {
    Outside.ACCOUNT: gettext_lazy("it is for another advertiser"),
    Outside.ENDED: gettext_lazy("it does not hold now"),
    Outside.DATES: gettext_lazy("it would last too long"),
    Outside.DURATION: gettext_lazy("more days than it allows"),
    Outside.COUNTRIES: gettext_lazy("the offer names no countries, or others"),
    Outside.CATEGORIES: gettext_lazy("the offer names no kind of product, or others"),
    Outside.CURRENCY: gettext_lazy("another currency"),
    Outside.SPEND_CAP: gettext_lazy("no limit on spend, or a higher one"),
    Outside.SPEND_TOTAL: gettext_lazy("the limit on spend of all together is reached"),
    Outside.PAYMENT: gettext_lazy("less is offered than it asks for"),
    Outside.NOTICE: gettext_lazy("a longer notice"),
    Outside.EDITS: gettext_lazy("the post would be changed"),
    Outside.NOTE: gettext_lazy("the offer has a note, which somebody has to read"),
    Outside.SWITCHED_OFF: gettext_lazy("the ad settings, or this post's, are off"),
    Outside.POST: gettext_lazy("the post cannot be an ad as it is"),
    Outside.ADS_ONLY: gettext_lazy("the post would be shown in ads alone"),
}
assert OUTSIDE.keys() == set(Outside), "Every reason has its words."


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request in a list."""

    id: int
    title: str
    poster_url: str
    account_name: str
    speaker: str
    kind: str
    badge: Badge
    days: str
    at: datetime


def row_of(request: RequestView, *, mine: RequestState) -> RequestRow:
    """Return the request as lists show it; ``mine`` as for ``badge_of``."""
    return RequestRow(
        id=request.id,
        title=title_of(request.post),
        poster_url=request.post.poster_url,
        account_name=request.account_name,
        speaker=f"@{request.post.handle}",
        kind=kind_words(request.kind),
        badge=badge_of(request, mine=mine),
        days=days_words(request.duration_days),
        at=request.last_asked_at,
    )


def badge_of(request: RequestView, *, mine: RequestState) -> Badge:
    """Return where the request is in its life. ``mine`` is the state in which it waits for the side that looks."""
    label, tone = _BADGES[request.state]
    return Badge(_("Waits for you"), Tone.WARN) if request.state is mine else Badge(str(label), tone)


def kind_words(kind: RequestKind) -> str:
    """Return what is asked for."""
    return str(_KINDS[kind])


def days_words(days: int) -> str:
    """Return a duration."""
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def outside_words(reasons: Iterable[Outside]) -> tuple[str, ...]:
    """Return why no standing consent accepted it."""
    return tuple(str(OUTSIDE[reason]) for reason in reasons)


def ended_words(request: RequestView) -> str:
    """Return how a request ended, and why; "" while it is open or when it was accepted."""
    if request.state in OPEN or request.state is RequestState.ACCEPTED:
        return ""
    if request.closing is not None:
        return _("Closed by the platform: %(why)s.") % {"why": closing_words(request.closing)}
    if request.state is RequestState.REFUSED:
        return (
            _("The creator refused: “%(reason)s”") % {"reason": request.reason}
            if request.reason
            else _("The creator refused and gave no reason.")
        )
    if request.state is RequestState.LAPSED:
        return _("Nobody answered in time. The advertiser can ask again.")
    return _("The advertiser withdrew it.")


def title_of(post: PostView) -> str:
    """Return what a post is called: how its caption begins."""
    line = " ".join(post.caption.split())
    if not line:
        return _("Without a caption")
    return line if len(line) <= TITLE_CHARS_MAX else line[: TITLE_CHARS_MAX - 1] + "…"
