"""Every road from a creator's consent to an ad, by both sides in their browsers, on a real `vonk serve --sandbox`.

Each road begins with a post of its own, and ends at the ad server: it shows the ad, or it does not and the ad's page
says why.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.journey.person import Person
from tests.web.journey.roads import PUSHED_SECONDS, Roads, clip, open_roads
from tests.wire.serving import wait_for


@pytest.fixture
def roads(tmp_path: Path) -> Iterator[Roads]:
    with open_roads(tmp_path) as opened:
        yield opened


@pytest.mark.browser
def test_every_road_leads_to_an_ad_and_back(roads: Roads) -> None:
    own_posts_are_linked_in_one_click(roads)
    a_code_has_terms_and_notice(roads)
    an_invitation_works_once(roads)
    a_list_of_codes_has_a_result_for_each_line(roads)
    a_request_is_countered(roads)
    access_is_granted_by_qr_code(roads)
    a_standing_consent_accepts_at_once(roads)
    a_duet_needs_the_author_of_the_original(roads)
    everything_is_in_the_ledger(roads)
    everything_was_told(roads)
    windows = (roads.cleo, roads.ada, roads.olu, roads.vik)
    assert {one.name: one.watch.faults for one in windows} == {one.name: [] for one in windows}


def submit(person: Person, name: str | re.Pattern[str]) -> None:
    """Press a button of the page and go where it leads."""
    person.page.get_by_role("button", name=name).first.click()
    person.page.wait_for_load_state()


def own_posts_are_linked_in_one_click(roads: Roads) -> None:
    ada = roads.ada
    roads.publish("Ada bakes at home #bread", by="ada")
    ada.open("/advertiser/creators/")
    submit(ada, "Link @ada")
    ada.sees("Linked. All your posts can be used in this ad account.")
    submit(ada, "Use in an ad")
    ada.page.wait_for_url("**/advertiser/campaigns/new/?consent=*")
    consent_id = ada.page.url.rpartition("=")[2]
    expect(ada.page.locator('[name="ad-consent_id"]:checked')).to_have_value(consent_id)
    ad_id = roads.launch(consent_id, "Own bread")
    roads.shows(ad_id)

    ada.open("/advertiser/creators/")
    ada.page.get_by_role("button", name="Unlink").click()
    ada.agree()
    ada.sees("Link @ada")
    roads.stops(ad_id, because="The creator has taken back the authorisation.")


def a_code_has_terms_and_notice(roads: Roads) -> None:
    cleo, ada = roads.cleo, roads.ada
    post_id = roads.publish("Rye at noon #bread")
    roads.calls["cleo"].put("/me/ad_settings", {"on": True})
    cleo.open(f"/studio/posts/{post_id}/ads/")
    cleo.page.locator("#switch-post").click()
    cleo.page.get_by_text("Terms payment").click()
    cleo.page.locator('[name="terms-notice_days"]').fill("7")
    cleo.page.get_by_text("Propose captions; the creator decides").click()
    cleo.page.get_by_text("7 days", exact=True).first.click()
    submit(cleo, "Authorise and make a code")
    cleo.sees("Authorised. Here is the code.")
    code = cleo.copy_code()

    ada.search_code(code)
    terms = ada.page.get_by_role("region", name="The creator’s terms")
    expect(terms).to_contain_text("7 days")
    ada.photograph("ads-terms")
    submit(ada, "Agree and redeem")
    ada.page.wait_for_url(re.compile(r"/advertiser/spark-posts/\d+/"))
    consent_id = ada.path.split("/")[3]
    ad_id = roads.launch(consent_id, "Rye")
    roads.shows(ad_id)

    extends_in_one_tap(roads, consent_id)
    switches_the_caption(roads, post_id, ad_id)

    cleo.open(f"/studio/posts/{post_id}/ads/")
    cleo.page.get_by_role("button", name="Revoke").click()
    cleo.agree()
    expect(cleo.page.locator(".c-codes li").first).to_contain_text("Revoked with notice until")
    assert "Not delivering" not in roads.status(ad_id), roads.status(ad_id)
    roads.shows(ad_id)
    roads.end(ad_id)


def extends_in_one_tap(roads: Roads, consent_id: str) -> None:
    """Ada asks for more time, the news lead Cleo there, and Cleo says yes: the same consent lasts longer."""
    ada, cleo = roads.ada, roads.cleo
    ada.open(f"/advertiser/spark-posts/{consent_id}/")
    before = ada.page.locator(".v-facts").first.inner_text()
    ada.page.get_by_role("link", name="Ask for more time").click()
    submit(ada, "30 days")
    cleo.open("/studio/")
    expect(cleo.page.get_by_role("link", name=re.compile("^Requests [0-9]"))).to_be_visible()
    cleo.page.get_by_role("link", name=re.compile("^News")).click()
    cleo.page.get_by_role("link", name=re.compile("more time|extend|longer|days")).first.click()
    cleo.page.wait_for_url(re.compile(r"/studio/requests/\d+/"))
    submit(cleo, "Accept")
    ada.open(f"/advertiser/spark-posts/{consent_id}/")
    assert ada.page.locator(".v-facts").first.inner_text() != before
    ada.sees("37 days left")


def switches_the_caption(roads: Roads, post_id: str, ad_id: str) -> None:
    """Ada proposes, Cleo agrees, Olu approves, and Vik reads the new words in the feed."""
    ada, cleo, olu = roads.ada, roads.cleo, roads.olu
    words = "Rye at noon, and at night #bread"
    ada.open(f"/advertiser/posts/{post_id}/captions/")
    ada.page.locator('[name="caption"]').fill(words)
    submit(ada, "Send to the creator")
    cleo.open(f"/studio/posts/{post_id}/captions/")
    submit(cleo, "Agree")
    olu.open("/console/captions/")
    olu.page.get_by_role("link", name=words).click()
    submit(olu, "Approve")
    for more in ("Oats at dusk #bread", "Wheat at dawn #bread"):  # Enough of a feed for an ad to stand in.
        roads.publish(more)
    slide = roads.vik.go_to_ad(ad_id=int(ad_id))
    expect(slide).to_contain_text("and at night")


def an_invitation_works_once(roads: Roads) -> None:
    cleo, ada = roads.cleo, roads.ada
    post_id = roads.publish("Spelt for one #bread")
    roads.code(post_id)
    cleo.open(f"/studio/posts/{post_id}/ads/")
    cleo.page.get_by_role("link", name="Link or QR code").click()
    submit(cleo, "Make an invitation")
    expect(cleo.page.get_by_alt_text("The link as a QR code")).to_be_visible()
    link = cleo.page.locator(".v-copy-text").inner_text()
    assert "#" in link

    ada.open(link)
    ada.sees("Spelt for one #bread")
    assert "#" not in ada.page.url
    assert link.partition("#")[2] not in ada.page.evaluate("JSON.stringify(history.state) + location.href")
    submit(ada, "Confirm")
    ada.page.wait_for_url(re.compile(r"/advertiser/spark-posts/\d+/"))
    ad_id = roads.launch(ada.path.split("/")[3], "Spelt")
    roads.shows(ad_id)
    roads.end(ad_id)

    ada.open(link)  # Used up; who used it is led to what they have.
    ada.sees("This post is in your library already.")


def a_list_of_codes_has_a_result_for_each_line(roads: Roads) -> None:
    ada = roads.ada
    codes = [roads.code(roads.publish(f"Roll {number} #bread")) for number in (1, 2)]
    ada.open("/advertiser/spark-posts/")
    ada.page.get_by_role("link", name="Redeem a list").click()
    ada.page.locator('[name="codes"]').fill("\n".join([*codes, codes[0], codes[1][:-4] + "xxxx"]))
    submit(ada, "Redeem")
    ada.page.wait_for_url(re.compile(r"/imports/\d+/"))
    ada.sees("Done: 4 of 4.")
    ada.page.reload()
    results = [row[2].splitlines()[0] for row in ada.table("Lines")]
    assert results == ["Redeemed", "Redeemed", "Twice in the list", "This is not a post code."]
    ada.photograph("ads-list-of-codes")
    ada.page.get_by_role("link", name="Open it").first.click()
    ad_id = roads.launch(ada.path.split("/")[3], "Rolls")
    roads.shows(ad_id)
    roads.end(ad_id)


def access_is_granted_by_qr_code(roads: Roads) -> None:
    cleo, ada = roads.cleo, roads.ada
    roads.publish("The oven wakes #bread")
    ada.open("/advertiser/creators/")
    ada.page.get_by_role("link", name="Ask for access").click()
    for scope in ("existing_posts", "publish_ads_only"):
        ada.page.locator(f'form[action*="invite"] [name$="scopes"][value="{scope}"]').check()
    submit(ada, "Make a QR code and a link")
    expect(ada.page.get_by_alt_text("QR code of the link")).to_be_visible()
    link = ada.page.locator(".v-copy-text").inner_text()

    cleo.open(link)
    cleo.page.wait_for_url(re.compile(r"/studio/access/\d+/$"))
    assert link.partition("#")[2] not in cleo.page.url
    access = cleo.path
    cleo.photograph("studio-access")
    cleo.page.get_by_text("Until I end it").click()
    submit(cleo, "Give access")

    ada.open("/advertiser/creators/")
    ada.page.get_by_role("link", name="@cleo").click()
    submit(ada, "Use in an ad")
    ada.page.wait_for_url("**/advertiser/campaigns/new/?consent=*")
    ad_id = roads.launch(ada.page.url.rpartition("=")[2], "The oven")
    roads.shows(ad_id)
    roads.end(ad_id)

    pushed_id = pushes(roads)
    roads.shows(pushed_id)

    cleo.open(access)
    cleo.page.get_by_role("button", name="End access").click()
    cleo.agree()
    cleo.page.wait_for_load_state()
    roads.stops(pushed_id, because="The creator has taken back the authorisation.")
    roads.end(pushed_id)


def pushes(roads: Roads) -> str:
    """Ada pushes a post under Cleo's name and makes an ad with it; approved by Olu it is published."""
    ada, olu = roads.ada, roads.olu
    film = clip(roads.folder / "push.mp4", size="540x960", seconds=PUSHED_SECONDS, kilobits=2_700)
    ada.open("/advertiser/pushed/new/")
    ada.page.get_by_label("Video").set_input_files(film)
    submit(ada, "Upload")
    ada.page.wait_for_url(re.compile(r"/advertiser/pushed/videos/\d+/"))
    ada.page.get_by_label("Caption").fill("Baked for you #bread")
    save = ada.page.locator("#save-video")
    expect(save).to_be_enabled()
    save.click()
    ada.page.wait_for_url(re.compile(r"/advertiser/pushed/\d+/"))
    ada.sees("Draft")
    ada.page.get_by_role("link", name="Create an ad").click()
    ad_id = roads.launch(ada.page.url.rpartition("=")[2], "Pushed bread", approved=False)
    olu.open_review("Pushed bread")
    submit(olu, "Approve")
    wait_for(lambda: roads.vik.next_slot() == "spark", "the pushed post is not shown")
    roads.cleo.open("/studio/")
    roads.cleo.sees("Baked for you #bread")
    return ad_id


def a_request_is_countered(roads: Roads) -> None:
    cleo, ada = roads.cleo, roads.ada
    post_id = roads.publish("Sourdough, day three #bread")
    ada.open(f"/posts/{post_id}/")
    ada.open("/advertiser/requests/new/")
    ada.page.locator('[name="post"]').fill(f"{ada.site}/posts/{post_id}/")
    submit(ada, "Find")
    ada.page.locator('[name="message"]').fill("We bake with your flour.")
    submit(ada, "Ask the creator")
    ada.sees("Waits for the creator")

    cleo.open("/studio/requests/")
    cleo.page.get_by_role("link", name="Bread").first.click()
    cleo.sees("We bake with your flour.")
    cleo.photograph("studio-request")
    cleo.page.get_by_text("Make a counter-offer").click()
    counter = cleo.page.locator('form[action$="/counter/"]')
    counter.get_by_text("7 days", exact=True).click()
    counter.get_by_role("button", name=re.compile("^Send")).click()
    cleo.page.wait_for_load_state()

    ada.open("/advertiser/")
    ada.page.get_by_role("link", name=re.compile("^Requests [0-9]")).click()
    ada.page.get_by_role("link", name="Sourdough").first.click()
    submit(ada, "Accept")
    ada.page.get_by_role("link", name="Open it in your library").click()
    ad_id = roads.launch(ada.path.split("/")[3], "Sourdough")
    roads.shows(ad_id)

    cleo.open("/studio/profile/")
    goes(roads, private=True)
    roads.stops(ad_id, because="private")
    goes(roads, private=False)
    roads.shows(ad_id)
    roads.end(ad_id)


def goes(roads: Roads, *, private: bool) -> None:
    """Cleo makes her profile private, told which ads stop, or public again."""
    cleo = roads.cleo
    cleo.open("/studio/profile/")
    cleo.page.get_by_label("Private profile").set_checked(private)
    cleo.page.locator("#save-privacy").click()
    if private:
        # The click alone waits for no page.
        expect(cleo.page.get_by_role("table", name="Ads that stop")).to_be_visible()
        assert ["Bread", "Sourdough"] in cleo.table("Ads that stop")
        cleo.page.locator(".btn-danger").click()
    cleo.page.wait_for_load_state()


def a_standing_consent_accepts_at_once(roads: Roads) -> None:
    cleo, ada = roads.cleo, roads.ada
    cleo.open("/studio/standing/")
    cleo.page.get_by_role("link", name="New standing consent").click()
    cleo.page.get_by_text("Everybody", exact=True).click()
    cleo.page.get_by_label("Show me each ad before its first delivery").check()
    cleo.photograph("studio-standing")
    submit(cleo, re.compile("^Give this consent"))
    cleo.page.wait_for_url("**/studio/standing/")
    post_id = roads.publish("Crumbs #bread")
    ada.open(f"/advertiser/requests/new/?post={post_id}")
    submit(ada, "Ask the creator")
    ada.page.get_by_role("link", name="Open it in your library").click()
    ad_id = roads.launch(ada.path.split("/")[3], "Crumbs")
    roads.stops(ad_id, because="creator")

    cleo.open(f"/studio/posts/{post_id}/")
    cleo.page.get_by_role("link", name="Crumbs", exact=True).click()
    cleo.photograph("studio-ad")
    submit(cleo, "Accept this ad")
    roads.shows(ad_id)
    cleo.page.locator('[name="note"]').fill("Too many crumbs.")
    cleo.page.get_by_role("button", name="Refuse this ad").click()
    cleo.agree()
    roads.stops(ad_id, because="refused")
    ada.sees("Too many crumbs.")
    roads.end(ad_id)
    cleo.open("/studio/standing/")
    cleo.page.get_by_role("button", name="Withdraw").click()
    cleo.agree()


def a_duet_needs_the_author_of_the_original(roads: Roads) -> None:
    ada, vik = roads.ada, roads.vik
    original_id = roads.publish("Vik whistles", by="vik")
    code = roads.code(roads.publish("Whistling back #bread", duet_of=original_id))
    ada.search_code(code)
    submit(ada, "Confirm")
    ada.sees("Ads can use it once @vik consents, too; they are asked.")
    consent_id = ada.path.split("/")[3]

    def asked() -> bool:
        vik.open("/studio/requests/")
        return bool(vik.page.get_by_role("link", name="Bread").count())

    wait_for(asked, "Vik is not asked")
    vik.page.get_by_role("link", name="Bread").click()
    submit(vik, re.compile("^Accept"))
    vik.sees("Ads may show the post until")
    ad_id = roads.launch(consent_id, "Whistling")
    roads.shows(ad_id)
    vik.open(f"/studio/posts/{original_id}/ads/")
    vik.page.get_by_role("button", name="Revoke").click()
    vik.agree()
    roads.stops(ad_id, because="does not consent")
    roads.end(ad_id)


def everything_is_in_the_ledger(roads: Roads) -> None:
    """Whatever the road: in one list, and in one file."""
    ada = roads.ada
    ada.open("/advertiser/authorisations/")
    found = {" ".join(row[1].split()) for row in ada.table("Authorisations")}
    for title, road in (
        ("Ada bakes at home", "Own account"),
        ("Rye at noon, and at night", "Code"),
        ("Roll 2", "Code"),
        ("Sourdough, day three", "Request"),
        ("The oven wakes", "Access to the account"),
        ("Baked for you", "Published by you"),
        ("Crumbs", "Given beforehand"),
    ):
        assert [row for row in found if row.startswith(title) and row.endswith(road)], (title, road, found)
    ada.photograph("ads-ledger")
    ada.page.get_by_label("Road").select_option("standing")
    submit(ada, "Show")
    (row,) = ada.table("Authorisations")
    assert "Crumbs" in row[1]
    with ada.page.expect_download() as file:
        ada.page.get_by_role("link", name="Download CSV").click()
    _heading, line = file.value.path().read_text(encoding="utf-8").splitlines()
    assert "Crumbs" in line


def everything_was_told(roads: Roads) -> None:
    """Webhooks for Cleo's server, the bell for Cleo."""
    cleo = roads.cleo
    cleo.open("/studio/")
    cleo.page.get_by_role("link", name="Webhooks").click()
    cleo.page.get_by_label("Address").fill("https://hooks.example.org/vonk")
    submit(cleo, "Add")
    cleo.sees("The secret, shown this once")
    expect(cleo.page.get_by_role("link", name=re.compile("^News, [0-9]+ not read"))).to_be_visible()
    cleo.page.get_by_role("link", name=re.compile("^News")).click()
    submit(cleo, "Mark all as read")
    expect(cleo.page.get_by_role("link", name="News", exact=True)).to_be_visible()
