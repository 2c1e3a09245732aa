"""Ada begins a lift test of her campaign, sees it run and ends it; Olu forbids them; what became of ads stands over days."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.area.advertising.town import EUR
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising.models import AdGroup, LiftTest
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import NO_AD
from vonk.reporting.fates.rules import LOST_COUNTS
from vonk.reporting.models import AdServerLife, Fate, LiftViewer


@pytest.fixture
def ad_group_id(stage: Stage) -> int:
    stage.pay(100 * EUR)
    made = stage.town.ad_group(starts_at=stage.now)
    stage.town.approved_ad(made)
    return made


@pytest.fixture
def campaign_id(ad_group_id: int) -> int:
    return AdGroup.objects.get(pk=ad_group_id).campaign_id


def came_in(test_id: int, stage: Stage, *, exposed: int, control: int, did: tuple[int, int]) -> None:
    LiftViewer.objects.bulk_create([
        LiftViewer(
            test_id=test_id, viewer_id=f"{held}-{number}", control=held, entered_ms=0, converted=number < successes,
            kept_until=stage.now + timedelta(days=90),
        )
        for held, viewers, successes in ((False, exposed, did[0]), (True, control, did[1]))
        for number in range(viewers)
    ])  # fmt: skip


def test_a_lift_test_is_begun_seen_to_run_and_ended(stage: Stage, campaign_id: int) -> None:
    ada, page = stage.browser("Ada"), reverse("advertiser:lift_tests", args=[campaign_id])
    words = text_of(ada.get(page))
    assert "Too few have converted to know the rate; 1.00% is taken" in words
    wrong = ada.post(page, {"share_percent": "80", "outcome": "converted", "days": "14"})
    assert (wrong.status_code, LiftTest.objects.count()) == (422, 0)
    begun = ada.post(page, {"share_percent": "20", "outcome": "converted", "days": "14"})
    assert begun.status_code == 302
    (test,) = LiftTest.objects.all()
    assert "Too few viewers have come in to say anything." in text_of(ada.get(page))
    assert ada.post(page, {"share_percent": "20", "outcome": "converted", "days": "7"}).status_code == 409

    came_in(test.pk, stage, exposed=800, control=200, did=(160, 20))
    LiftTest.objects.update(starts_at=stage.now - timedelta(days=13), ends_at=stage.now + timedelta(days=1))
    words = text_of(ada.get(page))
    assert "The campaign makes a difference: about 80 viewers did it because of it." in words
    assert "+100.0%" in words
    ended = ada.post(reverse("advertiser:lift_test_end", args=[campaign_id, test.pk]))
    assert ended.status_code == 302
    assert LiftTest.objects.get().ended_at is not None
    assert "Begin a lift test" in text_of(ada.get(page))


def test_only_adas_people_reach_them_and_olu_may_forbid(stage: Stage, campaign_id: int) -> None:
    page = reverse("advertiser:lift_tests", args=[campaign_id])
    for name in CAST:
        assert (stage.browser(name).get(page).status_code == 200) is (name == "Ada"), name
    account_id, olu = stage.town.ada.account, stage.browser("Olu")
    forbid = reverse("operator:lift_tests_forbid", args=[account_id])
    assert stage.browser("Ada").post(forbid, {"reason": "x"}).status_code != 302
    assert olu.post(forbid, {"reason": " "}).status_code == 422
    assert olu.post(forbid, {"reason": "Of public interest."}).status_code == 302
    assert "Of public interest." in text_of(stage.browser("Ada").get(page))
    assert "Of public interest." in text_of(olu.get(reverse("operator:account", args=[account_id])))
    refused = stage.browser("Ada").post(page, {"share_percent": "20", "outcome": "converted", "days": "14"})
    assert (refused.status_code, LiftTest.objects.count()) == (403, 0)
    assert olu.post(reverse("operator:lift_tests_allow", args=[account_id])).status_code == 302
    assert "Begin a lift test" in text_of(stage.browser("Ada").get(page))


def counted(stage: Stage, ad_group_id: int) -> int:
    """Let ad servers have handed over some hours of the ad group's only ad; return the ad."""
    ad_id = AdGroup.objects.get(pk=ad_group_id).ads.get().pk
    for back in range(5):
        hour_at = stage.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=5 * back)
        for name, count in (
            (minutes.WON, 40 + back), (minutes.LOST, 30), (minutes.GAP, 30 * EUR), ("seen_too_often", 7 * back),
            ("ad_group_out_of_budget", 3 * back), ("waits:ad_group_out_of_budget", back), ("below_reserve", 9),
        ):  # fmt: skip
            if count:
                Fate.objects.create(ad_id=ad_id, hour_at=hour_at, name=name, count=count)
        Fate.objects.create(ad_id=NO_AD, hour_at=hour_at, name=minutes.ASKED, count=500)
        Fate.objects.create(ad_id=NO_AD, hour_at=hour_at, name="looked", count=6)
    AdServerLife.objects.create(server="a", number=9, through_at=stage.now, ended=False, given_up=False)
    return ad_id


def test_what_became_of_ads_stands_over_days(stage: Stage, ad_group_id: int) -> None:
    ad_id = counted(stage, ad_group_id)
    for path in (f"/advertiser/ads/{ad_id}/delivery/", f"/advertiser/ad-groups/{ad_group_id}/delivery/"):
        card = stage.browser("Ada").get(f"{path}?days=7").context["page"].fates
        totals = {series.name: sum(series.values) for series in card.outcome.series}
        assert totals == {
            "Won": 210, "Outbid": 150, "Below the least price": 45, "Budget or funds": 30, "Seen too often": 70,
        }  # fmt: skip
        assert set(card.gaps.series[0].texts) == {"1.00\xa0EUR"}
        assert [series.name for series in card.waiting.series] == ["Budget or funds"]
        assert card.exact
    words = text_of(stage.browser("Olu").get("/console/delivery/?days=7"))
    assert "Slots asked for 2,500" in words
    assert "The viewer has seen this ad group as often as its cap allows." in words
    Fate.objects.create(ad_id=NO_AD, hour_at=stage.now, name=LOST_COUNTS, count=1)
    assert "there were at least so many" in text_of(
        stage.browser("Ada").get(f"/advertiser/ads/{ad_id}/delivery/?days=7")
    )
    assert stage.browser("Ada").get("/console/delivery/").status_code == 403
