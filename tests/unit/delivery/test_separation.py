"""Neighbouring slots of one request show nothing that competes, in whatever order they are asked for."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import Ads, ad, funds, make, rival, with_ads
from vonk.delivery import snapshot
from vonk.delivery.matching.separation import Apart, Screen
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import AdDocument, Document

ADS = [ad(id=number, campaign_id=number, account_id=number % 3, category=("", "food", "sport", "food")[number % 4]) for number in range(12)]  # fmt: skip


@settings(max_examples=examples(200))
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=8),
    st.sets(st.sampled_from(Apart)),
    st.randoms(use_true_random=False),
)
def test_no_two_neighbours_compete_and_nothing_else_is_kept_out(
    positions: list[int], apart: set[Apart], chance: Any
) -> None:
    screen = Screen(positions, apart)
    shown: dict[int, AdDocument] = {}
    order = sorted(range(len(positions)), key=positions.__getitem__)
    for place in range(len(positions)):
        wanted = chance.choice(ADS)
        rank = order.index(place)
        beside = [shown[of] for of in (order[rank - 1] if rank else -1, *order[rank + 1 : rank + 2]) if of in shown]
        competes = any(
            (Apart.ACCOUNT in apart and other.account_id == wanted.account_id)
            or (Apart.CATEGORY in apart and wanted.category and other.category == wanted.category)
            for other in beside
        )
        assert screen.beside(place).competes(wanted) == competes
        if not competes and chance.random() < 0.8:
            screen.show(place, wanted)
            shown[place] = wanted
    assert screen.campaigns == {of.campaign_id for of in shown.values()}


def _kin(number: int, *, account_id: int, category: str, bid_micros: int) -> list[Document]:
    """A campaign with its ad, of this account."""
    made: list[Document] = []
    for document in rival(number, bid_micros=bid_micros):
        match document:
            case snapshot.AdDocument():
                made.append(make(document, {"account_id": account_id, "category": category}))
            case snapshot.CampaignDocument() | snapshot.GrantDocument():
                made.append(make(document, {"account_id": account_id}))
            case snapshot.FundsDocument():
                made.append(funds(account_id=account_id))
            case _:
                made.append(document)
    return made


# By falling bid: two campaigns of Ada's, one of another advertiser in the same category, one in no category.
STOCK = [
    *_kin(1, account_id=1, category="food", bid_micros=9_000_000),
    *_kin(2, account_id=1, category="sport", bid_micros=8_000_000),
    *_kin(3, account_id=3, category="food", bid_micros=7_000_000),
    *_kin(4, account_id=4, category="", bid_micros=6_000_000),
]


@pytest.mark.parametrize(
    ("apart", "positions", "campaigns"),
    [
        ((), (4, 9, 14), (11, 12, 13)),
        ((Apart.ACCOUNT,), (4, 9, 14), (11, 13, 12)),
        ((Apart.ACCOUNT,), (4, 14, 9), (11, 12, 13)),  # Asked for out of order: the ends first.
        ((Apart.CATEGORY,), (4, 9, 14), (11, 12, 13)),
        ((Apart.ACCOUNT, Apart.CATEGORY), (4, 9, 14), (11, 14, 12)),
        ((Apart.ACCOUNT, Apart.CATEGORY), (4, 14, 9), (11, 12, 14)),
    ],
)
def test_slots_are_filled_with_the_best_ads_that_do_not_compete_with_their_neighbours(
    apart: tuple[Apart, ...], positions: tuple[int, ...], campaigns: tuple[int, ...]
) -> None:
    async def story(ads: Ads) -> Any:
        slots = [{"position": position} for position in positions]
        return await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": slots})

    status, answer = with_ads(story, *STOCK, options=Options(neighbours_apart=apart))
    assert status == 200
    assert tuple(int(slot["ad"]["campaign_id"]) for slot in answer["slots"]) == campaigns


@pytest.mark.parametrize(
    ("formats", "shown"),
    [(None, None), (["video"], None), (["video", "carousel"], 11), (["carousel"], 11), (["audio"], None)],
)
def test_pictures_are_shown_where_the_slot_can_draw_them(formats: list[str] | None, shown: int | None) -> None:
    picture = snapshot.PictureDocument("/a.jpg", "/b.jpg", 3, 4, "A loaf")
    stock = [
        make(document, {"pictures": (picture,), "video_url": ""})
        if isinstance(document, snapshot.PostDocument)
        else document
        for document in STOCK
    ]

    async def story(ads: Ads) -> Any:
        slot = {"position": 4} if formats is None else {"position": 4, "formats": formats}
        return await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": [slot]})

    _, answer = with_ads(story, *stock)
    [slot] = answer["slots"]
    if shown is None:
        assert slot["refusals"].get("format_not_wanted", 0) == (4 if formats != ["audio"] else 0)
        assert slot["ad"] is None
    else:
        assert int(slot["ad"]["campaign_id"]) == shown
        assert slot["ad"]["post"]["pictures"] == [
            {"url": "/a.jpg", "small_url": "/b.jpg", "width": 3, "height": 4, "alt": "A loaf"}
        ]


def test_who_is_kept_out_is_told_why() -> None:
    async def story(ads: Ads) -> Any:
        slots = [{"position": 4}, {"position": 9}]
        return await ads.call("POST", "/v1/decisions", {"viewer": ads.viewer(), "slots": slots})

    _, answer = with_ads(story, *STOCK[: len(STOCK) // 2])
    assert answer["slots"][1]["refusals"] == {"campaign_already_shown": 1, "neighbour_competes": 1}
