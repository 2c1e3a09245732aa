"""After any sequence of acts, what is published equals what the tables say, compiled anew."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.area.advertising.town import Town, compiled, daily, open_review, published
from tests.chance import examples
from vonk.advertising import publish
from vonk.advertising.actions import ad_groups, ads, campaigns, reviews
from vonk.advertising.drafts import AdChanges, AdGroupChanges, CampaignChanges
from vonk.advertising.errors import ObjectDeleted
from vonk.advertising.models import Ad, AdGroup, Campaign, Review
from vonk.control import publications
from vonk.control.models import Publication
from vonk.delivery.snapshot import DocumentKind, Targeting
from vonk.identity.models import AdAccount

Step = Callable[[Town, int], object]


def pick(table: type[Any], choice: int) -> int | None:
    ids = list(table.objects.order_by("pk").values_list("pk", flat=True))
    return ids[choice % len(ids)] if ids else None


def on(table: type[Any], act: Callable[[Town, int, int], object]) -> Step:
    """Do something to one of the table's objects; a deleted one may refuse."""

    def step(town: Town, choice: int) -> None:
        found = pick(table, choice)
        if found is None:
            return
        try:
            act(town, found, choice)
        except ObjectDeleted:
            return

    return step


def decide(town: Town, review_id: int, choice: int) -> None:
    if Review.objects.get(pk=review_id).verdict != "in_review":
        return
    if choice % 3 == 0:
        reviews.reject(town.olu, review_id, ["offensive"], now=town.now)
    else:
        reviews.approve(town.olu, review_id, now=town.now)


def approve_all(town: Town, _: int) -> None:
    for review_id in Review.objects.filter(verdict="in_review").values_list("pk", flat=True):
        reviews.approve(town.olu, review_id, now=town.now)


def suspend(town: Town, choice: int) -> None:
    suspended_at = town.now if choice % 2 else None
    with transaction.atomic():
        AdAccount.objects.filter(pk=town.ada.account).update(suspended_at=suspended_at)
        publish.republish_account(town.ada.account, town.now)


def rename(town: Town, choice: int) -> None:
    with transaction.atomic():
        AdAccount.objects.filter(pk=town.ada.account).update(advertiser_name=f"Ada {choice}")
        publish.republish_account(town.ada.account, town.now)


def countries(choice: int) -> AdGroupChanges:
    return AdGroupChanges(targeting=Targeting(countries=("NL",) if choice % 2 else ("NL", "BE")))


STEPS: dict[str, Step] = {
    "campaign created": lambda town, choice: town.campaign(enabled=choice % 4 > 0),
    "campaign changed": on(
        Campaign,
        lambda town, found, choice: campaigns.update(
            town.ada, found, CampaignChanges(budget=daily(50 + choice)), billed_micros=0, now=town.now
        ),
    ),
    "campaign switched": on(
        Campaign, lambda town, found, choice: campaigns.set_enabled(town.ada, [found], choice % 2 > 0, now=town.now)
    ),
    "campaign deleted": on(Campaign, lambda town, found, _: campaigns.delete(town.ada, [found], now=town.now)),
    "ad group created": on(Campaign, lambda town, found, choice: town.ad_group(found, enabled=choice % 4 > 0)),
    "ad group changed": on(
        AdGroup,
        lambda town, found, choice: ad_groups.update(town.ada, found, countries(choice), billed_micros=0, now=town.now),
    ),
    "ad group switched": on(
        AdGroup, lambda town, found, choice: ad_groups.set_enabled(town.ada, [found], choice % 2 > 0, now=town.now)
    ),
    "ad group deleted": on(AdGroup, lambda town, found, _: ad_groups.delete(town.ada, [found], now=town.now)),
    "Spark Ad created": on(AdGroup, lambda town, found, _: town.ad(found, town.spark_draft(town.shared_consent))),
    "own ad created": on(AdGroup, lambda town, found, _: town.ad(found, town.own_draft())),
    "ad changed": on(
        Ad,
        lambda town, found, choice: ads.update(
            town.ada, found, AdChanges(landing_url=f"https://bread.example/{choice}", name=f"Ad {choice}"), now=town.now
        ),
    ),
    "ad switched": on(Ad, lambda town, found, choice: ads.set_enabled(town.ada, [found], choice % 2 > 0, now=town.now)),
    "ad deleted": on(Ad, lambda town, found, _: ads.delete(town.ada, [found], now=town.now)),
    "decided": on(Review, decide),
    "all approved": approve_all,
    "suspended": suspend,
    "renamed": rename,
}


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9)), min_size=1, max_size=15))
def test_publications_follow_from_the_tables(town: Town, steps: list[tuple[str, int]]) -> None:
    began, consent_id = town.now, town.shared_consent  # Made before the point that each example goes back to.
    start = transaction.savepoint()
    try:
        town.approved_ad(draft=town.spark_draft(consent_id))
        for name, choice in steps:
            town.now += timedelta(minutes=1)
            STEPS[name](town, choice)
            assert published() == compiled(), name
        assert publish.rebuild(town.now) == 0
    finally:
        town.now = began
        transaction.savepoint_rollback(start)


def test_an_unchanged_document_is_not_published_again(town: Town) -> None:
    town.approved_ad()
    before = publications.last_sequence()
    assert publish.rebuild(town.now) == 0
    assert publish.republish_account(town.ada.account, town.now) == 0
    assert publications.last_sequence() == before


def test_a_suspended_account_has_no_campaign_and_comes_back(town: Town) -> None:
    town.approved_ad()
    before = published()
    suspend(town, 1)
    assert published() == {**before, DocumentKind.CAMPAIGN: {}}
    town.campaign()
    assert published()[DocumentKind.CAMPAIGN] == {}
    suspend(town, 0)
    assert len(published()[DocumentKind.CAMPAIGN]) == 2
    assert published() == compiled()


def test_a_new_name_reaches_every_ad(town: Town) -> None:
    ad_id = town.approved_ad()
    rename(town, 7)
    assert json.loads(published()[DocumentKind.AD][ad_id])["advertiser_name"] == "Ada 7"


def test_rebuilding_mends_whatever_is_wrong(town: Town) -> None:
    ad_id = town.approved_ad()
    waiting = town.ad()
    right = published()
    stray = json.dumps({**json.loads(right[DocumentKind.AD][ad_id]), "id": 7})
    Publication.objects.filter(kind="campaign").update(document=None)
    Publication.objects.filter(kind="ad_group").delete()
    last = publications.last_sequence()
    for number, object_id in enumerate((7, waiting)):
        Publication.objects.create(
            kind="ad", object_id=object_id, sequence=last + 100 + number, document=stray, published_at=town.now
        )
    assert publish.rebuild(town.now) == 2 + 2 + 2
    assert published() == right == compiled()


def test_sequences_stay_without_gap_in_bulk(town: Town) -> None:
    ad_group_id = town.ad_group()
    for ad_id in ads.create(town.ada, ad_group_id, [town.spark_draft()] * 5, now=town.now):
        reviews.approve(town.olu, open_review(ad_id), now=town.now)
    before = publications.last_sequence()
    campaigns.delete(town.ada, [AdGroup.objects.get(pk=ad_group_id).campaign_id], now=town.now)
    newest = list(
        Publication.objects.filter(sequence__gt=before).order_by("sequence").values_list("sequence", flat=True)
    )
    assert newest == list(range(before + 1, before + 8))
    assert publications.last_sequence() == before + 7
