"""What a code would give, before an account takes it up."""

from datetime import datetime

import msgspec

from vonk.authorisation import needs, reach
from vonk.authorisation.actions import redemptions
from vonk.authorisation.errors.consents import ERRORS
from vonk.authorisation.models import Consent
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.queries.terms import TermsView, terms_facts
from vonk.authorisation.rules import ConsentState, days_left, redemption_refusal
from vonk.content.queries import PostFacts
from vonk.control.scope import Scope


class CodePreview(msgspec.Struct, frozen=True):
    """What a code would give, before the account takes it up. ``again``: the account holds it already.

    ``terms`` are agreed to by naming their hash. ``originals`` are the handles of other authors whose consent for this
    account is still missing: they are asked, or a code of theirs is redeemed together with this one.
    """

    consent_id: int
    post: PostView
    state: ConsentState
    ends_at: datetime
    days_left: int
    again: bool
    ads_only: bool
    preview_required: bool
    terms: TermsView | None
    originals: tuple[str, ...]


def preview(scope: Scope, code: str, now: datetime) -> CodePreview:
    """Return what the code would give the scope's account. Raises what redeeming it would raise, and counts as a try."""
    code_row = reach.consent_of_code(scope, code, now=now)
    consent = redemptions.held_by(code_row, scope.account)
    post = reach.post_of(consent)
    refusal = redemption_refusal(
        reach.facts_of(consent, post_available=post.available),
        now,
        unavailable_reason=post.unavailable_reason,
        holder=consent.account_id,
        asker=scope.account,
        kind=reach.kind_refusal_of(post),
    )
    if refusal is not None:
        raise ERRORS[refusal]
    return CodePreview(
        consent_id=consent.pk,
        post=post_view(post),
        state=reach.state_of(consent, post, now),
        ends_at=consent.ends_at,
        days_left=days_left(consent.ends_at, now),
        again=consent.account_id == scope.account,
        ads_only=consent.ads_only,
        preview_required=consent.preview_required,
        terms=terms_facts([consent.terms_id], person_id=scope.person)[consent.terms_id] if consent.terms_id else None,
        originals=_missing(scope, consent, post, now),
    )


def _missing(scope: Scope, consent: Consent, post: PostFacts, now: datetime) -> tuple[str, ...]:
    """Return the handles of authors whose consent is missing, or would be."""
    if consent.account_id is not None:
        return tuple(original.handle for original in needs.missing([consent.pk], now).get(consent.pk, ()))
    originals = [original for original in needs.originals_of(post) if original.account_id != scope.account]
    met = needs.meeting(scope.account, (original.id for original in originals), now)
    return tuple(original.handle for original in originals if original.id not in met)
