"""Carousels at the wire: three ways to an ad of pictures, what is refused by name, and posts of pictures as v1.3 writes them."""

from typing import Any

import pytest

from tests.area.content.picturing import library_image, picture, wav
from tests.wire.business.conftest import Business
from tests.wire.business.test_ad import Desk, traces
from tests.wire.conftest import Town
from vonk.advertising.models import Ad
from vonk.content.actions import posts, sound_files, sounds
from vonk.content.models import Post
from vonk.content.picture_sets import Chosen
from vonk.content.queries import post_facts
from vonk.control import clock
from vonk.control.scope import Right
from vonk.identity import access
from vonk.wire.business import materials


@pytest.fixture
def desk(business: Business, town: Town) -> Desk:
    return Desk(business, town)


def images(desk: Desk, count: int) -> list[str]:
    ada, now = desk.town.scopes["ada"], clock.present().now()
    return [materials.image_id(library_image(ada, now, f"{number}.jpg")) for number in range(count)]


def own(desk: Desk, **changed: Any) -> dict[str, Any]:
    return desk.own(**{"ad_format": "CAROUSEL_ADS", "video_id": None, **changed})


def test_three_ways_to_a_carousel(desk: Desk) -> None:
    town, ids = desk.town, desk.ids
    now = clock.present().now()
    olu = access.operator(access.Actor(town.scopes["olu"].person, town.scopes["olu"].via), may=Right.OPERATE)
    wanted = images(desk, 3)
    heard = sounds.add_to_library(olu, title="Rain", now=now)
    asked: dict[str, Any] = {"music_scene": "CAROUSEL_ADS"}
    assert desk.business.get("ada", "file/music/get", advertiser_id=ids["account_id"], **asked).data["musics"] == []
    sound_files.set_audio(olu, heard, wav(2.5), now=now)
    [music] = desk.business.get("ada", "file/music/get", advertiser_id=ids["account_id"], **asked).data["musics"]
    assert (music["music_id"], music["url"][-4:], round(music["duration"], 1)) == (str(heard), ".m4a", 2.5)

    plain = desk.made(own(desk, image_ids=wanted, music_id=str(heard)))
    assert (plain["ad_format"], plain["image_ids"], plain["music_id"]) == ("CAROUSEL_ADS", wanted, str(heard))
    assert (plain["video_id"], plain["tiktok_item_id"]) == (None, None)
    pushed = desk.made(desk.pushed(ad_format="CAROUSEL_ADS", video_id=None, image_ids=wanted[:1]))
    assert (pushed["ad_format"], pushed["image_ids"], pushed["music_id"]) == ("CAROUSEL_ADS", wanted[:1], None)
    post = post_facts([int(pushed["tiktok_item_id"])])[int(pushed["tiktok_item_id"])]
    assert (post.draft, [materials.image_id(one.library_id) for one in post.pictures]) == (True, wanted[:1])

    # Sent back as it was answered, nothing changes; other pictures are reviewed again.
    for ad in (plain, pushed):
        said = desk.update({name: ad[name] for name in ("ad_id", "ad_format", "image_ids", "ad_text")})
        assert (said.code, said.data["creatives"][0]["modify_time"]) == (0, ad["modify_time"])
    said = desk.update({"ad_id": plain["ad_id"], "image_ids": [wanted[2], wanted[0]]})
    assert said.data["creatives"][0]["image_ids"] == [wanted[2], wanted[0]]
    assert said.data["creatives"][0]["music_id"] == str(heard)
    edited = desk.update({"ad_id": pushed["ad_id"], "image_ids": wanted[1:]}).data["creatives"][0]
    assert (edited["image_ids"], edited["tiktok_item_id"]) == (wanted[1:], pushed["tiktok_item_id"])


def test_what_no_carousel_is_made_of_leaves_nothing(desk: Desk) -> None:
    wanted = images(desk, 2)
    refused = [
        (own(desk), 40002, "creatives[0].image_ids: it is missing"),
        (own(desk, image_ids=["i5"]), 40912, "image_ids: One of image_ids is no image"),
        (own(desk, image_ids=wanted * 18), 40002, "creatives[0].image_ids: 1 to 35 pictures"),
        (own(desk, image_ids=wanted[:1] * 2), 40002, "creatives[0].image_ids: each picture once"),
        (own(desk, image_ids=wanted, video_id="v1"), 40002, "creatives[0].video_id: not together with CAROUSEL_ADS"),
        (own(desk, image_ids=wanted, music_id="x"), 40002, "creatives[0].music_id: take one"),
        (own(desk, image_ids=wanted, music_id="5"), 40007, "creatives[0].music_id: There is no such sound."),
        (own(desk, image_ids=wanted, ad_format="SINGLE_IMAGE"), 40002, "creatives[0].ad_format: SINGLE_IMAGE is not"),
        (desk.own(music_id="5"), 40002, "creatives[0].music_id: not supported: for carousels alone"),
        (desk.creative(ad_format="CAROUSEL_ADS"), 40002, "creatives[0].ad_format: only photo posts may be delivered"),
    ]
    before = traces()
    for creative, code, message in refused:
        said = desk.create(creative)
        assert (said.code, said.message[: len(message)]) == (code, message)
        assert traces() == before
    ad_id = desk.ids["ad_id"]
    said = desk.update({"ad_id": ad_id, "ad_format": "CAROUSEL_ADS", "image_ids": wanted})
    assert said.message == "creatives[0].ad_format: it cannot be changed: the ad is SINGLE_VIDEO"


def test_a_post_of_pictures_is_a_carousel_to_who_holds_it(desk: Desk) -> None:
    town, ids = desk.town, desk.ids
    cleo, now = town.scopes["cleo"], clock.present().now()
    held = Post.objects.get(pk=int(ids["post_id"]))
    made = posts.publish(
        cleo, pictures=[Chosen(picture(cleo, now), "A loaf"), Chosen(picture(cleo, now))], caption="Loaves", now=now
    )
    # The consent that the town has, of a post of pictures instead of a video.
    Post.objects.filter(pk=held.pk).update(video=Post.objects.get(pk=made).video, format="carousel")
    rows = desk.business.get("ada", "tt_video/list", advertiser_id=ids["account_id"], item_types=["CAROUSEL"]).data[
        "list"
    ]
    [row] = [row for row in rows if row["item_info"]["item_id"] == ids["post_id"]]
    shown = row["item_info"]["carousel_info"]
    assert [(one["image_id"], one["width"], one["height"]) for one in shown["image_info"]] == [("", 90, 120)] * 2
    assert (row["video_info"]["video_id"], row["video_info"]["preview_url"], row["video_info"]["duration"]) == (
        "",
        "",
        0,
    )
    pull = desk.made(desk.creative(ad_format="CAROUSEL_ADS"))
    assert (pull["ad_format"], pull["image_ids"], pull["tiktok_item_id"]) == ("CAROUSEL_ADS", [], ids["post_id"])
    said = desk.create(desk.creative())
    assert said.message == "creatives[0].ad_format: a photo post is CAROUSEL_ADS"
    for field, value in (("image_ids", ["i1"]), ("music_id", "5")):
        said = desk.create(desk.creative(ad_format="CAROUSEL_ADS", **{field: value}))
        assert said.message.startswith(f"creatives[0].{field}: not together with tiktok_item_id")
    assert Ad.objects.filter(post_id=held.pk).exists()
