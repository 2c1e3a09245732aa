"""An ad with one's post, as viewers will see it: accepted before its first delivery, refused at any time; what it brought."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising.actions import creator_verdicts
from vonk.advertising.queries.creator_ads import CreatorAd, creator_ad
from vonk.content.queries.ad_comments import AdComment, ad_comments
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.taxonomy import INTERESTS
from vonk.reporting import queries as reporting
from vonk.reporting.queries import Use
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.creator import used_words, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.ad_numbers import AdNumbers, numbers_of
from vonk.web.creator.forms import AdRefusalForm
from vonk.web.creator.used_rows import AdRow, row_of
from vonk.web.creator.views.post import COMMENTS_SHOWN


class AdPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``waits``: the ad is shown only once the creator accepts it; ``gone``: its advertiser deleted it."""

    ad_id: int
    post_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    category: str
    countries: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    landing_url: str
    state: Badge
    state_words: str
    note: str
    phone: Phone
    waits: bool
    refused: bool
    gone: bool
    use: AdRow
    numbers: AdNumbers
    comments: tuple[AdComment, ...]


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, ad_id: int) -> HttpResponse:
    """Show the ad."""
    return _page(request, scope, ad_id, AdRefusalForm(), HTTPStatus.OK)


@require_POST
@for_creators
def accept(request: HttpRequest, scope: Scope, ad_id: int) -> HttpResponse:
    """Agree to the ad as it is."""
    creator_verdicts.accept(scope, ad_id, now=now_of(request))
    messages.success(request, _("Accepted. The advertiser has been told."))
    return redirect("creator:ad", ad_id)


@require_POST
@for_creators
def refuse(request: HttpRequest, scope: Scope, ad_id: int) -> HttpResponse:
    """Stop the ad."""
    form = AdRefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, scope, ad_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    creator_verdicts.refuse(scope, ad_id, note=form.cleaned_data["note"], now=now_of(request))
    messages.success(request, _("Refused. The ad stops within a second, and the advertiser has been told."))
    return redirect("creator:ad", ad_id)


def _page(request: HttpRequest, scope: Scope, ad_id: int, form: AdRefusalForm, status: HTTPStatus) -> HttpResponse:
    now = now_of(request)
    ad = creator_ad(scope, ad_id)
    used = reporting.used_ad(scope, ad_id, now=now)
    state, said = _state(ad, used.use)
    record = AdPage(
        ad_id=ad.ad_id,
        post_id=ad.post_id,
        account_name=ad.account_name,
        advertiser_name=ad.advertiser_name,
        payer_name=ad.payer_name,
        category=_(INTERESTS[ad.category]) if ad.category else "",  # noqa: INT001 - texts come from the closed list.
        countries=ad.countries,
        starts_at=ad.starts_at,
        ends_at=ad.ends_at,
        landing_url=ad.preview.landing_url,
        state=state,
        state_words=said,
        note=ad.note,
        phone=phone_of(ad.preview),
        waits=not ad.deleted and ad.refused_at is None and ad.preview_required and ad.accepted_at is None,
        refused=not ad.deleted and ad.refused_at is not None,
        gone=ad.deleted,
        use=row_of(used),
        numbers=numbers_of(scope, used, now),
        comments=ad_comments(scope, ad.ad_id, Paging(size=COMMENTS_SHOWN)).items,
    )
    return render(request, "creator/ad.html", {"page": record, "form": form}, status=status)


def _state(ad: CreatorAd, use: Use) -> tuple[Badge, str]:
    """Return where the ad stands for its creator, and what that means."""
    if ad.deleted:
        return Badge(_("Deleted"), Tone.CALM), _("The advertiser deleted it; it is not shown any more.")
    if ad.refused_at is not None:
        day = words.plain_day(ad.refused_at)
        said = _("You refused it on %(day)s. It stays off, changed or not, until you accept it.") % {"day": day}
        return Badge(_("Refused by you"), Tone.BAD), said
    if ad.preview_required and ad.accepted_at is None:
        return Badge(_("Waits for you"), Tone.WARN), _("It is shown only after you have accepted it.")
    if not ad.approved:
        return Badge(_("In review"), Tone.BUSY), _("The platform's reviewers look at it before it is shown.")
    if not ad.enabled:
        return Badge(_("Switched off"), Tone.CALM), _("The advertiser has switched it off for now.")
    if use is not Use.LIVE:
        return used_words.use_badge(use), _("You can refuse it at any time.")
    return Badge(_("May be shown"), Tone.GOOD), _(
        "It is shown as its schedule and budget allow. You can refuse it at any time."
    )
