"""Consents that a creator gives before anybody asks, within limits."""

from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Q, Sum

from vonk.authorisation import reach
from vonk.authorisation.actions import records, switches
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.requests import StandingsLimited
from vonk.authorisation.models import Consent, ConsentChain, StandingConsent, Terms
from vonk.authorisation.rules import STANDINGS_PER_PROFILE_MAX, Act, Edit, Outcome, Payment, TermsDraft
from vonk.authorisation.rules import standings as rules
from vonk.authorisation.rules.standings import Limits
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.queries import accounts_facts


class Given(msgspec.Struct, frozen=True):
    """A standing consent that holds from now on."""

    standing_id: int


def in_force(now: datetime) -> Q:
    """Return the condition for standing consents that are neither withdrawn nor over; they may begin later."""
    return Q(ended_at=None, ends_at__gt=now)


@transaction.atomic
def give(scope: Scope, limits: Limits, *, switch_on: bool = False, now: datetime) -> Given:
    """Say yes beforehand to requests inside the limits, from one ad account or from everybody.

    ``switch_on`` switches the creator's ad settings on in the same act; each post is switched on when a request for it
    is accepted. Raises FieldInvalid, AdSettingsOff, StandingsLimited; NotFound for an account that does not exist.
    """
    limits = rules.tidy(limits)
    wrong = rules.fault(limits, now)
    if wrong is not None:
        raise FieldInvalid(wrong.field, wrong.reason)
    if limits.account_id is not None and limits.account_id not in accounts_facts([limits.account_id]):
        raise NotFound(noun="ad account")
    chain = records.lock(reach.own_profile(scope))
    if switch_on:
        switches.switch_settings_on(scope, chain, now=now)
    switches.require_ad_settings(chain)
    live = StandingConsent.objects.filter(in_force(now), profile_id=chain.profile_id)
    if live.count() >= STANDINGS_PER_PROFILE_MAX:
        raise StandingsLimited(most=STANDINGS_PER_PROFILE_MAX)
    standing = StandingConsent.objects.create(
        profile_id=chain.profile_id,
        account_id=limits.account_id,
        starts_at=limits.starts_at,
        ends_at=limits.ends_at,
        duration_days_max=limits.duration_days_max,
        countries=list(limits.countries),
        categories=list(limits.categories),
        currency=limits.currency,
        spend_cap_micros=limits.spend_cap_micros,
        spend_total_micros=limits.spend_total_micros,
        payment=limits.payment.value,
        fee_micros=limits.fee_micros,
        share_ppm=limits.share_ppm,
        notice_days=limits.notice_days,
        preview_required=limits.preview_required,
        given_at=now,
    )
    detail = _detail(limits)
    records.append(chain, scope, Act.STANDING_GIVEN, at=now, standing=standing, detail=detail)
    audit.record(
        scope, "standing.given", "standing_consent", standing.pk, at=now, account_id=limits.account_id, detail=detail
    )
    return Given(standing.pk)


@transaction.atomic
def withdraw(scope: Scope, standing_id: int, *, now: datetime) -> bool:
    """End a standing consent; return whether this call did. What was accepted under it stays, each with its own end."""
    profile_id = reach.own_profile(scope)
    chain = records.lock(profile_id)
    standing = StandingConsent.objects.filter(pk=standing_id, profile_id=profile_id).first()
    if standing is None:
        raise NotFound(noun="standing consent")
    return _end(scope, chain, standing, now=now)


def end_all(scope: Scope, chain: ConsentChain, *, now: datetime) -> int:
    """End every standing consent of the locked chain's profile, for whoever erases it; return how many."""
    rows = StandingConsent.objects.filter(profile_id=chain.profile_id, ended_at=None).order_by("pk")
    return sum(_end(scope, chain, standing, now=now) for standing in list(rows))


def limits_of(standing: StandingConsent) -> Limits:
    """Return what the rules look at."""
    return Limits(
        account_id=standing.account_id,
        starts_at=standing.starts_at,
        ends_at=standing.ends_at,
        duration_days_max=standing.duration_days_max,
        countries=tuple(standing.countries),
        categories=tuple(standing.categories),
        currency=standing.currency,
        spend_cap_micros=standing.spend_cap_micros,
        spend_total_micros=standing.spend_total_micros,
        payment=Payment(standing.payment),
        fee_micros=standing.fee_micros,
        share_ppm=standing.share_ppm,
        notice_days=standing.notice_days,
        preview_required=standing.preview_required,
        ended=standing.ended_at is not None,
    )


def draft_of(terms: Terms | None) -> TermsDraft | None:
    """Return terms as the rules look at them."""
    if terms is None:
        return None
    return TermsDraft(
        payment=Payment(terms.payment),
        fee_micros=terms.fee_micros,
        share_ppm=terms.share_ppm,
        currency=terms.currency,
        spend_cap_micros=terms.spend_cap_micros,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        countries=tuple(terms.countries),
        categories=tuple(terms.categories),
        edits=tuple(Edit(edit) for edit in terms.edits),
        notice_days=terms.notice_days,
        spend_shown=terms.spend_shown,
        note=terms.note,
    )


def used_micros(standing_id: int, *, but_for: int | None = None) -> int:
    """Return the sum of the caps of the consents accepted under it; ``but_for`` is a consent that is not counted."""
    under = Consent.objects.filter(requests__standing_id=standing_id, requests__outcome=Outcome.ACCEPTED.value)
    counted = under.exclude(pk=but_for) if but_for is not None else under
    rows = Consent.objects.filter(pk__in=counted.values("pk"))  # Each once, however often it was extended.
    return rows.aggregate(sum=Sum("terms__spend_cap_micros"))["sum"] or 0


def _end(scope: Scope, chain: ConsentChain, standing: StandingConsent, *, now: datetime) -> bool:
    if standing.ended_at is not None:
        return False
    standing.ended_at = now
    standing.save(update_fields=["ended_at"])
    records.append(chain, scope, Act.STANDING_ENDED, at=now, standing=standing)
    audit.record(scope, "standing.ended", "standing_consent", standing.pk, at=now, account_id=standing.account_id)
    return True


def _detail(limits: Limits) -> Detail:
    return {
        "account": str(limits.account_id) if limits.account_id is not None else None,
        "starts_at": limits.starts_at.isoformat(),
        "ends_at": limits.ends_at.isoformat(),
        "duration_days_max": limits.duration_days_max,
        "countries": ",".join(limits.countries),
        "categories": ",".join(limits.categories),
        "currency": limits.currency,
        "spend_cap_micros": limits.spend_cap_micros,
        "spend_total_micros": limits.spend_total_micros,
        "payment": limits.payment.value,
        "fee_micros": limits.fee_micros,
        "share_ppm": limits.share_ppm,
        "notice_days": limits.notice_days,
        "preview_required": limits.preview_required,
    }
