"""The grant: what the ad servers are told of a redeemed consent."""

from datetime import UTC, datetime, timedelta
from typing import Final

from vonk.authorisation.models import Consent
from vonk.control import publications
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import DocumentKind, GrantDocument

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def grant_document(consent: Consent) -> GrantDocument:
    """Return the compiled grant. Its end is rounded down: not a fraction of a millisecond beyond the consent."""
    assert consent.account_id is not None, "Only a redeemed consent grants anything."
    assert consent.redeemed_at is not None, "Only a redeemed consent grants anything."
    return GrantDocument(
        id=consent.pk,
        post_id=consent.post_id,
        account_id=consent.account_id,
        starts_ms=to_ms(consent.redeemed_at),
        ends_ms=(consent.ends_at - _EPOCH) // timedelta(milliseconds=1),
    )


def publish_grant(consent: Consent, *, at: datetime) -> None:
    """Tell the ad servers until when the account may show the post. The document ends by itself."""
    publications.publish(DocumentKind.GRANT, consent.pk, grant_document(consent), at=at)


def withdraw_grant(consent: Consent, *, at: datetime) -> None:
    """Stop every ad that needs the consent; nothing happens when it never granted anything."""
    publications.withdraw(DocumentKind.GRANT, consent.pk, at=at)
