"""Opening, choosing, accepting."""

from typing import Any

import pytest

from tests.area.advertising.town import everything
from tests.web.creator.stage import Stage, text_of
from vonk.identity.models import AdAccount, Membership

FILLED = {
    "organisation_name": "Vik's bakery",
    "name": "Vik's bread",
    "country": "NL",
    "currency": "EUR",
    "time_zone": "Europe/Amsterdam",
    "advertiser_name": "Vik",
    "payer_name": "Vik's agency",
}


def test_vik_opens_an_account_and_goes_on(stage: Stage) -> None:
    browser = stage.browser("Vik")

    form = browser.get("/advertiser/open/?next=/advertiser/funds/")
    opened = browser.post("/advertiser/open/", {**FILLED, "next": "/advertiser/funds/"})

    account = AdAccount.objects.get(name="Vik's bread")
    assert form.status_code == 200
    assert (opened.status_code, opened.headers["Location"]) == (302, "/advertiser/funds/")
    assert (account.organisation.name, account.currency, account.time_zone, account.payer_name) == (
        "Vik's bakery",
        "EUR",
        "Europe/Amsterdam",
        "Vik's agency",
    )
    assert Membership.objects.get(account=account).person_id == stage.town.world.people["Vik"].person
    assert "Accept the Spark terms" in text_of(browser.get("/advertiser/"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
        ({"payer_name": "  "}, "This field is required"),
    ],
)
def test_a_wrong_answer_opens_nothing(stage: Stage, changed: dict[str, Any], told: str) -> None:
    before = AdAccount.objects.count()

    refused = stage.browser("Vik").post("/advertiser/open/", {**FILLED, **changed})

    assert (refused.status_code, AdAccount.objects.count()) == (422, before)
    assert told in text_of(refused)


def test_nobody_is_sent_to_another_site(stage: Stage) -> None:
    browser = stage.browser("Vik")

    opened = browser.post("/advertiser/open/", {**FILLED, "next": "//elsewhere.example/"})

    assert opened.headers["Location"] == "/advertiser/"


def test_with_two_accounts_one_chooses(stage: Stage) -> None:
    second = stage.town.world.account("Ada", "Ada's cakes").account
    browser = stage.browser("Ada")

    first = browser.get("/advertiser/campaigns/")
    choice = text_of(browser.get(first.headers["Location"]))
    chosen = browser.post(f"/advertiser/accounts/{second}/", {"next": "/advertiser/campaigns/"})

    assert first.headers["Location"] == "/advertiser/accounts/?next=%2Fadvertiser%2Fcampaigns%2F"
    assert "Ada's bread" in choice.replace("&#x27;", "'")
    assert chosen.headers["Location"] == "/advertiser/campaigns/"
    assert browser.session["advertiser.account"] == second
    assert browser.get("/advertiser/campaigns/").status_code == 200


def test_a_link_into_ones_other_account_leads_there(stage: Stage) -> None:
    campaign_id = stage.town.campaign(name="Of the bread")
    second = stage.town.world.account("Ada", "Ada's cakes").account
    browser = stage.browser("Ada")
    browser.post(f"/advertiser/accounts/{second}/")

    page = browser.get(f"/advertiser/campaigns/{campaign_id}/")

    assert (page.status_code, "Of the bread" in text_of(page)) == (200, True)
    assert browser.session["advertiser.account"] == stage.town.ada.account
    assert browser.get("/advertiser/campaigns/1/").status_code == 404


def test_nobody_chooses_anothers_account(stage: Stage) -> None:
    browser = stage.browser("Mallory")

    refused = browser.post(f"/advertiser/accounts/{stage.town.ada.account}/")

    assert (refused.status_code, "advertiser.account" in browser.session) == (404, False)


def test_terms_are_accepted_with_the_box_and_in_the_version_shown(stage: Stage) -> None:
    account_id = stage.town.world.account("Vik", "Vik's bread", terms=False).account
    browser = stage.browser("Vik")

    gate = text_of(browser.get("/advertiser/spark-posts/"))
    unticked = browser.post("/advertiser/terms/", {"version": "2026-11"})
    outdated = browser.post("/advertiser/terms/", {"version": "2020-01", "accepted": "on"})
    assert AdAccount.objects.get(pk=account_id).spark_terms_version is None
    accepted = browser.post(
        "/advertiser/terms/", {"version": "2026-11", "accepted": "on", "next": "/advertiser/spark-posts/"}
    )

    assert "Accept the Spark terms first" in gate
    assert (unticked.status_code, "Tick the box" in text_of(unticked)) == (422, True)
    assert (outdated.status_code, "in force are version 2026-11" in text_of(outdated)) == (422, True)
    assert (accepted.status_code, accepted.headers["Location"]) == (302, "/advertiser/spark-posts/")
    assert AdAccount.objects.get(pk=account_id).spark_terms_version == "2026-11"
    assert "Accept the Spark terms first" not in text_of(browser.get("/advertiser/spark-posts/"))


def test_looking_changes_nothing(stage: Stage) -> None:
    stage.town.approved_ad()
    before = everything()
    ada = stage.browser("Ada")

    for page in ("", "terms/", "campaigns/", "ads/", "spark-posts/", "videos/", "reports/", "funds/"):
        assert ada.get(f"/advertiser/{page}").status_code == 200

    assert everything() == before
