"""A person's preferences, and the switch for personalised ads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.core.errors import Problem
from vonk.identity import queries as identity
from vonk.identity.actions import people
from vonk.web.common import problems
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
        return render(request, "viewer/preferences.html", {"form": form})
    form = PreferencesForm(request.POST)
    if form.is_valid():
        try:
            people.set_preferences(scope, **form.cleaned_data, now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your preferences are saved."))
            return HttpResponseRedirect(reverse("viewer:preferences"))
    return render(request, "viewer/preferences.html", {"form": form}, status=422)
