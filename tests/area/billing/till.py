"""A payment provider that keeps its own books, as the real ones do, and meets with whatever troubles a test gives it."""

from collections.abc import Callable
from enum import StrEnum

from vonk.billing.errors import PaymentDeclined, PaymentUnanswered
from vonk.core.money import Money


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class Trouble(StrEnum):
    """What goes wrong with one call."""

    DECLINED = "declined"
    DIES_BEFORE = "dies_before"  # The process, before the provider did anything,
    DIES_AFTER = "dies_after"  # or when it has.
    SILENT_BEFORE = "silent_before"  # The provider does not answer and did nothing,
    SILENT_AFTER = "silent_after"  # or has.
    BREAKS_AFTER = "breaks_after"  # Its adapter stumbles over the answer.


class Till:
    """Pays each reference once; ``troubles`` meet the next calls, one each."""

    name = "test"
    real = False

    def __init__(self, *troubles: Trouble) -> None:
        self.troubles = list(troubles)
        self.collected: dict[str, int] = {}
        self.refunded: dict[str, int] = {}
        self.calls: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def total_micros(self) -> int:
        """What it has collected and not paid back."""
        return sum(self.collected.values()) - sum(self.refunded.values())

    def collect(self, reference: str, amount: Money) -> None:
        self._do(self.collected, reference, amount)

    def refund(self, reference: str, of: str, amount: Money) -> None:
        assert of in self.collected
        self._do(self.refunded, reference, amount)

    def _do(self, done: dict[str, int], reference: str, amount: Money) -> None:
        self.calls.append(reference)
        self.meanwhile()
        trouble = self.troubles.pop(0) if self.troubles else None
        match trouble:
            case Trouble.DECLINED if reference not in done:
                raise PaymentDeclined
            case Trouble.DIES_BEFORE:
                raise Killed
            case Trouble.SILENT_BEFORE:
                raise PaymentUnanswered
        assert done.setdefault(reference, amount.micros) == amount.micros, "A reference stands for one amount."
        match trouble:
            case Trouble.DIES_AFTER:
                raise Killed
            case Trouble.SILENT_AFTER:
                raise TimeoutError
            case Trouble.BREAKS_AFTER:
                raise ValueError(reference)
