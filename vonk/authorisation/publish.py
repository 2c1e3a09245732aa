"""The grant: what the ad servers are told of a redeemed consent."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from vonk.authorisation import needs
from vonk.authorisation.models import Consent
from vonk.control import publications
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Document, DocumentKind, GrantDocument

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def grant_document(consent: Consent, requires: tuple[int, ...] = ()) -> GrantDocument:
    """Return the compiled grant: the consent's span, narrowed by notice, terms and access, and the limits of the terms.

    Its end is rounded down: not a fraction of a millisecond beyond what was agreed. ``spend_cap_micros`` is in the
    account's currency: terms in another one are never taken up. ``requires`` are the consents of the original authors.
    """
    assert consent.account_id is not None, "Only a redeemed consent grants anything."
    assert consent.redeemed_at is not None, "Only a redeemed consent grants anything."
    terms, access = consent.terms, consent.access
    starts = [consent.redeemed_at, terms.starts_at if terms is not None else None]
    ends = [
        consent.ends_at,
        consent.ending_at,
        terms.ends_at if terms is not None else None,
        *((access.ends_at, access.ending_at) if access is not None else ()),
    ]
    return GrantDocument(
        id=consent.pk,
        post_id=consent.post_id,
        account_id=consent.account_id,
        starts_ms=to_ms(max(instant for instant in starts if instant is not None)),
        ends_ms=(min(instant for instant in ends if instant is not None) - _EPOCH) // timedelta(milliseconds=1),
        countries=tuple(terms.countries) if terms is not None else (),
        spend_cap_micros=terms.spend_cap_micros if terms is not None else None,
        categories=tuple(terms.categories) if terms is not None else (),
        requires=requires,
    )


def grant_documents(consents: Iterable[Consent], *, at: datetime) -> dict[int, GrantDocument | None]:
    """Return what each redeemed consent grants at ``at``, by id; None while an original author's consent is missing."""
    rows = list(consents)
    stand_on = needs.stand_on([consent.pk for consent in rows], at)
    requires = {consent.pk: stand_on.get(consent.pk, ()) for consent in rows}
    return {
        consent.pk: grant_document(consent, of) if (of := requires[consent.pk]) is not None else None
        for consent in rows
    }


def publish_grant(consent: Consent, *, at: datetime) -> None:
    """Tell the ad servers until when the account may show the post. The document ends by itself.

    While an original author's consent is missing there is no grant.
    """
    document = grant_documents([consent], at=at)[consent.pk]
    if document is None:
        withdraw_grant(consent, at=at)
    else:
        publications.publish(DocumentKind.GRANT, consent.pk, document, at=at)


def publish_grants(consents: Collection[Consent], *, at: datetime) -> None:
    """Do for each of the consents what ``publish_grant`` does."""
    requires = needs.stand_on([consent.pk for consent in consents], at)
    documents: dict[int, Document | None] = {}
    for consent in consents:
        required = requires.get(consent.pk, ())
        documents[consent.pk] = grant_document(consent, required) if required is not None else None
    publications.replace(DocumentKind.GRANT, documents, at=at)


def withdraw_grant(consent: Consent, *, at: datetime) -> None:
    """Stop every ad that needs the consent; nothing happens when it never granted anything."""
    publications.withdraw(DocumentKind.GRANT, consent.pk, at=at)
