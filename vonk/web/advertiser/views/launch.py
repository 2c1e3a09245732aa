"""Create: a campaign with its ad group and its ad on one page; more ad groups; more ads."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.advertising.actions import launches
from vonk.advertising.drafts import AdDraft
from vonk.advertising.errors import DraftChanged, DraftLaunched
from vonk.advertising.rules import BILLINGS, KEPT_CALLS_TO_ACTION, OBJECTIVE_TEXTS, Objective
from vonk.advertising.rules.launch_drafts import Kind
from vonk.advertising.rules.objectives import GOALS
from vonk.billing import queries as billing
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser import checks, drafting, kept, launching, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.creatives import CreativeCard
from vonk.web.advertiser.drafting import DraftState
from vonk.web.advertiser.forms.ad_groups import AdGroupForm
from vonk.web.advertiser.forms.ads import AdForm
from vonk.web.advertiser.forms.campaigns import CampaignForm
from vonk.web.advertiser.launching import AD, AD_GROUP, CAMPAIGN, Sheet
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.views import drafts
from vonk.web.common.problems import ProblemView

WAITS_AT: Final = {
    "spark": "advertiser:spark_posts",
    "creators": "advertiser:creators",
    "creative": "advertiser:creative_new",
    "pictures": "advertiser:pictures_new",
}
OWN: Final = "own"  # Keep what is typed as a draft of its own, whatever became of the one it was.


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
    draft: DraftState
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
    wrong: tuple[tuple[str, str, str], ...] = ()  # Of each answer that is: the field's id, its label, what is wrong.


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def campaign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Create a campaign, an ad group and an ad in one act."""

    def create(sheet: Sheet) -> HttpResponse:
        campaign_form, group_form, ad_form = (sheet.forms[name] for name in (CAMPAIGN, AD_GROUP, AD))
        assert isinstance(campaign_form, CampaignForm), "A sheet's parts are what they are called."
        assert isinstance(group_form, AdGroupForm), "A sheet's parts are what they are called."
        assert isinstance(ad_form, AdForm), "A sheet's parts are what they are called."
        draft = ad_form.draft()
        launched = launches.launch(
            desk.scope,
            campaign_form.draft(),
            group_form.draft(),
            draft,
            billed=_billed(draft),
            kept=drafting.kept_of(request.POST),
            now=desk.now,
        )
        messages.success(request, _("Submitted. The ad is in review; it is shown as soon as it is approved."))
        return redirect("advertiser:ad", launched.ad_id)

    def record(sheet: Sheet, draft: DraftState) -> CreatePage:
        return CreatePage(
            title=_("New campaign"),
            subtitle=_("What for, for whom, for how much, and which post."),
            back_url=reverse("advertiser:campaigns"),
            back=_("Campaigns"),
            draft=draft,
            objectives=_objectives(str(sheet.forms[CAMPAIGN]["objective"].value())),
            kept_buttons=_kept_buttons(),
            sparks=sheet.sparks,
            own=sheet.own,
            terms_accepted=desk.terms_accepted,
            time_zone=desk.account.time_zone,
            submit=_("Submit for review"),
            steps=(("campaign", _("Campaign")), ("ad-group", _("Ad group")), ("ad", _("Ad"))),
        )

    return _written(request, desk, Kind.CAMPAIGN, 0, create=create, record=record)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad_group(request: HttpRequest, desk: Desk, campaign_id: int) -> HttpResponse:
    """Add an ad group to a campaign; its first ad comes next."""

    def create(sheet: Sheet) -> HttpResponse:
        form = sheet.forms[AD_GROUP]
        assert isinstance(form, AdGroupForm), "A sheet's parts are what they are called."
        ad_group_id = launches.launch_ad_group(
            desk.scope, campaign_id, form.draft(), kept=drafting.kept_of(request.POST), now=desk.now
        )
        messages.success(request, _("The ad group is there. Now its first ad."))
        return redirect("advertiser:ad_new", ad_group_id)

    def record(sheet: Sheet, draft: DraftState) -> CreatePage:
        above = sheet.campaign
        assert above is not None, "Found when the form was made."
        return CreatePage(
            title=_("New ad group"),
            subtitle=f"{above.name} · {_(OBJECTIVE_TEXTS[above.objective])}",  # noqa: INT001 - texts come from the closed list.
            back_url=reverse("advertiser:campaign", args=[campaign_id]),
            back=_("Back to the campaign"),
            draft=draft,
            time_zone=desk.account.time_zone,
            submit=_("Create the ad group"),
        )

    return _written(request, desk, Kind.AD_GROUP, campaign_id, create=create, record=record)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad(request: HttpRequest, desk: Desk, ad_group_id: int) -> HttpResponse:
    """Add an ad to an ad group, and hand it to review."""

    def create(sheet: Sheet) -> HttpResponse:
        form = sheet.forms[AD]
        assert isinstance(form, AdForm), "A sheet's parts are what they are called."
        draft, was = form.draft(), drafting.kept_of(request.POST)
        ad_id = launches.launch_ad(desk.scope, ad_group_id, draft, billed=_billed(draft), kept=was, now=desk.now)
        messages.success(request, _("Submitted. The ad is in review; it is shown as soon as it is approved."))
        return redirect("advertiser:ad", ad_id)  # Which says what outlives its authorisation.

    def record(sheet: Sheet, draft: DraftState) -> CreatePage:
        above = sheet.ad_group
        assert above is not None, "Found when the form was made."
        chosen = {f"{AD}-consent_id": str(sheet.forms[AD]["consent_id"].value()), "in-ad_group": str(ad_group_id)}
        return CreatePage(
            title=_("New ad"),
            subtitle=f"{above.campaign_name} · {above.name}",
            back_url=reverse("advertiser:ad_group", args=[ad_group_id]),
            back=_("Back to the ad group"),
            draft=draft,
            sparks=sheet.sparks,
            own=sheet.own,
            terms_accepted=desk.terms_accepted,
            submit=_("Submit for review"),
            ad_group_id=ad_group_id,
            warning=launching.warning(desk, chosen),
        )

    return _written(request, desk, Kind.AD, ad_group_id, create=create, record=record)


def _written(
    request: HttpRequest,
    desk: Desk,
    kind: Kind,
    above_id: int,
    *,
    create: Callable[[Sheet], HttpResponse],
    record: Callable[[Sheet, DraftState], CreatePage],
) -> HttpResponse:
    """Answer the form of a kind: empty, gone on with, kept, refused with all that is wrong of it, or created."""
    typed = _typed(request, desk, kind, above_id)
    if isinstance(typed, HttpResponse):
        return typed
    sheet = launching.sheet(request, desk, kind, above_id, typed)
    state, problem = drafting.state(kind, above_id, typed), None
    if request.method == "POST":
        keeping = request.POST.get("keep", "")
        if keeping in {"draft", OWN}:
            state, url = drafts.kept(request, desk, kind, above_id, own=keeping == OWN)
            if state.problem is None:
                messages.success(request, state.words)
                return redirect(url if keeping == OWN else "advertiser:drafts")
        elif checks.judge(sheet, desk):
            try:
                created = create(sheet)
            except (DraftChanged, DraftLaunched) as refusal:
                state = drafting.refused(request, state, refusal)
            except Problem as refusal:
                problem = launching.put(request, sheet.forms if kind is Kind.CAMPAIGN else _alone(sheet), refusal)
            else:
                kept.forget(request)
                return created
    return _answer(request, desk, record(sheet, state), sheet, problem)


def _alone(sheet: Sheet) -> dict[str, Form]:
    (form,) = sheet.forms.values()
    return {"": form}


def _typed(request: HttpRequest, desk: Desk, kind: Kind, above_id: int) -> QueryDict | HttpResponse | None:
    """Return what was typed: sent now, drafted or kept before; or the way to where it is gone on with."""
    if request.method == "POST":
        aim = WAITS_AT.get(request.POST.get("keep", "")) if kind is not Kind.AD_GROUP else None
        if aim is None:
            return request.POST
        kept.keep(request)
        return redirect(aim)
    draft_id = launching.asked(request, "draft")
    if draft_id is not None:
        draft = drafting.opened(desk, draft_id, kind, above_id)
        if draft.became_id is not None:
            return redirect(drafting.became_url(kind, draft.became_id))
        return drafting.typed_of(draft)
    typed = kept.kept(request)
    if typed is None:
        return None
    consent_id, post_id = launching.asked(request, "consent"), launching.asked(request, "creative")
    if consent_id is not None:
        typed[f"{AD}-consent_id"], typed[f"{AD}-spark"] = str(consent_id), "on"
    if post_id is not None:
        typed[f"{AD}-post_id"] = str(post_id)
        typed.pop(f"{AD}-spark", None)
    return typed


def _answer(
    request: HttpRequest, desk: Desk, record: CreatePage, sheet: Sheet, problem: ProblemView | None
) -> HttpResponse:
    refused = request.method == "POST"
    if not refused:
        for form in sheet.forms.values():
            if form.is_bound:  # It was kept half filled: nobody is told off for that.
                form.errors.clear()
    record = msgspec.structs.replace(record, wrong=_wrong(sheet) if refused else ())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return answer(request, desk, "create.html", record, forms=sheet.forms, problem=problem, status=status)


def _wrong(sheet: Sheet) -> tuple[tuple[str, str, str], ...]:
    """Return every answer that is refused, in the order of the page."""
    return tuple(
        (
            form[name].auto_id if name in form.fields else "",
            str(form[name].label) if name in form.fields else "",
            str(said),
        )
        for form in sheet.forms.values()
        for name in [*form.fields, "__all__"]
        for said in form.errors.get(name, ())
    )


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
