"""Judging ads."""

from django.urls import reverse

from tests.area.advertising.town import open_review
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.actions import reviews
from vonk.advertising.models import Review


def test_the_queue_is_empty(stage: Stage) -> None:
    assert "Nothing waits for a decision" in text_of(stage.browser("Olu").get("/console/reviews/"))
    assert "Ads to review 0 Nothing waits." in text_of(stage.browser("Olu").get("/console/"))


def test_the_page_shows_the_ad_as_it_will_be_seen(stage: Stage) -> None:
    review_id = open_review(stage.town.ad())

    response = stage.browser("Olu").get(reverse("operator:review", args=[review_id]))
    page = text_of(response)

    assert "@cleo A loaf rises Order now Sponsored" in page
    assert "Leads to https://bread.example/loaf" in page
    assert "On behalf of Ada Paid by Ada" in page
    assert 'data-name-of="region">NL<' in response.content.decode()
    assert "Spark Ad" in page


def test_approving_opens_the_next(stage: Stage) -> None:
    first, second = open_review(stage.town.ad()), open_review(stage.town.ad(draft=stage.town.own_draft()))
    browser = stage.browser("Olu")

    one = browser.post(reverse("operator:review_approve", args=[first]))
    two = browser.post(reverse("operator:review_approve", args=[second]), follow=True)

    assert (one.status_code, one.headers["Location"]) == (302, reverse("operator:review", args=[second]))
    assert two.redirect_chain == [("/console/reviews/", 302)]
    assert "Approved. It may be shown from now on." in text_of(two)
    assert list(Review.objects.values_list("verdict", flat=True)) == ["approved", "approved"]


def test_rejecting_needs_a_reason(stage: Stage) -> None:
    review_id, browser = open_review(stage.town.ad()), stage.browser("Olu")
    address = reverse("operator:review_reject", args=[review_id])

    without = browser.post(address, {"note": "No."})
    unknown = browser.post(address, {"reasons": ["ugly"]})
    assert (without.status_code, unknown.status_code, open_review_is(review_id)) == (422, 422, "in_review")
    assert "Choose at least one reason." in text_of(without)
    rejected = browser.post(address, {"reasons": ["offensive", "misleading_claim"], "note": "The crust."})

    review = Review.objects.get(pk=review_id)
    assert (rejected.status_code, review.verdict) == (302, "rejected")
    assert (review.reasons, review.note) == (["misleading_claim", "offensive"], "The crust.")


def open_review_is(review_id: int) -> str:
    return Review.objects.values_list("verdict", flat=True).get(pk=review_id)


def test_who_comes_second_is_told(stage: Stage) -> None:
    review_id = open_review(stage.town.ad())
    reviews.reject(stage.town.olu, review_id, ["offensive"], "The crust.", now=stage.now)

    late = stage.browser("Olu").post(reverse("operator:review_approve", args=[review_id]), follow=True)

    assert late.redirect_chain == [(reverse("operator:review", args=[review_id]), 302)]
    assert open_review_is(review_id) == "rejected"
    assert "The ad may offend or frighten. The crust." in text_of(late)
    assert [str(message) for message in late.context["messages"]] != []
    assert "Your decision" not in text_of(late)
