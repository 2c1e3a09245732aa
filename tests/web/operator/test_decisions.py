"""Olu finds a decision and sees its auction, held again."""

from collections.abc import Iterator

import msgspec
import pytest
from pytest_django import Settings

from tests.area.advertising.town import EUR
from tests.unit.delivery.making import NOW_MS, Ads
from tests.web.ad_server_door import Happen, served
from tests.web.creator.stage import Stage, text_of
from vonk.events.tokens import ViewerClaims

LIST = "/console/decisions/"


@pytest.fixture
def decided(stage: Stage, settings: Settings) -> Iterator[tuple[int, list[str]]]:
    """An ad, and the decisions that showed it, and did not."""
    stage.pay(100 * EUR)
    ad_id = stage.town.approved_ad(stage.town.ad_group(starts_at=stage.now))
    found: list[str] = []

    async def story(ads: Ads) -> None:
        for country in ("NL", "BE"):
            token = ads.signer.sign_viewer(ViewerClaims("vik", NOW_MS * 2, country, "nl"))
            found.append((await ads.slot(token))["decision_id"])

    with served(stage.now) as (address, happen):
        settings.VONK = msgspec.structs.replace(settings.VONK, ads_url=address)
        tell: Happen = happen
        tell(story)
        yield ad_id, found


def test_the_last_decisions_and_one_of_them(stage: Stage, decided: tuple[int, list[str]]) -> None:
    ad_id, (shown, empty) = decided
    olu = stage.browser("Olu")
    listed = olu.get(LIST)
    assert [row.one.decision_id for row in listed.context["page"].rows] == [empty, shown]
    assert [row.one.decision_id for row in olu.get(f"{LIST}?ad={ad_id}").context["page"].rows] == [shown]
    assert olu.get(f"{LIST}?id={shown}").headers["Location"] == f"{LIST}{shown}/"
    words = text_of(olu.get(f"{LIST}{shown}/"))
    assert "Shown: won the auction" in words
    assert "Held again: the same" in words
    assert str(ad_id) in words
    words = text_of(olu.get(f"{LIST}{empty}/"))
    assert "No ad wants such a viewer." in words
    assert "Held again: the same" in words


def test_what_there_is_not_is_said(stage: Stage, decided: tuple[int, list[str]]) -> None:
    olu = stage.browser("Olu")
    for asked in ("id=77", "id=x", "ad=x"):
        assert "There is no such decision or ad" in text_of(olu.get(f"{LIST}?{asked}"))
    assert "No decisions" in text_of(olu.get(f"{LIST}?surface=search"))
    assert olu.get(f"{LIST}77/").status_code == 404


def test_a_silent_ad_server_is_said(stage: Stage, settings: Settings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url="http://127.0.0.1:9")
    olu = stage.browser("Olu")
    assert "The ad server does not answer." in text_of(olu.get(LIST))
    assert olu.get(f"{LIST}77/").status_code == 503


def test_only_operators_enter(stage: Stage) -> None:
    for path in (LIST, f"{LIST}77/"):
        assert stage.browser("Ada").get(path).status_code == 403
        assert stage.browser(None).get(path).status_code == 302
