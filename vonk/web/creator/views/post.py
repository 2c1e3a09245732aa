"""A post of one's own: its numbers, its ads, its words, who may watch it, its end."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import pushes
from vonk.content import queries as content
from vonk.content.actions import disclosures, posts
from vonk.content.errors import DisclosureKept, PostIsDraft
from vonk.content.queries import CommentView, PictureFacts, PostFacts
from vonk.content.rules import PublishAs, Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.identity.queries import account_facts
from vonk.reporting import queries as reporting
from vonk.reporting.metrics import Value
from vonk.reporting.queries import PostAd
from vonk.web.common import problems
from vonk.web.common.records import Chart
from vonk.web.common.requests import now_of
from vonk.web.common.templatetags.vonk import optional_url
from vonk.web.creator import numbers, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import CaptionForm, DisclosureForm, ReuseForm, VisibilityForm
from vonk.web.creator.numbers import NumberRow
from vonk.web.creator.stops import Confirmation, stopping
from vonk.web.creator.words import TimelineRow

COMMENTS_SHOWN: Final = 10
HISTORY_SHOWN: Final = 20


class AdRow(msgspec.Struct, frozen=True):
    """An ad that uses the post, with what it brought to the post."""

    ad_id: int
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
    ai_generated: bool
    draft: bool
    pushed_by: str
    pushed_words: str
    ads_only: bool
    removed_reason: str | None
    public_url: str
    video_url: str
    cover_video_id: int | None  # None: its cover cannot be changed.
    pictures: tuple[PictureFacts, ...]
    sound_url: str
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
    wanted = Visibility(form.cleaned_data["visibility"])
    ads = stopping([post], hidden=True) if wanted is not Visibility.PUBLIC else ()
    if ads and "confirmed" not in request.POST:
        asked = Confirmation(
            title=_("Change who can watch?"),
            text=_("A post that not everyone can watch is not shown in ads. These stop within a second:"),
            label=_("Change it, and stop the ads"),
            action=reverse("creator:post_visibility", args=[post_id]),
            back=reverse("creator:post", args=[post_id]),
            ads=ads,
            fields=(("visibility", wanted.value),),
        )
        return render(request, "creator/confirm.html", {"page": asked})
    try:
        posts.set_visibility(scope, post_id, wanted, now_of(request))
    except PostIsDraft as problem:
        problems.add_to_form(form, problem)
        return _answer(request, scope, post, visibility=form)
    messages.success(request, _("Saved who can watch."))
    return redirect("creator:post", post_id)


@require_POST
@for_creators
def set_disclosure(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Change whose commercial interest the post says it serves."""
    post = content.own_post(scope, post_id)
    form = DisclosureForm(request.POST)
    form.full_clean()
    try:
        disclosures.set_disclosure(scope, post_id, form.disclosure(), now=now_of(request))
    except DisclosureKept as problem:
        form.add_error(None, problems.view_of(problem).message)
        return _answer(request, scope, post, disclosure=form)
    messages.success(request, _("Saved what viewers read above the caption."))
    return redirect("creator:post", post_id)


@require_POST
@for_creators
def set_ai_label(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Label the post as made with AI, for good."""
    disclosures.set_ai_generated(scope, post_id, now=now_of(request))
    messages.success(request, _("The post is labelled as made with AI."))
    return redirect("creator:post", post_id)


@require_POST
@for_creators
def refuse(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Refuse what an advertiser pushed: it is deleted, and what let ads show it ends."""
    pushes.refuse(scope, post_id, now=now_of(request))
    messages.success(request, _("Refused. The post is deleted, and its advertiser is told."))
    return redirect("creator:home")


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
    """Delete the post for good; with ads that would stop, ask first."""
    ads = stopping([content.own_post(scope, post_id)], hidden=False)
    if ads and "confirmed" not in request.POST:
        asked = Confirmation(
            title=_("Delete this post for good?"),
            text=_("This cannot be undone. These ads stop within a second:"),
            label=_("Delete it, and stop the ads"),
            action=reverse("creator:post_delete", args=[post_id]),
            back=reverse("creator:post", args=[post_id]),
            ads=ads,
        )
        return render(request, "creator/confirm.html", {"page": asked})
    posts.delete(scope, post_id, now_of(request))
    messages.success(request, _("The post is deleted."))
    return redirect("creator:home")


def _answer(request: HttpRequest, scope: Scope, post: PostFacts, **sent: forms.Form) -> HttpResponse:
    """Show the page; a form in ``sent`` is shown again as it was sent, with what is wrong with it."""
    shown: dict[str, forms.Form] = {
        "caption": CaptionForm(initial={"caption": post.caption}),
        "visibility": VisibilityForm(initial={"visibility": post.visibility.value}),
        "disclosure": DisclosureForm(initial=DisclosureForm.initial_of(post.disclosure)),
        "reuse": ReuseForm(initial={"may_duet": post.may_duet, "may_stitch": post.may_stitch}),
    }
    record = _page(request, scope, post)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return render(request, "creator/post.html", {"page": record, "forms": shown | sent}, status=status)


def _ad(row: PostAd) -> AdRow:
    return AdRow(
        ad_id=row.ad.ad_id,
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
        subtitle=(_("Draft of %(day)s") if post.draft else _("Published on %(day)s"))
        % {"day": words.plain_day(post.created_at)},
        caption=post.caption,
        caption_locked=post.caption_locked,
        ai_generated=post.ai_generated,
        draft=post.draft,
        pushed_by=account_facts(post.pushed_for).name if post.pushed_for else "",
        pushed_words=_pushed_words(post),
        ads_only=post.ads_only,
        removed_reason=post.removed_reason,
        public_url="" if post.ads_only or post.draft or post.removed_reason else optional_url("viewer:post", post.id),
        video_url=post.video_url,
        cover_video_id=None if post.caption_locked or post.pushed_for or post.pictures else post.video_id,
        pictures=post.pictures,
        sound_url=post.sound_url,
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


def _pushed_words(post: PostFacts) -> str:
    """Return how a pushed post is, or will be, published; "" for every other one."""
    if post.publish_as is None:
        return ""
    return {
        PublishAs.ADS_ONLY: _("In ads alone, not on your profile."),
        PublishAs.PRIVATE: _("On your profile for your eyes only; its ads begin when you make it public."),
        PublishAs.PUBLIC: _("On your profile, for everybody."),
    }[post.publish_as]
