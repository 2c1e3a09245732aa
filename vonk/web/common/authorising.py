"""Where a person lets a developer's app in, and where they see which are in and let them out.

An app sends a person's browser here with its id, an address that its developer named before, and a state of its own. The
browser goes back there, and to no other address, with a code or with word that the person said no.
"""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.core.ids import parse_id
from vonk.identity import queries as identity
from vonk.identity.actions import app_tokens
from vonk.identity.errors import AppUnknown
from vonk.identity.queries import AskingApp, ConnectedApp
from vonk.identity.rules import Permission
from vonk.web.common import permissions, problems
from vonk.web.common.middleware import content_security_policy
from vonk.web.common.requests import now_of, person_scope

STATE_CHARS_MAX: Final = 2_000
DENY: Final = "deny"


class AuthoriseForm(forms.Form):
    """Which ad accounts, and what may be done with them."""

    accounts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Ad accounts"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose one ad account at least.")},
    )
    permissions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Also allow"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, words) for one, words in permissions.WORDS.items() if one is not Permission.SEE],
    )

    def __init__(self, *args: Any, accounts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["accounts"]
        assert isinstance(field, forms.TypedMultipleChoiceField), "It is declared above."
        field.choices = accounts


class AuthorisePage(msgspec.Struct, frozen=True):
    """Who asks, what goes with every yes, and where the browser goes afterwards."""

    app: AskingApp
    always: str
    host: str
    any_accounts: bool


class ConnectedRow(msgspec.Struct, frozen=True):
    """An app that is in, and what it may in words."""

    app: ConnectedApp
    may: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def authorise(request: HttpRequest) -> HttpResponse:
    """Ask whether the app may; POST answers it. Raises AppUnknown and RedirectUriUnknown before anybody is sent anywhere."""
    scope = person_scope(request)
    app = _asking(request)
    choices = [(one.id, f"{one.name} · {one.organisation_name}") for one in identity.accounts_of(scope)]
    if request.method != "POST":
        ticked = {"permissions": permissions.CHOSEN, "accounts": [choices[0][0]] if len(choices) == 1 else []}
        return _page(request, app, AuthoriseForm(accounts=choices, initial=ticked), HTTPStatus.OK)
    if request.POST.get("answer") == DENY:
        return back(request, app, {"error": "access_denied"})
    form = AuthoriseForm(request.POST, accounts=choices)
    if form.is_valid():
        try:
            code = _let_in(request, scope, app, form)
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            return back(request, app, {"auth_code": code, "code": code})
    return _page(request, app, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
def connected(request: HttpRequest) -> HttpResponse:
    """Show which apps act for the person."""
    found = identity.connected_apps(person_scope(request))
    rows = tuple(ConnectedRow(one, permissions.words_of(one.permissions, one.creator_scopes)) for one in found)
    return render(request, "connected_apps.html", {"rows": rows})


@require_POST
def disconnect(request: HttpRequest, app_id: int) -> HttpResponse:
    """Let an app out."""
    app_tokens.disconnect(person_scope(request), app_id, now=now_of(request))
    messages.success(request, _("The app has no access any more."))
    return redirect("connected_apps")


def _asking(request: HttpRequest) -> AskingApp:
    try:
        app_id = parse_id(request.GET.get("app_id", ""))
    except ValueError as error:
        raise AppUnknown from error
    return identity.asking_app(app_id, request.GET.get("redirect_uri", ""))


def _let_in(request: HttpRequest, scope: Scope, app: AskingApp, form: AuthoriseForm) -> str:
    given = app_tokens.authorise(
        scope,
        app.id,
        redirect_uri=app.redirect_uri,
        account_ids=form.cleaned_data["accounts"],
        permissions=form.cleaned_data["permissions"],
        now=now_of(request),
    )
    return given.code


def _page(request: HttpRequest, app: AskingApp, form: AuthoriseForm, status: HTTPStatus) -> HttpResponse:
    page = AuthorisePage(
        app=app,
        always=str(permissions.WORDS[Permission.SEE]),
        host=urlsplit(app.redirect_uri).netloc,
        any_accounts=bool(form.fields["accounts"].choices),  # type: ignore[attr-defined]  # A field of choices.
    )
    return leading_back(request, app, render(request, "authorise.html", {"page": page, "form": form}, status=status))


def leading_back(request: HttpRequest, app: AskingApp, response: HttpResponse) -> HttpResponse:
    """Let the page's form end at the app's own address, and nowhere else."""
    # Browsers hold a form's redirect to form-action too: the answer leads to the app's own address.
    nonce: str = getattr(request, "csp_nonce", "")
    own = "form-action 'self'"
    policy = content_security_policy(nonce).replace(own, f"{own} {_origin(app.redirect_uri)}")
    response.headers["Content-Security-Policy"] = policy
    return response


def back(request: HttpRequest, app: AskingApp, told: dict[str, str]) -> HttpResponse:
    """Send the browser back to the app with what is told and the app's own state."""
    state = request.GET.get("state")
    if state is not None:
        told = {**told, "state": state[:STATE_CHARS_MAX]}
    joint = "&" if urlsplit(app.redirect_uri).query else "?"
    return HttpResponseRedirect(f"{app.redirect_uri.removesuffix('?')}{joint}{urlencode(told)}")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
