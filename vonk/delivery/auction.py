"""The auction of one slot: the highest expected revenue wins and pays the least that would still have won.

Values are micros for a thousand impressions (eCPM), so that integers are fine enough. An advertiser never bids
against itself: the price is set by the best ad of another account, or by the reserve. The order of exact ties is drawn
anew for each decision.
"""

from typing import Final, Generic, TypeVar

from vonk.delivery.snapshot import Billing

_MASK: Final = 2**64 - 1
Entrant = TypeVar("Entrant")


def tie_break(seed: int, ad_id: int) -> int:
    """Return the ad's place in this decision's drawing: 64 bits, the higher wins (SplitMix64's finaliser)."""
    z = (ad_id ^ (seed * 0x9E3779B97F4A7C15)) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class Race(Generic[Entrant]):
    """Keeps the best ad so far and the best one of any other account."""

    __slots__ = ("_seed", "_top_tie", "account_id", "best", "best_worth", "reserve", "runner_up", "threshold", "tied")

    def __init__(self, reserve: int, seed: int) -> None:
        self._seed = seed
        self.reserve = reserve
        self.best: Entrant | None = None
        self.best_worth = 0
        self.account_id = 0
        self.runner_up: Entrant | None = None
        self.threshold = reserve  # The price so far: what is worth less can neither win nor raise it.
        self.tied = 1  # How many share the highest worth.
        self._top_tie = 0

    def enter(self, entrant: Entrant, ad_id: int, account_id: int, worth: int) -> None:
        """Let an ad that is worth at least the reserve take part."""
        assert worth >= self.reserve, "What is below the reserve does not enter."
        if self.best is None or worth > self.best_worth:
            self.tied = 1
            self._lead(entrant, account_id, worth, tie_break(self._seed, ad_id))
        elif worth == self.best_worth:
            self.tied += 1
            tie = tie_break(self._seed, ad_id)
            if tie > self._top_tie:
                self._lead(entrant, account_id, worth, tie)
            elif account_id != self.account_id:
                self._follow(entrant, worth)
        elif account_id != self.account_id and worth >= self.threshold:
            self._follow(entrant, worth)

    @property
    def runner_up_worth(self) -> int:
        """What the runner-up was worth, 0 when there was none."""
        return self.threshold if self.runner_up is not None else 0

    def _lead(self, entrant: Entrant, account_id: int, worth: int, tie: int) -> None:
        if self.best is not None and account_id != self.account_id:
            self.runner_up, self.threshold = self.best, self.best_worth  # Worth at least the former runner-up.
        self.best, self.best_worth, self.account_id, self._top_tie = entrant, worth, account_id, tie

    def _follow(self, entrant: Entrant, worth: int) -> None:
        if self.runner_up is None or worth > self.threshold:
            self.runner_up, self.threshold = entrant, worth


def price(billing: Billing, bid_micros: int, rate: float, ecpm_to_pay: int) -> int:
    """Return what the event that bills costs, in whole micros, never above the bid.

    ``ecpm_to_pay`` is the higher of reserve and runner-up. Rounded up, so that the reserve is met; where a bid per
    thousand is no whole number of micros for one, its fraction is lost to the platform.
    """
    if billing is Billing.CPM:
        return min(-(-ecpm_to_pay // 1000), bid_micros // 1000)
    return min(-int(-ecpm_to_pay // (1000 * rate)), bid_micros)
