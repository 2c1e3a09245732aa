"""The town's people and days follow from its plan alone."""

from collections import Counter

import msgspec
import pytest

from vonk.simulation import town, world
from vonk.simulation.people import Tallies
from vonk.simulation.talk import GUESTS_SAY

PLAN = town.FULL
OTHER = msgspec.structs.replace(PLAN, seed=PLAN.seed + 1)


def test_the_same_seed_gives_the_same_people_and_days() -> None:
    assert world.guests(PLAN) == world.guests(PLAN) != world.guests(OTHER)
    assert world.visits(PLAN, first_hour=9) == world.visits(PLAN, first_hour=9) != world.visits(OTHER, first_hour=9)
    assert world.published_hours_ago(PLAN) == world.published_hours_ago(PLAN) != world.published_hours_ago(OTHER)


def test_guests_have_numbers_instead_of_names() -> None:
    assert [guest.name for guest in world.guests(PLAN)] == [f"guest-{number}" for number in range(1, 17)]


def test_every_hour_of_history_is_there_and_every_visit_has_its_number() -> None:
    hours = world.visits(PLAN, first_hour=0)
    assert list(hours) == list(range(336, 0, -1))
    numbers = [visit.number for callers in hours.values() for visit in callers]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert 1_000 <= len(numbers) <= 1_900
    assert {visit.language for callers in hours.values() for visit in callers} <= set(GUESTS_SAY)


@pytest.mark.parametrize("first_hour", [0, 14])
def test_evenings_are_busier_than_nights_wherever_the_day_begins(first_hour: int) -> None:
    plan = msgspec.structs.replace(PLAN, passers_by_per_day=500)
    at_hour = Counter[int]()
    for hours_ago, callers in world.visits(plan, first_hour=first_hour).items():
        at_hour[(first_hour + 336 - hours_ago) % 24] += len(callers)
    assert sum(at_hour[hour] for hour in (19, 20, 21)) > 5 * sum(at_hour[hour] for hour in (2, 3, 4))


def test_posts_appear_before_their_consent_and_some_during_history() -> None:
    published = world.published_hours_ago(PLAN)
    assert set(published) == {post.key for post in PLAN.posts}
    for campaign in PLAN.campaigns:
        if campaign.consent is not None:
            assert published[campaign.post] > campaign.consent.given_days_ago * 24
    assert 40 <= sum(hours < 336 for hours in published.values()) <= 60
    assert min(published.values()) >= 2
    assert world.begins_days_ago(PLAN) == 38


def test_cleos_code_is_for_a_post_of_hers_that_no_campaign_shows() -> None:
    (post,) = (post for post in PLAN.posts if post.key == PLAN.code_post)
    assert post.shop == PLAN.cleo
    assert post.key not in {campaign.post for campaign in PLAN.campaigns}


def test_tallies_keep_organic_and_paid_apart() -> None:
    tallies = Tallies()
    tallies.add("1", "", "play")
    tallies.add("1", "9", "play")
    tallies.add("1", "9", "watch", 4_200)
    tallies.refuse("token_expired")
    assert tallies.of_ads("play") == {"9": 1}
    assert (tallies.of_post("1", "play", paid=False), tallies.of_post("1", "watch", paid=True)) == (1, 4_200)
    assert (tallies.events, tallies.refused) == (3, {"token_expired": 1})
