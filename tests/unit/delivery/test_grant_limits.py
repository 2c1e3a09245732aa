"""The limits inside a creator's consent, where they bind: at the decision, and when its events are billed."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    DAY_MS,
    GRANT,
    NOW,
    NOW_MS,
    POST,
    VIK,
    Ads,
    ad,
    ad_group,
    grant,
    id_of,
    index_of,
    kind_of,
    one_ad,
    post,
    publish,
    with_ads,
    withdraw,
)
from tests.unit.delivery.test_decide import ask, charged
from tests.unit.delivery.test_shared_log import caught_up, events_in, with_two
from vonk.core.clock import FixedClock
from vonk.delivery.limits.counters import Purse
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Billing, Document, GrantDocument, PostDocument, Publication
from vonk.events import committer
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.event_log import MemoryEventLog

ORIGINAL = GRANT + 500
NOBODY_KNOWS_WHERE = Viewer("vik", "", "nl", "25_34", "male", "android", ())


def original(**changes: Any) -> GrantDocument:
    return grant(**({"id": ORIGINAL, "post_id": POST + 500} | changes))


def original_post() -> PostDocument:
    return post(id=POST + 500)


def a_duet(*, of: GrantDocument | None = None, **changes: Any) -> list[Document]:
    """An ad with a duet: its author consents, and the author of the post that it answers."""
    return [*one_ad(grant=grant(requires=(ORIGINAL,), **changes)), of or original(), original_post()]


@pytest.mark.parametrize(
    ("viewer", "documents", "refusal"),
    [
        (VIK, one_ad(grant=grant(categories=("food",))), Refusal.GRANT_CATEGORY),
        (VIK, one_ad(grant=grant(categories=("food",)), ad=ad(category="gaming")), Refusal.GRANT_CATEGORY),
        (VIK, one_ad(grant=grant(categories=("food", "art")), ad=ad(category="food")), None),
        (VIK, one_ad(ad=ad(category="gaming")), None),
        (NOBODY_KNOWS_WHERE, one_ad(grant=grant(countries=("NL",))), Refusal.GRANT_COUNTRY),
        (VIK, one_ad(grant=grant(countries=("BE", "NL"))), None),
        (NOBODY_KNOWS_WHERE, one_ad(post=post(countries=("NL",))), Refusal.GRANT_COUNTRY),
        (VIK, one_ad(post=post(countries=("BE",)), grant=grant(countries=("NL",))), Refusal.GRANT_COUNTRY),
        (VIK, one_ad(post=post(countries=("BE", "NL"))), None),
        (VIK, a_duet(), None),
        (VIK, a_duet()[:-1], Refusal.ORIGINAL_ABSENT),
        (VIK, a_duet()[:-2], Refusal.ORIGINAL_ABSENT),
        (VIK, a_duet(of=original(account_id=66)), Refusal.ORIGINAL_ABSENT),
        (VIK, a_duet(of=original(ends_ms=NOW_MS)), Refusal.ORIGINAL_ABSENT),
        (VIK, a_duet(of=original(starts_ms=NOW_MS + 1)), Refusal.ORIGINAL_ABSENT),
        (VIK, a_duet(of=original(countries=("BE",))), Refusal.GRANT_COUNTRY),
        (VIK, a_duet(of=original(categories=("food",))), Refusal.GRANT_CATEGORY),
        (VIK, a_duet(of=original(spend_cap_micros=4_999)), Refusal.GRANT_SPEND_CAP),
        (VIK, a_duet(of=original(spend_cap_micros=5_000), spend_cap_micros=6_000), None),
    ],
)
def test_limits_bind_and_what_is_not_known_to_be_inside_is_outside(
    viewer: Viewer, documents: list[Document], refusal: Refusal | None
) -> None:
    index, counters = index_of(*documents)
    for _ in range(2):  # Parked or not, the answer is the same.
        decision = ask(index, counters, viewer)
        assert decision.refusals == ({refusal: 1} if refusal else {})
        assert (decision.row is None) == (refusal is not None)


def test_an_original_that_comes_back_reopens_its_answers_at_once() -> None:
    index, counters = index_of(*a_duet(of=original(ends_ms=NOW_MS + 7)))
    assert ask(index, counters, now_ms=NOW_MS + 6).row is not None
    assert ask(index, counters, now_ms=NOW_MS + 7).refusals == {Refusal.ORIGINAL_ABSENT: 1}
    for gone, back in (
        (original(), original(starts_ms=NOW_MS + 8)),  # Extended, from a millisecond later on.
        (original(), original()),
        (original_post(), original_post()),
        (original(), grant()),  # It is not needed any more.
    ):
        withdraw(index, gone)
        assert ask(index, counters, now_ms=NOW_MS + 7).row is None
        publish(index, back)
        assert ask(index, counters, now_ms=NOW_MS + 8).row is not None


GRANTS = st.builds(
    grant,
    requires=st.sampled_from([(), (ORIGINAL,), (ORIGINAL, ORIGINAL + 1)]),
    categories=st.sampled_from([(), ("food",), ("art",)]),
    spend_cap_micros=st.sampled_from([None, 9_999, 10_000]),
)
ORIGINALS = st.builds(
    original,
    id=st.sampled_from([ORIGINAL, ORIGINAL + 1]),
    starts_ms=st.sampled_from([NOW_MS - 9, NOW_MS + 3]),
    ends_ms=st.sampled_from([NOW_MS + 5, NOW_MS + 90]),
    categories=st.sampled_from([(), ("food",)]),
    spend_cap_micros=st.sampled_from([None, 9_000]),
)


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(GRANTS, ORIGINALS, st.just(original_post()), st.just(ad(category="food"))),
            st.booleans(),
            st.integers(0, 3),
        ),
        max_size=24,
    )
)
def test_whatever_was_parked_the_answer_is_that_of_an_index_built_anew(
    changes: list[tuple[Document, bool, int]],
) -> None:
    documents = {(kind_of(document), id_of(document)): document for document in a_duet()}
    index, counters = index_of(*documents.values())
    counters.count(charged(5_000))
    now_ms = NOW_MS
    for document, published, later_ms in changes:
        now_ms += later_ms
        key = kind_of(document), id_of(document)
        documents.pop(key, None)
        if published:
            documents[key] = document
        index.apply(Publication(index.sequence + 1, *key, document if published else None))
        fresh, same = index_of(*documents.values())
        same.count(charged(5_000))
        expected, found = ask(fresh, same, now_ms=now_ms), ask(index, counters, now_ms=now_ms)
        assert (found.row is None) == (expected.row is None)  # A parked one may name a reason that came before another.
        assert sum(found.refusals.values()) == sum(expected.refusals.values())


ACTS = st.lists(
    st.tuples(st.sampled_from(["slot", "click", "wait"]), st.integers(0, 1), st.integers(0, 9)), max_size=40
)


@settings(max_examples=examples(15), deadline=None)
@given(st.integers(1, 5), ACTS)
def test_two_servers_together_never_bill_beyond_the_limit(clicks_paid: int, acts: list[tuple[str, int, int]]) -> None:
    log, cap_micros = MemoryEventLog(), 350_000 * clicks_paid

    async def story(*servers: Ads) -> None:
        tokens: list[str] = []
        for number, (act, which, chosen) in enumerate(acts):
            if act == "slot":
                slot = await servers[which].slot(servers[which].viewer(f"viewer-{number}"), floor_micros=5_000_000)
                tokens += [slot["token"]] if slot["ad"] else []
            elif act == "wait":
                await caught_up(log, *servers)
            elif tokens:  # Both hear of different clicks at once.
                for server in servers:
                    server.clock.advance(seconds=31)
                picked = (tokens[chosen % len(tokens)], tokens[(chosen + 1) % len(tokens)])
                await asyncio.gather(
                    *(
                        server.report(token, "impression", "click_destination", salt=f"{number}-")
                        for server, token in zip(servers, picked, strict=True)
                    )
                )

    documents = one_ad(
        ad_group=ad_group(billing=Billing.CPC, bid_micros=350_000), grant=grant(spend_cap_micros=cap_micros)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committer, "FOLLOW_SECONDS", 0.001)
        with_two(story, log, *documents)
    billed = 0
    for before, after in pairwise([None, *events_in(log)]):
        assert after is not None
        assert before is None or before.received_ms <= after.received_ms
        billed += after.charge_micros
        assert billed <= cap_micros


@pytest.mark.parametrize("gone", [False, True])
def test_a_restart_remembers_the_limit_of_a_consent_that_was_withdrawn_since(tmp_path: Path, *, gone: bool) -> None:
    log, clock, slots = MemoryEventLog(), FixedClock(NOW), []
    documents = one_ad(ad_group=ad_group(billing=Billing.CPC, bid_micros=350_000))

    async def click(ads: Ads, slot: Any) -> None:
        clock.advance(seconds=31)
        assert await ads.report(slot["token"], "impression", "click_destination") == [("accepted", None)] * 2

    async def before(ads: Ads) -> None:
        slots.extend([await ads.slot(floor_micros=5_000_000) for _ in range(4)])
        await ads.publish(limited())
        await click(ads, slots[0])

    async def after(ads: Ads) -> int:
        for slot in slots[1:]:
            await click(ads, slot)
        return ads.app.runtime.counters.spend(Purse.GRANT, GRANT).billed

    def limited() -> GrantDocument:
        return grant(spend_cap_micros=2 * slots[0]["price_micros"] + 1)

    kept = Options(checkpoint_dir=tmp_path)
    with_ads(before, *documents, log=log, clock=clock, options=kept)
    left = [document for document in documents if not isinstance(document, GrantDocument)]
    billed = with_ads(after, *left, *(() if gone else (limited(),)), log=log, clock=clock, options=kept)
    price = slots[0]["price_micros"]
    assert billed == 2 * price
    charges = [event.charge_micros for event in events_in(log) if event.kind == "click_destination"]
    assert charges == [price, price, 0, 0]


def test_many_that_end_at_once_are_out_at_once_and_one_that_is_extended_is_back() -> None:
    count, ends_ms = 2_000, NOW_MS + 5
    index = Index(MemoryCounters())
    publish(index, *one_ad()[:2], *one_ad()[4:])
    for number in range(count):
        publish(index, ad(id=10_000 + number, grant_id=20_000 + number), grant(id=20_000 + number, ends_ms=ends_ms))
    counters = index._counters
    assert isinstance(counters, MemoryCounters)
    assert ask(index, counters, now_ms=ends_ms - 1).row is not None
    assert ask(index, counters, now_ms=ends_ms).refusals == {Refusal.GRANT_EXPIRED: count}
    assert index.open_among(index.match(VIK)) == 0
    publish(index, grant(id=20_003, ends_ms=ends_ms + DAY_MS))
    decision = ask(index, counters, now_ms=ends_ms)
    assert decision.row is not None
    assert decision.row.ad.id == 10_003
