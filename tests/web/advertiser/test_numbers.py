"""The dashboard, reports, their file, and the money."""

import csv
from datetime import timedelta
from http import HTTPStatus

import pytest

from tests.area.advertising.town import EUR, open_review
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.actions import reviews
from vonk.billing.models import Payment
from vonk.control import clock
from vonk.events.records import Kind
from vonk.web.advertiser.views import home

FUNDS = "/advertiser/funds/"


def busy(stage: Stage) -> int:
    """Have an ad of Ada's shown once, with a click, a like and more; return it."""
    stage.pay(100 * EUR)
    ad_id = stage.town.approved_ad()
    stage.happen(
        ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, Kind.PLAY, Kind.VIEW_2S, Kind.VIEW_6S, Kind.CLICK_MUSIC,
        Kind.CLICK_PROFILE, Kind.LIKE, Kind.FOLLOW, price=EUR // 2,
    )  # fmt: skip
    return ad_id


def test_the_dashboard_leads_through_the_first_steps(stage: Stage) -> None:
    stage.town.world.account("Vik", "Vik's bread", terms=False)

    words = text_of(stage.browser("Vik").get("/advertiser/"))

    assert "First steps 0 of 4 done" in words
    assert "Nothing needs you right now." not in words


def test_the_dashboard_shows_money_and_what_it_brought(stage: Stage) -> None:
    busy(stage)

    words = text_of(stage.browser("Ada").get("/advertiser/")).replace("\N{NO-BREAK SPACE}", " ")

    assert "Balance 99.50 EUR" in words
    assert "Spend 0.50 EUR in 7 days, 0.50 EUR today" in words
    assert "6-second views 1 in 7 days, 1 today" in words
    assert "Nothing needs you right now." in words
    assert "First steps" not in words


def test_the_dashboard_of_many_ads_tells_the_same_after_its_first_paint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(stage)
    browser = stage.browser("Ada")
    whole = text_of(browser.get("/advertiser/"))
    monkeypatch.setattr(home, "AT_ONCE_MAX", 0)

    first = browser.get("/advertiser/")
    stats, pace, days = (text_of(browser.get(f"/advertiser/overview/{name}/")) for name in ("stats", "pace", "days"))

    assert "Spend … Adding up …" in text_of(first)
    assert "6-second views 1 in 7 days" not in text_of(first)
    assert [name for name in ("stats", "pace", "days") if f"/advertiser/overview/{name}/" in first.content.decode()] == [
        "stats", "pace", "days",
    ]  # fmt: skip
    assert "6-second views 1 in 7 days, 1 today" in stats
    assert [part for part in (stats, days) if part not in whole] == []
    assert "Spend of today against its pace 0.50 EUR of 20.00 EUR" in pace.replace("\N{NO-BREAK SPACE}", " ")
    assert "Spend and impressions by day" in days
    at_once = text_of(browser.get("/advertiser/?whole=1"))
    assert [part for part in (stats, days, "Spend of today against its pace") if part not in at_once] == []
    assert browser.get("/advertiser/overview/nothing/").status_code == HTTPStatus.NOT_FOUND


def test_a_spent_balance_is_said(stage: Stage) -> None:
    stage.town.approved_ad()

    words = text_of(stage.browser("Ada").get("/advertiser/"))

    assert "The balance is spent No ad is shown until the account is topped up." in words


def test_a_low_balance_is_said(stage: Stage) -> None:
    stage.pay(EUR)
    stage.happen(stage.town.approved_ad(), Kind.CLICK_DESTINATION, price=9 * EUR // 10)

    assert "The balance is low" in text_of(stage.browser("Ada").get("/advertiser/"))


@pytest.mark.parametrize("level", ["campaign", "ad_group", "ad"])
@pytest.mark.parametrize("by", ["day", "hour"])
def test_a_report_of_each_level_and_step(stage: Stage, level: str, by: str) -> None:
    busy(stage)
    name = {"campaign": "Spring loaves", "ad_group": "Neighbours", "ad": "A loaf rises"}[level]

    page = stage.browser("Ada").get(f"/advertiser/reports/?level={level}&by={by}&metric=likes&columns=all")

    words = text_of(page).replace("\N{NO-BREAK SPACE}", " ")
    assert page.status_code == 200
    assert f"{name} 0.50 EUR 1" in words
    assert "Total 0.50 EUR 1" in words
    assert ("Music clicks" in words, "Landing page views" in words) == (True, True)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=2026-03-05&to=2026-03-01", "The last day comes before the first one."),
        ("from=2026-03-05", "Choose both days."),
        ("from=2026-02-30&to=2026-03-01", "Choose both days."),
        ("from=2020-01-01&to=2026-03-01", "Choose at most 366 days."),
        ("by=hour&from=2026-01-01&to=2026-03-01", "Choose at most 31 days."),
    ],
)
def test_days_that_cannot_be_are_said_and_the_usual_ones_shown(stage: Stage, query: str, told: str) -> None:
    page = stage.browser("Ada").get(f"/advertiser/reports/?{query}")

    assert (page.status_code, told in text_of(page)) == (200, True)


def test_the_file_has_every_declared_metric_and_only_ones_own(stage: Stage) -> None:
    ad_id = busy(stage)
    query = "level=ad&by=none&from=2026-03-01&to=2026-03-02"

    mine = stage.browser("Ada").get(f"/advertiser/reports.csv?{query}")
    hers = stage.browser("Mallory").get(f"/advertiser/reports.csv?{query}")

    rows = list(csv.DictReader(mine.getvalue().decode("utf-8-sig").splitlines()))
    assert mine.headers["Content-Disposition"] == 'attachment; filename="ad-2026-03-01-2026-03-02.csv"'
    assert [
        (row["id"], row["spend"], row["impressions"], row["reach"], row["view_6s"], row["follows"]) for row in rows
    ] == [(str(ad_id), "0.50", "1", "1", "1", "1")]
    assert len(hers.getvalue().decode().splitlines()) == 1


def test_numbers_stand_on_the_pages_of_all_three(stage: Stage) -> None:
    ad_id = busy(stage)
    ada = stage.browser("Ada")
    lists = ("/advertiser/campaigns/", "/advertiser/ad-groups/", "/advertiser/ads/", f"/advertiser/ads/{ad_id}/")

    told = {page: "0.50\N{NO-BREAK SPACE}EUR" in ada.get(page).content.decode() for page in lists}
    yesterday = stage.now.date() - timedelta(days=1)
    before = ada.get(f"/advertiser/ads/?from={yesterday}&to={yesterday}").content.decode()

    assert told == dict.fromkeys(lists, True)
    assert "0.50\N{NO-BREAK SPACE}EUR" not in before


def test_paying_in_says_that_it_is_a_test_and_counts_once(stage: Stage) -> None:
    ada = stage.browser("Ada")
    sent = {"amount_micros": "150.50", "provider_reference": "ref-of-the-form"}

    asked = text_of(ada.get(FUNDS))
    paid = ada.post(FUNDS, sent)
    twice = ada.post(FUNDS, sent)

    assert "Test payment." in asked
    assert (paid.status_code, twice.status_code) == (302, 302)
    assert [payment.amount_micros for payment in Payment.objects.all()] == [150_500_000]
    words = text_of(ada.get(FUNDS)).replace("\N{NO-BREAK SPACE}", " ")
    assert ("Balance 150.50 EUR" in words, "Payment Test Reference ref-of-the-form +150.50 EUR" in words) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("0.5", "Pay at least 1.00 EUR"),
        ("", "This field is required."),
        ("-5", "above zero"),
        ("ten", "Write an amount"),
    ],
)
def test_a_wrong_amount_pays_nothing(stage: Stage, amount: str, told: str) -> None:
    refused = stage.browser("Ada").post(FUNDS, {"amount_micros": amount, "provider_reference": "ref"})

    assert (refused.status_code, told in text_of(refused)) == (422, True)
    assert Payment.objects.count() == 0


def test_the_statement_names_ads_and_can_be_filtered(stage: Stage) -> None:
    ad_id = busy(stage)
    ada = stage.browser("Ada")

    everything, payments, charges = (
        ada.get(f"{FUNDS}{query}").content.decode() for query in ("", "?show=payments", "?show=charges")
    )

    assert f'href="/advertiser/ads/{ad_id}/">A loaf rises · 1 click · hour from ' in everything
    assert ("A loaf rises" in payments, "Reference paid-" in payments) == (False, True)
    assert ("A loaf rises" in charges, "Reference paid-" in charges) == (True, False)
    assert "A loaf rises" not in stage.browser("Mallory").get(FUNDS).content.decode()


def test_days_are_the_accounts(stage: Stage) -> None:
    clock.start_at(stage.now.replace(hour=23, minute=30))  # In Amsterdam it is tomorrow already.

    page = stage.browser("Ada").get("/advertiser/reports/?from=&to=").content.decode()

    assert 'name="to" value="2026-03-03"' in page


def test_reports_tell_gross_beside_net_and_which_rules_were_broken(stage: Stage) -> None:
    ad_id = busy(stage)
    stage.happen(ad_id, Kind.IMPRESSION, Kind.CLICK_DESTINATION, invalid="known_bot")
    stage.happen(ad_id, Kind.IMPRESSION, invalid="own_showing")
    ada = stage.browser("Ada")

    usual = ada.get("/advertiser/reports/")
    gross = ada.get("/advertiser/reports/?columns=gross")

    invalid = usual.context["page"].invalid
    assert [cell.text for cell in invalid.cells] == ["3", "2", "66.67%", "1"]
    assert [(row.title, row.events, row.share) for row in invalid.rules] == [
        ("Known bot", 2, 2 / 12),
        ("Own showing", 1, 1 / 12),
    ]
    assert "What is invalid traffic?" in text_of(usual)
    shown = gross.context["page"]
    assert dict(zip((cell.label for cell in shown.objects.headings), shown.objects.total, strict=True)) == {
        "Spend": "0.50\N{NO-BREAK SPACE}EUR",
        "Served": "0",
        "Gross impressions": "3",
        "Invalid impressions": "2",
        "Invalid share": "66.67%",
        "Impressions": "1",
        "Viewable impressions": "0",
        "Viewable rate": "0.00%",
        "Gross clicks (destination)": "2",
        "Invalid clicks (destination)": "1",
        "Invalid share of clicks": "50.00%",
        "Clicks (destination)": "1",
    }
    assert (invalid.gross_url, shown.invalid.gross_url) == ("?columns=gross", "")


def test_the_dashboard_holds_today_against_its_pace(stage: Stage) -> None:
    busy(stage)

    words = text_of(stage.browser("Ada").get("/advertiser/")).replace("\N{NO-BREAK SPACE}", " ")

    assert "Spend of today against its pace 0.50 EUR of 20.00 EUR" in words
    assert "When viewers come is not learnt yet: a usual day is assumed." in words


def test_what_needs_somebody_has_the_button_that_mends_it(stage: Stage) -> None:
    stage.pay(100 * EUR)
    ad_id = stage.town.ad()
    reviews.reject(stage.town.olu, open_review(ad_id), reasons=["misleading_claim"], now=stage.now)
    consent_id = stage.town.consent()
    empty = stage.town.ad_group(name="Neighbours of the mill")

    page = stage.browser("Ada").get("/advertiser/").content.decode()

    assert f'href="/advertiser/ads/{ad_id}/edit/"' in page
    assert f'href="/advertiser/campaigns/new/?consent={consent_id}"' in page
    assert "“Neighbours of the mill” is not delivering" in page
    assert f'href="/advertiser/ad-groups/{empty}/ads/new/"' in page


def test_a_low_balance_says_how_long_it_lasts(stage: Stage) -> None:
    stage.pay(10 * EUR)
    ad_id = stage.town.approved_ad()
    stage.happen(ad_id, Kind.CLICK_DESTINATION, price=7 * EUR)

    words = text_of(stage.browser("Ada").get("/advertiser/")).replace("\N{NO-BREAK SPACE}", " ")

    assert "3.00 EUR are left: 3 days at the speed of this week." not in words  # Three days are what is asked for.
    stage.happen(ad_id, Kind.CLICK_DESTINATION, price=EUR)
    words = text_of(stage.browser("Ada").get("/advertiser/")).replace("\N{NO-BREAK SPACE}", " ")
    assert "2.00 EUR are left: 1 day at the speed of this week." in words
