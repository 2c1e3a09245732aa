"""The long form, whichever of its parts stand on a page: a campaign, an ad group, an ad; and how its answers are refused."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdGroupView, CampaignView
from vonk.advertising.rules import Objective
from vonk.advertising.rules.launch_drafts import Kind
from vonk.core.errors import Problem
from vonk.web.advertiser import creatives, outliving
from vonk.web.advertiser.access import Desk
from vonk.web.advertiser.creatives import CreativeCard
from vonk.web.advertiser.forms.ad_groups import AdGroupForm, new_initial
from vonk.web.advertiser.forms.ads import AdForm
from vonk.web.advertiser.forms.campaigns import CampaignForm
from vonk.web.advertiser.forms.fields import MomentField
from vonk.web.advertiser.pages import problem_of, refuse
from vonk.web.common.problems import ProblemView
from vonk.web.common.requests import id_of

CAMPAIGN, AD_GROUP, AD = "campaign", "ad_group", "ad"
RENAMED: Final = {"identity_id": "post_id", "cap_window_seconds": "cap_days", "budget_mode": "budget_micros"}


class Sheet(msgspec.Struct, frozen=True):
    """A form with its parts by name, and what it adds to: the campaign of a new ad group, the ad group of a new ad."""

    kind: Kind
    forms: dict[str, Form]
    campaign: CampaignView | None = None
    ad_group: AdGroupView | None = None
    sparks: tuple[CreativeCard, ...] = ()
    own: tuple[CreativeCard, ...] = ()

    @property
    def above_id(self) -> int:
        """The id of what it adds to; 0 where it begins with a campaign."""
        above = self.campaign or self.ad_group
        return above.id if above is not None else 0

    @property
    def objective(self) -> Objective | None:
        """The objective, as far as it is chosen."""
        above = self.campaign or self.ad_group
        if above is not None:
            return above.objective
        chosen = str(self.forms[CAMPAIGN]["objective"].value())
        return Objective(chosen) if chosen in set(Objective) else None


def sheet(request: HttpRequest, desk: Desk, kind: Kind, above_id: int, typed: QueryDict | None) -> Sheet:
    """Return the form, filled with what was typed (None: with what a new one begins with). NotFound without what is above."""
    day = formats.date_format(timezone.localtime(desk.now), "MONTH_DAY_FORMAT")
    currency = desk.account.currency
    if kind is Kind.AD_GROUP:
        above = advertising.campaign(desk.scope, above_id)
        initial = new_initial(desk.account.country, day)
        group = AdGroupForm(typed, prefix=AD_GROUP, currency=above.currency, objective=above.objective, initial=initial)
        return Sheet(kind, {AD_GROUP: group}, campaign=above)
    below = advertising.ad_group(desk.scope, above_id) if kind is Kind.AD else None
    sparks, own = creatives.sparks(desk, chosen=_chosen(request, typed)), creatives.own(desk)
    begun = _ad_initial(request, day, sparks, own)
    ad = AdForm(typed, prefix=AD, sparks=sparks, own=own, initial=begun)
    if below is not None:
        return Sheet(kind, {AD: ad}, ad_group=below, sparks=sparks, own=own)
    campaign = CampaignForm(typed, prefix=CAMPAIGN, currency=currency, initial=CampaignForm.new_initial(day))
    group = AdGroupForm(
        typed, prefix=AD_GROUP, currency=currency, objective=None, initial=new_initial(desk.account.country, day)
    )
    return Sheet(kind, {CAMPAIGN: campaign, AD_GROUP: group, AD: ad}, sparks=sparks, own=own)


def sheet_of(request: HttpRequest, desk: Desk) -> Sheet:
    """Return the form that a part of the page was sent with; FieldInvalid when it does not say which."""
    named = request.POST.get("draft_kind", "")
    kind = Kind(named) if named in set(Kind) else Kind.CAMPAIGN
    above_id = 0 if kind is Kind.CAMPAIGN else id_of(request.POST.get("draft_above"), "draft_above")
    return sheet(request, desk, kind, above_id, request.POST)


def put(request: HttpRequest, forms: Mapping[str, Form], problem: Problem) -> ProblemView | None:
    """Put the problem beside its field; return it when it has none on the page, to be shown on top."""
    for name in (AD_GROUP, CAMPAIGN, AD, ""):
        prefix = f"{name}_" if name else ""
        if name in forms and problem.field is not None and problem.field.startswith(prefix):
            field = problem.field.removeprefix(prefix)
            if refuse(forms[name], problem, field=field) or refuse(forms[name], problem, field=RENAMED.get(field)):
                return None
    return problem_of(request, problem)


def asked(request: HttpRequest, name: str) -> int | None:
    """Return the id in the query string; FieldInvalid when what is there is none."""
    text = request.GET.get(name)
    return id_of(text, name) if text else None


def id_typed(typed: Mapping[str, str], name: str) -> int | None:
    """Return the id that a field of the ad holds; None while it holds none."""
    text = typed.get(f"{AD}-{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def warning(desk: Desk, typed: Mapping[str, str]) -> str:
    """Return what is to be said when the ad group, chosen or being written, outlives the chosen authorisation."""
    consent_id, ad_group_id = id_typed(typed, "consent_id"), typed.get("in-ad_group", "")
    if consent_id is None:
        return ""
    if ad_group_id:
        ends_at = advertising.ad_group(desk.scope, id_of(ad_group_id, "ad_group")).ends_at
        return outliving.warning(desk, consent_id, ends_at)
    try:
        ends_at = MomentField(required=False).clean(typed.get(f"{AD_GROUP}-ends_at", ""))
    except ValidationError:
        return ""  # It is not written to its end.
    return outliving.warning(desk, consent_id, ends_at)


def _chosen(request: HttpRequest, typed: QueryDict | None) -> int | None:
    """Return the consent that was chosen: it stays on the page, so that what has ended is refused by its name."""
    return id_typed(typed, "consent_id") if typed is not None else asked(request, "consent")


def _ad_initial(
    request: HttpRequest, day: str, sparks: tuple[CreativeCard, ...], own: tuple[CreativeCard, ...]
) -> dict[str, Any]:
    consent_id, post_id = asked(request, "consent"), asked(request, "creative")
    return {
        "name": _("Ad of %(day)s") % {"day": day},
        "spark": post_id is None and (bool(sparks) or not own),
        "consent_id": consent_id if consent_id is not None else (sparks[0].id if len(sparks) == 1 else None),
        "post_id": post_id if post_id is not None else (own[0].id if len(own) == 1 else None),
    }
