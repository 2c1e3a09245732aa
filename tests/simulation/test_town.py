"""A small town lives a day on a real sandbox: what it reported is what it is told, and the books hold."""

import os
import subprocess
from pathlib import Path

import msgspec

from tests import patience, templates
from tests.wire.serving import VONK, environment, serving
from vonk.simulation import town as story
from vonk.simulation import world
from vonk.simulation.client import World
from vonk.simulation.drawing import drawing
from vonk.simulation.pages import Pages
from vonk.simulation.people import Login
from vonk.simulation.plans import (
    AnswerPlan,
    AskPlan,
    ConsentPlan,
    DetailsPlan,
    KeptPlan,
    PostPlan,
    ReportedPlan,
    StickerPlan,
    SubtitlesPlan,
    TownPlan,
)

PASSWORD = "a long sentence nobody guesses"
OLU = Login("Olu", "olu@example.org", PASSWORD)
ORGANIC, PAID = "bakery-waffles", "bakery-oven"
METRIC_OF = {
    "impression": "impressions",
    "play": "video_views",
    "viewable": "viewable",
    "view_2s": "view_2s",
    "view_6s": "view_6s",
    "view_15s": "view_15s",
    "p25": "p25",
    "p50": "p50",
    "p75": "p75",
    "p100": "p100",
    "watch": "watch_time",
    "click_destination": "clicks",
    "click_profile": "profile_visits",
    "click_hashtag": "hashtag_clicks",
    "click_music": "music_clicks",
    "landing_page_view": "landing_page_views",
    "like": "likes",
    "comment": "comments",
    "share": "shares",
    "favourite": "favourites",
    "follow": "follows",
}


class FindingMade(msgspec.Struct, frozen=True):
    note_ids: tuple[str, ...]


class Findings(msgspec.Struct, frozen=True):
    items: tuple[FindingMade, ...]


class RequestShown(msgspec.Struct, frozen=True):
    kind: str
    not_automatic: tuple[str, ...]


class CaptionVersion(msgspec.Struct, frozen=True):
    text: str


class CaptionReview(msgspec.Struct, frozen=True):
    version: CaptionVersion


class CaptionReviews(msgspec.Struct, frozen=True):
    items: tuple[CaptionReview, ...]


class Requests(msgspec.Struct, frozen=True):
    items: tuple[RequestShown, ...]


def small(seed: int = 7) -> TownPlan:
    """Two shops, three posts, one of them of pictures, one campaign, one day."""
    plan = story.FULL
    posts = {post.key: post for post in plan.posts}
    pictured = msgspec.structs.replace(posts[PAID], stills=3)  # A carousel, organically and as an ad.
    chosen = (posts[ORGANIC], pictured, posts["coffee-pour"])
    campaign = next(campaign for campaign in plan.campaigns if campaign.post == PAID)
    sounds = {post.sound for post in chosen}
    return msgspec.structs.replace(
        plan,
        seed=seed,
        shops=tuple(shop for shop in plan.shops if shop.handle in {post.shop for post in chosen}),
        sounds=tuple(sound for sound in plan.sounds if sound.slug in sounds),
        posts=chosen,
        comments=tuple(
            one
            for one in plan.comments
            if one.post in {post.key for post in chosen} and one.shop in {post.shop for post in chosen}
        ),
        brands=tuple(brand for brand in plan.brands if brand.slug == campaign.brand),
        brand_clips=(),
        campaigns=(msgspec.structs.replace(campaign, consent=ConsentPlan(days=7, given_days_ago=1)),),
        code_post=ORGANIC,
        yes_days=30,
        asks=(AskPlan(brand=campaign.brand, post=ORGANIC, days=60, message="May we?"),),
        accesses=(),
        details=DETAILS,
        days=1,
        guests=2,
        guest_visits_per_day=4,
        passers_by_per_day=14,
    )


DETAILS = DetailsPlan(
    stickers=(StickerPlan(post=ORGANIC, kind="poll", text="Hoeveel?", options=("Drie", "Vier")),),
    subtitles=(SubtitlesPlan(post=ORGANIC, language="nl", lines=("Zondag.",)),),
    answers=(AnswerPlan(post=PAID, shop="north.quay.coffee", text="From seven on."),),
    reported=(ReportedPlan(post="coffee-pour", reason=7, judged="undisclosed", note="Say it.", appeal="I paid."),),
    kept=(
        KeptPlan(brand="zoutmolen", name="By day", address="rows=day&metrics=spend", weekly=True),
        KeptPlan(brand="zoutmolen", noun="ad", name="Spark Ads", address="spark=1"),
    ),
    blocked_words=("nepbrood",),
    begun={"campaign-name": "Gift boxes"},
    captions={PAID: "Ready at seven"},
    vik_follows=("north.quay.coffee",),
    vik_likes=(ORGANIC,),
)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*VONK, *arguments], capture_output=True, text=True, check=False, timeout=patience.SECONDS, env=environment()
    )


def test_what_the_town_reported_is_what_it_is_told_and_the_books_hold(tmp_path: Path) -> None:
    data, plan = tmp_path / "data", small()
    templates.directory(data, sandbox=True)
    operator = ("--email", OLU.email, "--handle", "olu", "--password", PASSWORD)
    assert run("admin", "create-operator", "--data", str(data), *operator).returncode == 0
    with drawing(plan, tmp_path, os.cpu_count() or 1) as drawn, serving(data, "--sandbox") as platform:
        site, ads = platform.url("site"), platform.url("ads")
        asking = World(site, ads)
        now = asking.now()
        told = story.fill(
            plan,
            site_url=site,
            ads_url=ads,
            operator=OLU,
            password=PASSWORD,
            today=now + world.age(plan),
            drawn=drawn,
            progress=lambda _step, _done, _total: None,
        )
        town, tallies = told.town, told.town.tallies
        assert tallies.refused == {}
        assert set(tallies.invalid) >= {"known_bot", "own_showing"}
        assert town.operator.get("/findings", Findings).items[0].note_ids
        (running,) = told.running.values()
        of_ad = story.numbers_of_ads(town, told.running)[running.ad_id]
        assert of_ad["impressions"] > 0
        assert of_ad["spend"] > 0
        for kind, metric in METRIC_OF.items():
            assert (metric, of_ad[metric]) == (metric, tallies.of_ads(kind).get(running.ad_id, 0))
        for post in plan.posts:
            assert_numbers(told, post)
        assert story.numbers_of_post(town, plan.posts[0])["impressions"][1] == 0  # No ad shows it.
        assert told.code.startswith("#")
        asked = town.people[plan.cleo].caller.get("/me/requests?open=true", Requests).items
        (waiting,) = [one for one in asked if one.kind == "use"]  # The platform itself asks for more days, too.
        assert waiting.not_automatic == ("duration",)  # Cleo agreed beforehand to 30 days, not to 60.
        assert_lived_in(told)
        assert asking.now() >= now + world.age(plan)
        asking.close()
        town.world.close()
    audited = run("audit", "--data", str(data))
    assert (audited.returncode, audited.stdout.splitlines()[-1][:15]) == (0, "The books hold."), audited.stdout


def assert_lived_in(told: story.Story) -> None:
    """What people did on the pages is there for who looks."""
    town = told.town
    bakery = town.plan.cleo
    wanted = {
        "ada": {
            "/advertiser/drafts/": ["Gift boxes"],
            "/advertiser/reports/saved/": ["By day", "Every week on Monday"],
            "/advertiser/ads/": ["Spark Ads"],
        },
        bakery: {
            "/studio/comments/": ["nepbrood"],
            f"/studio/posts/{town.posts[ORGANIC]}/overlays/": ["Hoeveel?", "Vier", "Nederlands"],
        },
        "north.quay.coffee": {"/studio/decisions/": ["Say it.", "I paid."]},
    }
    for handle, places in wanted.items():
        pages = Pages(town.world.site_url, town.logins[handle].email, PASSWORD)
        for path, texts in places.items():
            text = pages.open(path)
            assert [one for one in texts if one not in text] == [], (handle, path)
        pages.close()
    captions = town.operator.get("/caption_reviews", CaptionReviews).items
    assert [one.version.text for one in captions] == ["Ready at seven"]


def assert_numbers(told: story.Story, post: PostPlan) -> None:
    """What its shop sees of a post is what was accepted, organic and paid."""
    town, tallies = told.town, told.town.tallies
    numbers = story.numbers_of_post(town, post)
    post_id = town.posts[post.key]
    for kind, metric in METRIC_OF.items():
        accepted = (tallies.of_post(post_id, kind, paid=False), tallies.of_post(post_id, kind, paid=True))
        assert (post.key, metric, numbers[metric]) == (post.key, metric, accepted)


def test_the_demo_fills_no_foreign_directory_and_knows_half_a_town(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Olu", encoding="utf-8")
    foreign = run("demo", "--data", str(tmp_path))
    assert (foreign.returncode, foreign.stderr) == (
        2,
        f"vonk: {tmp_path} is not empty and holds no demo town; name another directory with --data\n",
    )
    (tmp_path / "demo.json").write_text('{"whole":false}', encoding="utf-8")
    half = run("demo", "--data", str(tmp_path))
    told = "filling it was broken off. Run it again with --fresh, or delete the directory"
    assert (half.returncode, half.stderr) == (2, f"vonk: {tmp_path} holds half a town: {told}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.json", "letter.txt"]


def test_a_town_that_is_there_is_shown_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"whole":true,"code":"#abc","events":1}', encoding="utf-8")
    shown = run("demo", "--data", str(tmp_path), "--port", "8765")
    assert (shown.returncode, shown.stderr) == (0, "")
    for wanted in ("cleo@example.org", "http://127.0.0.1:8765/studio/", "spark-town-2026", "#abc"):
        assert wanted in shown.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]
