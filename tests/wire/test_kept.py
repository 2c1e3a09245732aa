"""A kept town is as it was made for each test, whatever the others do."""

import pytest
from django.db import transaction

from tests.wire.conftest import Town
from vonk.advertising.models import Ad
from vonk.control import event_log
from vonk.events.log import Position
from vonk.identity.models import Person


@pytest.mark.parametrize("_", range(3))
def test_what_one_test_changes_the_next_does_not_see(town: Town, _: int) -> None:
    with event_log.lent() as log:
        assert log.end() == 2
        log.append([stored.record for stored in log.read(Position(0), 1)])
    with transaction.atomic(durable=True):
        ad = Ad.objects.get(pk=town.ids["ad_id"])
        assert ad.name == "Bread, slowly"
        Ad.objects.update(name="Spoilt")
    town.ids.clear()
    town.tokens.clear()


def test_who_asks_for_none_has_an_empty_database(db: None) -> None:
    assert not Person.objects.exists()
