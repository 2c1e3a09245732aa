"""An ad account's authorisation ledger, over all roads."""

from vonk.authorisation import queries
from vonk.authorisation.queries import LedgerFilter, LedgerPage, LedgerSort
from vonk.authorisation.queries.ledger import LISTED
from vonk.authorisation.rules import ConsentState, Road
from vonk.control.scope import Right
from vonk.wire.operation import Call, Nothing, Paged, operation


class LedgerQuery(Paged, frozen=True):
    """``state`` may come several times; without it everything is listed that was not taken off the list.

    ``days_left`` keeps what is live and ends within that many days. ``sort``: newest, end (the soonest first), creator.
    """

    state: tuple[ConsentState, ...] | None = None
    creator: str = ""
    road: Road | None = None
    days_left: int | None = None
    text: str = ""
    sort: LedgerSort = LedgerSort.NEWEST

    def wanted(self) -> LedgerFilter:
        """Return what is asked for."""
        return LedgerFilter(
            creator=self.creator,
            states=frozenset(self.state) if self.state else LISTED,
            road=self.road,
            days_left_max=self.days_left,
            text=self.text,
            sort=self.sort,
        )


@operation(
    "GET", "/accounts/{account_id}/authorisations", may=Right.ACCOUNT_VIEW, summary="Read the authorisation ledger"
)
def list_authorisations(call: Call[Nothing, LedgerQuery]) -> LedgerPage:
    """Every consent that the account holds or held, by any road, with its state now."""
    return queries.ledger(call.scope, call.query.wanted(), call.query.paging(), call.now)
