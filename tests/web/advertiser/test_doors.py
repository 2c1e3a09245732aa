"""Every page of the ads manager as each of the cast."""

import pytest
from django.urls import reverse

from tests.area.advertising.town import everything
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.identity.models import Membership

SECRET = "Only Ada reads this"
OF_THE_ACCOUNT = (
    "home",
    "terms",
    "spark_posts",
    "authorisations",
    "imports",
    "creatives",
    "creative_new",
    "campaigns",
    "campaign_new",
    "ad_groups",
    "ads",
    "conversions",
    "reports",
    "funds",
)
WITHOUT_ACCOUNT = ("Vik", "Cleo", "Olu")


def addresses(stage: Stage) -> list[str]:
    """Make one of everything for Ada and return the pages about it."""
    town = stage.town
    consent_id = town.consent(caption=SECRET)
    campaign_id = town.campaign(name=SECRET)
    ad_group_id = town.ad_group(campaign_id, name=SECRET)
    ad_id = town.ad(ad_group_id, town.spark_draft(consent_id, name=SECRET))
    return [
        reverse("advertiser:spark_post", args=[consent_id]),
        *(reverse(f"advertiser:campaign{page}", args=[campaign_id]) for page in ("", "_edit", "_delete")),
        reverse("advertiser:ad_group_new", args=[campaign_id]),
        *(reverse(f"advertiser:ad_group{page}", args=[ad_group_id]) for page in ("", "_edit", "_delete")),
        reverse("advertiser:ad_new", args=[ad_group_id]),
        *(reverse(f"advertiser:ad{page}", args=[ad_id]) for page in ("", "_edit", "_delete")),
    ]


@pytest.mark.parametrize("name", [*OF_THE_ACCOUNT, "open", "accounts"])
def test_nobody_is_asked_to_log_in(stage: Stage, name: str) -> None:
    address = reverse(f"advertiser:{name}")

    response = stage.browser(None).get(address)

    assert (response.status_code, response.headers["Location"]) == (302, f"/login/?next={address}")


@pytest.mark.parametrize("name", OF_THE_ACCOUNT)
def test_whoever_has_an_account_enters_and_others_open_one(stage: Stage, name: str) -> None:
    address = reverse(f"advertiser:{name}")

    answers = {person: stage.browser(person).get(address) for person in CAST}

    assert {person: answer.status_code for person, answer in answers.items()} == {
        **dict.fromkeys(WITHOUT_ACCOUNT, 302),
        "Ada": 200,
        "Mallory": 200,
    }
    first = {answers[person].headers["Location"] for person in WITHOUT_ACCOUNT}
    assert first == {f"/advertiser/open/?next={address.replace('/', '%2F')}"}


def test_what_is_adas_is_there_for_ada_alone(stage: Stage) -> None:
    pages = addresses(stage)
    before = everything()

    for person in CAST:
        browser = stage.browser(person)
        answers = {page: browser.get(page) for page in pages}
        expected = {"Ada": 200, "Mallory": 404}.get(person, 302)
        assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, expected), person
        told = [page for page, answer in answers.items() if SECRET in answer.content.decode()]
        assert told == (pages if person == "Ada" else []), person

    assert everything() == before


def test_no_list_shows_what_is_anothers(stage: Stage) -> None:
    addresses(stage)
    lists = [
        reverse(f"advertiser:{name}") for name in ("home", "spark_posts", "campaigns", "ad_groups", "ads", "reports")
    ]

    told = {
        person: [page for page in lists if SECRET in text_of(stage.browser(person).get(page))]
        for person in ("Ada", "Mallory")
    }

    assert told == {"Ada": lists, "Mallory": []}


def test_mallory_changes_nothing_of_adas(stage: Stage) -> None:
    pages = addresses(stage)
    consent_id = pages[0].split("/")[3]
    posts = {
        **{page: {"name": "Mine now"} for page in pages if page.endswith(("/edit/", "/delete/", "/new/"))},
        **{f"{page}switch/": {"on": "0"} for page in (pages[1], pages[5], pages[9])},
        f"/advertiser/spark-posts/{consent_id}/release/": {},
    }
    before = everything()
    browser = stage.browser("Mallory")

    answers = {page: browser.post(page, sent).status_code for page, sent in posts.items()}

    assert answers == dict.fromkeys(posts, 404)
    assert everything() == before


def test_an_analyst_reads_and_writes_nothing(stage: Stage) -> None:
    pages = addresses(stage)
    vik = stage.town.world.people["Vik"].person
    Membership.objects.create(account_id=stage.town.ada.account, person_id=vik, role="analyst")
    browser = stage.browser("Vik")
    before = everything()

    read = {page: browser.get(page).status_code for page in pages}
    writes = {page: browser.post(page, {}).status_code for page in pages if read[page] == 403}
    switched = browser.post(f"{pages[1]}switch/", {"on": "0"}).status_code
    paid = browser.post("/advertiser/funds/", {"amount_micros": "5", "provider_reference": "vik"}).status_code
    accepted = browser.post("/advertiser/terms/", {"version": "2026-11", "accepted": "on"}).status_code

    assert {page for page, status in read.items() if status == 200} == {pages[0], pages[1], pages[5], pages[9]}
    assert set(writes.values()) == {403}
    assert (switched, paid, accepted) == (403, 403, 403)
    assert "New campaign" not in text_of(browser.get("/advertiser/campaigns/"))
    assert everything() == before


def test_links_of_the_platform_lead_somewhere(stage: Stage) -> None:
    pages = ["/advertiser/spark-posts/", "/advertiser/terms/", "/advertiser/ads/", "/advertiser/funds/"]
    ada = stage.browser("Ada")

    assert {page: ada.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
