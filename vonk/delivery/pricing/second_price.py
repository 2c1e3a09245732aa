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

    __slots__ = (
        "_best_id",
        "_seed",
        "account_id",
        "best",
        "best_worth",
        "closed",
        "entered",
        "reserve",
        "runner_up",
        "threshold",
        "tied",
    )

    def __init__(self, reserve: int, seed: int) -> None:
        self._seed = seed
        self.reserve = reserve
        self.best: Entrant | None = None
        self.best_worth = 0
        self.account_id = 0
        self.runner_up: Entrant | None = None
        self.threshold = reserve  # The price so far: what is worth less can neither win nor raise it.
        self.tied = 1  # How many share the highest worth.
        self.closed = -1  # A bid of so much, or less, can neither win nor raise the price.
        self._best_id = 0
        self.entered: list[tuple[Entrant, int]] = []  # All that took part, with their worth, as they came.

    def enter(self, entrant: Entrant, ad_id: int, account_id: int, worth: int) -> None:
        """Let an ad that is worth at least the reserve take part."""
        assert worth >= self.reserve, "What is below the reserve does not enter."
        self.entered.append((entrant, worth))
        if self.best is None or worth > self.best_worth:
            self.tied = 1
            self._lead(entrant, account_id, worth, ad_id)
        elif worth == self.best_worth:
            self.tied += 1
            if tie_break(self._seed, ad_id) > tie_break(self._seed, self._best_id):
                self._lead(entrant, account_id, worth, ad_id)
            elif account_id != self.account_id:
                self._follow(entrant, worth)
        elif account_id != self.account_id and worth >= self.threshold:
            self._follow(entrant, worth)

    def is_over(self, worth: int) -> bool:
        """Tell whether a bid of this worth, and so any lower one, can neither win nor raise the price."""
        return worth <= self.closed

    @property
    def runner_up_worth(self) -> int:
        """What the runner-up was worth, 0 when there was none."""
        return self.threshold if self.runner_up is not None else 0

    def _lead(self, entrant: Entrant, account_id: int, worth: int, ad_id: int) -> None:
        if self.best is not None and account_id != self.account_id:
            self.runner_up, self.threshold = self.best, self.best_worth  # Worth at least the former runner-up.
        self.best, self.best_worth, self.account_id, self._best_id = entrant, worth, account_id, ad_id
        self._close()

    def _follow(self, entrant: Entrant, worth: int) -> None:
        if self.runner_up is None or worth > self.threshold:
            self.runner_up, self.threshold = entrant, worth
            self._close()

    def _close(self) -> None:
        """Work out ``closed``: less than the price so far, or as much where a runner-up set it, and less than the best."""
        price = self.threshold if self.runner_up is not None else self.threshold - 1
        self.closed = price if price < self.best_worth else self.best_worth - 1


_ENDLESS: Final = 1 << 80


def to_pay(threshold: int, reserve: int, *, esteem: int, standing: int) -> int:
    """Return the least expected revenue of a thousand impressions with which the winner would still have won.

    ``threshold`` is the higher of reserve and runner-up, ``esteem`` what the winner's score holds beside its bid: who
    pleases viewers pays so much less, never below the reserve. Who stands before the auction pays what was agreed: the
    bid, by which ``price`` bounds this.
    """
    return threshold + standing if standing else max(threshold - esteem, reserve)


def price(billing: Billing, bid_micros: int, rate: float, ecpm_to_pay: int) -> int:
    """Return what the event that bills costs, in whole micros, never above the bid.

    ``ecpm_to_pay`` is what ``to_pay`` says, ``rate`` how likely what is bid for is. Rounded up, so that the reserve is met; where a bid per
    thousand is no whole number of micros for one, its fraction is lost to the platform.
    """
    if billing is Billing.CPM:
        return min(-(-ecpm_to_pay // 1000), bid_micros // 1000)
    if billing is Billing.OCPM:  # The impression bills, and is bid for by what it leads to.
        return min(-(-ecpm_to_pay // 1000), int(bid_micros * rate))
    return min(-int(-ecpm_to_pay // (1000 * rate)), bid_micros)


def of_another(billing: Billing, bid_micros: int, rate: float, won_at_micros: int, reserve: int) -> int:
    """Return what an event of an ad costs that is shown in the winner's place, of the same ad group: what the winner's would,
    at least what the reserve asks of this ad, never above its bid.
    """
    least = price(billing, bid_micros, rate, reserve)
    most = price(billing, bid_micros, rate, _ENDLESS)
    return max(min(won_at_micros, most), least)


def charge(
    billing: Billing,
    bid_micros: int,
    rate: float,
    *,
    threshold: int,
    reserve: int,
    esteem: int,
    standing: int,
    bonus: float = 1.0,
) -> int:
    """Return what the winner's event costs: ``price`` of ``to_pay``, less where a ``bonus`` raised it in ranking alone."""
    least = to_pay(threshold, reserve, esteem=esteem, standing=standing)
    if bonus > 1.0:  # Ranked with it and not paid with it: less would still have won.
        least = max(-int(-least // bonus), reserve)
    return price(billing, bid_micros, rate, least)


def reserved(billing: Billing, price_micros: int, rate: float) -> int:
    """Return what a showing at this price costs on average, rounded up, to be held against the budgets."""
    return price_micros if rate == 1.0 or billing is Billing.OCPM else int(price_micros * rate) + 1
