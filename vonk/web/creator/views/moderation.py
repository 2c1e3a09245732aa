"""Comments below all of one's posts: those that wait, the list of words that makes them wait, decisions in bulk."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.content import queries as content
from vonk.content.actions import holding
from vonk.content.moderation import Held
from vonk.content.queries import studio_comments
from vonk.content.queries.studio import studio_settings
from vonk.content.queries.studio_comments import CreatorWord, StudioComment, Which
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.web.common import problems
from vonk.web.common.requests import id_of, now_of, paging_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import HoldForm, WordsForm


class Tab(msgspec.Struct, frozen=True):
    """One of the lists."""

    value: str
    label: str
    chosen: bool


class CommentRow(msgspec.Struct, frozen=True):
    """A comment in the list; ``why`` says what it waits for, "" when it does not."""

    comment: StudioComment
    writer: str
    post_title: str
    why: str


class ModerationPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``post_title`` "": of all posts."""

    which: str
    tabs: tuple[Tab, ...]
    rows: tuple[CommentRow, ...]
    next_cursor: str | None
    post_id: int | None
    post_title: str
    words: tuple[CreatorWord, ...]
    hold_all: bool


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the comments that wait, or those that are shown, or those that are hidden."""
    return _answer(request, scope)


@require_POST
@for_creators
def approve(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the chosen comments to everybody."""
    try:
        done = holding.approve(scope, _chosen(request), now=now_of(request))
    except FieldInvalid:
        messages.warning(request, _("Choose at least one comment first."))
    except NotFound:
        messages.warning(request, _("One of them is gone: its author deleted it. Nothing was changed; look again."))
    else:
        told = ngettext("%(count)d comment is shown now.", "%(count)d comments are shown now.", done)
        messages.success(request, told % {"count": done})
    return redirect("creator:all_comments")


@require_POST
@for_creators
def delete(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Delete the chosen comments, which wait."""
    try:
        done = holding.delete(scope, _chosen(request), now=now_of(request))
    except FieldInvalid:
        messages.warning(request, _("Choose at least one comment first."))
    except NotFound:
        messages.warning(request, _("One of them does not wait any more. Nothing was changed; look again."))
    else:
        told = ngettext("%(count)d comment is deleted.", "%(count)d comments are deleted.", done)
        messages.success(request, told % {"count": done})
    return redirect("creator:all_comments")


@require_POST
@for_creators
def set_hold(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Hold every new comment, or no longer."""
    form = HoldForm(request.POST)
    form.full_clean()
    hold: bool = form.cleaned_data["hold_all"]
    holding.set_hold_all(scope, hold, now=now_of(request))
    on, off = (
        _("Every new comment waits for you now."),
        _("New comments are shown at once, but for those with your words."),
    )
    messages.success(request, on if hold else off)
    return redirect("creator:all_comments")


@require_POST
@for_creators
def block(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Put words on the list."""
    form = WordsForm(request.POST)
    if form.is_valid():
        wanted = [line.strip() for line in form.cleaned_data["words"].splitlines() if line.strip()]
        try:
            new = holding.block(scope, wanted, now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            told = ngettext("%(count)d word is new on your list.", "%(count)d words are new on your list.", new)
            messages.success(request, told % {"count": new})
            return redirect("creator:all_comments")
    return _answer(request, scope, words=form)


@require_POST
@for_creators
def unblock(request: HttpRequest, scope: Scope, word_id: int) -> HttpResponse:
    """Take a word off the list."""
    word = holding.unblock(scope, word_id, now=now_of(request))
    messages.success(request, _("“%(word)s” is off your list. What waits goes on waiting.") % {"word": word})
    return redirect("creator:all_comments")


def _chosen(request: HttpRequest) -> list[int]:
    return [id_of(text, "comments") for text in request.POST.getlist("comment")]


def _answer(request: HttpRequest, scope: Scope, **sent: forms.Form) -> HttpResponse:
    post_id = id_of(request.GET["post"], "post") if request.GET.get("post") else None
    post = content.own_post(scope, post_id) if post_id is not None else None
    which, paging = _which(request.GET.get("show")), Paging() if sent else paging_of(request)
    found = studio_comments.studio_comments(scope, which, paging, post_id=post_id)
    hold_all = studio_settings(scope).hold_comments
    record = ModerationPage(
        which=which.value,
        tabs=_tabs(which, scope),
        rows=tuple(_row(one) for one in found.items),
        next_cursor=found.next_cursor,
        post_id=post_id,
        post_title=words.title_of(post) if post is not None else "",
        words=studio_comments.creator_words(scope),
        hold_all=hold_all,
    )
    shown: dict[str, forms.Form] = {"hold": HoldForm(initial={"hold_all": hold_all}), "words": WordsForm()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return render(request, "creator/moderation.html", {"page": record, "forms": shown | sent}, status=status)


def _which(text: str | None) -> Which:
    try:
        return Which(text or Which.HELD)
    except ValueError as error:
        raise FieldInvalid("show", "one of %(known)s", known=", ".join(Which)) from error


def _tabs(chosen: Which, scope: Scope) -> tuple[Tab, ...]:
    count = studio_comments.held_count(scope)
    labels = {
        Which.HELD: _("Waiting for you (%(count)d)") % {"count": count} if count else _("Waiting for you"),
        Which.SHOWN: _("Shown"),
        Which.HIDDEN: _("Hidden"),
    }
    return tuple(Tab(which.value, label, which is chosen) for which, label in labels.items())


def _row(comment: StudioComment) -> CommentRow:
    why = {Held.WORD.value: _("It has a word of your list"), Held.ALL.value: _("You hold every comment")}
    return CommentRow(
        comment,
        f"@{comment.handle}" if comment.handle else comment.display_name or _("Somebody"),
        words.short(comment.post_title),
        why.get(comment.held, ""),
    )
