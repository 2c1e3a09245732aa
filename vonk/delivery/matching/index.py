"""Everything that may be shown, joined by id and ready to be matched. Kept up to date one publication at a time.

Used by one thread. A publication takes effect when ``apply`` returns; most are one assignment to a shared cell.

An ad that is refused for a reason that will last is parked: it leaves the bitmap of open ads, and comes back when the
time named passes or when any object it depends on is published again. So decisions do not meet it again and again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from vonk.delivery import prediction
from vonk.delivery.limits.counters import Counters, Level
from vonk.delivery.matching import frequency
from vonk.delivery.matching.board import Board
from vonk.delivery.matching.cells import AnyCell, Edition, GrantCell, GroupCell, Row
from vonk.delivery.matching.due import Due
from vonk.delivery.matching.minutes import Minutes
from vonk.delivery.matching.objects import Objects
from vonk.delivery.matching.order import BLOCK, Order
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Targets, Viewer
from vonk.delivery.pricing.esteem import Esteem
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    CampaignDocument,
    ClockDocument,
    DocumentKind,
    FundsDocument,
    GrantDocument,
    PixelDocument,
    PostDocument,
    Publication,
    ResultsDocument,
    ValidityDocument,
)

STRAYS_SHARE_MAX: Final = 0.05  # Beyond this share of ads out of order, the order is made anew.
STRAYS_MIN: Final = 256


class Index(Objects):
    """The joined objects, and the bitmaps and the order over the ads among them."""

    def __init__(self, counters: Counters) -> None:
        super().__init__(counters)
        self.sequence = 0  # The last publication applied.
        self.generation = 0  # Grows whenever ``match`` may answer otherwise than before.
        self.edition = Edition()
        self.clock_offset_us = 0
        self.rows: dict[int, Row] = {}
        self.validity = ValidityDocument()
        self.pixels: dict[int, PixelDocument] = {}
        self.esteem = Esteem()  # What viewers' pleasure weighs in an ad's worth.
        self.order = Order()
        self.minutes = Minutes()  # What became of each ad of late.
        self._targets = Targets()
        self._open = 0
        self._parked: dict[Refusal, int] = {}
        self._wakes: Due[Row] = Due()
        self._ends: Due[GrantCell] = Due()
        self._bulk = False
        self._board: Board | None = None  # Made when somebody surveys all ads.
        self._ads: dict[int, AdDocument] = {}

    def load(self, publications: Iterable[Publication]) -> None:
        """Apply many publications and order the ads once, at the end."""
        self._bulk = True
        try:
            for publication in publications:
                self.apply(publication)
        finally:
            self._bulk = False
            self.reorder()

    def apply(self, publication: Publication) -> None:
        """Take one publication into effect."""
        self.edition.number += 1
        document = publication.document
        object_id = publication.object_id
        match publication.kind:
            case DocumentKind.CAMPAIGN:
                assert document is None or isinstance(document, CampaignDocument)
                campaign = self.campaign(object_id)
                campaign.set(document)
                if document is not None:  # One that is withdrawn may come back: what was seen of it stays counted.
                    self._counters.cap(Level.CAMPAIGN, object_id, document.caps)
                self._reopen_parked(campaign)
                if self._board is not None:
                    self._board.unsettle(self.rows.get(ad_id) for group in campaign.groups for ad_id in group.ads)
            case DocumentKind.AD_GROUP:
                assert document is None or isinstance(document, AdGroupDocument)
                self._set_group(object_id, document)
            case DocumentKind.AD:
                assert document is None or isinstance(document, AdDocument)
                self._set_ad(object_id, document)
            case DocumentKind.GRANT:
                assert document is None or isinstance(document, GrantDocument)
                self._set_grant(self.grant(object_id), document)
            case DocumentKind.POST:
                assert document is None or isinstance(document, PostDocument)
                post = self.post(object_id)
                if self._board is not None and _is_another_profile(post.known, document):
                    self._board.forget()
                post.set(document)
                self._reopen_parked(post)
            case DocumentKind.FUNDS:
                assert document is None or isinstance(document, FundsDocument)
                funds = self.funds(object_id)
                funds.set(document)
                self._reopen_parked(funds)
                if document is not None:
                    self._counters.settle(object_id, document.settled_position)
            case DocumentKind.CLOCK:
                assert document is None or isinstance(document, ClockDocument)
                self.clock_offset_us = 0 if document is None else document.offset_us
                self.open_all()  # The time may have gone back.
            case DocumentKind.VALIDITY:
                assert document is None or isinstance(document, ValidityDocument)
                self.validity = document or ValidityDocument()
            case DocumentKind.PIXEL:
                assert document is None or isinstance(document, PixelDocument)
                if document is None:
                    self.pixels.pop(object_id, None)
                else:
                    self.pixels[object_id] = document
            case DocumentKind.RESULTS:
                assert document is None or isinstance(document, ResultsDocument)
                self._set_results(self.group(object_id), document)
        self.sequence = publication.sequence

    def board(self) -> Board:
        """Return the arrays of all ads, for kernels."""
        if self._board is None:
            self._board = Board(self.order.rows)
        return self._board

    def match(self, viewer: Viewer) -> int:
        """Return the places of all ads that want such a viewer, whether or not they may be shown."""
        return self._targets.match(viewer)

    def open_among(self, matched: int) -> int:
        """Return those of the places that are not parked."""
        return matched & self._open

    def parked_among(self, matched: int) -> dict[Refusal, int]:
        """Return how many of the places are parked, by reason."""
        if not self._parked:
            return {}
        counts = ((reason, (bits & matched).bit_count()) for reason, bits in self._parked.items())
        return {reason: count for reason, count in counts if count}

    def best_first(self, places: int) -> Iterator[tuple[int, int, int]]:
        """Yield the places block by block: a bound on the worth of all from here on, and what ``rows_in`` takes."""
        bounds = self.order.bounds
        for start, block in self.order.blocks(places):
            yield bounds[start // BLOCK], start, block

    def bound_after(self, start: int) -> int:
        """Return the most that an ad behind the block which begins at this place can be worth."""
        bounds = self.order.bounds
        block = start // BLOCK + 1
        return bounds[block] if block < len(bounds) else 0

    def rows_in(self, start: int, block: int) -> list[Row]:
        """Return the rows of one block's places."""
        rows = self.order.rows
        if not block & (block - 1):  # Few ads want a viewer: most blocks have one.
            row = rows[start + block.bit_length() - 1]
            assert row is not None, "A place in the bitmaps has a row."
            return [row]
        found: list[Row] = []
        while block:
            low = block & -block
            block ^= low
            row = rows[start + low.bit_length() - 1]
            assert row is not None, "A place in the bitmaps has a row."
            found.append(row)
        return found

    def park(self, row: Row, reason: Refusal, cell: AnyCell, until_ms: int | None) -> None:
        """Take the ad out of matching until the instant, or until the cell's object is published again."""
        assert row.parked is None, "A parked ad is not met."
        row.parked = reason
        row.parked_in = cell
        cell.parked.add(row)
        bit = 1 << row.place
        self._open &= ~bit
        self._parked[reason] = self._parked.get(reason, 0) | bit
        if until_ms is not None:
            self._wakes.add(until_ms, row)

    def wake(self, now_ms: int) -> None:
        """Bring back the ads whose time has come, and park those whose consent is over.

        A decision would refuse these too; together they cost a tenth of what they cost one by one.
        """
        self._reopen_all(self._wakes.take(now_ms))
        ended = [grant for grant in self._ends.take(now_ms) if not self._await_end(grant, now_ms)]
        if not ended:
            return
        places: list[int] = []
        for grant in ended:
            for row in grant.rows:
                if row.parked is None and row.place >= 0:
                    row.parked, row.parked_in = Refusal.GRANT_EXPIRED, grant
                    grant.parked.add(row)
                    places.append(row.place)
        if places:
            bits = _bits(places)
            self._open &= ~bits
            self._parked[Refusal.GRANT_EXPIRED] = self._parked.get(Refusal.GRANT_EXPIRED, 0) | bits

    def open_all(self) -> None:
        """Bring back every ad: each will be judged anew."""
        self._reopen_all(self.rows.values())
        self._wakes.clear()

    def repredict(self, ad_id: int) -> None:
        """Take the ad's new results into account; it moves when its bound no longer fits."""
        row = self.rows.get(ad_id)
        if row is None:
            return
        row.predict()
        if row.worth > row.bound or row.worth * 3 < row.bound * 2:
            self._remove(row)
            row.settle_bound()
            self._place(row)
        elif self._board is not None:
            self._board.change(row)

    def reorder_if_due(self) -> bool:
        """Make the order anew when too many ads stand where they do not belong; tell whether it was made."""
        if self.order.strays <= max(STRAYS_MIN, len(self.rows) * STRAYS_SHARE_MAX):
            return False
        self.reorder()
        return True

    def reorder(self) -> None:
        """Order all ads by what they can be worth and rebuild the bitmaps."""
        self.generation += 1
        rows = self.rows.values()
        self._reopen_all(rows)
        for row in rows:
            row.settle_bound()
        self._wakes.clear()
        self._parked.clear()
        self.order.make(rows)
        self._targets.make(rows, len(self.order.rows))
        self._open = _bits([row.place for row in rows])
        if self._board is not None:
            self._board = Board(self.order.rows)

    def _set_grant(self, grant: GrantCell, document: GrantDocument | None) -> None:
        for original in grant.requires:  # Its ads may wait for one that it needs no more.
            self._reopen_parked(original)
            if original.post is not None:
                self._reopen_parked(original.post)
        grant.set(document)
        if document is not None:
            grant.post = self.post(document.post_id)
            grant.requires = tuple(self.grant(grant_id) for grant_id in document.requires)
            if grant.awaited_ms is None or document.ends_ms < grant.awaited_ms:
                self._await_end(grant, document.starts_ms)
        self._reopen_parked(grant)

    def _await_end(self, grant: GrantCell, now_ms: int) -> bool:
        """Tell whether the consent lasts beyond the instant; if so its end is waited for."""
        lasts = grant.document is not None and grant.document.ends_ms > now_ms
        grant.awaited_ms = grant.document.ends_ms if grant.document is not None and lasts else None
        if grant.awaited_ms is not None:
            self._ends.add(grant.awaited_ms, grant)
        return lasts

    def _set_group(self, ad_group_id: int, document: AdGroupDocument | None) -> None:
        group = self.group(ad_group_id)
        for ad_id in group.ads:
            self._drop_row(ad_id)
        if group.campaign is not None:
            group.campaign.groups.discard(group)
        group.set(document)
        if document is not None:
            self._counters.cap(Level.AD_GROUP, ad_group_id, frequency.of_group(document))
            group.campaign = self.campaign(document.campaign_id)
            group.campaign.groups.add(group)
            for ad in group.ads.values():
                self._make_row(ad)

    def _set_results(self, group: GroupCell, document: ResultsDocument | None) -> None:
        group.after = document or prediction.UNKNOWN
        for ad_id in group.ads:
            if not self._bulk:
                self.repredict(ad_id)
            elif (row := self.rows.get(ad_id)) is not None:
                row.predict()  # It has no place yet.

    def _set_ad(self, ad_id: int, document: AdDocument | None) -> None:
        self._drop_row(ad_id)
        former = self._ads.pop(ad_id, None)
        if former is not None:
            self.group(former.ad_group_id).ads.pop(ad_id, None)
        if document is not None:
            self._counters.cap(Level.AD, ad_id, document.caps)
            self._ads[ad_id] = document
            self.group(document.ad_group_id).ads[ad_id] = document
            self._make_row(document)

    def _make_row(self, ad: AdDocument) -> None:
        group = self.group(ad.ad_group_id)
        if group.document is None:
            return
        row = Row(
            ad,
            group.document,
            group=group,
            campaign=self.campaign(group.document.campaign_id),
            grant=self.grant(ad.grant_id) if ad.grant_id else None,
            post=self.post(ad.post_id),
            funds=self.funds(ad.account_id),
            tally=self._counters.tally(ad.id),
            esteem=self.esteem,
            edition=self.edition,
        )
        group.tallies[ad.id] = row.tally
        if row.grant is not None:
            row.grant.rows.add(row)
        self.rows[ad.id] = row
        if not self._bulk:
            self._place(row)

    def _drop_row(self, ad_id: int) -> None:
        row = self.rows.pop(ad_id, None)
        if row is None:
            return
        if row.grant is not None:
            row.grant.rows.discard(row)
        self._reopen(row)
        if not self._bulk:
            self._remove(row)

    def _place(self, row: Row) -> None:
        self.generation += 1
        row.place = self.order.take(row)
        if self._board is not None:
            self._board.place(row)
        self._targets.add(row.place, row.terms.targeting)
        self._open |= 1 << row.place

    def _remove(self, row: Row) -> None:
        self.generation += 1
        self._reopen(row)
        self._targets.remove(row.place, row.terms.targeting)
        self._open &= ~(1 << row.place)
        self.order.release(row.place)
        row.place = -1

    def _reopen(self, row: Row) -> None:
        self._reopen_all((row,))

    def _reopen_all(self, rows: Iterable[Row]) -> None:
        """Bring back those of the rows that are parked; the bitmaps are changed once for all of them."""
        places: dict[Refusal, list[int]] = {}
        for row in rows:
            if row.parked is None or row.place < 0:
                continue
            places.setdefault(row.parked, []).append(row.place)
            row.parked = None
            if row.parked_in is not None:
                row.parked_in.parked.discard(row)
                row.parked_in = None
        for reason, of_reason in places.items():
            bits = _bits(of_reason)
            left = self._parked[reason] & ~bits
            if left:
                self._parked[reason] = left
            else:
                del self._parked[reason]
            self._open |= bits

    def _reopen_parked(self, cell: AnyCell) -> None:
        if cell.parked:
            self._reopen_all(list(cell.parked))


def _is_another_profile(known: PostDocument | None, document: PostDocument | None) -> bool:
    return known is not None and document is not None and known.profile_id != document.profile_id


def _bits(places: Sequence[int]) -> int:
    """Return the bitmap of the places."""
    if len(places) == 1:
        return 1 << places[0]
    bits = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
