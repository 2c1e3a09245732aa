"""The library of sounds: add one, and say whether and where it may be heard in ads."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.content import queries as content
from vonk.content.actions import sounds
from vonk.content.queries import SoundView
from vonk.control.scope import Right, Scope
from vonk.core.errors import Invalid
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import NewSoundForm, SoundRightsForm


class SoundRow(msgspec.Struct, frozen=True):
    """A sound of the library."""

    sound: SoundView
    rights: Badge


class SoundList(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[SoundRow, ...]
    next_cursor: str | None


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:  # noqa: ARG001 - who may is all that matters.
    """Show the library."""
    return _list(request, NewSoundForm())


@require_POST
@for_platform(Right.OPERATE)
def add(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Add a sound."""
    form = NewSoundForm(request.POST)
    if form.is_valid():
        try:
            sound_id = sounds.add_to_library(scope, title=form.cleaned_data["title"], now=now_of(request))
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The sound is in the library."))
            return redirect("operator:sound", sound_id)
    return _list(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@for_platform(Right.OPERATE)
def sound(request: HttpRequest, scope: Scope, sound_id: int) -> HttpResponse:  # noqa: ARG001 - as above.
    """Show one sound's rights."""
    found = content.sound(sound_id)
    initial = {"commercial": found.commercial, "countries": " ".join(found.countries)}
    return _one(request, found, SoundRightsForm(initial=initial))


@require_POST
@for_platform(Right.OPERATE)
def set_rights(request: HttpRequest, scope: Scope, sound_id: int) -> HttpResponse:
    """Say whether and where it may be heard in ads."""
    form = SoundRightsForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            sounds.set_rights(
                scope,
                sound_id,
                commercial=asked["commercial"],
                countries=asked["countries"],
                now=now_of(request),
            )
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The rights are saved."))
            return redirect("operator:sounds")
    return _one(request, content.sound(sound_id), form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _list(request: HttpRequest, form: NewSoundForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    found = content.library(paging_of(request))
    record = SoundList(tuple(SoundRow(one, _rights(one)) for one in found.items), found.next_cursor)
    return render(request, "operator/sounds.html", {"page": record, "form": form}, status=status)


def _one(
    request: HttpRequest, found: SoundView, form: SoundRightsForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    return render(
        request, "operator/sound.html", {"page": SoundRow(found, _rights(found)), "form": form}, status=status
    )


def _rights(sound: SoundView) -> Badge:
    if not sound.commercial:
        return Badge(_("Not in ads"), Tone.BAD)
    if sound.countries:
        return Badge(_("In ads in %(countries)s") % {"countries": ", ".join(sound.countries)}, Tone.BUSY)
    return Badge(_("In ads everywhere"), Tone.GOOD)
