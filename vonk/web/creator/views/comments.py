"""The comments below one's own post: hiding, showing and answering them."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.content import queries as content
from vonk.content.actions import comments
from vonk.content.errors.comments import CommentAnswersLimit
from vonk.content.queries import CommentView
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.web.common import problems
from vonk.web.common.requests import id_of, now_of, paging_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import SwitchForm
from vonk.web.creator.views.post import comments_of


class CommentsPage(msgspec.Struct, frozen=True):
    """The page."""

    post_id: int
    title: str
    comments: tuple[CommentView, ...]
    next_cursor: str | None


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show the comments of one's own post."""
    post = content.own_post(scope, post_id)
    shown, cursor = comments_of(scope, post_id, paging_of(request))
    record = CommentsPage(post_id, words.title_of(post), shown, cursor)
    return render(request, "creator/comments.html", {"page": record})


@require_POST
@for_creators
def answer(request: HttpRequest, scope: Scope, post_id: int, comment_id: int) -> HttpResponse:
    """Answer a comment below one's own post."""
    try:
        comments.answer_comment(scope, comment_id, request.POST.get("text", ""), now=now_of(request))
    except (FieldInvalid, CommentAnswersLimit) as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, _("Answered."))
    return redirect("creator:comments", post_id)


@require_POST
@for_creators
def set_hidden(request: HttpRequest, scope: Scope, post_id: int, comment_id: int) -> HttpResponse:
    """Hide a comment, or show it again."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise FieldInvalid("on", "1 or 0")
    if form.cleaned_data["on"]:
        comments.hide_comment(scope, comment_id, now_of(request))
        messages.success(request, _("Hidden. Only its author still sees it."))
    else:
        comments.show_comment(scope, comment_id, now_of(request))
        messages.success(request, _("Everyone can read it again."))
    if request.POST.get("list"):
        return redirect("creator:all_comments")
    if request.POST.get("ad"):
        return redirect("creator:ad", id_of(request.POST["ad"], "ad"))
    return redirect("creator:post", post_id)
