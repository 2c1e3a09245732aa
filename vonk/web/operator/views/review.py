"""Judge an ad: it plays as it will be seen, with all that is known of it beside."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import reviews
from vonk.advertising.queries import PastReview, ReviewItem, ReviewView
from vonk.advertising.rules import OBJECTIVE_TEXTS, Change, Verdict
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Invalid
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.snapshot import Targeting
from vonk.web.common import choices, problems
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import RejectForm
from vonk.web.operator.views.review_queue import kind_badge


class Audience(msgspec.Struct, frozen=True):
    """Whom the ad is for. Countries and languages are codes that the browser names; empty means everybody."""

    countries: tuple[str, ...]
    languages: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


class Past(msgspec.Struct, frozen=True):
    """An earlier round."""

    verdict: Badge
    decided_at: datetime | None
    reviewer: str
    reasons: tuple[str, ...]
    note: str


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``next_id`` is the ad to be judged after this one."""

    id: int
    open: bool
    verdict: Past
    kind: Badge
    ad_id: int
    ad_name: str
    campaign_name: str
    objective: str
    account_name: str
    advertiser_name: str
    payer_name: str
    phone: Phone
    audience: Audience
    starts_at: datetime
    ends_at: datetime | None
    submitted_at: datetime
    previous: tuple[Past, ...]
    changes: tuple[Change, ...]
    next_id: int | None


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Show the ad."""
    return _answer(request, scope, review_id, RejectForm())


@require_POST
@for_platform(Right.REVIEW)
def approve(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Let the ad be shown, and open the next one."""
    try:
        reviews.approve(scope, review_id, now=now_of(request))
    except Conflict as problem:
        return _too_late(request, review_id, problem)
    messages.success(request, _("Approved. It may be shown from now on."))
    return _next(scope, review_id)


@require_POST
@for_platform(Right.REVIEW)
def reject(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Refuse the ad for at least one reason, and open the next one."""
    form = RejectForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            reviews.reject(scope, review_id, asked["reasons"], asked["note"], now=now_of(request))
        except Conflict as problem:
            return _too_late(request, review_id, problem)
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Rejected. The advertiser reads your reasons."))
            return _next(scope, review_id)
    return _answer(request, scope, review_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_late(request: HttpRequest, review_id: int, problem: Conflict) -> HttpResponse:
    """Say that somebody else was first, on the page that shows what they decided."""
    view = problems.view_of(problem)
    messages.warning(request, " ".join(part for part in (view.message, view.remedy) if part))
    return redirect("operator:review", review_id)


def _next(scope: Scope, review_id: int) -> HttpResponse:
    following = _next_id(scope, review_id)
    return redirect("operator:reviews") if following is None else redirect("operator:review", following)


def _next_id(scope: Scope, review_id: int) -> int | None:
    """Return the next to be judged: the one that came after, else the longest waiting of the others."""
    for paging in (Paging(cursor=review_id, size=1), Paging(size=2)):
        for item in advertising.review_queue(scope, paging).items:
            if item.review.id != review_id:
                return item.review.id
    return None


def _answer(
    request: HttpRequest, scope: Scope, review_id: int, form: RejectForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    record = _page(advertising.review(scope, review_id), _next_id(scope, review_id))
    return render(request, "operator/review.html", {"page": record, "form": form}, status=status)


def _page(item: ReviewItem, next_id: int | None) -> ReviewPage:
    return ReviewPage(
        id=item.review.id,
        open=item.review.verdict is Verdict.IN_REVIEW,
        verdict=_past(item.review, None),
        kind=kind_badge(item),
        ad_id=item.ad_id,
        ad_name=item.ad_name,
        campaign_name=item.campaign_name,
        objective=_(OBJECTIVE_TEXTS[item.objective]),  # noqa: INT001 - texts come from the closed list.
        account_name=item.account_name,
        advertiser_name=item.advertiser_name,
        payer_name=item.payer_name,
        phone=phone_of(item.preview),
        audience=_audience(item.targeting),
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        submitted_at=item.review.submitted_at,
        previous=tuple(_past(past.review, past) for past in item.previous),
        changes=item.changes,
        next_id=next_id,
    )


def _past(review: ReviewView, past: PastReview | None) -> Past:
    badges = {
        Verdict.IN_REVIEW: Badge(_("Waits for a decision"), Tone.BUSY),
        Verdict.APPROVED: Badge(_("Approved"), Tone.GOOD),
        Verdict.REJECTED: Badge(_("Rejected"), Tone.BAD),
        Verdict.SUPERSEDED: Badge(_("The ad was changed before a decision"), Tone.CALM),
    }
    return Past(
        verdict=badges[review.verdict],
        decided_at=review.decided_at,
        reviewer=past.reviewer_name or "" if past is not None else "",
        reasons=tuple(_(reason.text) for reason in review.reasons),  # noqa: INT001 - texts come from the closed list.
        note=review.note,
    )


def _audience(targeting: Targeting) -> Audience:
    ages, genders, devices = (
        {str(key.value): str(text) for key, text in pairs}
        for pairs in (choices.AGE_BAND_CHOICES, choices.GENDER_CHOICES, choices.DEVICE_CHOICES)
    )
    everybody = _("Everybody")
    told = (
        (_("Age"), [ages.get(key, key) for key in targeting.age_bands]),
        (_("Gender"), [genders.get(key, key) for key in targeting.genders]),
        (_("Interests"), [_(INTERESTS.get(key, key)) for key in targeting.interests]),  # noqa: INT001 - a closed list.
        (_("Devices"), [devices.get(key, key) for key in targeting.devices]),
    )
    return Audience(
        countries=targeting.countries,
        languages=targeting.languages,
        words=tuple((name, ", ".join(values) or everybody) for name, values in told),
    )
