"""Terms as both sides read them, and who agreed to them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import Exists, OuterRef, Q

from vonk.authorisation.models import AccountAccess, Consent, PermissionRequest, Terms, TermsAgreement
from vonk.authorisation.rules import Edit, Payment, Side
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts, person_names


class AgreementView(msgspec.Struct, frozen=True):
    """One side's yes. ``account_id`` and its name are of the advertiser's side; people are named to their own side."""

    side: Side
    at: datetime
    sha256: str
    account_id: int | None
    account_name: str | None
    person_name: str | None


class TermsView(msgspec.Struct, frozen=True, kw_only=True):
    """Terms with all they say. ``text`` is what both sides agree to, ``sha256`` its hash, in hexadecimal."""

    id: int
    profile_id: int
    account_id: int | None
    payment: Payment
    fee_micros: int
    share_ppm: int
    currency: str
    spend_cap_micros: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    countries: tuple[str, ...]
    categories: tuple[str, ...]
    edits: tuple[Edit, ...]
    notice_days: int
    spend_shown: bool
    note: str
    text: str
    sha256: str
    offered_by: Side
    made_at: datetime
    agreements: tuple[AgreementView, ...]


def terms_facts(terms_ids: Iterable[int], *, person_id: int | None = None) -> dict[int, TermsView]:
    """Return the terms that exist among the ids, for who has them inside their scope already.

    ``person_id`` is who reads: agreements name this person alone, others by their side or account.
    """
    rows = list(Terms.objects.filter(pk__in=set(terms_ids)))
    agreements: dict[int, list[TermsAgreement]] = {row.pk: [] for row in rows}
    for agreement in TermsAgreement.objects.filter(terms_id__in=list(agreements)).order_by("at", "pk"):
        agreements[agreement.terms_id].append(agreement)
    accounts = accounts_facts(
        agreement.account_id for of in agreements.values() for agreement in of if agreement.account_id is not None
    )
    names = person_names([person_id]) if person_id is not None else {}
    return {
        row.pk: _view(
            row,
            tuple(
                AgreementView(
                    side=Side(agreement.side),
                    at=agreement.at,
                    sha256=agreement.sha256,
                    account_id=agreement.account_id,
                    account_name=accounts[agreement.account_id].name if agreement.account_id is not None else None,
                    person_name=names.get(agreement.person_id),
                )
                for agreement in agreements[row.pk]
            ),
        )
        for row in rows
    }


def terms(scope: Scope, terms_id: int) -> TermsView:
    """Return terms that the acting creator, or the scope's ad account, has to do with; NotFound to everybody else.

    Terms of a code are shown to an account that redeemed it; before that, with the code itself (queries.preview).
    """
    may = Q(profile__owner_id=scope.person) if scope.is_oneself(scope.person) else Q(pk__in=())
    if scope.account_id is not None:
        held = Consent.objects.filter(terms=OuterRef("pk"), account_id=scope.account_id)
        asked = PermissionRequest.objects.filter(
            Q(offer=OuterRef("pk")) | Q(counter_terms=OuterRef("pk")), account_id=scope.account_id
        )
        accessed = AccountAccess.objects.filter(terms=OuterRef("pk"), account_id=scope.account_id)
        may |= Q(account_id=scope.account_id) | Q(Exists(held)) | Q(Exists(asked)) | Q(Exists(accessed))
    if not Terms.objects.filter(may, pk=terms_id).exists():
        raise NotFound(noun="terms")
    return terms_facts([terms_id], person_id=scope.person)[terms_id]


def _view(row: Terms, agreements: tuple[AgreementView, ...]) -> TermsView:
    return TermsView(
        id=row.pk,
        profile_id=row.profile_id,
        account_id=row.account_id,
        payment=Payment(row.payment),
        fee_micros=row.fee_micros,
        share_ppm=row.share_ppm,
        currency=row.currency,
        spend_cap_micros=row.spend_cap_micros,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        countries=tuple(row.countries),
        categories=tuple(row.categories),
        edits=tuple(Edit(edit) for edit in row.edits),
        notice_days=row.notice_days,
        spend_shown=row.spend_shown,
        note=row.note,
        text=row.text,
        sha256=row.sha256,
        offered_by=Side(row.offered_by),
        made_at=row.made_at,
        agreements=agreements,
    )
