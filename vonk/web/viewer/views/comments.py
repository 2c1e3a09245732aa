"""The comments of a post: read them, write one, reply to one, delete one's own."""

import json
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from vonk.advertising.actions import comments as judged
from vonk.content.actions import engagement
from vonk.content.queries.cards import cards
from vonk.content.queries.comments import comments as comments_of
from vonk.content.queries.moderation import comment_places
from vonk.content.queries.tallies import Counts, counts
from vonk.control.paging import Paging
from vonk.core.errors import Invalid, NotFound, Problem
from vonk.web.common import problems
from vonk.web.common.requests import is_partial, now_of, paging_of, person_scope
from vonk.web.viewer import tokens
from vonk.web.viewer.forms import CommentForm, ReplyForm
from vonk.web.viewer.views.returning import back_from
from vonk.web.viewer.views.scopes import viewer_scope

PART = "viewer/parts/comments.html"


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show a page of comments as a part of a page; POST adds one."""
    if request.method == "POST":
        return _add(request, post_id)
    page = comments_of(viewer_scope(request), post_id, paging_of(request))
    context = {"page": page, "post_id": post_id, "token": request.GET.get("token", ""), "back": _back_to(post_id)}
    return render(request, PART, context)


@require_POST
def reply(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Reply to a comment; show its thread opened, or the form again with what was wrong."""
    scope, now = person_scope(request), now_of(request)
    place = comment_places([comment_id]).get(comment_id)
    if place is None:
        raise NotFound(noun="comment")
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            judged.reply(scope, comment_id, form.cleaned_data["text"], now=now)
        except NotFound:
            raise
        except Problem as problem:
            problems.add_to_form(form, problem)
    added = not form.errors
    page = comments_of(scope, place.post_id, paging_of(request))  # NotFound, whatever was written, for a stranger.
    if not is_partial(request):
        if not added:
            messages.warning(request, " ".join(map(str, form.errors.get("text", form.non_field_errors()))))
        return HttpResponseRedirect(reverse("viewer:post", args=[place.post_id]) + f"#comment-{comment_id}")
    context = {
        "page": page,
        "post_id": place.post_id,
        "token": request.POST.get("token", ""),
        "opened": comment_id,
        "reply": None if added else form,
    }
    return render(request, PART, context, status=HTTPStatus.OK if added else HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
def delete(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Delete one's own comment."""
    engagement.delete_comment(person_scope(request), comment_id, now_of(request))
    return HttpResponseRedirect(back_from(request, otherwise=reverse("viewer:feed")))


def _back_to(post_id: int) -> str:
    """Return where somebody goes on after logging in: a post that is shown in ads alone has no page of its own."""
    return reverse("viewer:post", args=[post_id]) if cards(None, [post_id]) else reverse("viewer:feed")


def _add(request: HttpRequest, post_id: int) -> HttpResponse:
    scope, now = person_scope(request), now_of(request)
    form = CommentForm(request.POST)
    if form.is_valid():
        source = tokens.source_of(scope, form.cleaned_data["token"], post_id=post_id, now=now)
        try:
            judged.write(scope, post_id, form.cleaned_data["text"], source=source, now=now)
        except Invalid as problem:
            problems.add_to_form(form, problem)
    added = not form.errors
    if added and not is_partial(request):
        return HttpResponseRedirect(reverse("viewer:post", args=[post_id]) + "#comments")
    context = {
        "page": comments_of(scope, post_id, Paging()),
        "post_id": post_id,
        "token": request.POST.get("token", ""),
        "form": None if added else form,
    }
    response = render(request, PART, context, status=HTTPStatus.OK if added else HTTPStatus.UNPROCESSABLE_ENTITY)
    if added:
        comment_count = counts([post_id]).get(post_id, Counts()).comments
        response["HX-Trigger"] = json.dumps({"commented": {"post_id": str(post_id), "comments": comment_count}})
    return response
