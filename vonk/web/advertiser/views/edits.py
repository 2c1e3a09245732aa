"""Change a campaign, an ad group or an ad; what sends ads to review again is said before it is saved."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vonk.advertising import queries as advertising
from vonk.advertising.actions import ad_groups, ads, campaigns
from vonk.advertising.queries import AdView
from vonk.billing import queries as billing
from vonk.billing.rules import AD_GROUP, CAMPAIGN
from vonk.control.scope import Right
from vonk.core.errors import Problem
from vonk.web.advertiser import creatives, outliving
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.creatives import CreativeCard
from vonk.web.advertiser.forms.ad_groups import REOPENING, AdGroupEditForm
from vonk.web.advertiser.forms.ads import AdEditForm
from vonk.web.advertiser.forms.campaigns import CampaignEditForm
from vonk.web.advertiser.outliving import Warned
from vonk.web.advertiser.pages import answer, problem_of, refuse
from vonk.web.common.problems import ProblemView

SUBJECT = ads.SUBJECT  # What review judges of an ad.


class EditPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``reopens`` says what goes to review again, ``reopening`` which fields do that ("" none)."""

    title: str
    name: str
    back_url: str
    reopens: str
    reopening: str = ""
    reopens_title: str = ""
    time_zone: str = ""
    spark: bool = False
    ad_group_id: int = 0
    warning: str = ""  # Of an ad group that outlives the ad's authorisation.
    warnings: tuple[Warned, ...] = ()  # Of an ad group: which authorisations it outlives.
    sparks: tuple[CreativeCard, ...] = ()
    own: tuple[CreativeCard, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def campaign(request: HttpRequest, desk: Desk, campaign_id: int) -> HttpResponse:
    """Change a campaign's name and budget."""
    found = advertising.campaign(desk.scope, campaign_id)
    form = CampaignEditForm(_sent(request), prefix=CAMPAIGN, campaign=found)
    problem = None
    if form.is_bound and form.is_valid():
        billed = billing.billed_now(CAMPAIGN, [campaign_id], now=desk.now)[campaign_id]
        try:
            changed = campaigns.update(desk.scope, campaign_id, form.changes(), billed_micros=billed, now=desk.now)
        except Problem as refusal:
            problem = _refuse(request, form, refusal)
        else:
            return _saved(request, reverse("advertiser:campaign", args=[campaign_id]), changed, reopened=False)
    record = EditPage(
        title=_("Edit campaign"),
        name=found.name,
        back_url=reverse("advertiser:campaign", args=[campaign_id]),
        reopens=_("Neither name nor budget sends anything to review again. Changes count within a second."),
    )
    return _answer(request, desk, "campaign_edit.html", record, {CAMPAIGN: form}, problem=problem)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad_group(request: HttpRequest, desk: Desk, ad_group_id: int) -> HttpResponse:
    """Change an ad group's audience, schedule, budget and bid."""
    found = advertising.ad_group(desk.scope, ad_group_id)
    form = AdGroupEditForm(_sent(request), prefix=AD_GROUP, ad_group=found, now=desk.now)
    problem = None
    if form.is_bound and form.is_valid():
        billed = billing.billed_now(AD_GROUP, [ad_group_id], now=desk.now)[ad_group_id]
        changes = form.changes()
        try:
            changed = ad_groups.update(desk.scope, ad_group_id, changes, billed_micros=billed, now=desk.now)
        except Problem as refusal:
            problem = _refuse(request, form, refusal)
        else:
            reopened = "targeting" in changed and form.reopens()
            return _saved(request, reverse("advertiser:ad_group", args=[ad_group_id]), changed, reopened=reopened)
    count = len(advertising.ads_under(ad_group_ids=[ad_group_id]))
    stops = ngettext(
        "A change of countries, languages, gender, interests or devices sends its ad to review again; it stops until "
        "it is approved. Age, schedule, budget and bid do not.",
        "A change of countries, languages, gender, interests or devices sends its %(count)d ads to review again; they "
        "stop until they are approved. Age, schedule, budget and bid do not.",
        count,
    ) % {"count": count}
    record = EditPage(
        title=_("Edit ad group"),
        name=found.name,
        back_url=reverse("advertiser:ad_group", args=[ad_group_id]),
        reopens=stops if count else "",
        reopening=" ".join(f"{AD_GROUP}-{name}" for name in REOPENING) if count else "",
        reopens_title=_("Send its ads to review again?"),
        time_zone=desk.account.time_zone,
        warnings=outliving.warnings(desk, ad_group_id=ad_group_id),
    )
    return _answer(request, desk, "ad_group_edit.html", record, {AD_GROUP: form}, problem=problem)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def ad(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Change an ad's post, button and landing page."""
    found = advertising.ad(desk.scope, ad_id)
    spark = found.consent_id is not None
    sparks = creatives.sparks(desk, chosen=found.consent_id) if spark else ()
    own = () if spark else creatives.own(desk)
    form = AdEditForm(_sent(request), prefix="ad", ad=found, sparks=sparks, own=own)
    problem = None
    if form.is_bound and form.is_valid():
        try:
            changes = form.changes()
            billed = _billed(found.consent_id, changes.consent_id)
            changed = ads.update(desk.scope, ad_id, changes, billed=billed, now=desk.now)
        except Problem as refusal:
            problem = _refuse(request, form, refusal)
        else:
            reopened = bool(SUBJECT & set(changed))
            return _saved(request, reverse("advertiser:ad", args=[ad_id]), changed, reopened=reopened)
    record = EditPage(
        title=_("Edit ad"),
        name=found.name,
        back_url=reverse("advertiser:ad", args=[ad_id]),
        reopens=_(
            "Another post, button, landing page or category sends the ad to review again; it stops until it is approved. A new "
            "name does not."
        ),
        reopening="ad-consent_id ad-post_id ad-call_to_action ad-landing_url ad-category",
        reopens_title=_("Send the ad to review again?"),
        spark=spark,
        ad_group_id=found.ad_group_id,
        warning=_warning(desk, found),
        sparks=sparks,
        own=own,
    )
    return _answer(request, desk, "ad_edit.html", record, {"ad": form}, problem=problem)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _refuse(request: HttpRequest, form: Form, problem: Problem) -> ProblemView | None:
    renamed = {"identity_id": "post_id", "cap_window_seconds": "cap_days", "objective": "name"}
    if refuse(form, problem) or refuse(form, problem, field=renamed.get(problem.field or "")):
        return None
    return problem_of(request, problem)


def _saved(request: HttpRequest, url: str, changed: tuple[str, ...], *, reopened: bool) -> HttpResponse:
    if not changed:
        messages.info(request, _("Nothing was changed."))
    elif reopened:
        messages.success(request, _("Saved. It is reviewed again; until then it is not shown."))
    else:
        messages.success(request, _("Saved."))
    return redirect(url)


def _answer(
    request: HttpRequest,
    desk: Desk,
    template: str,
    record: EditPage,
    forms: dict[str, Form],
    *,
    problem: ProblemView | None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    wrong = sum(len(form.errors) for form in forms.values())
    return answer(request, desk, template, record, forms=forms, problem=problem, wrong=wrong, status=status)


def _warning(desk: Desk, found: AdView) -> str:
    if found.consent_id is None:
        return ""
    return outliving.warning(desk, found.consent_id, advertising.ad_group(desk.scope, found.ad_group_id).ends_at)


def _billed(*consent_ids: object) -> dict[int, int]:
    """Return what was billed under the consents that are named, against which a creator's limit of spend is held."""
    return billing.billed_under(consent_id for consent_id in consent_ids if isinstance(consent_id, int))
