from hypothesis import given
from hypothesis import strategies as st

from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import Billing

ENTRANTS = st.lists(st.tuples(st.integers(1, 4), st.integers(100, 110)), min_size=1, max_size=12)


@given(ENTRANTS, st.integers(0, 2**63))
def test_the_race_finds_the_best_and_the_best_of_another_account(entrants: list[tuple[int, int]], seed: int) -> None:
    race: second_price.Race[int] = second_price.Race(50, seed)
    for ad_id, (account, worth) in enumerate(entrants, start=1):
        race.enter(ad_id, ad_id, account, worth)
    winners = [
        (worth, second_price.tie_break(seed, ad_id), ad_id, account)
        for ad_id, (account, worth) in enumerate(entrants, start=1)
    ]
    best = max(winners)
    assert (race.best_worth, race.best, race.account_id) == (best[0], best[2], best[3])
    others = [worth for account, worth in entrants if account != best[3]]
    assert race.threshold == max([50, *others])
    assert race.runner_up_worth == max(others, default=0)
    assert race.tied == sum(worth == best[0] for _, worth in entrants)


@given(st.sampled_from(list(Billing)), st.integers(1, 10**9), st.floats(0.001, 1.0), st.floats(0.0, 1.0))
def test_the_price_is_at_most_the_bid_and_at_least_what_is_to_pay(
    billing: Billing, bid: int, rate: float, share: float
) -> None:
    rate = 1.0 if billing is Billing.CPM else rate
    worth = bid if billing is Billing.CPM else int(bid * rate * 1000)
    to_pay = int(worth * share)
    price = second_price.price(billing, bid, rate, to_pay)
    most = {Billing.CPM: bid // 1000, Billing.OCPM: int(bid * rate)}.get(billing, bid)
    assert price <= most
    assert price * (1.0 if billing is Billing.OCPM else rate) * 1000 >= to_pay * 0.999_999 or price == most


def test_a_thousand_impressions_at_the_price_of_the_second() -> None:
    assert second_price.price(Billing.CPM, 5_000_000, 1.0, 3_000_001) == 3_001
    assert second_price.price(Billing.CPC, 300_000, 0.015, 3_000_000) == 200_000
    assert second_price.price(Billing.CPV, 10_000, 0.5, 100_000_000) == 10_000
    assert second_price.price(Billing.OCPM, 20_000_000, 0.0003, 3_000_001) == 3_001
    assert second_price.price(Billing.OCPM, 24_000, 0.25, 9_000_000) == 6_000
