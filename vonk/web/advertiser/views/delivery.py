"""Why an ad, or the ads of an ad group, are shown or not: the last hour from the ad server, days from what it handed over."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.rules import Status
from vonk.control import ad_server
from vonk.control.ad_server import AdServerSilent
from vonk.delivery.explaining.explain import Facts
from vonk.delivery.explaining.sampling import Against
from vonk.reporting import queries as reporting
from vonk.reporting.fates import queries as fates
from vonk.reporting.fates.queries import Fates
from vonk.web.advertiser import delivery_words, mends, rows, words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.delivery_words import BidFact, Missing, Reason, Stage, Where
from vonk.web.advertiser.pages import answer
from vonk.web.common import fates as fate_words
from vonk.web.common.fates import FatesCard
from vonk.web.common.records import Badge, Chart


class DeliveryPage(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one object's ads. ``silent``: the ad server does not answer; ``known``: it has the ads."""

    id: int
    noun: str
    name: str
    up_name: str
    ad_group_id: int
    status: Badge
    bid: str
    fates: FatesCard
    silent: bool = False
    known: bool = False
    ads: int = 0
    verdict: str = ""
    stages: tuple[Stage, ...] = ()
    reasons: tuple[Reason, ...] = ()
    by_minute: Chart | None = None
    against: Against | None = None
    won_share: float | None = None
    gaps: Chart | None = None
    bids: tuple[BidFact, ...] = ()
    missing: tuple[Missing, ...] = ()
    wanted_share: float | None = None


@require_safe
@at_desk()
def ad(request: HttpRequest, desk: Desk, ad_id: int) -> HttpResponse:
    """Show why one ad is shown or not."""
    found = advertising.ad(desk.scope, ad_id)
    group = advertising.ad_group(desk.scope, found.ad_group_id)
    status = reporting.statuses([ad_id], now=desk.now)[ad_id]
    page = DeliveryPage(
        id=ad_id,
        noun="ad",
        name=found.name,
        up_name=found.ad_group_name,
        ad_group_id=found.ad_group_id,
        status=_status(request, desk, status, {**rows.ad_ids(found), "consent_id": found.consent_id or 0}),
        bid=words.whole_bid_words(group),
        fates=_fates(request, desk, lambda start, end: fates.of_ad(desk.scope, ad_id, start=start, end=end)),
    )
    where = _where(desk, found.campaign_id, found.ad_group_id, found.consent_id or 0)
    try:
        facts = ad_server.ad_facts(desk.scope, ad_id, now=desk.now)
    except AdServerSilent:
        return answer(request, desk, "delivery.html", msgspec.structs.replace(page, silent=True))
    return answer(request, desk, "delivery.html", _with_facts(page, facts, where, desk))


@require_safe
@at_desk()
def ad_group(request: HttpRequest, desk: Desk, ad_group_id: int) -> HttpResponse:
    """Show why an ad group's ads are shown or not, all together."""
    found = advertising.ad_group(desk.scope, ad_group_id)
    status = reporting.ad_group_statuses([ad_group_id], now=desk.now)[ad_group_id]
    page = DeliveryPage(
        id=ad_group_id,
        noun="ad_group",
        name=found.name,
        up_name=found.name,
        ad_group_id=ad_group_id,
        status=_status(request, desk, status, rows.ad_group_ids(found)),
        bid=words.whole_bid_words(found),
        fates=_fates(
            request, desk, lambda start, end: fates.of_ad_group(desk.scope, ad_group_id, start=start, end=end)
        ),
    )
    where = _where(desk, found.campaign_id, ad_group_id, 0)
    try:
        facts = ad_server.ad_group_facts(desk.scope, ad_group_id, now=desk.now)
    except AdServerSilent:
        return answer(request, desk, "delivery.html", msgspec.structs.replace(page, silent=True))
    return answer(request, desk, "delivery.html", _with_facts(page, facts, where, desk))


def _status(request: HttpRequest, desk: Desk, status: Status, ids: Mapping[str, int]) -> Badge:
    return mends.mended(words.status_badge(status, ids, here=request.path), status, ids, desk, here=request.path)


def _where(desk: Desk, campaign_id: int, ad_group_id: int, consent_id: int) -> Where:
    return Where(campaign_id, ad_group_id, consent_id, may_edit=desk.may_edit, may_pay=desk.may_pay)


def _with_facts(page: DeliveryPage, facts: Facts | None, where: Where, desk: Desk) -> DeliveryPage:
    if facts is None:
        return page
    currency = desk.account.currency
    against = delivery_words.best_against(facts)
    looked_at = facts.targeting[0] if facts.targeting else None
    return msgspec.structs.replace(
        page,
        known=True,
        ads=facts.ads,
        verdict=delivery_words.verdict(facts),
        stages=delivery_words.stages(facts),
        reasons=delivery_words.reasons(facts, where),
        by_minute=delivery_words.by_minute(facts),
        against=against,
        won_share=(against.wins + against.own) / against.slots if against is not None and against.slots else None,
        gaps=delivery_words.gaps(against, currency) if against is not None else None,
        bids=delivery_words.bids(against, currency) if against is not None else (),
        missing=delivery_words.missing(facts),
        wanted_share=looked_at.wanted / looked_at.requests if looked_at is not None and looked_at.requests else None,
    )


def _fates(request: HttpRequest, desk: Desk, read: Callable[[datetime, datetime], Fates]) -> FatesCard:
    """Return what became of the ads in the days that the address asks for."""
    days = fate_words.days_of(request)
    today = fates.today(desk.scope, desk.now)
    found = read(*fates.instants(desk.scope, today - timedelta(days=days - 1), today))
    return fate_words.card(found, days, ZoneInfo(desk.account.time_zone), desk.account.currency)
