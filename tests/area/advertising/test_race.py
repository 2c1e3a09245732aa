"""Two acts at once, on real threads. SQLite lets them in one after the other; PostgreSQL together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier

import msgspec
import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from tests import patience
from tests.area.advertising.town import Town, compiled, open_review, published
from vonk.advertising import publish
from vonk.advertising.actions import ads, campaigns, reviews
from vonk.advertising.drafts import AdChanges
from vonk.advertising.models import Ad
from vonk.core.errors import Problem
from vonk.delivery.snapshot import DocumentKind
from vonk.identity.models import AdAccount

ROUNDS = 4

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do the acts at the same time; return each one's error code, "" for none."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=patience.SECONDS)
            act()
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("quota", ["account", "identity"])
def test_the_last_place_of_a_quota_goes_to_one(now: datetime, settings: LazySettings, quota: str) -> None:
    town = Town(now)
    draft, first, second = town.spark_draft(), town.ad_group(), town.ad_group()
    settings.VONK = msgspec.structs.replace(settings.VONK, **{f"spark_ads_per_{quota}_max": 1})
    for _ in range(ROUNDS):
        answers = at_once(lambda: town.ad(first, draft), lambda: town.ad(second, draft))
        assert sorted(answers) == ["", f"{quota}_quota_reached"]
        for ad_group_id in (first, second):
            rows = Ad.objects.filter(ad_group_id=ad_group_id, deleted_at=None)
            for ad_id in rows.values_list("pk", flat=True):
                ads.delete(town.ada, [ad_id], now=now)


def test_an_edit_and_an_approval_leave_nothing_unreviewed_published(now: datetime) -> None:
    town = Town(now)
    for number in range(ROUNDS):
        ad_id = town.ad()
        review_id = open_review(ad_id)
        edit = AdChanges(landing_url=f"https://bread.example/{number}")
        answers = at_once(
            partial(ads.update, town.ada, ad_id, edit, now=now),
            partial(reviews.approve, town.olu, review_id, now=now),
        )
        assert answers in (["", ""], ["", "review_stale"])
        assert ad_id not in published()[DocumentKind.AD]
        assert published() == compiled()


def test_a_suspension_and_a_switch_never_pass_each_other(now: datetime) -> None:
    town = Town(now)
    campaign_id = town.campaign(enabled=False)

    def suspend() -> None:
        with transaction.atomic():
            AdAccount.objects.filter(pk=town.ada.account).update(suspended_at=now)
            publish.republish_account(town.ada.account, now)

    for _ in range(ROUNDS):
        assert at_once(suspend, lambda: campaigns.set_enabled(town.ada, [campaign_id], True, now=now)) == ["", ""]
        assert published()[DocumentKind.CAMPAIGN] == {}
        AdAccount.objects.filter(pk=town.ada.account).update(suspended_at=None)
        campaigns.set_enabled(town.ada, [campaign_id], False, now=now)
