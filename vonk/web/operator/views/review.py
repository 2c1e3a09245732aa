"""Judge an ad: it plays as it will be seen, with all that is known of it beside."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import reviews
from vonk.advertising.queries import PastReview, ReviewItem, ReviewView
from vonk.advertising.queries.reviewing import Neighbours, Standing, neighbours, standings
from vonk.advertising.rules import OBJECTIVE_TEXTS, Verdict
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Forbidden, Invalid
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.snapshot import Targeting
from vonk.web.common import choices, problems
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, wants_json
from vonk.web.operator.access import for_platform
from vonk.web.operator.differences import Difference, differences
from vonk.web.operator.forms import RejectForm
from vonk.web.operator.review_forms import QueueForm
from vonk.web.operator.views.review_queue import kind_badge, marks_of

HOLD_SECONDS: Final = 6  # For so long the browser holds a verdict back, and it can be undone.
ID_CHARS: Final = 20


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
    """The page. ``next_id`` is the ad to be judged after this one, whose pictures the browser fetches beforehand; ``query`` narrows both."""

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
    differences: tuple[Difference, ...]
    category: str
    marks: tuple[Badge, ...]
    claimed_by: str
    first_mine: bool
    forbidden: bool
    count: int
    previous_id: int | None
    next_id: int | None
    next_phone: Phone | None
    query: str


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Show the ad."""
    return _answer(request, scope, review_id, RejectForm())


@require_POST
@for_platform(Right.REVIEW)
def approve(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Let the ad be shown, or note the first of two approvals, and open the next one."""
    try:
        verdict = reviews.approve(scope, review_id, now=now_of(request))
    except (Conflict, Forbidden) as problem:
        return _too_late(request, review_id, problem)
    if verdict is Verdict.APPROVED:
        return _decided(request, scope, review_id, _("Approved. It may be shown from now on."))
    return _decided(request, scope, review_id, _("Noted. Somebody else has to approve it too."))


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
            return _decided(request, scope, review_id, _("Rejected. The advertiser reads your reasons."))
    return _answer(request, scope, review_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_late(request: HttpRequest, review_id: int, problem: Conflict | Forbidden) -> HttpResponse:
    """Say what stands in the way, on the page that shows what is known now; to a script as a problem."""
    if wants_json(request):
        raise problem
    view = problems.view_of(problem)
    messages.warning(request, " ".join(part for part in (view.message, view.remedy) if part))
    return redirect("operator:review", review_id)


def _decided(request: HttpRequest, scope: Scope, review_id: int, words: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": words})
    messages.success(request, words)
    form = QueueForm(request.GET)
    following = neighbours(scope, review_id, form.wanted, now=now_of(request)).next_id
    where = reverse("operator:reviews") if following is None else reverse("operator:review", args=[following])
    return redirect(where + form.query)


def _answer(
    request: HttpRequest, scope: Scope, review_id: int, form: RejectForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    now, narrowed = now_of(request), QueueForm(request.GET)
    item = advertising.review(scope, review_id)
    around = neighbours(scope, review_id, narrowed.wanted, held=_held(request), now=now)
    standing = standings(scope, [review_id], now=now).get(review_id, Standing())
    ahead = advertising.review(scope, around.next_id) if around.next_id is not None else None
    record = _page(item, standing, around, ahead, narrowed.query)
    context = {"page": record, "form": form, "hold_seconds": HOLD_SECONDS}
    return render(request, "operator/review.html", context, status=status)


def _held(request: HttpRequest) -> int | None:
    """Return the ad whose verdict the browser still holds back, so that it can be undone."""
    text = request.GET.get("held", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < ID_CHARS else None


def _page(item: ReviewItem, standing: Standing, around: Neighbours, ahead: ReviewItem | None, query: str) -> ReviewPage:
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
        differences=differences(item.changes),
        category=_(INTERESTS.get(item.category, "")) if item.category else "",  # noqa: INT001 - texts come from the closed list.
        marks=marks_of(standing),
        claimed_by=standing.claimed_by,
        first_mine=standing.first_mine,
        forbidden=standing.forbidden,
        count=around.count,
        previous_id=around.previous_id,
        next_id=around.next_id,
        next_phone=phone_of(ahead.preview) if ahead is not None else None,
        query=query,
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
