"""Find a post, take it out of sight, bring it back."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.queries import PostFacts
from vonk.content.rules import Origin, Unavailable, Visibility
from vonk.control.scope import Right, Scope
from vonk.core.errors import Invalid, NotFound
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import FindPostForm, RemovePostForm


class PostRow(msgspec.Struct, frozen=True):
    """A post in the list, or on its own page."""

    facts: PostFacts
    speaks_as: str
    state: Badge


class PostList(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[PostRow, ...]
    next_cursor: str | None


class PostPage(msgspec.Struct, frozen=True):
    """One post."""

    row: PostRow
    ads_count: int
    removed: bool
    deleted: bool


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the newest posts, or open the one whose id was asked for."""
    form = FindPostForm(request.GET) if request.GET.get("id") else FindPostForm()
    if form.is_bound and form.is_valid():
        if form.cleaned_data["id"] in content.post_facts([form.cleaned_data["id"]]):
            return redirect("operator:post", form.cleaned_data["id"])
        form.add_error("id", _("There is no post with this id."))
    found = content.all_posts(scope, paging_of(request))
    record = PostList(tuple(_row(facts) for facts in found.items), found.next_cursor)
    return render(request, "operator/posts.html", {"page": record, "form": form})


@require_safe
@for_platform(Right.REVIEW)
def post(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:  # noqa: ARG001 - the right is what it stands for.
    """Show one post to a moderator."""
    return _answer(request, post_id, RemovePostForm())


@require_POST
@for_platform(Right.REVIEW)
def remove(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Take the post out of sight, and out of ads."""
    form = RemovePostForm(request.POST)
    if form.is_valid():
        try:
            posts.remove(scope, post_id, form.cleaned_data["reason"], now_of(request))
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Removed. Its ads stop within a second."))
            return redirect("operator:post", post_id)
    return _answer(request, post_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_platform(Right.REVIEW)
def restore(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show the post again."""
    posts.restore(scope, post_id, now_of(request))
    messages.success(request, _("Restored. It is where it was, in ads too."))
    return redirect("operator:post", post_id)


def _answer(
    request: HttpRequest, post_id: int, form: RemovePostForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    facts = content.post_facts([post_id]).get(post_id)
    if facts is None:
        raise NotFound(noun="post")
    record = PostPage(
        row=_row(facts),
        ads_count=len(advertising.ads_of_posts([post_id])[post_id]),
        removed=facts.removed_reason is not None,
        deleted=facts.unavailable_reason == Unavailable.DELETED.value,
    )
    return render(request, "operator/post.html", {"page": record, "form": form}, status=status)


def _row(facts: PostFacts) -> PostRow:
    speaks_as = f"@{facts.handle}" if facts.handle else facts.display_name
    return PostRow(facts, speaks_as, _state(facts))


def _state(facts: PostFacts) -> Badge:
    if facts.unavailable_reason == Unavailable.DELETED.value:
        return Badge(_("Deleted by its creator"), Tone.CALM)
    if facts.removed_reason is not None:
        return Badge(_("Removed"), Tone.BAD)
    if facts.unavailable_reason == Unavailable.PROFILE_BANNED.value:
        return Badge(_("Its profile is banned"), Tone.BAD)
    if facts.draft:
        return Badge(_("A draft that an advertiser pushed"), Tone.CALM)
    if facts.profile_private and not facts.ads_only:
        return Badge(_("Its profile is private"), Tone.CALM)
    if facts.origin is Origin.ADVERTISER:
        return Badge(_("An advertiser's creative"), Tone.CALM)
    if facts.ads_only:
        return Badge(_("Only in ads"), Tone.BUSY)
    return {
        Visibility.PUBLIC: Badge(_("Everyone"), Tone.GOOD),
        Visibility.FRIENDS: Badge(_("Friends"), Tone.CALM),
        Visibility.PRIVATE: Badge(_("Private"), Tone.CALM),
    }[facts.visibility]
