"""Standing consents as their creator reads them, and the ad accounts that one may be for."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Count, Q

from vonk.authorisation import reach
from vonk.authorisation.actions import standings
from vonk.authorisation.models import PermissionRequest, StandingConsent
from vonk.authorisation.rules import NO_END, Outcome, Payment
from vonk.authorisation.rules.standings import NAMED_MAX
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts, accounts_named


class StandingView(msgspec.Struct, frozen=True, kw_only=True):
    """A standing consent, what came of it, and whether it takes in requests now.

    ``account_id`` and its name None: from everybody. ``ends_at`` None: until it is withdrawn. Amounts are micros of
    ``currency``; empty lists and None mean no limit.
    """

    id: int
    account_id: int | None
    account_name: str | None
    advertiser_name: str | None
    starts_at: datetime
    ends_at: datetime | None
    duration_days_max: int
    countries: tuple[str, ...]
    categories: tuple[str, ...]
    currency: str
    spend_cap_micros: int | None
    spend_total_micros: int | None
    payment: Payment
    fee_micros: int
    share_ppm: int
    notice_days: int
    preview_required: bool
    given_at: datetime
    ended_at: datetime | None
    in_force: bool
    accepted: int  # Requests accepted under it.
    used_micros: int  # The sum of the caps of those.


class Candidate(msgspec.Struct, frozen=True):
    """An ad account that a standing consent may be for."""

    account_id: int
    name: str
    advertiser_name: str
    asked_before: bool


def standing_consents(scope: Scope, paging: Paging, now: datetime) -> Page[StandingView]:
    """Return the acting creator's standing consents, newest first, withdrawn ones too."""
    page = page_of(StandingConsent.objects.filter(profile_id=reach.own_profile(scope)), paging, lambda row: row)
    return Page(_views(page.items, now), page.next_cursor)


def standing_consent(scope: Scope, standing_id: int, now: datetime) -> StandingView:
    """Return one of the acting creator's standing consents; NotFound for others'."""
    row = StandingConsent.objects.filter(pk=standing_id, profile_id=reach.own_profile(scope)).first()
    if row is None:
        raise NotFound(noun="standing consent")
    return _views([row], now)[0]


def candidates(scope: Scope, name: str) -> tuple[Candidate, ...]:
    """Return ad accounts that a standing consent may be for: those that asked before, or those of exactly that name.

    A name is an account's, its organisation's, or that of whom it advertises for, whole and whatever its case. Nobody
    can page through accounts by it, and nothing is said of one that every ad of it does not say.
    """
    asked = PermissionRequest.objects.filter(profile_id=reach.own_profile(scope)).values_list("account_id", flat=True)
    before = set(asked.distinct())
    if name.strip():
        found = accounts_named(name, at_most=NAMED_MAX)
    else:
        latest = list(dict.fromkeys(asked.order_by("-pk")[: NAMED_MAX * 5]))[:NAMED_MAX]
        facts = accounts_facts(latest)
        found = [facts[account_id] for account_id in latest]
    return tuple(Candidate(one.id, one.name, one.advertiser_name, one.id in before) for one in found)


def _views(rows: Sequence[StandingConsent], now: datetime) -> tuple[StandingView, ...]:
    accounts = accounts_facts(row.account_id for row in rows if row.account_id is not None)
    accepted = dict(
        PermissionRequest.objects.filter(standing__in=[row.pk for row in rows], outcome=Outcome.ACCEPTED.value)
        .values("standing_id")
        .annotate(count=Count("pk"))
        .values_list("standing_id", "count")
    )
    live = set(
        StandingConsent.objects.filter(
            standings.in_force(now) & Q(starts_at__lte=now), pk__in=[row.pk for row in rows]
        ).values_list("pk", flat=True)
    )
    return tuple(
        StandingView(
            id=row.pk,
            account_id=row.account_id,
            account_name=accounts[row.account_id].name if row.account_id is not None else None,
            advertiser_name=accounts[row.account_id].advertiser_name if row.account_id is not None else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at if row.ends_at != NO_END else None,
            duration_days_max=row.duration_days_max,
            countries=tuple(row.countries),
            categories=tuple(row.categories),
            currency=row.currency,
            spend_cap_micros=row.spend_cap_micros,
            spend_total_micros=row.spend_total_micros,
            payment=Payment(row.payment),
            fee_micros=row.fee_micros,
            share_ppm=row.share_ppm,
            notice_days=row.notice_days,
            preview_required=row.preview_required,
            given_at=row.given_at,
            ended_at=row.ended_at,
            in_force=row.pk in live,
            accepted=accepted.get(row.pk, 0),
            used_micros=standings.used_micros(row.pk) if row.pk in accepted else 0,
        )
        for row in rows
    )
