"""Ada's business has access to Cleo's account, on terms, and asks for more; it has Mallory's, too; it asks Vik.

Ada's own profile is linked to her ad account.
"""

from collections.abc import Mapping
from datetime import datetime

from vonk.authorisation.actions import access_amendments, accesses, links
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.rules import TermsDraft
from vonk.authorisation.rules.access import AccessScope
from vonk.control.scope import Right, Scope
from vonk.identity import access


def spread(scopes: Mapping[str, Scope], ada: Scope, organisation_id: int, now: datetime) -> dict[str, int | str]:
    """Make them; return their ids."""
    business = access.organisation(access.Actor(ada.person, ada.via), organisation_id, may=Right.BUSINESS_EDIT)
    scope = AccessScope.EXISTING_POSTS
    asked, granted, quiet = (
        accesses.ask(business, handle=handle, scopes=[scope], message="Bread?", now=now)
        for handle in ("vik", "cleo", "mallory")
    )
    accesses.grant(scopes["mallory"], quiet, scopes=[scope], duration_days=30, now=now)
    accesses.grant(
        scopes["cleo"], granted, scopes=[scope], duration_days=30, terms=TermsDraft(note="With care."), now=now
    )
    terms = AccountAccess.objects.select_related("terms").get(pk=granted).terms
    assert terms is not None
    return {
        "asked_access_id": asked,
        "access_id": granted,
        "quiet_access_id": quiet,
        "access_terms_sha256": terms.sha256,
        "amendment_id": access_amendments.ask(business, granted, scopes=[AccessScope.COMMENTS], now=now),
        "own_link_id": links.link(ada, now=now).access_id,
    }
