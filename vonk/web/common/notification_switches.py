"""Which news reach the person who is signed in, where: each kind on each channel. Some cannot be switched off."""

from collections.abc import Iterable

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.content import queries as content
from vonk.control import notifications
from vonk.control.notification_kinds import KINDS, Channel, Concerned, KindEntry
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.identity import queries as identity
from vonk.web.common.requests import now_of, person_scope


class Switch(msgspec.Struct, frozen=True):
    """One kind on one channel; ``value`` is what the form sends for it."""

    value: str
    label: str
    channel: str
    on: bool
    locked: bool


class KindRow(msgspec.Struct, frozen=True):
    """One kind. ``why``: why it cannot be switched off somewhere, "" when it can everywhere."""

    name: str
    title: str
    meaning: str
    why: str
    switches: tuple[Switch, ...]


class Group(msgspec.Struct, frozen=True):
    """Kinds that concern the same people."""

    title: str
    rows: tuple[KindRow, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the switches of the kinds that concern the person, and change them."""
    scope = person_scope(request)
    kinds = _concerning(scope)
    if request.method == "POST":
        on = set(request.POST.getlist("on"))
        off = [(kind.name, channel) for kind, channel in _switchable(kinds) if _value(kind, channel) not in on]
        names = request.POST.getlist("kind")
        if not set(names) <= {kind.name for kind in kinds}:
            raise FieldInvalid("kind", "kinds that are on the page")
        notifications.switch(scope, names, [one for one in off if one[0] in names], now=now_of(request))
        messages.success(request, _("Your choices are saved."))
        return redirect("notification_switches")
    off_now = notifications.switched_off(scope)
    return render(request, "notification_switches.html", {"groups": _groups(kinds, off_now)})


def _concerning(scope: Scope) -> list[KindEntry]:
    concerned = {Concerned.EVERYBODY}
    if content.own_profile(scope) is not None:
        concerned.add(Concerned.CREATORS)
    if identity.accounts_of(scope):
        concerned.add(Concerned.ADVERTISERS)
    return [kind for kind in KINDS if kind.concerned & concerned]


def _switchable(kinds: Iterable[KindEntry]) -> Iterable[tuple[KindEntry, Channel]]:
    return ((kind, channel) for kind in kinds for channel in Channel if channel not in kind.locked)


def _value(kind: KindEntry, channel: Channel) -> str:
    return f"{kind.name}:{channel.value}"


def _groups(kinds: list[KindEntry], off: frozenset[tuple[str, Channel]]) -> tuple[Group, ...]:
    titles = (
        (frozenset({Concerned.CREATORS, Concerned.ADVERTISERS}), _("Posts in ads")),
        (frozenset({Concerned.CREATORS}), _("Your posts")),
        (frozenset({Concerned.ADVERTISERS}), _("Your ads")),
        (frozenset({Concerned.EVERYBODY}), _("Your account")),
    )
    rows = [
        (title, tuple(_row(kind, off) for kind in kinds if kind.concerned == concerned)) for concerned, title in titles
    ]
    return tuple(Group(title, found) for title, found in rows if found)


def _row(kind: KindEntry, off: frozenset[tuple[str, Channel]]) -> KindRow:
    labels = {Channel.PRODUCT: _("Here"), Channel.MAIL: _("By e-mail")}
    return KindRow(
        name=kind.name,
        title=str(kind.title),
        meaning=str(kind.meaning),
        why=str(kind.why) if kind.locked else "",
        switches=tuple(
            Switch(
                value=_value(kind, channel),
                label=labels[channel],
                channel=channel.value,
                on=channel in kind.locked or (kind.name, channel) not in off,
                locked=channel in kind.locked,
            )
            for channel in Channel
        ),
    )
