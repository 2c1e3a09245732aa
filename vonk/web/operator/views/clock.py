"""Move the sandbox's clock."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vonk.control import clock
from vonk.control.scope import Right, Scope
from vonk.core.errors import Invalid
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import DAY, HOUR, WEEK, InstantForm, StepForm

STEP_OF: Final = {HOUR: timedelta(hours=1), DAY: timedelta(days=1), WEEK: timedelta(days=7)}


@require_POST
@for_platform(Right.OPERATE)
def move(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Move it by a step, or to an instant; only forward, for every process at once."""
    now = now_of(request)
    step = StepForm(request.POST)
    if step.is_valid():
        return _moved(request, clock.move_to(scope, now + STEP_OF[step.cleaned_data["by"]], now=now))
    form = InstantForm(request.POST)
    if form.is_valid():
        try:
            return _moved(request, clock.move_to(scope, form.cleaned_data["at"], now=now))
        except Invalid as problem:
            problems.add_to_form(form, problem)
    return render(request, "operator/clock.html", {"form": form, "now": now}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _moved(request: HttpRequest, to: datetime) -> HttpResponse:
    said = formats.date_format(to, "DATETIME_FORMAT")
    messages.success(request, _("It is %(instant)s UTC now, for everybody.") % {"instant": said})
    return redirect("operator:home")
