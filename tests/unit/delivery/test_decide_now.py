"""What has headers and body at once gets the answer that the ASGI door gives."""

from typing import Any

import msgspec
import pytest

from tests.unit.delivery.making import Ads, one_ad, with_ads
from vonk.delivery.server.http import Headers
from vonk.delivery.server.options import Options

SITE = "https://feed.example"


def body(ads: Ads, **changed: Any) -> bytes:
    return msgspec.json.encode({"viewer": ads.viewer(), "slots": [{"position": 4}]} | changed)


@pytest.mark.parametrize(
    ("headers", "changed", "status"),
    [
        ([], {}, 200),
        ([(b"origin", SITE.encode())], {}, 200),
        ([(b"origin", b"https://stranger.example")], {}, 200),
        ([(b"content-type", b"text/plain; charset=utf-8")], {}, 200),
        ([(b"content-type", b"image/png")], {}, 415),
        ([(b"content-length", b"99999999")], {}, 413),
        ([(b"authorization", b"Bearer forged")], {}, 403),
        ([(b"authorization", b"Basic eA==")], {}, 401),
        ([], {"slots": []}, 400),
        ([], {"slots": "none"}, 400),
        ([(b"origin", SITE.encode())], {"viewer": "forged"}, 403),
    ],
)
def test_it_is_answered_as_through_the_door(headers: Headers, changed: dict[str, Any], status: int) -> None:
    async def story(ads: Ads) -> None:
        content = body(ads, **changed)
        at_once = ads.app.decide_now(headers, content)
        shown: dict[str, str | None] = {name.decode(): value.decode() for name, value in headers}
        through, answer = await ads.call("POST", "/v1/decisions", content, shown | {"user-agent": None})
        told = {name.decode(): value.decode() for name, value in at_once.headers}
        assert (at_once.status, through) == (status, status)
        assert told == {name: value for name, value in ads.headers.items() if name != "content-length"}
        mine = msgspec.json.decode(at_once.body)
        if status == 200:
            assert (mine["slots"][0]["ad"], answer["slots"][0]["ad"]["id"]) == (answer["slots"][0]["ad"], "1000")
        else:
            assert mine == answer

    with_ads(story, *one_ad(), options=Options(allowed_origins=(SITE,)))


def test_a_bug_answers_500_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    async def story(ads: Ads) -> None:
        monkeypatch.setattr(ads.app.runtime.committer, "check_room", broken)
        answer = ads.app.decide_now([], body(ads))
        assert (answer.status, msgspec.json.decode(answer.body)["code"]) == (500, "internal_error")
        assert ads.app.runtime.measures.problems == {"internal_error": 1}

    with_ads(story, *one_ad())
