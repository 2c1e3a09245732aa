"""Every row of the click map, done by Vik on a Spark Ad and on a non-Spark ad: where it leads, and what it counts."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Locator, expect

from tests.web.journey.ada import BAKERY
from tests.web.journey.landing import Landing
from tests.web.journey.vik import Vik

ABSENT_EVERYWHERE = ("anchor", "sticker")  # The map has them; no ad carries one yet, so their elements are gone.
ABSENT_ON_OWN = ("follow", "download", "anchor", "sticker")


def part(slide: Locator, gesture: str) -> Locator:
    return slide.locator(f'[data-gesture="{gesture}"]').first


def spark_ad(vik: Vik, shop: Landing, *, ad_id: int, post_id: int) -> Counter[str]:
    """Do everything; return the clicks that must have arrived, by kind."""
    done: Counter[str] = Counter()
    slide = vik.go_to_ad(ad_id=ad_id)
    looks_sponsored(slide, name="@cleo", button="Shop now")
    vik.photograph("feed-spark-ad")
    vik.arrives(1, "p100", ad_id=ad_id)  # Watched to its end.
    for gesture in ABSENT_EVERYWHERE:
        assert slide.locator(f'[data-gesture="{gesture}"]').count() == 0

    for gesture in ("cta", "caption", "download"):
        then = vik.buys if gesture == "cta" else None
        assert vik.leads_out(part(slide, gesture).click, then=then) == shop.url("/loaf"), gesture
        done["click_destination"] += 1
        vik.arrives(done["click_destination"], "click_destination", ad_id=ad_id)
    assert shop.visits == ["/loaf"] * 3
    discloses(vik, slide, poster="@cleo")
    engages(vik, slide)
    plus = part(slide, "follow")
    plus.click()
    expect(plus).to_be_hidden()

    sound = str(part(slide, "sound").get_attribute("href"))
    assert re.fullmatch(r"/sounds/\d+/", sound)
    sound_id = sound.split("/")[2]
    leaving: list[tuple[str, str, str, Callable[[Locator], None]]] = [
        ("avatar", "/@cleo/", "click_profile", lambda slide: part(slide, "avatar").click()),
        ("nickname", "/@cleo/", "click_profile", lambda slide: part(slide, "nickname").click()),
        ("swipe left", "/@cleo/", "click_profile", lambda _slide: vik.swipe_left()),
        ("key ←", "/@cleo/", "click_profile", lambda _slide: vik.page.keyboard.press("ArrowLeft")),
        ("hashtag", "/tag/bread/", "click_hashtag", lambda slide: part(slide, "hashtag").click()),
        ("mention", "/@vik/", "click_hashtag", lambda slide: part(slide, "mention").click()),
        ("sound line", sound, "click_music", lambda slide: part(slide, "sound").click()),
        ("disc", sound, "click_music", lambda slide: slide.locator(".f-disc").click()),
        ("Duet", f"/posts/{post_id}/duet/", "click_duet", lambda slide: in_sheet(vik, slide, "duet")),
        ("Stitch", f"/posts/{post_id}/stitch/", "click_stitch", lambda slide: in_sheet(vik, slide, "stitch")),
        ("use sound", f"/create/?sound={sound_id}", "click_sound_use", lambda slide: in_sheet(vik, slide, "sound_use")),
    ]
    for gesture, path, kind, act in leaving:
        slide = vik.go_to_ad(ad_id=ad_id)
        assert vik.leads_on(partial(act, slide)) == path, gesture
        done[kind] += 1
        vik.arrives(done[kind], kind, ad_id=ad_id)
    return done


def own_ad(vik: Vik, shop: Landing, *, ad_id: int) -> Counter[str]:
    """Do everything: a non-Spark ad sends every tap out."""
    done: Counter[str] = Counter()
    visits = len(shop.visits)
    slide = vik.go_to_ad(ad_id=ad_id)
    looks_sponsored(slide, name="The Oven", button="Learn more")
    vik.photograph("feed-own-ad")
    for gesture in ABSENT_ON_OWN:
        assert slide.locator(f'[data-gesture="{gesture}"]').count() == 0, gesture
    taps: list[tuple[str, str | None, Callable[[], None]]] = [
        *((gesture, None, part(slide, gesture).click) for gesture in ("avatar", "nickname", "cta", "caption")),
        ("swipe left", None, vik.swipe_left),
        ("key ←", None, lambda: vik.page.keyboard.press("ArrowLeft")),
        ("hashtag", "click_hashtag", part(slide, "hashtag").click),
        ("mention", "click_hashtag", part(slide, "mention").click),
        ("disc", "click_music", slide.locator(".f-disc").click),
    ]
    for gesture, kind, act in taps:
        assert vik.leads_out(act) == shop.url("/oven"), gesture
        done["click_destination"] += 1
        vik.arrives(done["click_destination"], "click_destination", ad_id=ad_id)
        if kind is not None:
            done[kind] += 1
            vik.arrives(done[kind], kind, ad_id=ad_id)
    assert shop.visits[visits:] == ["/oven"] * len(taps)
    discloses(vik, slide, poster=None)
    engages(vik, slide)
    part(slide, "share").click()
    for gesture in ("duet", "stitch", "sound_use"):
        assert vik.page.locator(f'#panel [data-gesture="{gesture}"]').count() == 0
    vik.page.keyboard.press("Escape")
    return done


def looks_sponsored(slide: Locator, *, name: str, button: str) -> None:
    """The label stands above the sound line, below the name and the caption, beside the button."""
    expect(part(slide, "nickname")).to_have_text(name)
    expect(part(slide, "cta")).to_have_text(button)
    label = part(slide, "sponsored")
    expect(label).to_have_text("Sponsored")
    sound = slide.locator('[data-part="sound"]')
    if sound.count():
        above, below = label.bounding_box(), sound.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"] + 1


def discloses(vik: Vik, slide: Locator, *, poster: str | None) -> None:
    """Who, who paid, why Vik; and the choices."""
    part(slide, "sponsored").click()
    panel = vik.page.locator("#panel")
    expect(panel.locator("[data-advertiser]")).to_have_text(BAKERY)
    expect(panel.locator("[data-payer]")).to_have_text("Bread Agency")
    for reason in ("Netherlands", "Android", "35–44"):
        expect(panel.locator("[data-why]")).to_contain_text(reason)
    expect(panel.get_by_role("link", name="Change how ads are chosen for you")).to_be_visible()
    if poster is None:
        assert panel.locator("[data-poster]").count() == 0
    else:
        expect(panel.locator("[data-poster]")).to_contain_text(poster)
        vik.photograph("feed-why")
    vik.page.locator("#panel-close").click()
    expect(panel).to_be_hidden()


def engages(vik: Vik, slide: Locator) -> None:
    """Like, favourite, comment, share: shown at once, and kept."""
    for noun in ("like", "favourite"):
        button = part(slide, noun)
        with vik.page.expect_response(f"**/{noun}"):
            button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(slide.locator(f'[data-part="{noun}s"]')).to_have_text("1")
    part(slide, "comment").click()
    panel = vik.page.locator("#panel")
    panel.get_by_label("Your comment").fill("Which flour is it?")
    panel.get_by_role("button", name="Send").click()
    expect(panel.locator(".f-comment-list")).to_contain_text("Which flour is it?")
    expect(slide.locator('[data-part="comments"]')).to_have_text("1")
    vik.page.keyboard.press("Escape")
    part(slide, "share").click()
    with vik.page.expect_response("**/share"):
        panel.get_by_role("button", name="Copy link").click()
    expect(slide.locator('[data-part="shares"]')).to_have_text("1")
    vik.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def in_sheet(vik: Vik, slide: Locator, gesture: str) -> None:
    """Open the share sheet and choose a row of it."""
    part(slide, "share").click()
    vik.page.locator(f'#panel [data-gesture="{gesture}"]').click()
