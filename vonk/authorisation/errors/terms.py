"""What can be wrong with the terms of a grant."""

from datetime import datetime
from typing import Final

from vonk.core.errors import Actor, Conflict, Moment

_LIBRARY: Final = "/advertiser/spark-posts/"
_POSTS: Final = "/studio/"


class TermsAgreementRequired(Conflict):
    """A grant with terms is taken up by who agrees to them. ``terms_id`` says which: both sides may read them."""

    code = "terms_agreement_required"
    message = "The creator's terms for this post have not been agreed to."
    cause = "The creator bound the authorisation to terms; ads may use the post once both sides agreed."
    remedy = "Read the terms and agree to them: send their hash, %(sha256)s, as agree_sha256."
    actor = Actor.ADVERTISER
    link = _LIBRARY
    field = "agree_sha256"

    def __init__(self, *, terms_id: int, sha256: str) -> None:
        super().__init__(sha256=sha256)
        self.terms_id = terms_id


class TermsChanged(Conflict):
    """Somebody agrees to the text they read, not to another."""

    code = "terms_changed"
    message = "These are not the terms that you read."
    cause = "The other side worded them anew, or the hash is mistyped."
    remedy = "Read the terms as they are now, then agree."
    actor = Actor.CALLER
    link = "/notifications/"  # Where both sides hear of new terms.
    field = "agree_sha256"


class TermsCurrencyMismatch(Conflict):
    """Amounts are compared with what the ad account spends."""

    code = "terms_currency_mismatch"
    message = "The terms are in %(terms)s and the ad account is kept in %(account)s."
    cause = "A fee or a cap on spend is counted in the currency of the ad account."
    remedy = "Ask the creator for terms in %(account)s, or use an ad account that is kept in %(terms)s."
    actor = Actor.CREATOR
    link = _POSTS

    def __init__(self, *, terms: str, account: str) -> None:
        super().__init__(terms=terms, account=account)


class ExtendedBeyondTerms(Conflict):
    """What both sides agreed to ends; an authorisation does not outlast it."""

    code = "extended_beyond_terms"
    message = "The terms of this authorisation end on %(ends)s."
    cause = "Both sides agreed to that date, and an extension would go beyond it."
    remedy = "Extend it by fewer days, or agree on new terms with a new authorisation."
    actor = Actor.CREATOR
    link = _POSTS

    def __init__(self, *, ends_at: datetime) -> None:
        super().__init__(ends=Moment(ends_at))
