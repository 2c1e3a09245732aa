"""How money comes in and goes back: the port of payment providers, the built-in one that only pretends, bank transfers."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Protocol

import structlog

from vonk.billing.errors import PaymentDeclined, PaymentUnanswered
from vonk.core.errors import Problem, Unavailable
from vonk.core.money import Money

CALL_SECONDS_MAX: Final = 60
ASKED_AGAIN: Final = timedelta(
    minutes=5
)  # Well after a call has ended: nobody asks while somebody waits for an answer.
DECLINED: Final = "declined"  # What a reference begins with that the test provider refuses.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class PaymentProvider(Protocol):
    """Takes money from an advertiser and gives it back. One object for the whole process; every call may be repeated.

    No transaction is open while it is called, and what it is asked is written down before: whoever dies meanwhile asks
    again, under the same reference for the same amount. A call ends within CALL_SECONDS_MAX, which is the adapter's to
    see to. A Problem that is not Unavailable says that nothing was paid; Unavailable (PaymentUnanswered) and whatever
    else is raised say that nobody knows, and it is asked again until it tells.
    """

    name: str
    real: bool  # Whether real money moves. What is not real says so wherever it is shown.

    def collect(self, reference: str, amount: Money) -> None:
        """Make sure that ``amount`` has been paid under ``reference``; the same reference is never paid twice.

        Raises a vonk.core.errors.Problem when it was not paid, Unavailable when that is not known.
        """
        ...

    def refund(self, reference: str, of: str, amount: Money) -> None:
        """Make sure that ``amount`` of the payment ``of`` has gone back under ``reference``, once.

        Raises a vonk.core.errors.Problem when it has not, Unavailable when that is not known.
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


def asked(provider: PaymentProvider, call: Callable[[], None], reference: str) -> None:
    """Make a call of a provider. Raises PaymentUnanswered when its outcome is not known, else the Problem it gave."""
    try:
        call()
    except Unavailable as problem:
        _log.warning("billing.provider_unanswered", provider=provider.name, reference=reference, code=problem.code)
        raise PaymentUnanswered from problem
    except Problem:
        raise
    except OSError as error:  # The network, most of all a call that took too long.
        _log.warning("billing.provider_unanswered", provider=provider.name, reference=reference, error=repr(error))
        raise PaymentUnanswered from error
    except Exception as error:  # Whatever an adapter stumbles over, the money may have moved.
        _log.exception("billing.provider_unanswered", provider=provider.name, reference=reference)
        raise PaymentUnanswered from error
