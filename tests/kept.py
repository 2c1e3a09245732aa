"""Worlds that take long to make are made once: in a transaction that stays open, and each test has one of its own inside it.

A test that asks for a kept world finds it as it was made, whatever the tests before it did: their transactions were rolled
back to here, as those of all tests are. The first test that does without the world ends it, so ``tests.order`` puts those
that share one beside each other.
"""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

Made = TypeVar("Made")
KEPT = "kept_"  # How the names of fixtures begin that return kept worlds.
_standing: "dict[str, Kept[object]]" = {}


class Kept(Generic[Made]):
    """One world, by the name of its fixture, for as long as tests that ask for it follow each other."""

    def __init__(self, name: str, made: Made, blocker: DjangoDbBlocker, around: transaction.Atomic) -> None:
        self.name = name
        self.made = made
        self._blocker = blocker
        self._around = around

    def end(self) -> None:
        """Roll it back."""
        with self._blocker.unblock():
            transaction.set_rollback(True)
            self._around.__exit__(None, None, None)


def keep(name: str, blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Made:
    """Return the world of that name, which is made unless it stands. No test's transaction may have begun."""
    if name not in _standing:
        with blocker.unblock():
            assert not connection.in_atomic_block, f"{name} is asked for before the database is"
            around = transaction.atomic()
            vars(around)["_from_testcase"] = True  # As that of TestCase: inside, durable blocks are as if outermost.
            around.__enter__()
            try:
                made = make()
            except BaseException:
                transaction.set_rollback(True)
                around.__exit__(None, None, None)
                raise
        _standing[name] = Kept[object](name, made, blocker, around)
    return _standing[name].made  # type: ignore[return-value]  # Of this name is what its own ``make`` returned.


def end_all_but(names: set[str]) -> None:
    """End the worlds that are not among the names."""
    for name in _standing.keys() - names:
        _standing.pop(name).end()


def asked_by(item: pytest.Item) -> set[str]:
    """Return the names of the kept worlds that a test asks for."""
    return {name for name in getattr(item, "fixturenames", ()) if name.startswith(KEPT)}


@pytest.fixture(scope="session")
def worlds_end(django_db_setup: None) -> Iterator[None]:
    """Ends what still stands before the test database goes."""
    yield
    end_all_but(set())
