"""A person's preferences, and the switch for personalised ads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import people
from vonk.viewing import actions as viewing
from vonk.viewing import queries as watched
from vonk.web.common import problems
from vonk.web.common.choices import INTEREST_CHOICES
from vonk.web.common.requests import now_of, person_scope
from vonk.web.viewer.forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Show the preferences; POST keeps them."""
    scope = person_scope(request)
    if request.method != "POST":
        known = identity.person(scope)
        form = PreferencesForm(
            initial={
                "language": known.language,
                "country": known.country,
                "gender": known.gender or "",
                "interests": list(known.interests),
                "personalised": known.personalised,
            }
        )
        return _page(request, form)
    form = PreferencesForm(request.POST)
    if form.is_valid():
        try:
            people.set_preferences(scope, **form.cleaned_data, now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your preferences are saved."))
            return HttpResponseRedirect(reverse("viewer:preferences"))
    return _page(request, form, status=422)


@require_POST
def remove_interest(request: HttpRequest, name: str) -> HttpResponse:
    """Take away an interest that was found in what the person watched."""
    viewing.remove_interest(person_scope(request), name, now=now_of(request))
    messages.success(request, _("This interest is not used any more."))
    return HttpResponseRedirect(reverse("viewer:preferences") + "#watched")


@require_POST
def forget_watched(request: HttpRequest) -> HttpResponse:
    """Forget what the person watched."""
    viewing.forget(person_scope(request), now=now_of(request))
    messages.success(request, _("What you watched is forgotten."))
    return HttpResponseRedirect(reverse("viewer:preferences") + "#watched")


def _page(request: HttpRequest, form: PreferencesForm, *, status: int = 200) -> HttpResponse:
    names = dict(INTEREST_CHOICES)
    found = [
        (name, names[name], max(1, round(time.total_seconds() / 60)))
        for name, time in watched.own_interests(person_scope(request), now=now_of(request))
    ]
    return render(request, "viewer/preferences.html", {"form": form, "found_interests": found}, status=status)
