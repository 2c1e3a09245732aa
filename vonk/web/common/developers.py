"""A developer's apps: list and create, the secret shown once, another secret, revoking, and the tokens of each."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import app_tokens, apps
from vonk.identity.queries import AppToken, AppView
from vonk.identity.rules import REDIRECT_CHARS_MAX, REDIRECT_URIS_MAX
from vonk.web.common import permissions, problems
from vonk.web.common.requests import now_of, person_scope

TOKENS_SHOWN_MAX: Final = 100


class AppForm(forms.Form):
    """What people are shown of an app, and where it takes them back to."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=apps.NAME_CHARS_MAX,
        help_text=gettext_lazy("People read it when they let the app in."),
    )
    redirect_uris = forms.CharField(
        label=gettext_lazy("Addresses to come back to"),
        max_length=REDIRECT_URIS_MAX * (REDIRECT_CHARS_MAX + 2),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://example.org/vonk/back"}),
        help_text=gettext_lazy("One a line: https, or http on your own machine. Browsers are sent to no others."),
    )

    tokens_expire = forms.BooleanField(
        label=gettext_lazy("Tokens end after a day"),
        required=False,
        help_text=gettext_lazy(
            "A refresh token renews them, for a year. Creators' tokens always do; without this, advertisers' last."
        ),
    )

    def clean_redirect_uris(self) -> list[str]:
        """Return the addresses, one a line."""
        text: str = self.cleaned_data["redirect_uris"]
        return text.split()


class TokenRow(msgspec.Struct, frozen=True):
    """A token of the app, and what it allows in words."""

    token: AppToken
    may: tuple[str, ...]


class AppPage(msgspec.Struct, frozen=True):
    """One app. ``secret`` is shown this once; "" otherwise."""

    app: AppView
    links: tuple[str, ...]  # Where people are sent to let it in, one for each address to come back to.
    tokens: tuple[TokenRow, ...]
    secret: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Show the apps; POST makes one and shows its secret."""
    scope = person_scope(request)
    form = AppForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                made = apps.create_app(scope, **form.cleaned_data, now=now_of(request))
            except Problem as problem:
                problems.add_to_form(form, problem)
            else:
                return _shown(request, made.id, secret=made.secret)
    page = {"apps": identity.apps_of(scope), "form": form}
    return render(request, "developers/apps.html", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, app_id: int) -> HttpResponse:
    """Show an app; POST changes its name and addresses."""
    scope = person_scope(request)
    if request.method != "POST":
        return _shown(request, app_id)
    form = AppForm(request.POST)
    if form.is_valid():
        try:
            apps.change_app(scope, app_id, **form.cleaned_data, now=now_of(request))
        except Problem as problem:
            if problem.field is None:
                raise
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The app is saved."))
            return redirect("developers_app", app_id)
    return _shown(request, app_id, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, app_id: int) -> HttpResponse:
    """Ask whether the app shall have another secret; POST gives it one and shows it."""
    scope = person_scope(request)
    if request.method == "POST":
        made = apps.rotate_secret(scope, app_id, now=now_of(request))
        return _shown(request, app_id, secret=made.secret)
    return render(request, "developers/app_secret.html", {"app": identity.app(scope, app_id)})


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, app_id: int) -> HttpResponse:
    """Ask whether the app shall end; POST ends it."""
    scope = person_scope(request)
    if request.method == "POST":
        apps.revoke_app(scope, app_id, now=now_of(request))
        messages.success(request, _("The app is revoked, and so are all its tokens."))
        return redirect("developers_apps")
    return render(request, "developers/app_revoke.html", {"app": identity.app(scope, app_id)})


@require_POST
def revoke_token(request: HttpRequest, app_id: int, token_id: int) -> HttpResponse:
    """End one token of the app."""
    app_tokens.revoke_as_developer(person_scope(request), app_id, token_id, now=now_of(request))
    messages.success(request, _("The token is revoked."))
    return redirect("developers_app", app_id)


def _shown(
    request: HttpRequest,
    app_id: int,
    *,
    secret: str = "",
    form: AppForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    scope = person_scope(request)
    app = identity.app(scope, app_id)
    rows = tuple(
        TokenRow(token, permissions.words_of(token.permissions, token.creator_scopes))
        for token in identity.tokens_of_app(scope, app_id, at_most=TOKENS_SHOWN_MAX)
    )
    context: dict[str, Any] = {
        "page": AppPage(app, tuple(_link(request, app.id, uri) for uri in app.redirect_uris), rows, secret),
        "form": form or AppForm(initial=_typed(app)),
    }
    return render(request, "developers/app.html", context, status=status)


def _typed(app: AppView) -> dict[str, Any]:
    return {"name": app.name, "redirect_uris": "\n".join(app.redirect_uris), "tokens_expire": app.tokens_expire}


def _link(request: HttpRequest, app_id: int, redirect_uri: str) -> str:
    asked = urlencode({"app_id": app_id, "redirect_uri": redirect_uri})
    return request.build_absolute_uri(f"{reverse('authorise')}?{asked}")
