"""Where a creator lets a developer's app act for them.

An app sends their browser here with its id, what it asks for, an address that its developer named before, and a state of
its own. The browser goes back there, and to no other address, with a code or with word that the person said no.
"""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from vonk.core.errors import FieldInvalid, Problem
from vonk.core.ids import parse_id
from vonk.identity import queries as identity
from vonk.identity.actions import creator_tokens
from vonk.identity.errors import AppUnknown
from vonk.identity.queries import AskingApp
from vonk.identity.rules import CreatorScope, known_scopes
from vonk.web.common import authorising, permissions, problems
from vonk.web.common.requests import now_of, person_scope

SCOPES_CHARS_MAX: Final = 2_000


class CreatorForm(forms.Form):
    """What of that which the app asks for it may."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Also allow"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, asked: tuple[CreatorScope, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField), "It is declared above."
        field.choices = [(one.value, permissions.OF_CREATORS[one]) for one in asked if one is not CreatorScope.PROFILE]


class CreatorPage(msgspec.Struct, frozen=True):
    """Who asks, what goes with every yes, whether there is more, and where the browser goes afterwards."""

    app: AskingApp
    always: str
    more: bool
    host: str


@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest) -> HttpResponse:
    """Ask whether the app may; POST answers it. Raises AppUnknown and RedirectUriUnknown before anybody is sent anywhere.

    Of what it asks for, what this platform does not know is left out; FieldInvalid where nothing else is.
    """
    scope = person_scope(request)
    app = _asking(request)
    asked = known_scopes(request.GET.get("scope", "")[:SCOPES_CHARS_MAX].replace(" ", ",").split(","))
    if not asked:
        raise FieldInvalid("scope", "of %(known)s, separated by commas", known=", ".join(CreatorScope))
    if request.method != "POST":
        return _page(request, app, CreatorForm(asked=asked, initial={"scopes": list(asked)}), HTTPStatus.OK)
    if request.POST.get("answer") == authorising.DENY:
        return authorising.back(request, app, {"error": "access_denied"})
    form = CreatorForm(request.POST, asked=asked)
    if form.is_valid():
        chosen = {CreatorScope.PROFILE.value, *form.cleaned_data["scopes"]}
        try:
            given = creator_tokens.authorise(
                scope, app.id, redirect_uri=app.redirect_uri, scopes=chosen, now=now_of(request)
            )
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            told = {"code": given.code, "auth_code": given.code, "scopes": ",".join(known_scopes(chosen))}
            return authorising.back(request, app, told)
    return _page(request, app, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _asking(request: HttpRequest) -> AskingApp:
    try:
        app_id = parse_id(request.GET.get("client_key", ""))
    except ValueError as error:
        raise AppUnknown from error
    return identity.asking_app(app_id, request.GET.get("redirect_uri", ""))


def _page(request: HttpRequest, app: AskingApp, form: CreatorForm, status: HTTPStatus) -> HttpResponse:
    page = CreatorPage(
        app=app,
        always=str(permissions.OF_CREATORS[CreatorScope.PROFILE]),
        more=bool(form.fields["scopes"].choices),  # type: ignore[attr-defined]  # A field of choices.
        host=urlsplit(app.redirect_uri).netloc,
    )
    response = render(request, "authorise_creator.html", {"page": page, "form": form}, status=status)
    return authorising.leading_back(request, app, response)
