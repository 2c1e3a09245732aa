"""Emptying a whole database works, and the guard of transfers stands again afterwards."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.area.billing.world import build
from vonk.billing.models import Transfer


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_books_and_guards_them_again() -> None:
    build()
    call_command("flush", verbosity=0, interactive=False)
    assert not Transfer.objects.exists()
    build()
    with (
        pytest.raises(DatabaseError, match="transfers are appended, never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM billing_transfer")
    assert Transfer.objects.count() == 1
