"""Accept an invitation to an organisation. Its secret comes in a body, never in an address."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import member_invitations
from vonk.web.advertiser.forms.business import SecretForm
from vonk.web.advertiser.pages import refuse_somewhere
from vonk.web.common import problems
from vonk.web.common.requests import now_of, person_scope
from vonk.web.common.roles import member_role

SESSION_KEY: Final = "advertiser.invitation"  # The digest: the session outlives signing in, and holds no secret.


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Take the secret, show what it invites to, and say what is still to be done."""
    if request.method == "POST":
        form = SecretForm(request.POST)
        if form.is_valid():
            digest = member_invitations.digest_of(form.cleaned_data["secret"])
            try:
                member_invitations.read(digest, now=now_of(request))
            except Problem as problem:
                refuse_somewhere(form, problem, field="secret")
            else:
                request.session[SESSION_KEY] = digest
                return redirect("advertiser:business_join")
        return render(request, "advertiser/business/join.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    waiting: str | None = request.session.get(SESSION_KEY)
    if waiting is None:
        return render(request, "advertiser/business/join.html", {"form": SecretForm()})
    try:
        invited = member_invitations.read(waiting, now=now_of(request))
    except Problem as problem:
        del request.session[SESSION_KEY]
        view = problems.view_of(problem)
        return render(request, "advertiser/business/join.html", {"form": SecretForm(), "problem": view})
    me = identity.person(person_scope(request)) if request.user.is_authenticated else None
    told = {
        "invited": invited,
        "role": member_role(invited.role, invited.finance_role),
        "me": me,
        "matches": me is not None and me.email.lower() == invited.email,
    }
    return render(request, "advertiser/business/join.html", told)


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Join the organisation whose invitation this browser opened."""
    scope = person_scope(request)
    organisation_id = member_invitations.accept(scope, request.session.get(SESSION_KEY, ""), now=now_of(request))
    request.session.pop(SESSION_KEY, None)
    messages.success(request, _("You belong to the organisation now."))
    return redirect("advertiser:business", organisation_id)
