"""What a creator answered beforehand: a request inside a standing consent is accepted as it comes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from vonk.authorisation import reach
from vonk.authorisation import request_letters as letters
from vonk.authorisation.actions import granting, questions, standings, switches
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.models import (
    AdSettings,
    Consent,
    ConsentChain,
    PermissionRequest,
    PostAuthorisation,
    StandingConsent,
)
from vonk.authorisation.rules import Outside, Payment, RequestKind, Road, Side, extended_end, promotion_refusal
from vonk.authorisation.rules import standings as rules
from vonk.content.queries import PostFacts
from vonk.control.scope import PLATFORM


def accept_at_once(chain: ConsentChain, request: PermissionRequest, *, now: datetime) -> Consent | None:
    """Accept a request that just came, if a standing consent of the creator covers it; otherwise note why none did.

    The locked chain lets requests in one after the other, so a total cap is never passed by two that race.
    """
    rows = list(
        StandingConsent.objects.filter(standings.in_force(now), profile_id=chain.profile_id)
        .select_for_update()
        .order_by("pk")
    )
    if not rows:
        return None
    post = questions.post_of(request)
    covered, reasons = _nearest(rows, request, now)
    if covered is not None:
        reasons = _hindered(chain, request, post)
    if covered is None or reasons:
        request.not_automatic = [reason.value for reason in reasons]
        request.save(update_fields=["not_automatic"])
        return None
    return _accept(chain, request, post, next(row for row in rows if row.pk == covered), now=now)


def _nearest(
    rows: Sequence[StandingConsent], request: PermissionRequest, now: datetime
) -> tuple[int | None, tuple[Outside, ...]]:
    """Return the standing consent that covers the request, or None and what of it lies outside the nearest one."""
    extended = request.consent if request.kind == RequestKind.EXTEND.value else None
    asked = rules.Asked(
        account_id=request.account_id,
        at=now,
        duration_days=request.duration_days,
        ends_at=extended_end(extended.ends_at, request.duration_days, now)
        if extended is not None
        else now + timedelta(days=request.duration_days),
        terms=standings.draft_of(extended.terms if extended is not None else request.offer),
    )
    but_for = extended.pk if extended is not None else None
    return rules.nearest(
        [
            (row.pk, rules.inside(asked, standings.limits_of(row), standings.used_micros(row.pk, but_for=but_for)))
            for row in rows
        ]
    )


def _accept(
    chain: ConsentChain, request: PermissionRequest, post: PostFacts, standing: StandingConsent, *, now: datetime
) -> Consent:
    """Take up what the standing consent covers, as if the creator had accepted it just now."""
    assert post.owner_id is not None, "A profile with a standing consent is a person's."
    if request.offer is not None:
        agreeing.agree(
            PLATFORM,
            chain,
            request.offer,
            side=Side.CREATOR,
            sha256=request.offer.sha256,
            person_id=post.owner_id,
            post_id=request.post_id,
            request=request,
            now=now,
        )
    switches.switch_post_on(PLATFORM, chain, request.post_id, now=now)
    request.standing = standing
    consent = granting.grant(
        PLATFORM,
        chain,
        request,
        road=Road.STANDING,
        duration_days=request.duration_days,
        ads_only=request.ads_only,
        preview_required=standing.preview_required,
        terms=request.offer,
        now=now,
    )
    letters.taken_under_standing(request, consent, post, now=now)
    return consent


def _hindered(chain: ConsentChain, request: PermissionRequest, post: PostFacts) -> tuple[Outside, ...]:
    """Return why a request inside a standing consent has to wait for the creator all the same."""
    on = AdSettings.objects.filter(profile_id=chain.profile_id, on=True).exists()
    if not on or PostAuthorisation.objects.filter(post_id=request.post_id, on=False).exists():
        return (Outside.SWITCHED_OFF,)
    if request.kind != RequestKind.EXTEND.value and request.ads_only and not post.ads_only:
        return (Outside.ADS_ONLY,)  # No feed would show it any more: who made it says so themselves.
    refusal = promotion_refusal(
        reach.to_promote(post),
        ads_only=request.ads_only or post.ads_only,
        make_public=False,
        paid=request.offer is not None and request.offer.payment != Payment.NONE,
    )
    return (Outside.POST,) if refusal is not None else ()
