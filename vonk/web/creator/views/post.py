"""A post of one's own: its numbers, its ads, its words, who may watch it, its end."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.queries import CommentView, PostFacts
from vonk.content.rules import Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.reporting import queries as reporting
from vonk.reporting.metrics import Value
from vonk.reporting.queries import PostAd
from vonk.web.common import problems
from vonk.web.common.records import Chart
from vonk.web.common.requests import now_of
from vonk.web.common.templatetags.vonk import optional_url
from vonk.web.creator import numbers, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import CaptionForm, ReuseForm, VisibilityForm
from vonk.web.creator.numbers import NumberRow
from vonk.web.creator.words import TimelineRow

COMMENTS_SHOWN: Final = 10
HISTORY_SHOWN: Final = 20


class AdRow(msgspec.Struct, frozen=True):
    """An ad that uses the post, with what it brought to the post."""

    account_name: str
    ad_name: str
    since: datetime
    impressions: Value
    likes: Value
    clicks: Value


class PostPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    id: int
    title: str
    subtitle: str
    caption: str
    caption_locked: bool
    ads_only: bool
    removed_reason: str | None
    public_url: str
    video_url: str
    poster_url: str
    width: int
    height: int
    numbers: tuple[NumberRow, ...]
    more_numbers: tuple[NumberRow, ...]
    within_a_day: tuple[tuple[str, str], ...]
    by_day: Chart
    ads: tuple[AdRow, ...]
    ads_count: int
    delete_words: str
    comments: tuple[CommentView, ...]
    comments_cursor: str | None
    history: tuple[TimelineRow, ...]


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show the post to its creator."""
    return _answer(request, scope, content.own_post(scope, post_id))


@require_POST
@for_creators
def edit_caption(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Change what the post says."""
    post = content.own_post(scope, post_id)
    form = CaptionForm(request.POST)
    if form.is_valid():
        try:
            posts.edit_caption(scope, post_id, form.cleaned_data["caption"], now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The caption is saved."))
            return redirect("creator:post", post_id)
    return _answer(request, scope, post, caption=form)


@require_POST
@for_creators
def set_visibility(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Change who may watch the post."""
    post = content.own_post(scope, post_id)
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        return _answer(request, scope, post, visibility=form)
    posts.set_visibility(scope, post_id, Visibility(form.cleaned_data["visibility"]), now_of(request))
    messages.success(request, _("Saved who can watch."))
    return redirect("creator:post", post_id)


@require_POST
@for_creators
def set_reuse(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Change what others may make of the post."""
    form = ReuseForm(request.POST)
    form.full_clean()
    asked = form.cleaned_data
    posts.set_reuse(scope, post_id, may_duet=asked["may_duet"], may_stitch=asked["may_stitch"], now=now_of(request))
    messages.success(request, _("Saved what others may make of it."))
    return redirect("creator:post", post_id)


@require_POST
@for_creators
def delete(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Delete the post for good."""
    posts.delete(scope, post_id, now_of(request))
    messages.success(request, _("The post is deleted."))
    return redirect("creator:home")


def _answer(request: HttpRequest, scope: Scope, post: PostFacts, **sent: forms.Form) -> HttpResponse:
    """Show the page; a form in ``sent`` is shown again as it was sent, with what is wrong with it."""
    shown: dict[str, forms.Form] = {
        "caption": CaptionForm(initial={"caption": post.caption}),
        "visibility": VisibilityForm(initial={"visibility": post.visibility.value}),
        "reuse": ReuseForm(initial={"may_duet": post.may_duet, "may_stitch": post.may_stitch}),
    }
    record = _page(request, scope, post)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return render(request, "creator/post.html", {"page": record, "forms": shown | sent}, status=status)


def _ad(row: PostAd) -> AdRow:
    return AdRow(
        account_name=row.ad.account_name,
        ad_name=row.ad.ad_name,
        since=row.ad.since,
        impressions=row.values["impressions"],
        likes=row.values["likes"],
        clicks=row.values["clicks"],
    )


def comments_of(scope: Scope, post_id: int, paging: Paging) -> tuple[tuple[CommentView, ...], str | None]:
    """Return a page of comments; a post that nobody may react to now (removed, or kept for ads) shows none."""
    try:
        found = content.comments(scope, post_id, paging)
    except NotFound:
        return (), None
    return found.items, found.next_cursor


def _page(request: HttpRequest, scope: Scope, post: PostFacts) -> PostPage:
    now = now_of(request)
    found = reporting.post_numbers(scope, post.id)
    ads = len(found.ads)
    comments, cursor = comments_of(scope, post.id, Paging(size=COMMENTS_SHOWN))
    return PostPage(
        id=post.id,
        title=words.title_of(post),
        subtitle=_("Published on %(day)s") % {"day": words.plain_day(post.created_at)},
        caption=post.caption,
        caption_locked=post.caption_locked,
        ads_only=post.ads_only,
        removed_reason=post.removed_reason,
        public_url="" if post.ads_only or post.removed_reason else optional_url("viewer:post", post.id),
        video_url=post.video_url,
        poster_url=post.poster_url,
        width=post.width,
        height=post.height,
        numbers=numbers.rows_of_post(found, first=True),
        more_numbers=numbers.rows_of_post(found, first=False),
        within_a_day=numbers.within_a_day(found),
        by_day=numbers.views_by_day(found, now),
        ads=tuple(_ad(ad) for ad in found.ads),
        ads_count=ads,
        delete_words=ngettext("%(count)d ad stops within a second.", "%(count)d ads stop within a second.", ads)
        % {"count": ads},
        comments=comments,
        comments_cursor=cursor,
        history=words.timeline(authorisation.history(scope, post.id, Paging(size=HISTORY_SHOWN)).items),
    )
