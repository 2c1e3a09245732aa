"""A post in the studio: its words, who may watch it, its numbers, its end."""

import pytest
from django.urls import reverse

from tests.area.content import cast
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad
from vonk.content import queries as content
from vonk.content.actions import engagement
from vonk.content.models import Comment, Post
from vonk.content.rules import ORGANIC
from vonk.core.limits import TEXT_MAX
from vonk.events.records import Kind


def test_the_caption_is_edited(stage: Stage) -> None:
    post_id = stage.town.world.post()

    saved = stage.browser("Cleo").post(
        reverse("creator:post_caption", args=[post_id]), {"caption": "Warm #bread from @ada"}, follow=True
    )

    assert saved.redirect_chain == [(reverse("creator:post", args=[post_id]), 302)]
    assert Post.objects.get(pk=post_id).caption == "Warm #bread from @ada"


def test_a_caption_is_counted_in_utf_16_units(stage: Stage) -> None:
    post_id = stage.town.world.post()
    address = reverse("creator:post_caption", args=[post_id])

    refused = stage.browser("Cleo").post(address, {"caption": "🥖" * (TEXT_MAX // 2 + 1)})
    fits = stage.browser("Cleo").post(address, {"caption": "🥖" * (TEXT_MAX // 2)})

    assert (refused.status_code, fits.status_code) == (422, 302)
    assert "The caption has 2202 characters; 2200 are possible." in text_of(refused)


def test_a_locked_caption_says_why(stage: Stage) -> None:
    stage.town.world.redeemed()
    post_id = Post.objects.get().pk

    page = stage.browser("Cleo").get(reverse("creator:post", args=[post_id]))
    forced = stage.browser("Cleo").post(reverse("creator:post_caption", args=[post_id]), {"caption": "Other"})

    assert "Locked: the post was authorised for ads" in text_of(page)
    assert 'name="caption"' not in page.content.decode()
    assert (forced.status_code, Post.objects.get().caption) == (422, "A loaf rises")


def test_who_may_watch_and_build_on_it(stage: Stage) -> None:
    post_id, browser = stage.town.world.post(), stage.browser("Cleo")

    browser.post(reverse("creator:post_visibility", args=[post_id]), {"visibility": "friends"})
    browser.post(reverse("creator:post_reuse", args=[post_id]), {"may_stitch": "on"})
    refused = browser.post(reverse("creator:post_visibility", args=[post_id]), {"visibility": "nobody"})

    post = Post.objects.get(pk=post_id)
    assert (post.visibility, post.may_duet, post.may_stitch) == ("friends", False, True)
    assert refused.status_code == 422


def test_deleting_says_what_it_ends_and_ends_it(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    post_id = Ad.objects.get(pk=ad_id).post_id
    browser = stage.browser("Cleo")

    page = browser.get(reverse("creator:post", args=[post_id]))
    asked = browser.post(reverse("creator:post_delete", args=[post_id]))
    deleted = browser.post(reverse("creator:post_delete", args=[post_id]), {"confirmed": "1"})

    assert "1 ad stops within a second." in text_of(page)
    assert (asked.status_code, "These ads stop within a second" in text_of(asked)) == (200, True)
    assert (deleted.status_code, deleted.headers["Location"]) == (302, "/studio/")
    assert not content.post_facts([post_id])[post_id].available
    assert browser.get(reverse("creator:post", args=[post_id])).status_code == 404


def test_the_total_is_organic_plus_paid(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    stage.pay(1_000_000)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, Kind.PLAY)
    stage.happen(ad_id, Kind.IMPRESSION, Kind.PLAY, organic=True)
    stage.happen(ad_id, Kind.IMPRESSION, Kind.PLAY, organic=True)
    page = stage.browser("Cleo").get(reverse("creator:post", args=[Ad.objects.get(pk=ad_id).post_id]))

    numbers = {row.label: (row.organic, row.paid, row.total) for row in page.context["page"].numbers}
    (ad,) = page.context["page"].ads
    by_day = page.context["page"].by_day

    assert (numbers["Impressions"], numbers["Video views"]) == (("2", "1", "3"), ("2", "1", "3"))
    assert (numbers["Likes"], numbers["Completion rate"]) == (("0", "0", "0"), ("0.0%", "0.0%", "0.0%"))
    assert (ad.account_name, ad.ad_name, ad.impressions, ad.clicks) == ("Ada's bread", "A loaf rises", 1, 1)
    assert [(series.name, series.values[-1], sum(series.values)) for series in by_day.series] == [
        ("Organic", 2.0, 2.0),
        ("Paid", 1.0, 1.0),
    ]


def test_the_list_adds_up_and_shows_the_earnings(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    stage.pay(1_000_000)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.PLAY, price=500_000)
    stage.happen(ad_id, Kind.PLAY, organic=True)
    page = stage.browser("Cleo").get("/studio/")

    assert "1 organic · 1 paid" in text_of(page)
    assert page.context["page"].earned == "0.10\u00a0EUR"
    assert [(post.views.total, post.consent.label) for post in page.context["page"].posts] == [(2, "1 advertiser")]


def test_earnings_by_post_and_day(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    stage.pay(1_000_000)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, price=500_000)

    hers = stage.browser("Cleo").get("/studio/earnings/").context["page"]
    anothers = stage.browser("Mallory").get("/studio/earnings/").context["page"]

    assert [(row.title, row.micros, row.events) for row in hers.posts] == [("A loaf rises", 100_000, 1)]
    assert [(row.day, row.micros) for row in hers.days] == [(stage.now.date(), 100_000)]
    assert (anothers.totals, anothers.posts) == ((), ())


def test_a_comment_is_hidden_and_shown_again(stage: Stage) -> None:
    post_id = stage.town.world.post()
    vik = stage.town.world.people["Vik"]
    comment_id = engagement.comment(vik, post_id, "Smells good", source=ORGANIC, now=stage.now)
    address = reverse("creator:comment_hidden", args=[post_id, comment_id])

    hidden = stage.browser("Cleo").post(address, {"on": "1"})
    assert (hidden.status_code, Comment.objects.get().hidden_at is None) == (302, False)
    page = text_of(stage.browser("Cleo").get(reverse("creator:post", args=[post_id])))
    assert "@vik" in page
    assert "hidden" in page.partition("Smells good")[0][-40:]
    assert "Show" in page.partition("Smells good")[2]
    stage.browser("Cleo").post(address, {"on": "0"})
    assert Comment.objects.get().hidden_at is None
    assert stage.browser("Mallory").post(address, {"on": "1"}).status_code == 404
    assert Comment.objects.get().hidden_at is None


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("post_caption", {"caption": "Mine now"}),
        ("post_visibility", {"visibility": "private"}),
        ("post_reuse", {}),
        ("post_delete", {}),
        ("post_ads_switch", {"on": "0"}),
        ("code_issue", {"reach": "organic_too", "duration_days": "30"}),
    ],
)
def test_nobody_else_changes_a_post(stage: Stage, name: str, sent: dict[str, str]) -> None:
    post_id = stage.town.world.ready_post()
    before = Post.objects.values().get()

    codes = [
        stage.browser(person).post(reverse(f"creator:{name}", args=[post_id]), sent).status_code
        for person in ("Vik", "Ada", "Olu", "Mallory")
    ]

    assert codes == [404] * 4
    assert stage.browser(None).post(reverse(f"creator:{name}", args=[post_id]), sent).status_code == 401
    assert Post.objects.values().get() == before


def test_a_removed_post_tells_its_creator(stage: Stage) -> None:
    post_id = cast.post(stage.cleo, stage.now, "Fine words")
    stage.browser("Olu").post(reverse("operator:post_remove", args=[post_id]), {"reason": "Not hers"})

    page = text_of(stage.browser("Cleo").get(reverse("creator:post", args=[post_id])))

    assert "Moderators took this post out of sight Not hers" in page
