"""A creator's invitations to their codes. The link itself is shown once, when it is made."""

from datetime import datetime

import msgspec

from vonk.authorisation import reach
from vonk.authorisation.models import Invitation
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.identity.queries import accounts_facts


class InvitationView(msgspec.Struct, frozen=True):
    """One invitation. ``open``: it can still be used."""

    id: int
    consent_id: int
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    account_name: str | None
    open: bool


def invitations(scope: Scope, consent_id: int, paging: Paging, now: datetime) -> Page[InvitationView]:
    """Return the invitations to one of one's own codes, newest first."""
    consent = reach.own_consent(scope, consent_id)
    page = page_of(Invitation.objects.filter(consent=consent), paging, lambda row: row)
    accounts = accounts_facts(row.used_by_id for row in page.items if row.used_by_id is not None)
    return Page(
        tuple(
            InvitationView(
                id=row.pk,
                consent_id=row.consent_id,
                made_at=row.made_at,
                ends_at=row.ends_at,
                used_at=row.used_at,
                account_name=accounts[row.used_by_id].name if row.used_by_id is not None else None,
                open=row.used_at is None and row.ends_at > now,
            )
            for row in page.items
        ),
        page.next_cursor,
    )
