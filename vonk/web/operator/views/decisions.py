"""Decisions of the ad server: the last ones, and one of them with its whole auction, held again."""

from datetime import datetime
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from vonk.control import ad_server
from vonk.control.ad_server import AdServerSilent
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.delivery.explaining.explain import Candidate, Explanation, Listed
from vonk.events.tokens import TOKEN_CHARS_MAX
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform

LISTED_MAX: Final = 50
_EMPTY: Final = {
    "no_candidates": gettext_lazy("No ad wants such a viewer."),
    "all_refused": gettext_lazy("Every ad that wants such a viewer was refused."),
    "below_reserve": gettext_lazy("No ad was worth the slot's least price."),
}


class Row(msgspec.Struct, frozen=True):
    """One decision in the list."""

    one: Listed
    at: datetime
    reason: str  # Why no ad, "" where there is one.


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for and found. ``rows`` None: the ad server is silent."""

    wanted: str
    ad: str
    viewer: str
    surface: str
    unknown: bool  # The decision asked for by its id is nowhere.
    rows: tuple[Row, ...] | None


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One decision."""

    one: Explanation
    at: datetime
    outcome: str
    replay: Badge
    bids: tuple[Candidate, ...]


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List the last decisions, or lead to the one whose id is asked for."""
    asked = {name: request.GET.get(name, "").strip()[:TOKEN_CHARS_MAX] for name in ("id", "ad", "viewer", "surface")}
    now = now_of(request)
    unknown = bool(asked["ad"]) and not _is_id(asked["ad"])
    rows: tuple[Row, ...] | None = ()
    try:
        if asked["id"]:
            if _is_id(asked["id"]) and ad_server.decision(scope, parse_id(asked["id"]), now=now) is not None:
                return redirect("operator:decision", parse_id(asked["id"]))
            unknown = True
        elif not unknown:
            found = ad_server.decisions(
                scope, ad=asked["ad"], viewer=asked["viewer"], surface=asked["surface"], now=now
            )
            rows = tuple(_row(one) for one in found[:LISTED_MAX])
    except AdServerSilent:
        rows = None
    record = ListPage(
        wanted=asked["id"], ad=asked["ad"], viewer=asked["viewer"], surface=asked["surface"], unknown=unknown, rows=rows
    )
    return render(request, "operator/decisions.html", {"page": record})


@require_safe
@for_platform(Right.OPERATE)
def one(request: HttpRequest, scope: Scope, decision_id: int) -> HttpResponse:
    """Show one decision: what was shown at which price, who else took part or was refused, and the auction held again."""
    found = ad_server.decision(scope, decision_id, now=now_of(request))
    if found is None:
        raise NotFound(noun="decision")
    record = DecisionPage(
        one=found, at=from_ms(found.at_ms), outcome=_outcome(found), replay=_replay_badge(found), bids=found.bids
    )
    return render(request, "operator/decision.html", {"page": record})


def _row(one: Listed) -> Row:
    return Row(one, from_ms(one.at_ms), str(_EMPTY.get(one.reason, one.reason)) if one.reason else "")


def _is_id(text: str) -> bool:
    try:
        parse_id(text)
    except ValueError:
        return False
    return True


def _outcome(found: Explanation) -> str:
    if found.ad_id is not None:
        return _("Shown: drawn at random") if found.random else _("Shown: won the auction")
    return str(_EMPTY[found.reason]) if found.reason in _EMPTY else _("Nothing was shown.")


def _replay_badge(found: Explanation) -> Badge:
    replay = found.replay
    if replay is None or not replay.possible:
        return Badge(_("Kept without its auction"), Tone.CALM)
    if replay.agrees:
        return Badge(_("Held again: the same"), Tone.GOOD)
    return Badge(_("Held again: not the same"), Tone.BAD)
