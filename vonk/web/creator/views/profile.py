"""The creator's name, handle, words and picture; and the first handle of somebody who has none."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.content import queries as content
from vonk.content.actions import profiles, studio
from vonk.content.avatars import BYTES_MAX
from vonk.content.queries.studio import studio_settings
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.web.common import problems
from vonk.web.common.requests import now_of, person_scope
from vonk.web.common.templatetags.vonk import optional_url
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import PictureForm, PrivacyForm, ProfileForm, StartForm, TimeZoneForm
from vonk.web.creator.stops import Confirmation, stopping


class ProfilePage(msgspec.Struct, frozen=True):
    """The page."""

    display_name: str
    avatar_url: str
    public_url: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show and change how others see the creator."""
    if request.method != "POST":
        return _answer(request, scope)
    form = ProfileForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            profiles.update(
                scope,
                display_name=asked["display_name"],
                bio=asked["bio"],
                handle=asked["handle"],
                now=now_of(request),
            )
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your profile is saved."))
            return redirect("creator:profile")
    return _answer(request, scope, profile=form)


@require_POST
@for_creators
def set_picture(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Give the profile a picture."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            profiles.set_avatar(scope, form.cleaned_data["avatar"].read(BYTES_MAX + 1), now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your picture is saved."))
            return redirect("creator:profile")
    return _answer(request, scope, picture=form)


@require_POST
@for_creators
def set_privacy(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show one's posts to followers alone, or to everybody; with ads that would stop, ask first."""
    form = PrivacyForm(request.POST)
    form.full_clean()
    private: bool = form.cleaned_data["private"]
    ads = stopping(content.post_facts(content.own_post_ids(scope)).values(), hidden=True) if private else ()
    if ads and "confirmed" not in request.POST:
        asked = Confirmation(
            title=_("Make your profile private?"),
            text=_("Posts of a private profile are not shown in ads, unless in ads alone. These stop within a second:"),
            label=_("Make it private, and stop the ads"),
            action=reverse("creator:profile_privacy"),
            back=reverse("creator:profile"),
            ads=ads,
            fields=(("private", "on"),),
        )
        return render(request, "creator/confirm.html", {"page": asked})
    profiles.set_private(scope, private, now=now_of(request))
    done = _("Your profile is private.") if private else _("Everybody sees your profile.")
    messages.success(request, done)
    return redirect("creator:profile")


@require_POST
@for_creators
def set_time_zone(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Say in which time zone the creator plans."""
    form = TimeZoneForm(request.POST)
    if form.is_valid():
        studio.set_time_zone(scope, form.cleaned_data["time_zone"], now=now_of(request))
        messages.success(request, _("Your time zone is saved."))
        return redirect("creator:profile")
    return _answer(request, scope, time_zone=form)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Let somebody who has no profile choose a handle, and send them where they wanted to go."""
    scope = person_scope(request)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    target = wanted if safe else "creator:home"
    if content.own_profile(scope) is not None:
        return redirect(target)
    if request.method == "POST":
        form = StartForm(request.POST)
        if form.is_valid():
            asked = form.cleaned_data
            try:
                profiles.create(scope, handle=asked["handle"], display_name=asked["display_name"], now=now_of(request))
            except Problem as problem:
                problems.add_to_form(form, problem)
            else:
                return redirect(target)
    else:
        form = StartForm(initial={"display_name": identity.person(scope).display_name})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "creator/start.html", {"form": form, "next": wanted if safe else ""}, status=status)


def _answer(request: HttpRequest, scope: Scope, **sent: forms.Form) -> HttpResponse:
    """Show the page; a form in ``sent`` is shown again as it was sent, with what is wrong with it."""
    brief = content.own_profile(scope)
    assert brief is not None, "Only who has a profile comes here."
    view = content.profile(scope, brief.handle)
    initial = {"display_name": view.display_name, "handle": view.handle, "bio": view.bio}
    shown: dict[str, forms.Form] = {"profile": ProfileForm(initial=initial), "picture": PictureForm()}
    shown["privacy"] = PrivacyForm(initial={"private": view.private})
    shown["time_zone"] = TimeZoneForm(initial={"time_zone": studio_settings(scope).time_zone or "UTC"})
    record = ProfilePage(view.display_name, view.avatar_url, optional_url("viewer:profile", view.handle))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK
    return render(request, "creator/profile.html", {"page": record, "forms": shown | sent}, status=status)
