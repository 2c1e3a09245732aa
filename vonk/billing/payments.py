"""How money comes in and goes back: the port of payment providers, the built-in one that only pretends, bank transfers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from vonk.billing.errors import PaymentDeclined
from vonk.core.money import Money

DECLINED: Final = "declined"  # What a reference begins with that the test provider refuses.


class PaymentProvider(Protocol):
    """Takes money from an advertiser and gives it back. One object for the whole process; every call may be repeated."""

    name: str
    real: bool  # Whether real money moves. What is not real says so wherever it is shown.

    def collect(self, reference: str, amount: Money) -> None:
        """Make sure that ``amount`` has been paid under ``reference``; the same reference is never paid twice.

        Raises a vonk.core.errors.Problem when it was not paid.
        """
        ...

    def refund(self, reference: str, of: str, amount: Money) -> None:
        """Make sure that ``amount`` of the payment ``of`` has gone back under ``reference``, once.

        Raises a vonk.core.errors.Problem when it has not.
        """
        ...


class TestPayments:
    """Play money for sandboxes: nobody pays. Shown as "test" on every statement.

    Every call succeeds, but for references (of refunds: of their payments) that begin with "declined".
    """

    __test__ = False  # No test class, whatever its name begins with.
    name = "test"
    real = False

    def collect(self, reference: str, amount: Money) -> None:  # noqa: ARG002 - the port's.
        """Nothing is collected, which is what this provider is for."""
        if reference.startswith(DECLINED):
            raise PaymentDeclined

    def refund(self, reference: str, of: str, amount: Money) -> None:  # noqa: ARG002 - the port's.
        """Nothing goes back, as nothing came."""
        if of.startswith(DECLINED):
            raise PaymentDeclined


class BankTransfers:
    """Money that people move at the bank and an operator writes down: what is written down has happened."""

    name = "bank_transfer"
    real = True

    def collect(self, reference: str, amount: Money) -> None:
        """Nothing to do: the operator says that it arrived."""

    def refund(self, reference: str, of: str, amount: Money) -> None:
        """Nothing to do: the operator who approves it sends it."""


TEST_PAYMENTS: Final = TestPayments()
BANK_TRANSFERS: Final = BankTransfers()
PROVIDERS: Final[Mapping[str, PaymentProvider]] = MappingProxyType(
    {provider.name: provider for provider in (TEST_PAYMENTS, BANK_TRANSFERS)}
)
