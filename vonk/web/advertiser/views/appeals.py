"""Appeal an ad's rejection, and read what was decided."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import appeals
from vonk.advertising.queries.appeals import Appealing, appealing
from vonk.advertising.rules.reviews import APPEAL_MAX, AppealState
from vonk.control.scope import Right
from vonk.core.errors import Conflict, Invalid
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone


class AppealForm(forms.Form):
    """What the advertiser says against the rejection."""

    text = forms.CharField(
        label=gettext_lazy("Why it should be approved"),
        max_length=APPEAL_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": str(APPEAL_MAX)}),
        help_text=gettext_lazy("What the reviewer missed, and where it can be seen."),
    )


class AppealPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``state`` is None as long as nobody appealed."""

    ad_id: int
    ad_name: str
    review: words.ReviewWords
    appealing: Appealing
    state: Badge | None


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Show the rejection with the form, or with what became of the appeal."""
    return _page(request, desk, ad_id, AppealForm(), HTTPStatus.OK)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def make(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Appeal."""
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            appeals.appeal(desk.scope, ad_id, form.cleaned_data["text"], now=desk.now)
        except (Conflict, Invalid) as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your appeal is made. Somebody else than the first reviewer decides."))
            return redirect("advertiser:ad_appeal", ad_id)
    return _page(request, desk, ad_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(request: HttpRequest, desk: Desk, ad_id: int, form: AppealForm, status: HTTPStatus) -> HttpResponse:
    found = advertising.ad(desk.scope, ad_id)
    about = appealing(desk.scope, ad_id, now=desk.now)
    record = AppealPage(
        ad_id=ad_id,
        ad_name=found.name,
        review=words.review_words(found.review),
        appealing=about,
        state=_state(about.appeal.state) if about.appeal is not None else None,
    )
    return answer(request, desk, "appeal.html", record, status=status, form=form)


def _state(state: AppealState) -> Badge:
    return {
        AppealState.WAITING: Badge(_("Waits for a decision"), Tone.BUSY),
        AppealState.UPHELD: Badge(_("The rejection stands"), Tone.BAD),
        AppealState.OVERTURNED: Badge(_("Approved after all"), Tone.GOOD),
        AppealState.MOOT: Badge(_("You changed the ad meanwhile"), Tone.CALM),
    }[state]
