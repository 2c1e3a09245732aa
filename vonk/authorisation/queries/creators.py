"""A creator's view of the consents they gave."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Count

from vonk.authorisation import needs, reach
from vonk.authorisation.models import Consent, PostAuthorisation
from vonk.authorisation.queries.terms import TermsView, terms_facts
from vonk.authorisation.rules import NO_END, ConsentState, Road, days_left
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.identity.queries import accounts_facts

_FULL_PAGE: Final = Paging(size=PAGE_SIZE_MAX)


class ConsentOfPost(msgspec.Struct, frozen=True):
    """A consent as its creator sees it.

    ``ends_at`` is None when it lasts until somebody ends it, ``ending_at`` the end of the notice of a revocation. A code
    for several accounts is a row, and so is what each account holds of it (``shared_from_id``). ``missing`` are handles
    of other authors whose consent is missing.
    """

    id: int
    road: Road
    state: ConsentState
    duration_days: int
    ads_only: bool
    code_hint: str
    accounts_max: int
    accounts_used: int
    shared_from_id: int | None
    preview_required: bool
    terms: TermsView | None
    issued_at: datetime
    ends_at: datetime | None
    ending_at: datetime | None
    days_left: int
    account_id: int | None
    account_name: str | None
    redeemed_at: datetime | None
    revoked_at: datetime | None
    missing: tuple[str, ...]


class Promotion(msgspec.Struct, frozen=True):
    """Where a post stands with ads: its switch, codes nobody used yet, and consents that ad accounts hold."""

    post_authorisation_on: bool = False
    open_codes: int = 0
    held: int = 0


def consents_of_post(scope: Scope, post_id: int, now: datetime, *, paging: Paging = _FULL_PAGE) -> Page[ConsentOfPost]:
    """Return the consents of one's own post, newest first; deleted codes are in the history alone."""
    post = reach.own_post(scope, post_id)
    page = page_of(Consent.objects.filter(post_id=post_id, deleted_at=None), paging, lambda row: row)
    accounts = accounts_facts(row.account_id for row in page.items if row.account_id is not None)
    ids = [row.pk for row in page.items]
    states = reach.states_of(page.items, {post_id: post}, now)
    missing = needs.missing(ids, now)
    used = dict(
        Consent.objects.filter(shared_from__in=ids)
        .order_by()
        .values("shared_from")
        .annotate(used=Count("pk"))
        .values_list("shared_from", "used")
    )
    terms = terms_facts((row.terms_id for row in page.items if row.terms_id is not None), person_id=scope.person)
    return Page(
        tuple(
            ConsentOfPost(
                id=row.pk,
                road=Road(row.road),
                state=states[row.pk],
                duration_days=row.duration_days,
                ads_only=row.ads_only,
                code_hint=row.code_hint,
                accounts_max=row.accounts_max,
                accounts_used=used.get(row.pk, 0) if row.accounts_max > 1 else int(row.account_id is not None),
                shared_from_id=row.shared_from_id,
                preview_required=row.preview_required,
                terms=terms[row.terms_id] if row.terms_id is not None else None,
                issued_at=row.issued_at,
                ends_at=row.ends_at if row.ends_at != NO_END else None,
                ending_at=row.ending_at,
                days_left=days_left(row.ends_at, now),
                account_id=row.account_id,
                account_name=accounts[row.account_id].name if row.account_id is not None else None,
                redeemed_at=row.redeemed_at,
                revoked_at=row.revoked_at,
                missing=tuple(original.handle for original in missing.get(row.pk, ())),
            )
            for row in page.items
        ),
        page.next_cursor,
    )


def promotions(post_ids: Iterable[int], now: datetime) -> dict[int, Promotion]:
    """Return where each post stands with ads, for areas that have the posts inside their scope already."""
    ids = set(post_ids)
    on = set(PostAuthorisation.objects.filter(post_id__in=ids, on=True).values_list("post_id", flat=True))
    live = Consent.objects.filter(post_id__in=ids, ends_at__gt=now, revoked_at=None, released_at=None, deleted_at=None)
    open_codes: dict[int, int] = dict.fromkeys(ids, 0)
    held: dict[int, int] = dict.fromkeys(ids, 0)
    for post_id, account_id in live.values_list("post_id", "account_id"):
        (open_codes if account_id is None else held)[post_id] += 1
    return {post_id: Promotion(post_id in on, open_codes[post_id], held[post_id]) for post_id in ids}
