"""The bell and the page of news, for each of the cast on each site."""

from datetime import datetime

import pytest
from django.test import Client

from tests.area.authorisation.world import World
from vonk.control import notifications
from vonk.identity.models import Person

CAST = ("Ada", "Cleo", "Vik", "Olu", "Mallory")
SITES = ("/", "/preferences/", "/studio/", "/notifications/")


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World(now)


def browser(world: World, name: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(Person.objects.get(pk=world.people[name].person))
    return client


def tell(world: World, name: str, text: str, link: str = "/studio/") -> int:
    return notifications.notify(world.people[name].person, kind="news", text=text, link=link, at=world.now)


def test_the_bell_counts_on_every_site(world: World) -> None:
    tell(world, "Ada", "One <b>bold</b>")
    tell(world, "Ada", "Two")
    for site in SITES:
        pages = {name: browser(world, name).get(site, follow=True) for name in ("Ada", "Vik")}
        assert {name: page.status_code for name, page in pages.items()} == {"Ada": 200, "Vik": 200}, site
        texts = {name: page.content.decode() for name, page in pages.items()}
        assert all('href="/notifications/"' in text for text in texts.values()), site
        assert ">2</span>" in texts["Ada"], site
        assert "v-bell-count" not in texts["Vik"], site
        assert "v-nav-count" not in texts["Vik"], site
    assert ">2</span>" in browser(world, "Ada").get("/advertiser/", follow=True).content.decode()
    assert 'href="/notifications/"' in browser(world, "Olu").get("/console/", follow=True).content.decode()


def test_news_are_ones_own_and_are_marked_up_to_what_was_shown(world: World) -> None:
    first = tell(world, "Ada", "One <b>bold</b>")
    ada, mallory = browser(world, "Ada"), browser(world, "Mallory")
    page = ada.get("/notifications/").content.decode()
    assert '<a href="/studio/">One &lt;b&gt;bold&lt;/b&gt;</a>' in page
    assert f'name="until" value="{first}"' in page
    assert "No news" in mallory.get("/notifications/").content.decode()
    assert mallory.post("/notifications/seen/", {"until": first}).status_code == 302
    assert notifications.unseen_count(world.people["Ada"].person) == 1
    tell(world, "Ada", "Two", link="")  # After the page was drawn.
    assert ada.post("/notifications/seen/", {"until": first}).headers["Location"] == "/notifications/"
    assert notifications.unseen_count(world.people["Ada"].person) == 1
    again = ada.get("/notifications/").content.decode()
    assert (again.count("v-news-new"), "Everything is marked as read." in again) == (1, True)


def test_bad_requests_and_strangers_change_nothing(world: World) -> None:
    first = tell(world, "Ada", "One")
    ada = browser(world, "Ada")
    assert ada.post("/notifications/seen/", {"until": "x"}).status_code == 422
    assert ada.get("/notifications/seen/").status_code == 405
    assert ada.get("/notifications/?cursor=x").status_code == 422
    stranger = Client().get("/notifications/")
    assert (stranger.status_code, stranger.headers["Location"]) == (302, "/login/?next=/notifications/")
    assert Client().post("/notifications/seen/", {"until": first}).status_code == 401
    assert notifications.unseen_count(world.people["Ada"].person) == 1
    for _ in range(120):
        tell(world, "Ada", "More")
    assert ">99+</span>" in ada.get("/notifications/").content.decode()
