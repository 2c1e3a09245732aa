"""Review: the queue, its verdicts, what stands in their way, and who hears of them."""

import pytest

from tests.area.advertising.town import DAY, Town, everything, open_review, published
from tests.area.authorisation.world import bodies, subjects
from vonk.advertising import queries
from vonk.advertising.actions import ad_groups, ads, reviews
from vonk.advertising.drafts import AdChanges, AdGroupChanges
from vonk.advertising.errors import ReviewDecided, ReviewStale
from vonk.advertising.models import Review
from vonk.advertising.queries import ReasonView
from vonk.advertising.rules import REVIEW_REASONS, Change, Objective, Verdict
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind, Targeting


def change(town: Town, ad_id: int, landing_url: str) -> None:
    ads.update(town.ada, ad_id, AdChanges(landing_url=landing_url), now=town.now)


def test_the_longest_waiting_comes_first(town: Town) -> None:
    ad_ids = [town.ad() for _ in range(3)]
    first = queries.review_queue(town.olu, Paging(size=2))
    assert [item.ad_id for item in first.items] == ad_ids[:2]
    assert first.next_cursor is not None
    rest = queries.review_queue(town.olu, Paging(int(first.next_cursor), 2))
    assert ([item.ad_id for item in rest.items], rest.next_cursor) == (ad_ids[2:], None)
    assert queries.queue_length(town.olu) == 3
    change(town, ad_ids[0], "https://rye.example/")
    assert [item.ad_id for item in queries.review_queue(town.olu, Paging()).items] == [*ad_ids[1:], ad_ids[0]]


def test_an_item_has_everything_needed_to_judge(town: Town) -> None:
    ad_id = town.ad()
    item = queries.review(town.olu, open_review(ad_id))
    assert queries.review_queue(town.olu, Paging()).items == (item,)
    assert (item.ad_name, item.campaign_name, item.objective) == ("A loaf rises", "Spring loaves", Objective.TRAFFIC)
    assert (item.account_name, item.advertiser_name, item.payer_name) == ("Ada's bread", "Ada", "Ada")
    assert (item.preview.handle, item.preview.caption) == ("cleo", "A loaf rises")
    assert item.preview.video_url == "/media/loaf/video.mp4"
    assert (item.preview.call_to_action, item.preview.landing_url) == ("order_now", "https://bread.example/loaf")
    assert item.targeting == Targeting(countries=("NL",))
    assert (item.previous, item.approved_before, item.changes) == ((), False, ())


def test_approval_publishes_tells_and_is_audited(town: Town) -> None:
    ad_id = town.ad()
    review_id = open_review(ad_id)
    town.now += DAY
    reviews.approve(town.olu, review_id, now=town.now)
    assert list(published()[DocumentKind.AD]) == [ad_id]
    view = queries.ad(town.ada, ad_id).review
    assert (view.verdict, view.decided_at, view.reasons) == (Verdict.APPROVED, town.now, ())
    assert subjects(town.ada)[-1] == "Your ad “A loaf rises” was approved"
    entry = AuditEntry.objects.get(noun="review")
    assert (entry.action, entry.object_id, entry.person_id, entry.account_id, entry.detail) == (
        "review.approved",
        review_id,
        town.olu.person,
        town.ada.account,
        {"ad_id": ad_id, "reasons": []},
    )
    assert queries.review_queue(town.olu, Paging()).items == ()


def test_a_rejection_tells_why(town: Town) -> None:
    ad_id = town.ad()
    reviews.reject(town.olu, open_review(ad_id), ["offensive", "music_rights"], " Too loud. ", now=town.now)
    assert published()[DocumentKind.AD] == {}
    view = queries.ad(town.ada, ad_id).review
    assert view.verdict is Verdict.REJECTED
    assert view.reasons == tuple(ReasonView(key, REVIEW_REASONS[key]) for key in ("music_rights", "offensive"))
    assert view.note == "Too loud."
    assert subjects(town.ada)[-1] == "Your ad “A loaf rises” was rejected"
    body = bodies(town.ada)[-1]
    assert "- The sound is not licensed for advertising.\n- The ad may offend or frighten." in body
    assert "The reviewer writes: Too loud." in body
    assert f"/advertiser/ads/{ad_id}/" in body


@pytest.mark.parametrize(
    ("reasons", "note", "field"),
    [([], "", "reasons"), (["boring"], "", "reasons"), (["offensive"], "a" * 1001, "note")],
)
def test_a_rejection_needs_a_reason(town: Town, reasons: list[str], note: str, field: str) -> None:
    review_id = open_review(town.ad())
    before = everything()
    with pytest.raises(FieldInvalid) as caught:
        reviews.reject(town.olu, review_id, reasons, note, now=town.now)
    assert caught.value.field == field
    assert everything() == before


def test_a_verdict_stands(town: Town) -> None:
    review_id = open_review(town.ad())
    reviews.approve(town.olu, review_id, now=town.now)
    before = everything()
    with pytest.raises(ReviewDecided):
        reviews.reject(town.olu, review_id, ["offensive"], now=town.now)
    with pytest.raises(ReviewDecided):
        reviews.approve(town.olu, review_id, now=town.now)
    assert everything() == before
    with pytest.raises(NotFound):
        reviews.approve(town.olu, 1, now=town.now)


def test_what_changed_since_is_not_decided_on(town: Town) -> None:
    edited, targeted, deleted = town.ad(), town.ad(), town.ad()
    stale = [open_review(ad_id) for ad_id in (edited, targeted, deleted)]
    change(town, edited, "https://rye.example/")
    group = queries.ad(town.ada, targeted).ad_group_id
    wider = AdGroupChanges(targeting=Targeting(countries=("BE", "NL")))
    ad_groups.update(town.ada, group, wider, billed_micros=0, now=town.now)
    ads.delete(town.ada, [deleted], now=town.now)
    before = everything()
    for review_id in stale:
        with pytest.raises(ReviewStale):
            reviews.approve(town.olu, review_id, now=town.now)
        with pytest.raises(ReviewStale):
            reviews.reject(town.olu, review_id, ["offensive"], now=town.now)
    assert everything() == before
    assert [item.ad_id for item in queries.review_queue(town.olu, Paging()).items] == [edited, targeted]
    assert Review.objects.filter(verdict="in_review").count() == 2


def test_a_change_of_age_leaves_the_review_open(town: Town) -> None:
    ad_id = town.ad()
    review_id = open_review(ad_id)
    adults = AdGroupChanges(targeting=Targeting(countries=("NL",), age_bands=("18_24",)))
    ad_groups.update(town.ada, queries.ad(town.ada, ad_id).ad_group_id, adults, billed_micros=0, now=town.now)
    reviews.approve(town.olu, review_id, now=town.now)
    assert list(published()[DocumentKind.AD]) == [ad_id]


def test_the_next_reviewer_sees_what_was_said_and_what_changed(town: Town) -> None:
    ad_id = town.approved_ad()
    change(town, ad_id, "https://rye.example/")
    reviews.reject(town.olu, open_review(ad_id), ["landing_page_mismatch"], "No rye there.", now=town.now)
    change(town, ad_id, "https://rye.example/2")
    change(town, ad_id, "https://rye.example/3")
    (item,) = queries.review_queue(town.olu, Paging()).items
    assert item.changes == (Change("landing_url", "https://bread.example/loaf", "https://rye.example/3"),)
    assert item.approved_before
    assert [(past.review.verdict, past.reviewer_name) for past in item.previous] == [
        (Verdict.SUPERSEDED, None),
        (Verdict.REJECTED, "Olu"),
        (Verdict.APPROVED, "Olu"),
    ]
    mine = queries.reviews(town.ada, ad_id, Paging())
    assert [each.verdict for each in mine.items] == [
        Verdict.IN_REVIEW,
        Verdict.SUPERSEDED,
        Verdict.REJECTED,
        Verdict.APPROVED,
    ]
    assert mine.items[2].note == "No rye there."


def test_the_queue_costs_the_same_however_long(town: Town, django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    ad_group_id = town.ad_group()
    town.ad(ad_group_id)
    with django_assert_num_queries(5):
        queries.review_queue(town.olu, Paging())
    for _ in range(3):
        town.ad(ad_group_id)
    with django_assert_num_queries(5):
        assert len(queries.review_queue(town.olu, Paging()).items) == 4


def test_only_reviewers_decide(town: Town) -> None:
    review_id = open_review(town.ad())
    before = everything()
    for scope in (town.ada, town.mallory, *(town.world.people[name] for name in ("Cleo", "Vik", "Mallory"))):
        for refused in (
            lambda scope=scope: reviews.approve(scope, review_id, now=town.now),
            lambda scope=scope: reviews.reject(scope, review_id, ["offensive"], now=town.now),
            lambda scope=scope: queries.review_queue(scope, Paging()),
            lambda scope=scope: queries.review(scope, review_id),
            lambda scope=scope: queries.queue_length(scope),
        ):
            with pytest.raises(RightMissing):
                refused()
    assert everything() == before
