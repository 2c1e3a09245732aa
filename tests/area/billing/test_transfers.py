"""The ledger: posted once, never overdrawn, never changed."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.area.billing.world import EUR, NOW
from vonk.billing import append_only, ledger
from vonk.billing.actions import transfers
from vonk.billing.errors import FundsShort, TransferKeyReused
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import LedgerAccount, Transfer

pytestmark = pytest.mark.django_db

ADA = ledger.advertiser(7, "EUR")
OUTSIDE = ledger.payment_provider("EUR")
REVENUE = ledger.revenue("EUR")


def paid(key: str = "top_up:1", micros: int = 10 * EUR) -> Entry:
    return Entry(key, Reason.TOP_UP.value, OUTSIDE, ADA, micros)


def charged(key: str = "charge:1", micros: int = 4 * EUR) -> Entry:
    return Entry(key, Reason.CHARGE.value, ADA, REVENUE, micros)


def totals() -> dict[str, tuple[int, int]]:
    return {row.kind: (row.debits_micros, row.credits_micros) for row in LedgerAccount.objects.all()}


def test_a_transfer_debits_one_account_and_credits_another() -> None:
    transfers.post([paid(), charged()], now=NOW)
    assert totals() == {
        "payment_provider": (10 * EUR, 0),
        "advertiser": (4 * EUR, 10 * EUR),
        "platform_revenue": (0, 4 * EUR),
    }


def test_the_same_key_again_changes_nothing_and_names_the_first() -> None:
    first = transfers.post([paid()], now=NOW)
    before = totals()
    assert transfers.post([paid(), paid()], now=NOW) == [first[0], first[0]]
    assert totals() == before
    assert Transfer.objects.count() == 1


def test_a_key_with_other_content_is_refused_and_nothing_is_posted() -> None:
    transfers.post([paid()], now=NOW)
    before = totals()
    with pytest.raises(TransferKeyReused) as raised:
        transfers.post([charged(), paid(micros=EUR)], now=NOW)
    assert raised.value.values == {"key": "top_up:1"}
    assert totals() == before


def test_one_batch_cannot_use_a_key_twice_with_other_content() -> None:
    with pytest.raises(TransferKeyReused):
        transfers.post([paid(), paid(micros=EUR)], now=NOW)
    assert not Transfer.objects.exists()


def test_an_advertiser_is_never_overdrawn() -> None:
    transfers.post([paid()], now=NOW)
    with pytest.raises(FundsShort):
        transfers.post([charged(micros=10 * EUR + 1)], now=NOW)
    assert Transfer.objects.count() == 1
    transfers.post([charged(micros=10 * EUR)], now=NOW)


def test_the_database_itself_refuses_an_overdraft() -> None:
    transfers.post([paid()], now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(kind="advertiser").update(debits_micros=10 * EUR + 1)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE billing_transfer SET amount_micros = 1", "DELETE FROM billing_transfer"],
)
def test_the_database_refuses_to_change_or_delete_a_transfer(statement: str) -> None:
    transfers.post([paid()], now=NOW)
    with (
        pytest.raises(DatabaseError, match="transfers are appended, never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Transfer.objects.get().amount_micros == 10 * EUR


def test_the_guards_stand_after_all_migrations() -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'billing_transfer'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'billing_transfer'::regclass AND NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert sorted(name for (name,) in cursor.fetchall()) == sorted(append_only.TRIGGERS)
