import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import NOW_MS, VIK, index_of, one_ad, publish, rival, withdraw
from vonk.delivery.decide import decide
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.order import BLOCK
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import Billing, Document, DocumentKind, Publication, Targeting
from vonk.storage.memory.counters import MemoryCounters

VIEWERS = [
    VIK,
    Viewer("ada", "BE", "fr", "18_24", "female", "ios", ()),
    Viewer("", "", "", "", "", "", ()),
    Viewer("olu", "NL", "en", "55_plus", "other", "desktop", ("art", "food")),
]
TARGETINGS = st.builds(
    Targeting,
    countries=st.sampled_from([(), ("NL",), ("BE", "DE")]),
    languages=st.sampled_from([(), ("nl",), ("fr", "en")]),
    age_bands=st.sampled_from([(), ("25_34",), ("18_24", "55_plus")]),
    genders=st.sampled_from([(), ("male",)]),
    interests=st.sampled_from([(), ("food",), ("art", "music")]),
    devices=st.sampled_from([(), ("android",), ("ios", "desktop")]),
)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 6),  # Whose document.
        st.integers(0, 5),  # Which of the six.
        st.booleans(),  # Published or withdrawn.
        TARGETINGS,
        st.sampled_from(list(Billing)),
        st.integers(200_000, 9_000_000),
    ),
    max_size=60,
)


def wanted(document: Targeting, viewer: Viewer) -> bool:
    """Say it again, one dimension after another."""
    single = [
        (document.countries, viewer.country),
        (document.languages, viewer.language),
        (document.age_bands, viewer.age_band),
        (document.genders, viewer.gender),
        (document.devices, viewer.device),
    ]
    return all(not values or value in values for values, value in single) and (
        not document.interests or bool(set(document.interests) & set(viewer.interests))
    )


def matched(index: Index, viewer: Viewer) -> set[int]:
    blocks = index.best_first(index.match(viewer))
    return {row.ad.id for _, start, block in blocks for row in index.rows_in(start, block)}


@settings(max_examples=examples(60), deadline=None)
@given(CHANGES, st.integers(0, 2**32))
def test_an_index_kept_up_to_date_is_the_index_built_anew(
    changes: list[tuple[int, int, bool, Targeting, Billing, int]], seed: int
) -> None:
    index, counters = index_of()
    newest: dict[tuple[DocumentKind, int], Publication] = {}
    for sequence, (number, which, published, targeting, billing, bid) in enumerate(changes, start=1):
        documents: list[Document] = rival(number, targeting=targeting, billing=billing, bid_micros=bid)
        document = documents[which]
        kind = list(DocumentKind)[[0, 1, 2, 3, 4, 5][which]]
        object_id = [10, 100, 1_000, 2_000, 3_000, 1][which] + number
        publication = Publication(sequence, kind, object_id, document if published else None)
        newest.pop((kind, object_id), None)
        newest[kind, object_id] = publication
        index.apply(publication)
        for viewer in VIEWERS[:2]:  # Asking parks ads; it must not change what the next one gets.
            decided(index, counters, viewer, seed)
    fresh = Index(MemoryCounters())
    fresh.load(newest.values())
    for viewer in VIEWERS:
        expected = {row.ad.id for row in index.rows.values() if wanted(row.terms.targeting, viewer)}
        assert matched(index, viewer) == matched(fresh, viewer) == expected
        assert decided(index, counters, viewer, seed) == decided(fresh, MemoryCounters(), viewer, seed)


def decided(index: Index, counters: MemoryCounters, viewer: Viewer, seed: int) -> tuple[object, ...]:
    decision = decide(
        viewer,
        index,
        counters,
        matched=index.match(viewer),
        reserve=100_000,
        shown_campaigns=(),
        now_ms=NOW_MS,
        seed=seed,
    )
    row = decision.row
    return row and row.ad.id, decision.price_micros, decision.runner_up_worth, decision.candidates


def test_blocks_come_in_the_order_of_their_bounds_whatever_was_inserted() -> None:
    chance = random.Random(5)
    index, _ = index_of()
    for number in range(600):
        publish(index, *rival(number, bid_micros=chance.randint(200_000, 9_000_000)))
        if number % 3 == 0:
            withdraw(index, rival(number // 2)[2])
    later = 10**18
    seen = 0
    for bound, start, block in index.best_first(index.match(VIK)):
        assert bound <= later
        later = bound
        for row in index.rows_in(start, block):
            assert row.worth <= row.bound <= bound
            seen += 1
    assert seen == len(index.rows) == matched_count(index)


def matched_count(index: Index) -> int:
    return index.match(VIK).bit_count()


def test_a_new_order_changes_nothing_but_speed() -> None:
    index, counters = index_of(*(document for number in range(200) for document in rival(number)))
    before = decided(index, counters, VIK, 1), matched(index, VIK)
    index.reorder()
    assert (decided(index, counters, VIK, 1), matched(index, VIK)) == before


@pytest.mark.parametrize("name", ["campaign", "grant", "post", "funds"])
def test_what_is_withdrawn_stops_the_ad_and_what_comes_back_lets_it_go_on(name: str) -> None:
    documents = {"campaign": 0, "grant": 3, "post": 4, "funds": 5}
    index, counters = index_of(*one_ad())
    document = one_ad()[documents[name]]
    assert decided(index, counters, VIK, 1)[0] == 1_000
    withdraw(index, document)
    assert decided(index, counters, VIK, 1)[0] is None
    assert decided(index, counters, VIK, 1)[0] is None
    publish(index, document)
    assert decided(index, counters, VIK, 1)[0] == 1_000


def test_places_are_used_again() -> None:
    index, _ = index_of(*one_ad())
    for bid in range(1_000_000, 2_000_000, 1_000):
        publish(index, msgspec.structs.replace(one_ad()[1], bid_micros=bid))
    assert len(index.order.rows) == BLOCK
