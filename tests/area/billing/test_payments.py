"""Payments: bounded, idempotent, audited, told to the ad servers."""

from datetime import timedelta

import msgspec
import pytest
from django.conf import settings

from tests.area.billing.world import EUR, NOW, Town, build
from vonk.billing import queries
from vonk.billing.actions import payments
from vonk.billing.errors import PaymentReferenceInvalid, PaymentReferenceReused, TestPaymentsOff, TopUpOutOfBounds
from vonk.billing.models import Payment, Transfer
from vonk.control.models import AuditEntry, Publication
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind, FundsDocument, decode_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(funds_micros=0)


def pay(town: Town, micros: int = 25 * EUR, reference: str = "ref") -> int:
    return payments.top_up(town.scope, amount_micros=micros, now=NOW, provider_reference=reference)


def test_a_payment_reaches_the_books_the_audit_trail_and_the_ad_servers(town: Town) -> None:
    payment_id = pay(town)
    assert queries.balance(town.account) == queries.Balance(
        account_id=town.account, currency="EUR", paid_micros=25 * EUR, cash_micros=25 * EUR
    )
    row = Publication.objects.get(kind="funds", object_id=town.account)
    assert decode_document(DocumentKind.FUNDS, row.document or "") == FundsDocument(town.account, "EUR", 25 * EUR, 0)
    entry = AuditEntry.objects.get(action="funds.topped_up")
    assert (entry.person_id, entry.account_id, entry.object_id) == (town.ada, town.account, payment_id)
    assert entry.detail == {"micros": 25 * EUR, "currency": "EUR", "provider": "test"}


def test_the_same_reference_again_pays_nothing(town: Town) -> None:
    first = pay(town)
    assert pay(town) == first
    assert (Payment.objects.count(), Transfer.objects.count()) == (1, 1)


def test_a_reference_stands_for_one_payment(town: Town) -> None:
    pay(town)
    with pytest.raises(PaymentReferenceReused):
        pay(town, micros=26 * EUR)
    with pytest.raises(PaymentReferenceReused):
        pay(build(funds_micros=0))
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("micros", [-EUR, 0, EUR - 1, 1_000_000 * EUR + 1])
def test_an_amount_outside_the_bounds_is_refused(town: Town, micros: int) -> None:
    with pytest.raises(TopUpOutOfBounds):
        pay(town, micros)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("micros", [EUR, 1_000_000 * EUR])
def test_the_bounds_themselves_are_paid(town: Town, micros: int) -> None:
    pay(town, micros)
    assert queries.balance(town.account).micros == micros


@pytest.mark.parametrize("reference", ["", "x" * 101, "two\nlines", "invoice-17"])
def test_a_malformed_reference_is_refused(town: Town, reference: str) -> None:
    with pytest.raises(PaymentReferenceInvalid):
        pay(town, reference=reference)


def test_play_money_is_for_sandboxes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VONK", msgspec.structs.replace(settings.VONK, sandbox=False))
    with pytest.raises(TestPaymentsOff):
        pay(town)
    assert not Payment.objects.exists()


def test_mallory_without_the_right_pays_nothing(town: Town) -> None:
    mallory = Scope(person_id=66, rights=frozenset({Right.ACCOUNT_VIEW}), account_id=town.account)
    with pytest.raises(RightMissing):
        payments.top_up(mallory, amount_micros=EUR, now=NOW, provider_reference="ref")
    outsider = Scope(person_id=66, rights=frozenset({Right.FUNDS_EDIT}))
    with pytest.raises(NotFound):
        payments.top_up(outsider, amount_micros=EUR, now=NOW, provider_reference="ref")
    assert not Payment.objects.exists()


def test_the_statement_names_the_test_provider(town: Town) -> None:
    pay(town)
    payments.top_up(town.scope, amount_micros=EUR, now=NOW + timedelta(days=1), provider_reference="ref-2")
    page = queries.transfers(town.scope, Paging(size=1))
    assert [(line.reason, line.amount_micros, line.provider, line.reference) for line in page.items] == [
        ("top_up", EUR, "test", "ref-2")
    ]
    assert page.next_cursor is not None
    rest = queries.transfers(town.scope, Paging(cursor=int(page.next_cursor)))
    assert [(line.amount_micros, line.reference) for line in rest.items] == [(25 * EUR, "ref")]
