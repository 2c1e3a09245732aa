"""The draft behind a long form: what of the form is kept, where it is gone on with, and what is said of it beside the form."""

from typing import Final

import msgspec
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from vonk.advertising import queries as advertising
from vonk.advertising.actions.launch_drafts import Kept, Written
from vonk.advertising.errors import DraftChanged, DraftLaunched
from vonk.advertising.queries import LaunchDraftView
from vonk.advertising.rules.launch_drafts import Kind
from vonk.core.errors import NotFound, Problem
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.pages import problem_of
from vonk.web.common.problems import ProblemView
from vonk.web.common.requests import id_of

_LEFT_OUT: Final = ("csrfmiddlewaretoken", "keep", "draft_kind", "draft_above", "draft_id", "draft_version")
_VERSION_DIGITS: Final = 9
_FORMS: Final = {Kind.AD_GROUP: "advertiser:ad_group_new", Kind.AD: "advertiser:ad_new"}


class DraftState(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside the form. ``id`` 0: nothing is kept yet. ``other_url`` is what is in the way of saving."""

    kind: str
    above_id: int
    id: int = 0
    version: int = 0
    words: str = ""
    problem: ProblemView | None = None
    other_url: str = ""
    other: str = ""


def kept_of(typed: QueryDict | None) -> Kept | None:
    """Return the version of a draft that a form was sent with; None when it is of none."""
    draft_id, version = ("", "") if typed is None else (typed.get(name, "") for name in ("draft_id", "draft_version"))
    if not draft_id or not (version.isascii() and version.isdigit() and len(version) <= _VERSION_DIGITS):
        return None
    return Kept(id_of(draft_id, "draft_id"), int(version))


def written(kind: Kind, above_id: int, typed: QueryDict) -> Written:
    """Return what is kept of a form that was sent."""
    left = typed.copy()
    for name in _LEFT_OUT:
        left.pop(name, None)
    return Written(kind=kind, above_id=above_id, name=typed.get(f"{kind.value}-name", ""), typed=left.urlencode())


def opened(desk: Desk, draft_id: int, kind: Kind, above_id: int) -> LaunchDraftView:
    """Return the draft of this form; NotFound for one of another."""
    draft = advertising.launch_draft(desk.scope, draft_id)
    if (draft.kind, draft.above_id) != (kind, above_id):
        raise NotFound(noun="draft")
    return draft


def typed_of(draft: LaunchDraftView) -> QueryDict:
    """Return the form as it was typed, with the draft that it is."""
    typed = QueryDict(draft.typed, mutable=True)
    typed["draft_id"], typed["draft_version"] = str(draft.id), str(draft.version)
    return typed


def form_url(kind: Kind, above_id: int, draft_id: int = 0) -> str:
    """Return where the form stands, with the draft that it shall go on with."""
    url = reverse(_FORMS[kind], args=[above_id]) if kind in _FORMS else reverse("advertiser:campaign_new")
    return f"{url}?draft={draft_id}" if draft_id else url


def became_url(kind: Kind, became_id: int) -> str:
    """Return the page of what a draft became."""
    return reverse("advertiser:ad_group" if kind is Kind.AD_GROUP else "advertiser:ad", args=[became_id])


def saved(desk: Desk, kind: Kind, above_id: int, kept: Kept) -> DraftState:
    """Say that the form is kept as it is."""
    at = formats.time_format(timezone.localtime(desk.now), "TIME_FORMAT")
    words = _("Saved as a draft at %(time)s.") % {"time": at}
    return DraftState(kind=kind.value, above_id=above_id, id=kept.draft_id, version=kept.version, words=words)


def state(kind: Kind, above_id: int, typed: QueryDict | None) -> DraftState:
    """Return the draft that the form on the page is."""
    kept = kept_of(typed)
    if kept is None:
        return DraftState(kind=kind.value, above_id=above_id)
    return DraftState(kind=kind.value, above_id=above_id, id=kept.draft_id, version=kept.version)


def refused(request: HttpRequest, now: DraftState, problem: Problem) -> DraftState:
    """Say why the form is not kept as it is, and what it can be kept as."""
    view, kind = problem_of(request, problem), Kind(now.kind)
    url = other = ""
    if isinstance(problem, DraftLaunched):
        url, other = became_url(kind, problem.became_id), _("Open what it became")
    elif isinstance(problem, DraftChanged):
        url, other = form_url(kind, now.above_id, now.id), _("Open the other version")
    return msgspec.structs.replace(now, problem=view, other_url=url, other=other)
