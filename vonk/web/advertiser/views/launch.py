"""Create: a campaign with its ad group and its ad on one page; more ad groups; more ads; the preview of all of them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.advertising import queries as advertising
from vonk.advertising.actions import ad_groups, ads, launches
from vonk.advertising.drafts import AdDraft
from vonk.advertising.rules import BILLINGS, KEPT_CALLS_TO_ACTION, OBJECTIVE_TEXTS, Objective
from vonk.advertising.rules.objectives import GOALS
from vonk.billing import queries as billing
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser import creatives, kept, outliving, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.creatives import CreativeCard
from vonk.web.advertiser.forms.ad_groups import AdGroupForm, new_initial
from vonk.web.advertiser.forms.ads import AdForm
from vonk.web.advertiser.forms.campaigns import CampaignForm
from vonk.web.advertiser.forms.fields import MomentField
from vonk.web.advertiser.pages import answer, problem_of, refuse
from vonk.web.common.problems import ProblemView
from vonk.web.common.requests import id_of

CAMPAIGN, AD_GROUP, AD = "campaign", "ad_group", "ad"
WAITS_AT: Final = {
    "spark": "advertiser:spark_posts",
    "creators": "advertiser:creators",
    "creative": "advertiser:creative_new",
}
RENAMED: Final = {"identity_id": "post_id", "cap_window_seconds": "cap_days", "budget_mode": "budget_micros"}


class ObjectiveCard(msgspec.Struct, frozen=True):
    """An objective to choose."""

    value: str
    name: str
    text: str
    icon: str
    billings: str
    goals: str
    chosen: bool


class CreatePage(msgspec.Struct, frozen=True, kw_only=True):
    """The page: as many of the three parts as are created on it."""

    title: str
    subtitle: str
    back_url: str
    back: str
    objectives: tuple[ObjectiveCard, ...] = ()
    kept_buttons: str = ""  # Buttons of some objectives only: "view_profile:community_interaction".
    sparks: tuple[CreativeCard, ...] = ()
    own: tuple[CreativeCard, ...] = ()
    terms_accepted: bool = True
    time_zone: str = ""
    submit: str
    ad_group_id: int = 0  # Of an ad that is added to one.
    warning: str = ""  # Of an ad group that outlives the chosen authorisation.
    steps: tuple[tuple[str, str], ...] = ()  # Anchor and name of each part.


Forms = dict[str, Form]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def campaign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Create a campaign, an ad group and an ad in one act."""
    if waiting := _wait(request):
        return waiting
    sparks, own = creatives.sparks(desk, chosen=_chosen(request)), creatives.own(desk)
    typed = _typed(request)
    day = formats.date_format(timezone.localtime(desk.now), "MONTH_DAY_FORMAT")
    currency = desk.account.currency
    campaign_form = CampaignForm(typed, prefix=CAMPAIGN, currency=currency, initial=CampaignForm.new_initial(day))
    group_form = AdGroupForm(
        typed, prefix=AD_GROUP, currency=currency, objective=None, initial=new_initial(desk.account.country, day)
    )
    ad_form = AdForm(typed, prefix=AD, sparks=sparks, own=own, initial=_ad_initial(request, day, sparks, own))
    forms: Forms = {CAMPAIGN: campaign_form, AD_GROUP: group_form, AD: ad_form}
    problem = None
    # All three are judged before any is refused, so that everything wrong is shown at once.
    if request.method == "POST" and not sum(not form.is_valid() for form in forms.values()):
        try:
            draft = ad_form.draft()
            launched = launches.launch(
                desk.scope, campaign_form.draft(), group_form.draft(), draft, billed=_billed(draft), now=desk.now
            )
        except Problem as refusal:
            problem = _refuse(request, forms, refusal)
        else:
            kept.forget(request)
            messages.success(request, _("Submitted. The ad is in review; it is shown as soon as it is approved."))
            return redirect("advertiser:ad", launched.ad_id)
    record = CreatePage(
        title=_("New campaign"),
        subtitle=_("What for, for whom, for how much, and which post."),
        back_url=reverse("advertiser:campaigns"),
        back=_("Campaigns"),
        objectives=_objectives(str(campaign_form["objective"].value())),
        kept_buttons=_kept_buttons(),
        sparks=sparks,
        own=own,
        terms_accepted=desk.terms_accepted,
        time_zone=desk.account.time_zone,
        submit=_("Submit for review"),
        steps=(("campaign", _("Campaign")), ("ad-group", _("Ad group")), ("ad", _("Ad"))),
    )
    return _answer(request, desk, record, forms, problem)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad_group(request: HttpRequest, desk: Desk, campaign_id: int) -> HttpResponse:
    """Add an ad group to a campaign; its first ad comes next."""
    above = advertising.campaign(desk.scope, campaign_id)
    day = formats.date_format(timezone.localtime(desk.now), "MONTH_DAY_FORMAT")
    form = AdGroupForm(
        request.POST if request.method == "POST" else None,
        prefix=AD_GROUP,
        currency=above.currency,
        objective=above.objective,
        initial=new_initial(desk.account.country, day),
    )
    problem = None
    if form.is_bound and form.is_valid():
        try:
            ad_group_id = ad_groups.create(desk.scope, campaign_id, form.draft(), now=desk.now)
        except Problem as refusal:
            problem = _refuse(request, {"": form}, refusal)
        else:
            messages.success(request, _("The ad group is there. Now its first ad."))
            return redirect("advertiser:ad_new", ad_group_id)
    record = CreatePage(
        title=_("New ad group"),
        subtitle=f"{above.name} · {_(OBJECTIVE_TEXTS[above.objective])}",  # noqa: INT001 - texts come from the closed list.
        back_url=reverse("advertiser:campaign", args=[campaign_id]),
        back=_("Back to the campaign"),
        time_zone=desk.account.time_zone,
        submit=_("Create the ad group"),
    )
    return _answer(request, desk, record, {AD_GROUP: form}, problem)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad(request: HttpRequest, desk: Desk, ad_group_id: int) -> HttpResponse:
    """Add an ad to an ad group, and hand it to review."""
    above = advertising.ad_group(desk.scope, ad_group_id)
    if waiting := _wait(request):
        return waiting
    sparks, own = creatives.sparks(desk, chosen=_chosen(request)), creatives.own(desk)
    day = formats.date_format(timezone.localtime(desk.now), "MONTH_DAY_FORMAT")
    form = AdForm(_typed(request), prefix=AD, sparks=sparks, own=own, initial=_ad_initial(request, day, sparks, own))
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            draft = form.draft()
            ad_id = ads.create_one(desk.scope, ad_group_id, draft, billed=_billed(draft), now=desk.now)
        except Problem as refusal:
            problem = _refuse(request, {"": form}, refusal)
        else:
            kept.forget(request)
            messages.success(request, _("Submitted. The ad is in review; it is shown as soon as it is approved."))
            return redirect("advertiser:ad", ad_id)  # Which says what outlives its authorisation.
    record = CreatePage(
        title=_("New ad"),
        subtitle=f"{above.campaign_name} · {above.name}",
        back_url=reverse("advertiser:ad_group", args=[ad_group_id]),
        back=_("Back to the ad group"),
        sparks=sparks,
        own=own,
        terms_accepted=desk.terms_accepted,
        submit=_("Submit for review"),
        ad_group_id=ad_group_id,
        warning=_warning(desk, {f"{AD}-consent_id": str(form["consent_id"].value()), "in-ad_group": str(ad_group_id)}),
    )
    return _answer(request, desk, record, {AD: form}, problem)


@require_POST
@at_desk()
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the ad that is being written, as its viewers will see it."""
    typed = request.POST
    spark = f"{AD}-spark" in typed if f"{AD}-switchable" in typed else f"{AD}-consent_id" in typed
    phone = creatives.phone_of_draft(
        desk,
        consent_id=_id(typed, "consent_id") if spark else None,
        post_id=None if spark else _id(typed, "post_id"),
        call_to_action=typed.get(f"{AD}-call_to_action", ""),
        landing_url=typed.get(f"{AD}-landing_url", ""),
    )
    warning = _warning(desk, typed) if spark else ""
    return render(request, "advertiser/parts/preview.html", {"phone": phone, "warning": warning})


def _wait(request: HttpRequest) -> HttpResponse | None:
    """Keep the form and go to where a post is redeemed or a video uploaded for it, if that was asked for."""
    aim = WAITS_AT.get(request.POST.get("keep", ""))
    if request.method != "POST" or aim is None:
        return None
    kept.keep(request)
    return redirect(aim)


def _typed(request: HttpRequest) -> QueryDict | None:
    """Return what was typed: sent now, or kept before, with the post that was redeemed or made meanwhile."""
    if request.method == "POST":
        return request.POST
    typed = kept.kept(request)
    if typed is None:
        return None
    consent_id, post_id = _asked(request, "consent"), _asked(request, "creative")
    if consent_id is not None:
        typed[f"{AD}-consent_id"], typed[f"{AD}-spark"] = str(consent_id), "on"
    if post_id is not None:
        typed[f"{AD}-post_id"] = str(post_id)
        typed.pop(f"{AD}-spark", None)
    return typed


def _ad_initial(
    request: HttpRequest, day: str, sparks: tuple[CreativeCard, ...], own: tuple[CreativeCard, ...]
) -> dict[str, Any]:
    consent_id, post_id = _asked(request, "consent"), _asked(request, "creative")
    return {
        "name": _("Ad of %(day)s") % {"day": day},
        "spark": post_id is None and (bool(sparks) or not own),
        "consent_id": consent_id if consent_id is not None else (sparks[0].id if len(sparks) == 1 else None),
        "post_id": post_id if post_id is not None else (own[0].id if len(own) == 1 else None),
    }


def _asked(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name)
    return id_of(text, name) if text else None


def _chosen(request: HttpRequest) -> int | None:
    """Return the consent that was chosen: it stays on the page, so that what has ended is refused by its name."""
    return _id(request.POST, "consent_id") if request.method == "POST" else _asked(request, "consent")


def _id(typed: Mapping[str, str], name: str) -> int | None:
    text = typed.get(f"{AD}-{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _refuse(request: HttpRequest, forms: Forms, problem: Problem) -> ProblemView | None:
    """Put the problem beside its field; return it when it has none on the page, to be shown on top."""
    for name in (AD_GROUP, CAMPAIGN, AD, ""):
        prefix = f"{name}_" if name else ""
        if name in forms and problem.field is not None and problem.field.startswith(prefix):
            field = problem.field.removeprefix(prefix)
            if refuse(forms[name], problem, field=field) or refuse(forms[name], problem, field=RENAMED.get(field)):
                return None
    return problem_of(request, problem)


def _answer(
    request: HttpRequest, desk: Desk, record: CreatePage, forms: Forms, problem: ProblemView | None
) -> HttpResponse:
    refused = request.method == "POST"
    wrong = sum(len(form.errors) for form in forms.values()) if refused else 0
    if not refused:
        for form in forms.values():
            if form.is_bound:  # It was kept half filled: nobody is told off for that.
                form.errors.clear()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return answer(request, desk, "create.html", record, forms=forms, problem=problem, wrong=wrong, status=status)


def _warning(desk: Desk, typed: Mapping[str, str]) -> str:
    """Return what is to be said when the ad group, chosen or being written, outlives the chosen authorisation."""
    consent_id, ad_group_id = _id(typed, "consent_id"), typed.get("in-ad_group", "")
    if consent_id is None:
        return ""
    if ad_group_id:
        return outliving.warning(
            desk, consent_id, advertising.ad_group(desk.scope, id_of(ad_group_id, "ad_group")).ends_at
        )
    try:
        ends_at = MomentField(required=False).clean(typed.get(f"{AD_GROUP}-ends_at", ""))
    except ValidationError:
        return ""  # It is not written to its end.
    return outliving.warning(desk, consent_id, ends_at)


def _billed(draft: AdDraft) -> dict[int, int]:
    """Return what was billed under the draft's consent, against which a creator's limit of spend is held."""
    return billing.billed_under([draft.consent_id] if draft.consent_id is not None else [])


def _objectives(chosen: str) -> tuple[ObjectiveCard, ...]:
    return tuple(
        ObjectiveCard(
            value=value.value,
            name=_(OBJECTIVE_TEXTS[value]),  # noqa: INT001 - texts come from the closed list.
            text=str(text),
            icon=icon,
            billings=" ".join(billing.value for billing in BILLINGS[value]),
            goals=" ".join(goal.value for goal in GOALS[value]),
            chosen=value.value == chosen,
        )
        for value, (text, icon) in words.OBJECTIVES.items()
    )


def _kept_buttons() -> str:
    pairs = ((name, objective) for name, some in KEPT_CALLS_TO_ACTION.items() for objective in sorted(some))
    return " ".join(f"{name}:{Objective(objective).value}" for name, objective in pairs)
