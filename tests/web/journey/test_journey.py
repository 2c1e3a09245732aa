"""One Spark Ad lives its whole life in a browser, on a real `vonk serve --sandbox`: the steps of the spine, in order.

Each of the cast has a window of their own; what they see is asserted where they see it. At the end the books hold, and
the ledger's amounts are the events times their prices.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from tests import templates
from tests.clients.hosting import HostServer, open_host
from tests.web.journey import clips, log
from tests.web.journey.ada import Ada
from tests.web.journey.browser import Album, chromium
from tests.web.journey.cleo import Cleo
from tests.web.journey.gestures import own_ad, spark_ad
from tests.web.journey.landing import Landing, open_shop
from tests.web.journey.mallory import Mallory
from tests.web.journey.olu import Olu
from tests.web.journey.person import Person
from tests.web.journey.stage import TOUR, create_operator
from tests.web.journey.vik import Vik
from tests.wire.serving import VONK, Platform, environment, serving, wait_for
from vonk.authorisation import codes

CAPTION = "Bread, slowly 🥐 #bread with @vik"
OWN_TEXT = "Warm from our oven #loaf for @vik"
SPARK, OWN = "Bread, slowly", "Our oven"
MICROS = Decimal(1_000_000)
# What Ada's report calls the kinds of events.
TITLES = {
    "impression": "Impressions",
    "viewable": "Viewable impressions",
    "play": "Video views",
    "view_2s": "2-second views",
    "view_6s": "6-second views",
    "p25": "Watched 25%",
    "p50": "Watched 50%",
    "p75": "Watched 75%",
    "p100": "Watched 100%",
    "click_destination": "Clicks (destination)",
    "click_profile": "Profile visits",
    "click_music": "Music clicks",
    "click_hashtag": "Hashtag clicks",
    "click_duet": "Duet clicks",
    "click_stitch": "Stitch clicks",
    "click_sound_use": "Sound-use clicks",
}
ENGAGED = {"Likes": "1", "Comments": "1", "Shares": "1", "Favourites": "1"}


class Stage:
    """The platform, the landing page, and the windows of the cast."""

    def __init__(
        self, platform: Platform, shop: Landing, host: HostServer, people: Mapping[str, Person], clips_folder: Path
    ) -> None:
        self.data = platform.data
        self.host = host
        self.shop = shop
        self.people = people
        self.clips = clips_folder

    def clip(self, scene: str, palette: str, seconds: float) -> Path:
        return clips.draw(self.clips / f"{scene}.mp4", scene, palette, seconds=seconds)

    def letters(self) -> str:
        """Return all letters that lie in the data directory."""
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted((self.data / "mail").glob("*")))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with (
        chromium() as browser,
        open_shop() as shop,
        open_host(tmp_path / "spool.sqlite3") as host,
        serving(data_for(host, tmp_path / "data"), "--sandbox") as platform,
    ):
        create_operator(platform.data)
        site, ads, album = platform.url("site"), platform.url("ads"), Album(TOUR)
        people = {one.name: one(browser, site, ads, album) for one in (Cleo, Ada, Olu, Vik, Mallory)}
        yield Stage(platform, shop, host, people, tmp_path)


def data_for(host: HostServer, data: Path) -> Path:
    """Return a data directory whose ad server answers the host's pages."""
    data.mkdir(mode=0o700)
    templates.tables(data / templates.CONTROL)
    (data / "vonk.toml").write_text(f'host_origins = ["{host.origin}"]\n', encoding="utf-8")
    return data


@pytest.mark.browser
def test_one_spark_ad_lives_its_whole_life(stage: Stage) -> None:
    cleo, ada, olu, vik, mallory = (stage.people[name] for name in ("cleo", "ada", "olu", "vik", "mallory"))
    assert isinstance(cleo, Cleo)
    assert isinstance(ada, Ada)
    assert isinstance(olu, Olu)
    assert isinstance(vik, Vik)
    assert isinstance(mallory, Mallory)
    vik.data = stage.data

    vik.sign_up()
    vik.agree_to_personalised_ads()
    post_id = cleo_posts(stage, cleo)
    code = cleo_consents(cleo, post_id)
    ada_comes(ada, code)
    spark_id, own_id = ada_creates(stage, ada)
    olu_judges(olu)
    ada_sees_why(ada, own_id)

    wait_for(lambda: vik.next_slot() == "spark", "the approved ad is not shown")
    vik.scroll()
    spark_kinds = spark_ad(vik, stage.shop, ad_id=spark_id, post_id=post_id)
    organic_acts(vik, ada, post_id)

    ada.change_landing(own_id, stage.shop.url("/oven"))
    olu.approve(OWN)
    wait_for(lambda: vik.next_slot() == "plain", "the other ad is not shown")
    own_kinds = own_ad(vik, stage.shop, ad_id=own_id)
    ada.switch(own_id)

    numbers_are_true(stage, ada, SPARK, spark_id, spark_kinds, follows="1")
    numbers_are_true(stage, ada, OWN, own_id, own_kinds, follows="0")
    ada_sees_the_purchase(ada)
    cleo_sees_the_split(stage, cleo, post_id, spark_id)
    credited = olu_finds_out(stage, olu, ada, own_id)
    mallory_stays_out(mallory, post_id, spark_id)
    on_a_hosts_page(stage, vik, spark_id)

    cleo_revokes(stage, cleo, ada, vik, post_id, spark_id)
    consent_runs_out(stage, cleo, ada, olu, vik, post_id, spark_id)
    the_books_hold(stage, olu, ada, cleo, credited)
    assert {name: person.watch.faults for name, person in stage.people.items()} == {name: [] for name in stage.people}


def cleo_posts(stage: Stage, cleo: Cleo) -> int:
    """Step 1."""
    cleo.sign_up()
    cleo.upload(stage.clip("bread", "dawn", 3))
    post_id = cleo.publish(CAPTION)
    for scene, palette, caption in (("tram", "sea", "Home by tram #town"), ("cat", "night", "Nine o'clock #home")):
        cleo.upload(stage.clip(scene, palette, 1.5))
        cleo.publish(caption)
    cleo.open("/@cleo/")
    assert cleo.page.locator(".f-tile").count() == 3
    return post_id


def cleo_consents(cleo: Cleo, post_id: int) -> str:
    """Step 2."""
    cleo.switch_ads_on()
    cleo.authorise(post_id, days=30)
    code = cleo.copy_code()
    cleo.photograph("studio-code")
    assert cleo.record(post_id) == ["Code made", "Ad authorisation switched on"]
    return code


def ada_comes(ada: Ada, code: str) -> None:
    """Step 3."""
    ada.sign_up()
    ada.open_account()
    ada.accept_terms()
    ada.top_up("500")
    for wrong, name, remedy in (
        ("bread", "auth_code_format_error", "Copy the whole code and paste it again"),
        (code[:-4] + "xxxx", "auth_code_format_error", "Copy the whole code and paste it again"),
        (codes.generate(), "auth_code_not_found", "Check the code, or ask the creator for a new one."),
    ):
        with ada.watch.expecting(404, 409, 422):
            ada.search_code(wrong)
            found, helps = ada.problem()
        assert (found, helps.startswith(remedy)) == (name, True), helps
    ada.redeem(code, caption=CAPTION)
    ada.has_already(code)
    ada.photograph("ads-redeem")


def ada_creates(stage: Stage, ada: Ada) -> tuple[int, int]:
    """Step 4."""
    spark_id = ada.create_campaign(
        "Loaves", ad=SPARK, billing="cpc", bid="0.50", budget="60", button="shop_now",
        landing=stage.shop.url("/loaf"), spark=True,
    )  # fmt: skip
    ada.upload_own_video(stage.clip("coffee", "brick", 1.5), identity="The Oven", text=OWN_TEXT)
    own_id = ada.create_campaign(
        "Ovens", ad=OWN, billing="cpm", bid="60", budget="200", button="learn_more",
        landing=stage.shop.url("/nothing"), spark=False,
    )  # fmt: skip
    stage.shop.pixel = ada.make_pixel("Web shop")
    return spark_id, own_id


def olu_judges(olu: Olu) -> None:
    """Step 5."""
    olu.log_in(next_path="/console/")
    assert olu.queue() == [SPARK, OWN]
    olu.open_review(SPARK)
    olu.photograph("console-review")
    olu.approve(SPARK)
    olu.reject(OWN, "The landing page does not match the ad", "There is no oven on this page.")
    assert olu.queue() == []


def ada_sees_why(ada: Ada, own_id: int) -> None:
    ada.open(f"/advertiser/ads/{own_id}/")
    ada.sees("The landing page does not match the ad, or does not work.")
    ada.sees("There is no oven on this page.")
    ada.photograph("ads-rejected")


def organic_acts(vik: Vik, ada: Ada, post_id: int) -> None:
    """What is done on the post itself is organic: Ada likes it, Vik comments."""
    ada.open(f"/posts/{post_id}/")
    ada.page.get_by_role("button", name="Like").click()
    ada.page.wait_for_url(f"**/posts/{post_id}/")
    vik.open(f"/posts/{post_id}/")
    vik.page.get_by_label("Your comment").fill("And with seeds?")
    vik.page.get_by_role("button", name="Send").click()
    vik.sees("And with seeds?")


def numbers_are_true(stage: Stage, ada: Ada, name: str, ad_id: int, done: Counter[str], *, follows: str) -> None:
    """Step 7: Ada's report shows what was done, what arrived, and nothing else."""
    arrived = log.kinds(stage.data, ad_id=ad_id)
    clicks = {kind: count for kind, count in arrived.items() if kind.startswith("click_")}
    assert clicks == dict(done)
    net = log.kinds(stage.data, ad_id=ad_id, net=True)
    expected = {title: str(net[kind]) for kind, title in TITLES.items()} | ENGAGED | {"Follows": follows}
    expected |= {
        "Gross impressions": str(arrived["impression"]),
        "Gross clicks (destination)": str(arrived["click_destination"]),
        "Invalid clicks (destination)": str(arrived["click_destination"] - net["click_destination"]),
    }
    assert expected["Invalid clicks (destination)"] != "0"  # Vik tapped again and again.

    def shown() -> dict[str, str]:
        report = ada.report(name)
        return {title: report.get(title, "") for title in expected}

    ada.until(shown, expected, path="/advertiser/reports/?level=ad&columns=all")
    if name == SPARK:
        ada.photograph("ads-report")


def ada_sees_the_purchase(ada: Ada) -> None:
    """What Vik bought after his click is Ada's ad's, once."""
    ada.until(ada.bought, ["1", "0", "0", "12.50\N{NO-BREAK SPACE}EUR"], path="/advertiser/conversions/")
    ada.photograph("ads-conversions")


def olu_finds_out(stage: Stage, olu: Olu, ada: Ada, ad_id: int) -> Decimal:
    """Olu finds impressions that were billed invalid: they leave Ada's net numbers, and their price comes back."""
    spent = Decimal(log.charged(stage.data)[ad_id]) / MICROS
    olu.until(olu.charges, spent, path=f"/console/transfers/?reason=charge&ad={ad_id}")
    shown = olu.find_events(ad_id=ad_id, kind="impression")
    assert len(shown) == log.kinds(stage.data, ad_id=ad_id)["impression"]
    olu.photograph("console-events")
    credited = olu.find_invalid("A telephone in a rack.")
    assert credited == spent
    olu.photograph("console-finding")
    ada.until(ada.credited, credited, path="/advertiser/funds/")
    ada.open("/advertiser/funds/statements/")
    ada.photograph("ads-statement")
    expected = {"Impressions": "0", "Gross impressions": str(len(shown)), "Invalid impressions": str(len(shown))}
    ada.until(
        lambda: {title: ada.report(OWN).get(title, "") for title in expected},
        expected,
        path="/advertiser/reports/?level=ad&columns=all",
    )
    olu.open("/console/validity/")
    olu.photograph("console-validity")
    return credited


def cleo_sees_the_split(stage: Stage, cleo: Cleo, post_id: int, spark_id: int) -> None:
    """Step 7, the creator's side: organic and paid as they were, and the total their sum."""
    organic = log.kinds(stage.data, ad_id=0, post_id=post_id, net=True)
    paid = log.kinds(stage.data, ad_id=spark_id, net=True)
    kinds = ("impression", "play", "view_2s", "view_6s", "click_profile", "click_music")
    expected = {TITLES[kind]: (organic[kind], paid[kind], organic[kind] + paid[kind]) for kind in kinds}
    expected |= {"Likes": (1, 1, 2), "Comments": (1, 1, 2)}
    expected |= dict.fromkeys(("Shares", "Favourites", "Follows"), (0, 1, 1))

    def shown() -> dict[str, tuple[int, int, int]]:
        numbers = cleo.numbers()
        return {label: numbers.get(label, (-1, -1, -1)) for label in expected}

    cleo.until(shown, expected, path=f"/studio/posts/{post_id}/")
    assert all(total == organic + paid for organic, paid, total in cleo.numbers().values())
    (row,) = cleo.ads_with_it()
    assert (row[1], row[3], row[4]) == (SPARK, str(paid["impression"]), "1")
    cleo.photograph("studio-numbers")


def mallory_stays_out(mallory: Mallory, post_id: int, ad_id: int) -> None:
    mallory.sign_up()
    studio = [f"/studio/posts/{post_id}/", f"/studio/posts/{post_id}/ads/", f"/studio/posts/{post_id}/comments/"]
    console = ["/console/", "/console/reviews/", "/console/revenue/", "/console/transfers/", "/console/books/"]
    ads = [f"/advertiser/ads/{ad_id}/", f"/advertiser/ads/{ad_id}/edit/", "/advertiser/funds/", "/advertiser/reports/"]
    assert mallory.tries([*studio, *console, *ads]) == {
        **dict.fromkeys(studio, 404),
        **dict.fromkeys(console, 403),
        **dict.fromkeys(ads, 302),  # To opening an account of Mallory's own.
    }


def on_a_hosts_page(stage: Stage, vik: Vik, ad_id: int) -> None:
    """The documented example shows the same ad on another site's page; what Vik does there counts the same."""
    before = log.kinds(stage.data, ad_id=ad_id)
    token = vik.page.evaluate("fetch('/feed/next').then((answer) => answer.json()).then((page) => page.viewer_token)")
    vik.open(stage.host.show(site=vik.site, ads=vik.ads, viewer=token))
    vik.sees(CAPTION)
    vik.plays(vik.page.locator("#film"))
    for kind in ("impression", "play", "view_2s"):
        vik.arrives(before[kind] + 1, kind, ad_id=ad_id)
    assert vik.leads_out(vik.page.get_by_role("link", name="Learn more").click) == stage.shop.url("/loaf")
    vik.arrives(before["click_destination"] + 1, "click_destination", ad_id=ad_id)
    vik.page.get_by_role("button", name="Like").click()  # Told by the host's own server, from its spool.
    vik.arrives(before["like"] + 1, "like", ad_id=ad_id)


def cleo_revokes(stage: Stage, cleo: Cleo, ada: Ada, vik: Vik, post_id: int, ad_id: int) -> None:
    """Step 8."""
    assert vik.next_slot() == "spark"
    cleo.revoke(post_id)
    wait_for(lambda: vik.next_slot() == "", "the ad is shown after its revocation")
    status = ada.status(ad_id)
    assert "Not delivering" in status, status
    assert "The creator has taken back the authorisation." in status, status
    ada.photograph("ads-revoked")
    wait_for(lambda: "revoked an authorisation" in stage.letters(), "Ada got no letter")


def consent_runs_out(stage: Stage, cleo: Cleo, ada: Ada, olu: Olu, vik: Vik, post_id: int, ad_id: int) -> None:
    """Step 8, by the clock: a second consent lets the ad run again, until its days are over."""
    cleo.authorise(post_id, days=7)
    ada.redeem(cleo.copy_code(), caption=CAPTION)
    ada.use_newest_consent(ad_id)
    wait_for(lambda: vik.next_slot() == "spark", "the ad does not come back")
    olu.move_clock("7 days")
    wait_for(lambda: vik.next_slot() == "", "the ad is shown after its consent ended")
    status = ada.status(ad_id)
    assert "Not delivering" in status, status
    assert "The creator's authorisation has expired." in status, status
    wait_for(lambda: "has ended" in stage.letters(), "Ada got no letter")


def the_books_hold(stage: Stage, olu: Olu, ada: Ada, cleo: Cleo, credited: Decimal) -> None:
    """Step 9: the ledger's amounts are the events times their prices, less what came back, wherever one looks."""
    prices = {ad_id: Decimal(micros) / MICROS for ad_id, micros in log.charged(stage.data).items()}
    assert len(prices) == 2
    spent = sum(prices.values())
    olu.until(olu.charges, spent, path="/console/transfers/?reason=charge&ad=")
    olu.until(olu.billed, spent, path="/console/revenue/")
    olu.photograph("console-revenue")
    ada.until(ada.charged, -spent, path="/advertiser/funds/?show=charges")
    cleo.until(cleo.earned, olu.creators_share(), path="/studio/earnings/")
    olu.prove_books()
    olu.photograph("console-books")
    command = [*VONK, "audit", "--data", str(stage.data), "--json"]
    audit = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)["holds"] is True
