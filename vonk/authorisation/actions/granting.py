"""Give what both sides agreed: a consent without a code, or more days of one."""

from datetime import datetime, timedelta

from vonk.authorisation.actions import closings, extensions, questions, takings
from vonk.authorisation.actions import terms as agreeing
from vonk.authorisation.chain import Detail
from vonk.authorisation.errors.terms import TermsChanged
from vonk.authorisation.models import Consent, ConsentChain, PermissionRequest, Terms
from vonk.authorisation.rules import Outcome, RequestKind, Road, Side
from vonk.control.scope import Scope


def agree(
    scope: Scope,
    chain: ConsentChain,
    request: PermissionRequest,
    terms: Terms | None,
    *,
    side: Side,
    sha256: str,
    now: datetime,
) -> None:
    """Agree to the terms that were read. Who read terms where there are none (any more) read something else."""
    if terms is None:
        if sha256:
            raise TermsChanged
        return
    agreeing.agree(
        scope,
        chain,
        terms,
        side=side,
        sha256=sha256,
        account_id=request.account_id if side is Side.ADVERTISER else None,
        post_id=request.post_id,
        request=request,
        now=now,
    )


def grant(
    scope: Scope,
    chain: ConsentChain,
    request: PermissionRequest,
    *,
    road: Road | None,
    duration_days: int,
    ads_only: bool,
    preview_required: bool,
    terms: Terms | None,
    now: datetime,
) -> Consent:
    """Give what was agreed, a consent or more days of one, and close the request with it."""
    if request.kind == RequestKind.EXTEND.value:
        takings.require_account(request.account_id)
        assert request.consent_id is not None, "An extension is of something."
        consent = Consent.objects.get(pk=request.consent_id)
        extensions.lengthen(scope, chain, consent, duration_days=duration_days, request=request, now=now)
    else:
        assert road is not None, "Every other kind has its road."
        consent = takings.take(
            scope,
            chain,
            questions.post_of(request),
            account_id=request.account_id,
            person_id=_taker(request),
            road=road,
            ends_at=now + timedelta(days=duration_days),
            duration_days=duration_days,
            terms=terms,
            standing=request.standing,
            request=request,
            ads_only=ads_only,
            preview_required=preview_required,
            now=now,
        )
    detail: Detail = {"duration_days": duration_days, "ends_at": consent.ends_at.isoformat()}
    closings.close(scope, chain, request, Outcome.ACCEPTED, consent=consent, detail=detail, now=now)
    return consent


def _taker(request: PermissionRequest) -> int:
    """Return who acts for the account: who asked, or, where the platform asked, who took up what needs this."""
    if request.asked_by_id is not None:
        return request.asked_by_id
    assert request.need is not None, "The platform asks for a post for the sake of another one."
    assert request.need.consent.redeemed_by_id is not None, "Somebody took it up."
    return request.need.consent.redeemed_by_id
