"""Prove the books on demand."""

from datetime import datetime
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vonk.billing.proof import Proof
from vonk.billing.proving.checks import Check
from vonk.control import trail
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.web.common import formats
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import is_partial, now_of
from vonk.web.operator import books
from vonk.web.operator.access import for_platform

WRONG_SHOWN: Final = 5  # The others are a click away.


class CheckRow(msgspec.Struct, frozen=True):
    """One check."""

    name: str
    counted: int
    badge: Badge
    wrong: tuple[str, ...]

    @property
    def first(self) -> tuple[str, ...]:
        """What is wrong, as far as it is shown at once."""
        return self.wrong[:WRONG_SHOWN]

    @property
    def others(self) -> tuple[str, ...]:
        """The rest of it."""
        return self.wrong[WRONG_SHOWN:]


class Result(msgspec.Struct, frozen=True):
    """What a proof came to."""

    holds: bool
    title: str
    words: str
    checks: tuple[CheckRow, ...]


class Books(msgspec.Struct, frozen=True):
    """The page; ``result`` None before the proof was asked for."""

    last_at: datetime | None
    last: Badge | None
    result: Result | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show when the books were proved last; prove them now. The outcome is the answer itself: it is kept nowhere else."""
    result = _result(books.prove(scope, now=now_of(request))) if request.method == "POST" else None
    last = next(iter(trail.entries(scope, Paging(size=1), noun=books.BOOKS).items), None)
    badge = None
    if last is not None:
        holds = last.detail.get("holds") is True
        badge = Badge(_("They held"), Tone.GOOD) if holds else Badge(_("Something was wrong"), Tone.BAD)
    record = Books(last.at if last is not None else None, badge, result)
    template = "parts/proven.html" if result is not None and is_partial(request) else "books.html"
    return render(request, f"operator/{template}", {"page": record})


def _result(proof: Proof) -> Result:
    return Result(
        holds=proof.holds,
        title=_("The books hold") if proof.holds else _("The books do not hold"),
        words=_("Up to position %(position)s of the event log.") % {"position": formats.number(proof.position)},
        checks=tuple(_row(check) for check in proof.lines),
    )


def _row(check: Check) -> CheckRow:
    if check.wrong:
        found = ngettext("%(count)d wrong", "%(count)d wrong", len(check.wrong)) % {"count": len(check.wrong)}
        badge = Badge(found, Tone.BAD)
    else:
        badge = Badge(_("Holds"), Tone.GOOD)
    name = check.name.replace("_", " ")
    return CheckRow(name[:1].upper() + name[1:], check.counted, badge, check.wrong)
