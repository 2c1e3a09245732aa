"""Open an ad account, and choose the one to work at."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.core.errors import NotFound, Problem
from vonk.identity import queries as identity
from vonk.identity.actions import accounts
from vonk.web.advertiser.access import safe_next, use
from vonk.web.advertiser.forms.accounts import OpenAccountForm
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common.requests import now_of, person_scope


@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """Ask what an ad account needs, and open it."""
    scope = person_scope(request)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        form = OpenAccountForm(initial={"country": identity.person(scope).country})
        return _answer(request, form, wanted)
    form = OpenAccountForm(request.POST)
    if form.is_valid():
        try:
            account_id = accounts.open_account(scope, **form.cleaned_data, now=now_of(request))
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            opened = next(account for account in identity.accounts_of(scope) if account.id == account_id)
            use(request, opened)
            messages.success(request, _("The ad account “%(name)s” is open.") % {"name": opened.name})
            return redirect(safe_next(wanted, "advertiser:home"))
    return _answer(request, form, wanted, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List the ad accounts to choose from."""
    found = identity.accounts_of(person_scope(request))
    if not found:
        return redirect("advertiser:open")
    wanted = safe_next(request.GET.get("next"), "advertiser:home")
    return render(request, "advertiser/accounts.html", {"accounts": found, "next": wanted})


@require_POST
def choose(request: HttpRequest, account_id: int) -> HttpResponse:
    """Work at this ad account from now on."""
    found = next((one for one in identity.accounts_of(person_scope(request)) if one.id == account_id), None)
    if found is None:
        raise NotFound(noun="ad account")
    use(request, found)
    return redirect(safe_next(request.POST.get("next"), "advertiser:home"))


def _answer(
    request: HttpRequest, form: OpenAccountForm, wanted: str, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    found = identity.accounts_of(person_scope(request))
    return render(request, "advertiser/open.html", {"form": form, "next": wanted, "first": not found}, status=status)
