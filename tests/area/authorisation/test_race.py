"""Two accounts at once, on real threads. SQLite lets them in one after the other; PostgreSQL together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from tests import patience
from tests.area.authorisation.world import World
from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.control.scope import Scope
from vonk.core.errors import Problem

ROUNDS = 5


@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_two_accounts_gets_the_code(now: datetime) -> None:
    world = World(now)
    post_id = world.ready_post()
    for _ in range(ROUNDS):
        issued, both = world.issued(post_id), Barrier(2)

        def redeem(scope: Scope, code: str = issued.code, barrier: Barrier = both) -> str:
            try:
                barrier.wait(timeout=patience.SECONDS)
                return str(consents.redeem(scope, code, now=now).again)
            except Problem as problem:
                return problem.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(redeem, [world.ada, world.mallory]))
        assert sorted(answers) == ["False", "auth_code_already_used"]
        winner = (world.ada, world.mallory)[answers.index("False")]
        assert Consent.objects.get(pk=issued.id).account_id == winner.account
    assert ConsentRecord.objects.filter(act="redeemed").count() == ROUNDS
    assert queries.verify_chain(None) == []
