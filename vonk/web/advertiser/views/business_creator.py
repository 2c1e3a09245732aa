"""Business Center → Creators → one: what the access covers, more of it asked for, and the access given back."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation.actions import access_amendments, accesses
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries.access import AccessView
from vonk.authorisation.rules.access import LIVE, AccessState
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser.forms.accesses import AS_IT_IS, MoreForm
from vonk.web.advertiser.offices import Office, answer, at_office
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import accesses as words
from vonk.web.common.access_ends import ends_words
from vonk.web.common.records import Badge


class BusinessCreatorPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one access. ``wishes`` wait for the creator's answer."""

    access: AccessView
    badge: Badge
    scopes: tuple[str, ...]
    until: str
    use: str
    wishes: tuple[str, ...]
    may_ask: bool
    may_release: bool
    release_words: str


@require_safe
@at_office()
def page(request: HttpRequest, office: Office, access_id: int) -> HttpResponse:
    """Show one access of the business."""
    return _answer(request, office, reading.business_access(office.scope, access_id, office.now))


@require_POST
@at_office(Right.BUSINESS_EDIT)
def ask_more(request: HttpRequest, office: Office, access_id: int) -> HttpResponse:
    """Ask the creator for more uses, more days, or both."""
    view = reading.business_access(office.scope, access_id, office.now)
    form = _form(view, request)
    if form.is_valid():
        said = form.cleaned_data
        days = said["duration_days"]
        try:
            access_amendments.ask(
                office.scope,
                access_id,
                scopes=said.get("scopes", ()),
                duration_days=None if days == AS_IT_IS else days,
                now=office.now,
            )
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(request, _("Asked. The creator has been told, and answers in their studio."))
            return redirect("advertiser:business_creator", office.organisation.id, access_id)
    return _answer(request, office, view, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def withdraw_more(request: HttpRequest, office: Office, access_id: int, amendment_id: int) -> HttpResponse:
    """Take back what was asked for."""
    access_amendments.withdraw(office.scope, access_id, amendment_id, now=office.now)
    messages.success(request, _("Withdrawn."))
    return redirect("advertiser:business_creator", office.organisation.id, access_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def release(request: HttpRequest, office: Office, access_id: int) -> HttpResponse:
    """Give the access back, with everything that came by way of it."""
    done = accesses.release(office.scope, access_id, now=office.now)
    if not done.changed:
        messages.info(request, _("It had ended before; nothing changed."))
    else:
        ended = done.consents_ended
        told = ngettext("%(count)d post is no longer used.", "%(count)d posts are no longer used.", ended)
        messages.success(request, _("Given back.") + (f" {told % {'count': ended}}" if ended else ""))
    return redirect("advertiser:business_creator", office.organisation.id, access_id)


def _form(view: AccessView, request: HttpRequest | None = None) -> MoreForm:
    data = request.POST if request is not None else None
    return MoreForm(data, granted=view.scopes, endless=view.ends_at is None)


def _answer(
    request: HttpRequest,
    office: Office,
    view: AccessView,
    *,
    form: MoreForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    granted = view.granted_at is not None
    may_release = office.may_edit and (view.state in LIVE or view.state is AccessState.EXPIRED)
    record = BusinessCreatorPage(
        access=view,
        badge=words.badge_of(view.state),
        scopes=words.scope_words(view.scopes if granted else view.asked_scopes),
        until=words.until_words(view),
        use=words.posts_words(view.consents) if view.consents else "",
        wishes=words.wish_words(view.amendment) if view.amendment is not None else (),
        may_ask=office.may_edit and view.state is AccessState.ACTIVE and view.amendment is None,
        may_release=may_release,
        release_words=ends_words(reading.release_ends(office.scope, view.id, office.now)) if may_release else "",
    )
    return answer(request, office, "creator.html", record, form=form or _form(view), status=status)
