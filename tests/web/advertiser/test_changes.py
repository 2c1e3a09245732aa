"""Editing, switching, deleting."""

from typing import Any

import pytest

from tests.area.advertising.town import EUR, everything, open_review
from tests.web.advertiser.filling import AD, AD_GROUP
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.actions import reviews
from vonk.advertising.models import Ad, AdGroup, Campaign, Review
from vonk.delivery.limits import dayparting
from vonk.delivery.snapshot import Limits, Targeting

UNCHANGED_GROUP: dict[str, Any] = {
    **AD_GROUP,
    "ad_group-countries": ["NL"],
    "ad_group-budget_micros": "20",
    "ad_group-bid_micros": "0.50",
}
UNCHANGED_AD: dict[str, Any] = {key: value for key, value in AD.items() if key not in {"ad-switchable", "ad-spark"}}


def verdicts(ad_id: int) -> list[str]:
    return list(Review.objects.filter(ad_id=ad_id).order_by("pk").values_list("verdict", flat=True))


def test_a_campaign_is_renamed_and_its_budget_raised(stage: Stage) -> None:
    campaign_id = stage.town.campaign()
    ada = stage.browser("Ada")
    address = f"/advertiser/campaigns/{campaign_id}/edit/"
    sent = {"campaign-name": "Summer loaves", "campaign-budget_mode": "daily", "campaign-budget_micros": "75"}

    low = ada.post(address, {**sent, "campaign-budget_micros": "10"})
    assert Campaign.objects.get().name == "Spring loaves"
    saved = ada.post(address, sent)

    assert (low.status_code, "at least 50.00 EUR" in text_of(low)) == (422, True)
    assert (saved.status_code, saved.headers["Location"]) == (302, f"/advertiser/campaigns/{campaign_id}/")
    assert (Campaign.objects.get().name, Campaign.objects.get().budget_micros) == ("Summer loaves", 75 * EUR)


def test_a_form_sent_as_it_was_changes_nothing(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    ad = Ad.objects.get()
    ada = stage.browser("Ada")
    before = everything()

    group = ada.post(f"/advertiser/ad-groups/{ad.ad_group_id}/edit/", UNCHANGED_GROUP)
    same = ada.post(f"/advertiser/ads/{ad_id}/edit/", {**UNCHANGED_AD, "ad-consent_id": str(ad.consent_id)})

    assert (group.status_code, same.status_code) == (302, 302)
    assert "Nothing was changed." in text_of(ada.get("/advertiser/"))
    assert everything() == before


def test_age_and_bid_keep_the_approval_and_a_country_reopens_review(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    group = AdGroup.objects.get()
    ada = stage.browser("Ada")
    address = f"/advertiser/ad-groups/{group.pk}/edit/"

    warned = text_of(ada.get(address))
    ada.post(address, {**UNCHANGED_GROUP, "ad_group-age_bands": ["25_34"], "ad_group-bid_micros": "0.60"})
    kept = verdicts(ad_id)
    ada.post(address, {**UNCHANGED_GROUP, "ad_group-countries": ["NL", "FR"]})

    assert "sends its ad to review again; it stops until it is approved" in warned
    assert kept == ["approved"]
    assert verdicts(ad_id) == ["approved", "in_review"]
    assert "it is reviewed again" in text_of(ada.get("/advertiser/")).lower()
    assert AdGroup.objects.get().targeting["countries"] == ["FR", "NL"]


def test_a_new_name_keeps_the_approval_and_a_new_address_reopens_review(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    consent_id = str(Ad.objects.get().consent_id)
    ada = stage.browser("Ada")
    address = f"/advertiser/ads/{ad_id}/edit/"
    sent = {**UNCHANGED_AD, "ad-consent_id": consent_id}

    warned = text_of(ada.get(address))
    ada.post(address, {**sent, "ad-name": "Another name"})
    kept = verdicts(ad_id)
    wrong = ada.post(address, {**sent, "ad-landing_url": "ftp://bread.example"})
    assert Ad.objects.get().landing_url == "https://bread.example/loaf"
    ada.post(address, {**sent, "ad-landing_url": "https://bread.example/new"})

    assert "Another post, button, landing page or category sends the ad to review again" in warned
    assert kept == ["approved"]
    assert (wrong.status_code, "Begin with https:// or http://." in text_of(wrong)) == (422, True)
    assert verdicts(ad_id) == ["approved", "in_review"]


def test_a_rejection_is_read_on_the_ad_and_on_the_dashboard(stage: Stage) -> None:
    ad_id = stage.town.ad()
    reviews.reject(stage.town.olu, open_review(ad_id), ["music_rights"], "Use another sound.", now=stage.now)
    ada = stage.browser("Ada")

    for page in (f"/advertiser/ads/{ad_id}/", "/advertiser/"):
        words = text_of(ada.get(page))
        assert "The sound is not licensed for advertising." in words
        assert "Use another sound." in words
    assert "Review has rejected the ad. Read the reasons, change the ad; it is reviewed again." in text_of(
        ada.get(f"/advertiser/ads/{ad_id}/")
    )


@pytest.mark.parametrize(("noun", "model"), [("campaigns", Campaign), ("ad-groups", AdGroup), ("ads", Ad)])
def test_switches_switch_and_deletion_asks_first(
    stage: Stage, noun: str, model: type[Campaign] | type[AdGroup] | type[Ad]
) -> None:
    stage.town.approved_ad()
    row = model.objects.get()
    ada = stage.browser("Ada")
    page = f"/advertiser/{noun}/{row.pk}/"

    off = ada.post(f"{page}switch/", {"on": "0", "next": "/advertiser/ads/"})
    after_off = model.objects.get().enabled
    told = text_of(ada.get(page))
    on = ada.post(f"{page}switch/", {"on": "1", "next": "//elsewhere.example/"})
    odd = ada.post(f"{page}switch/", {"on": "perhaps"})
    asked = ada.get(f"{page}delete/")
    after_asking = model.objects.get().deleted_at
    gone = ada.post(f"{page}delete/")

    assert (off.headers["Location"], after_off) == ("/advertiser/ads/", False)
    assert "is switched off." in told
    assert (on.headers["Location"], odd.status_code, model.objects.get().enabled) == (page, 422, True)
    assert ("This cannot be undone." in text_of(asked), after_asking) == (True, None)
    assert gone.status_code == 302
    assert model.objects.get().deleted_at is not None
    assert row.name in text_of(ada.get("/advertiser/reports/"))  # Its numbers stay.
    assert ada.get(page).status_code == 200
    assert ada.post(f"{page}edit/", {}).status_code in {409, 422}


def test_a_switch_in_a_list_tells_a_script_nothing_but_the_list(stage: Stage) -> None:
    campaign_id = stage.town.campaign()
    ada = stage.browser("Ada")

    switched = ada.post(
        f"/advertiser/campaigns/{campaign_id}/switch/",
        {"on": "0", "next": "/advertiser/campaigns/"},
        headers={"HX-Request": "true"},
    )

    assert switched.headers["Location"] == "/advertiser/campaigns/"
    assert "Switched off" not in text_of(ada.get("/advertiser/campaigns/"))


def test_a_city_is_found_ticked_told_and_refused_where_there_is_none(stage: Stage) -> None:
    ad_group_id = stage.town.ad_group(targeting=Targeting(countries=("NL",), limits=Limits(inventory="standard")))
    ada, edit = stage.browser("Ada"), f"/advertiser/ad-groups/{ad_group_id}/edit/"
    berlin, holland = "DE:2950159", "NL:2749879"
    found = ada.get("/advertiser/places/", {"place": "north holl", "ad_group-places": [berlin]})
    assert [one in found.content.decode() for one in (f'value="{berlin}" checked', f'value="{holland}">')] == [True] * 2
    assert "North Holland, Netherlands (region)" in text_of(found)
    refused = ada.post(edit, {**UNCHANGED_GROUP, "ad_group-places": [holland, "NL:1"]})
    assert (refused.status_code, "No place is known as NL:1." in text_of(refused)) == (422, True)

    assert ada.post(edit, {**UNCHANGED_GROUP, "ad_group-places": [holland, berlin]}).status_code == 302
    kept = AdGroup.objects.get().targeting
    assert kept["countries"] == ["DE", "NL"]
    assert kept["limits"] == {"inventory": "standard", "places": [berlin, holland]}
    assert "Berlin, Germany; North Holland, Netherlands (region)" in text_of(
        ada.get(f"/advertiser/ad-groups/{ad_group_id}/")
    )
    assert f'value="{holland}" checked' in ada.get(edit).content.decode()
    assert ada.post(edit, UNCHANGED_GROUP).status_code == 302
    assert AdGroup.objects.get().targeting["limits"] == {"inventory": "standard"}


def test_hours_limits_and_a_bid_of_the_platform_are_shown_and_survive_the_form(stage: Stage) -> None:
    hours = "0" * 16 + "1" * 20 + "0" * 12 + "0" * 288  # Mondays from 08:00 to 18:00.
    wanted = Targeting(
        countries=("NL",), dayparting=dayparting.pack(hours), unmet=("isp_ids",), limits=Limits(inventory="standard")
    )
    ad_group_id = stage.town.ad_group(bid_micros=None, targeting=wanted)
    ada = stage.browser("Ada")
    page = text_of(ada.get(f"/advertiser/ad-groups/{ad_group_id}/"))
    for said in (
        "Mon 08:00–18:00",
        "isp_ids",
        "brand safety",
        "as the budget allows (maximum delivery)",
        "asks for limits that this platform cannot judge yet",
    ):
        assert said in page
    sent = {**UNCHANGED_GROUP, "ad_group-bid_micros": "1", "ad_group-countries": ["BE"]}
    assert ada.post(f"/advertiser/ad-groups/{ad_group_id}/edit/", sent).status_code == 302
    row = AdGroup.objects.get()
    assert (row.maximum_delivery, row.targeting["countries"]) == (True, ["BE"])
    assert (row.targeting["dayparting"], row.targeting["unmet"]) == (wanted.dayparting, ["isp_ids"])
    assert row.targeting["limits"] == {"inventory": "standard"}
