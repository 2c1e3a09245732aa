"""One access to one's account: grant or refuse it, change it, let it last longer, end it."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.authorisation.actions import access_amendments, accesses
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries.access import AccessView
from vonk.authorisation.rules.access import LIVE, AccessKind, AccessState
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, Problem
from vonk.web.common import accesses as words
from vonk.web.common import problems
from vonk.web.common.access_ends import ends_words
from vonk.web.common.records import Badge
from vonk.web.common.requests import now_of
from vonk.web.common.terms import TermsForm
from vonk.web.creator.access import for_creators
from vonk.web.creator.access_forms import GrantForm, LastingForm, ScopesForm, duration_of


class AccessPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one access."""

    access: AccessView
    badge: Badge
    until: str
    asked: tuple[str, ...]
    granted: tuple[str, ...]
    own: bool
    waits: bool
    live: bool
    can_change: bool
    can_extend: bool
    can_revoke: bool
    use: str
    ads: int
    revoke_words: str
    wishes: tuple[str, ...]  # What the business asks for besides; of ``access.amendment``.


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Show who asks or has access, and what can be done."""
    view = reading.creators_access(scope, access_id, now_of(request))
    return _answer(request, scope, view)


@require_POST
@for_creators
def grant(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Give what was ticked, for as long as was chosen."""
    view = reading.creators_access(scope, access_id, now_of(request))
    form, terms_form = GrantForm(request.POST, asked=view.asked_scopes), TermsForm(request.POST)
    if form.is_valid() & terms_form.is_valid():
        said = form.cleaned_data
        try:
            accesses.grant(
                scope,
                access_id,
                scopes=said["scopes"],
                duration_days=duration_of(said["duration_days"]),
                terms=terms_form.draft(),
                preview_required=said["preview_required"],
                now=now_of(request),
            )
        except Problem as problem:
            if not terms_form.blame(problem.field, problems.view_of(problem).message):
                problems.add_to_form(form, problem)
        else:
            messages.success(request, _("%(name)s has access now.") % {"name": view.asker_name})
            return redirect("creator:access", access_id)
    return _answer(request, scope, view, grant_form=form, terms_form=terms_form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def refuse(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Say no."""
    accesses.refuse(scope, access_id, now=now_of(request))
    messages.success(request, _("Refused. Nothing of yours can be used."))
    return redirect("creator:accesses")


@require_POST
@for_creators
def change(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Let it do more or less; what would end is asked about first."""
    view = reading.creators_access(scope, access_id, now_of(request))
    form = ScopesForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        ends = reading.change_ends(scope, access_id, said["scopes"], now_of(request))
        if ends.consents and "confirmed" not in request.POST:
            asked = {"access": view, "words": ends_words(ends), "said": said}
            return render(request, "creator/access_change.html", asked)
        try:
            changed = accesses.change(
                scope,
                access_id,
                scopes=said["scopes"],
                preview_required=said["preview_required"],
                now=now_of(request),
            )
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            ended = changed.consents_ended
            told = ngettext("%(count)d post is no longer used.", "%(count)d posts are no longer used.", ended)
            messages.success(request, _("Changed.") + (f" {told % {'count': ended}}" if ended else ""))
            return redirect("creator:access", access_id)
    return _answer(request, scope, view, change_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def extend(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Let it last longer, with everything that came by way of it."""
    form = LastingForm(request.POST)
    if not form.is_valid():
        raise FieldInvalid("duration_days", "7, 30, 60, 365, or 0 for no end")
    days = duration_of(form.cleaned_data["duration_days"])
    ends_at = accesses.extend(scope, access_id, duration_days=days, now=now_of(request))
    day = words.plain_day(ends_at) if ends_at is not None else ""
    messages.success(request, _("Lasts until %(day)s now.") % {"day": day} if day else _("Lasts until you end it now."))
    return redirect("creator:access", access_id)


@require_POST
@for_creators
def answer_more(request: HttpRequest, scope: Scope, access_id: int, amendment_id: int, *, yes: bool) -> HttpResponse:
    """Give a business all that it asks for, or leave its access as it is."""
    now = now_of(request)
    if not yes:
        access_amendments.refuse(scope, access_id, amendment_id, now=now)
        messages.success(request, _("Refused. The access stays as it is."))
        return redirect("creator:access", access_id)
    given = access_amendments.accept(scope, access_id, amendment_id, now=now)
    until = words.plain_day(given.ends_at) if given.ends_at is not None else ""
    told = _("Given. The access lasts until %(day)s.") % {"day": until} if until else _("Given. The access has no end.")
    messages.success(request, told)
    return redirect("creator:access", access_id)


@require_POST
@for_creators
def revoke(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """End it, or unlink an ad account of one's own."""
    revoked = accesses.revoke(scope, access_id, now=now_of(request))
    if not revoked.changed:
        messages.info(request, _("It had ended before; nothing changed."))
    elif revoked.ending_at is not None:
        day = words.plain_day(revoked.ending_at)
        messages.success(request, _("Notice is given. Its ads stop on %(day)s.") % {"day": day})
    else:
        messages.success(request, _("Ended. Every ad that stood on it stops within a second."))
    return redirect("creator:access", access_id)


def _answer(
    request: HttpRequest,
    scope: Scope,
    view: AccessView,
    *,
    grant_form: GrantForm | None = None,
    terms_form: TermsForm | None = None,
    change_form: ScopesForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    scopes = {"scopes": [scope.value for scope in view.scopes], "preview_required": view.preview_required}
    record = _page(request, scope, view)
    context = {
        "page": record,
        "grant_form": grant_form or GrantForm(asked=view.asked_scopes),
        "terms_form": terms_form or TermsForm(),
        "change_form": change_form or ScopesForm(initial=scopes),
        "lasting_form": LastingForm(),
    }
    return render(request, "creator/access.html", context, status=status)


def _page(request: HttpRequest, scope: Scope, view: AccessView) -> AccessPage:
    own, granted = view.kind is AccessKind.OWN, view.granted_at is not None
    ends = reading.revocation_ends(scope, view.id, now_of(request))
    return AccessPage(
        access=view,
        badge=words.badge_of(view.state),
        until=words.until_words(view),
        asked=words.scope_words(view.asked_scopes),
        granted=words.scope_words(view.scopes),
        own=own,
        waits=view.state is AccessState.REQUESTED,
        live=view.state in LIVE,
        can_change=view.state is AccessState.ACTIVE and not own,
        can_extend=view.state in {AccessState.ACTIVE, AccessState.EXPIRED} and view.ends_at is not None,
        can_revoke=granted and view.state in {AccessState.ACTIVE, AccessState.EXPIRED},
        use=words.posts_words(view.consents),
        ads=advertising.count_of_consents(ends.consent_ids),
        revoke_words=ends_words(ends),
        wishes=words.wish_words(view.amendment) if view.amendment is not None else (),
    )
