"""How money comes in: the port of payment providers, and the built-in one that only pretends."""

from typing import Final, Protocol

from vonk.core.money import Money


class PaymentProvider(Protocol):
    """Takes money from an advertiser. One object for the whole process; every call may be repeated."""

    name: str
    real: bool  # Whether real money moves. What is not real says so wherever it is shown.

    def collect(self, reference: str, amount: Money) -> None:
        """Make sure that ``amount`` has been paid under ``reference``; the same reference is never paid twice.

        Raises a vonk.core.errors.Problem when it was not paid.
        """
        ...


class TestPayments:
    """Play money for sandboxes: every payment succeeds and nobody pays. Shown as "test" on every statement."""

    __test__ = False  # No test class, whatever its name begins with.
    name = "test"
    real = False

    def collect(self, reference: str, amount: Money) -> None:
        """Nothing is collected, which is what this provider is for."""


TEST_PAYMENTS: Final = TestPayments()
