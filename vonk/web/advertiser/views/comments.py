"""The comments of a post that the account advertises: read, hidden, shown and answered, as the creator lets it."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import comments
from vonk.authorisation.queries.comments import comments_of
from vonk.content.queries import CommentView
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import COMMENT_MAX
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer as answered
from vonk.web.advertiser.pages import problem_of, refusal_status
from vonk.web.common import problems
from vonk.web.common.requests import paging_of


class AnswerForm(forms.Form):
    """An answer."""

    text = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=COMMENT_MAX,
        error_messages={"required": gettext_lazy("Write something first.")},
    )


class HideForm(forms.Form):
    """Whether to hide it or to show it again."""

    on = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class CommentsPage(msgspec.Struct, frozen=True):
    """The page. ``chosen``: "" for all, "paid" or "organic"; ``answering``: the comment that ``form`` answers."""

    consent_id: int
    title: str
    handle: str
    advertiser_name: str
    chosen: str
    comments: tuple[CommentView, ...]
    next_cursor: str | None
    answering: int | None = None


@require_safe
@at_desk(Right.CAMPAIGN_EDIT)
def page(request: HttpRequest, desk: Desk, consent_id: int) -> HttpResponse:
    """Show the comments, or what is missing before they can be looked after."""
    return _answer(request, desk, consent_id, paging_of(request))


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def set_hidden(request: HttpRequest, desk: Desk, consent_id: int, comment_id: int) -> HttpResponse:
    """Hide a comment, or show it again."""
    form = HideForm(request.POST)
    if not form.is_valid():
        raise NotFound(noun="comment")
    act, done = (
        (comments.hide, _("Hidden. Only its author and the creator still see it."))
        if form.cleaned_data["on"]
        else (comments.show, _("Everyone can read it again."))
    )
    try:
        act(desk.scope, consent_id, comment_id, now=desk.now)
    except NotFound:
        raise
    except Problem as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, done)
    return redirect("advertiser:comments", consent_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def answer(request: HttpRequest, desk: Desk, consent_id: int, comment_id: int) -> HttpResponse:
    """Answer a comment in the advertiser's name."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            comments.answer(desk.scope, consent_id, comment_id, form.cleaned_data["text"], now=desk.now)
        except NotFound:
            raise
        except Problem as problem:
            form.add_error("text", problems.view_of(problem).message)
        else:
            messages.success(request, _("Answered, as %(name)s.") % {"name": desk.account.advertiser_name})
            return redirect("advertiser:comments", consent_id)
    return _answer(request, desk, consent_id, Paging(), form=form, answering=comment_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def delete(request: HttpRequest, desk: Desk, consent_id: int, comment_id: int) -> HttpResponse:
    """Delete an answer of the account's own."""
    comments.delete_answer(desk.scope, consent_id, comment_id, now=desk.now)
    messages.success(request, _("Deleted."))
    return redirect("advertiser:comments", consent_id)


def _answer(
    request: HttpRequest,
    desk: Desk,
    consent_id: int,
    paging: Paging,
    *,
    form: AnswerForm | None = None,
    answering: int | None = None,
) -> HttpResponse:
    item = authorisation.library_item(desk.scope, consent_id, desk.now)
    chosen = request.GET.get("from", "")
    from_ad = {"paid": True, "organic": False}.get(chosen)
    status = HTTPStatus.OK if form is None else HTTPStatus.UNPROCESSABLE_ENTITY
    shown: tuple[CommentView, ...] = ()
    cursor = problem_view = None
    try:
        found = comments_of(desk.scope, consent_id, paging, desk.now, from_ad=from_ad)
    except NotFound:
        raise
    except Problem as problem:
        problem_view, status = problem_of(request, problem), refusal_status(request, problem)
    else:
        shown, cursor = tuple(found.items), found.next_cursor
    record = CommentsPage(
        consent_id=consent_id,
        title=words.title_of(item.post.caption),
        handle=item.post.handle or "",
        advertiser_name=desk.account.advertiser_name,
        chosen=chosen if from_ad is not None else "",
        comments=shown,
        next_cursor=cursor,
        answering=answering,
    )
    return answered(request, desk, "comments.html", record, status=status, form=form, problem=problem_view)
