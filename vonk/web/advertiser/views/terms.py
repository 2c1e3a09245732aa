"""The Spark terms, and their acceptance for an ad account."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.identity.actions import accounts
from vonk.identity.rules.spark_terms import SPARK_TERMS
from vonk.web.advertiser.access import Desk, at_desk, safe_next
from vonk.web.advertiser.forms.accounts import TermsForm
from vonk.web.advertiser.pages import answer, refuse_somewhere


class TermsPage(msgspec.Struct, frozen=True):
    """The page. ``accepted_at`` None: nobody has accepted the version in force for this account."""

    version: str
    accepted_at: datetime | None
    next: str
    terms: tuple[tuple[str, str], ...] = SPARK_TERMS


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the terms; accept them."""
    version: str = settings.VONK.spark_terms_version
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        return _answer(request, desk, TermsForm(initial={"version": version}), wanted)
    desk.scope.require(Right.ACCOUNT_EDIT)
    form = TermsForm(request.POST)
    if form.is_valid():
        try:
            accounts.accept_spark_terms(desk.scope, version=form.cleaned_data["version"], now=desk.now)
        except Problem as problem:
            refuse_somewhere(form, problem, field="accepted")
        else:
            messages.success(request, _("The Spark terms are accepted. You may use posts of creators now."))
            return redirect(safe_next(wanted, "advertiser:spark_posts"))
    return _answer(request, desk, form, wanted, HTTPStatus.UNPROCESSABLE_ENTITY)


def _answer(
    request: HttpRequest, desk: Desk, form: TermsForm, wanted: str, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    version: str = settings.VONK.spark_terms_version
    current = desk.account.spark_terms_version == version
    record = TermsPage(version, desk.account.spark_terms_accepted_at if current else None, wanted)
    return answer(request, desk, "terms.html", record, form=form, status=status)
