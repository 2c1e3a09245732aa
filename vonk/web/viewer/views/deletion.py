"""Deleting one's own account: what goes, what stays, and the confirmation."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.core.errors import Problem
from vonk.privacy import queries as privacy
from vonk.privacy.actions import erasures
from vonk.web.common import problems
from vonk.web.common.requests import now_of, person_scope
from vonk.web.viewer.forms import DeleteAccountForm


@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Say what deleting means; POST with address and password does it."""
    scope = person_scope(request)
    if request.method != "POST":
        return render(
            request, "viewer/delete_account.html", {"form": DeleteAccountForm(), "page": privacy.prospect(scope)}
        )
    form = DeleteAccountForm(request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            erasures.erase_oneself(
                scope,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                place=request.META.get("REMOTE_ADDR", ""),
                now=now_of(request),
            )
        except Problem as problem:
            problems.add_to_form(form, problem)
            status = problems.status_of(problem) or status
        else:
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return redirect("account_login")
    page = {"form": form, "page": privacy.prospect(scope)}
    return render(request, "viewer/delete_account.html", page, status=status)
