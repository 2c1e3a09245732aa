"""The cast before the feed: each with a browser, on a town where Cleo has posts of every visibility and Ada one ad."""

import json
import re
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any, Protocol

from django.test import Client

from tests.area.advertising.town import Town
from tests.area.content import cast
from vonk.advertising.models import Ad
from vonk.content.actions import engagement
from vonk.content.models import Comment, Engagement, Follow, Post, Tally
from vonk.content.rules import ORGANIC, Visibility
from vonk.control import clock
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Targeting
from vonk.events.records import Claims
from vonk.events.tokens import VIEWER_TOKEN_LIVES_MS, ViewerClaims
from vonk.identity import queries as identity
from vonk.identity.models import Person
from vonk.web.viewer import tokens

CAST = (None, "Vik", "Cleo", "Ada", "Olu", "Mallory")
"""Everybody who may knock; None is somebody who is not signed in."""

JSON = {"Accept": "application/json"}
_numbers = count(1)


class Answer(Protocol):
    """What a browser of the tests gets."""

    status_code: int

    @property
    def content(self) -> bytes: ...


class Stage:
    """The town and the browsers. Vik and Cleo are friends. The clock stands at ``now`` when the stage is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.town = Town(now)
        clock.start_at(now)

    def browser(self, name: str | None, *, checks_csrf: bool = False) -> Client:
        browser = Client(enforce_csrf_checks=checks_csrf)
        if name is not None:
            browser.force_login(Person.objects.get(email=f"{name.lower()}@example.org"))
        return browser

    def make_friends(self) -> None:
        people, profiles = self.town.world.people, self.town.world.profiles
        for one, other in (("Vik", "Cleo"), ("Cleo", "Vik")):
            engagement.follow(people[one], profiles[other], source=ORGANIC, now=self.now)

    def post(self, caption: str = "", **values: Any) -> int:
        """Publish a post of Cleo's as she does."""
        return cast.post(self.town.world.cleo, self.now, caption, **values)

    @cached_property
    def posts(self) -> dict[str, int]:
        """Cleo's posts by who may see them."""
        self.make_friends()
        found = {
            "public": self.post("A public loaf #bread"),
            "friends": self.post("A loaf for friends #bread", visibility=Visibility.FRIENDS),
            "private": self.post("A loaf for me #bread", visibility=Visibility.PRIVATE),
            "ads only": self.post("A loaf for ads #bread"),
            "deleted": self.post("A loaf gone #bread"),
            "removed": self.post("A loaf taken down #bread"),
        }
        Post.objects.filter(pk=found["ads only"]).update(ads_only=True)
        Post.objects.filter(pk=found["deleted"]).update(deleted_at=self.now)
        Post.objects.filter(pk=found["removed"]).update(removed_at=self.now)
        return found

    @cached_property
    def ad(self) -> Ad:
        """An approved Spark Ad of Cleo's post, for people in the Netherlands who like food."""
        targeting = Targeting(countries=("NL", "BE"), interests=("food",), devices=("android",))
        ad_id = self.town.approved_ad(self.town.ad_group(targeting=targeting))
        return Ad.objects.select_related("ad_group__campaign").get(pk=ad_id)

    def pseudonym(self, name: str) -> str:
        return identity.pseudonym(self.town.world.people[name].person)

    def organic_token(self, post_id: int, *, to: str) -> str:
        """Return the token of an organic showing to one of the cast."""
        viewer = ViewerClaims(self.pseudonym(to), to_ms(self.now) + VIEWER_TOKEN_LIVES_MS)
        profile_id = Post.objects.get(pk=post_id).profile_id
        return tokens.organic_showing(
            viewer, post_id=post_id, profile_id=profile_id, duration_ms=0, surface="for_you", now=self.now
        )

    def paid_token(self, ad: Ad, *, to: str = "Vik", **changed: Any) -> str:
        """Return the token of a showing of the ad to one of the cast."""
        values: dict[str, Any] = {
            "decision_id": next(_numbers),
            "ad_id": ad.pk,
            "ad_group_id": ad.ad_group_id,
            "campaign_id": ad.ad_group.campaign_id,
            "account_id": ad.ad_group.campaign.account_id,
            "grant_id": ad.consent_id or 0,
            "post_id": ad.post_id,
            "profile_id": ad.identity_id,
            "viewer_id": self.pseudonym(to),
            "bills": "click_destination",
            "price_micros": 10_000,
            "currency": "EUR",
            "decided_ms": to_ms(self.now),
            "surface": "for_you",
        }
        return tokens.signer().sign_showing(Claims(**{**values, **changed}))


def engage(browser: Client, address: str, token: str, *, on: bool = True) -> Answer:
    """Engage as the feed's scripts do."""
    body = json.dumps({"on": on, "token": token})
    response: Answer = browser.post(address, body, content_type="application/json", headers=JSON)
    return response


def engagements() -> list[Any]:
    """Return everything that an engagement could change, for comparison."""
    tables = (Engagement, Comment, Follow, Tally)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def tallied(post_id: int) -> dict[tuple[int, str], int]:
    """Return the post's engagements by ad (0: organic) and metric, noughts left out."""
    rows = Tally.objects.filter(post_id=post_id).exclude(value=0)
    return {(row.ad_id, row.metric): row.value for row in rows}


def text_of(response: Answer) -> str:
    """Return what stands on the page, without its mark-up, blanks folded."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
