"""Two people, claims and appeals: who may decide when, and what becomes of it."""

from datetime import timedelta

import msgspec
import pytest

from tests.area.advertising.town import DAY, Town, everything, open_review, published
from tests.area.authorisation.world import bodies, subjects
from vonk.advertising import queries
from vonk.advertising.actions import ads, appeals, review_claims, reviews
from vonk.advertising.drafts import AdChanges
from vonk.advertising.errors import ReviewDecided
from vonk.advertising.errors.reviewing import (
    AppealDecided,
    AppealedAlready,
    AppealLate,
    AppealNothing,
    AppealOwnVerdict,
    CategoryForbidden,
    ReviewClaimed,
    SecondReviewerNeeded,
)
from vonk.advertising.models import Ad, Appeal, Review
from vonk.advertising.policies import (
    APPEAL_DAYS,
    CLAIM_LASTS,
    FORBIDDEN_CATEGORIES,
    TWO_PEOPLE_CATEGORIES,
    TWO_PEOPLE_FIRST_ADS,
)
from vonk.advertising.queries.appeals import appealing
from vonk.advertising.queries.appeals import appeals as appeals_of
from vonk.advertising.queries.reviewing import Sort, Wanted, narrowed_queue, neighbours, standings
from vonk.advertising.rules import Verdict
from vonk.advertising.rules.reviews import AppealState
from vonk.control import policies
from vonk.control.paging import Paging
from vonk.control.policies import Policy, Value
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind


@pytest.fixture
def ole(town: Town) -> Scope:
    """Another reviewer: the queue's second pair of eyes."""
    return msgspec.structs.replace(town.olu, person_id=town.mallory.person)


def set_policy(town: Town, policy: Policy, value: Value) -> None:
    operator = msgspec.structs.replace(town.olu, rights=frozenset({Right.OPERATE, Right.REVIEW}))
    policies.change(operator, policy.name, value, now=town.now)


def rejected(town: Town) -> int:
    ad_id = town.ad()
    reviews.reject(town.olu, open_review(ad_id), ["offensive"], now=town.now)
    return ad_id


@pytest.mark.parametrize("policy", [TWO_PEOPLE_CATEGORIES, TWO_PEOPLE_FIRST_ADS])
def test_the_second_is_never_the_first(town: Town, ole: Scope, policy: Policy) -> None:
    set_policy(town, policy, ("food",) if policy is TWO_PEOPLE_CATEGORIES else 1)
    ad_id = town.ad()
    Ad.objects.filter(pk=ad_id).update(category="food")
    review_id = open_review(ad_id)
    Review.objects.filter(pk=review_id).update(subject={**Review.objects.get(pk=review_id).subject, "category": "food"})
    assert standings(town.olu, [review_id], now=town.now)[review_id].two_people
    assert reviews.approve(town.olu, review_id, now=town.now) is Verdict.IN_REVIEW
    assert published()[DocumentKind.AD] == {}
    standing = standings(town.olu, [review_id], now=town.now)[review_id]
    assert (standing.first_mine, standing.first_by) == (True, "Olu")
    before = everything()
    with pytest.raises(SecondReviewerNeeded):
        reviews.approve(town.olu, review_id, now=town.now)
    assert everything() == before
    assert neighbours(town.olu, 1, Wanted(), now=town.now).next_id is None
    assert neighbours(ole, 1, Wanted(sort=Sort.SECOND), now=town.now).next_id == review_id
    assert reviews.approve(ole, review_id, now=town.now) is Verdict.APPROVED
    assert list(published()[DocumentKind.AD]) == [ad_id]


def test_one_person_suffices_once_an_account_is_known_and_to_reject(town: Town, ole: Scope) -> None:
    first = town.ad()
    reviews.approve(town.olu, open_review(first), now=town.now)
    set_policy(town, TWO_PEOPLE_FIRST_ADS, 1)
    assert reviews.approve(town.olu, open_review(town.ad()), now=town.now) is Verdict.APPROVED
    set_policy(town, TWO_PEOPLE_FIRST_ADS, 9)
    review_id = open_review(town.ad())
    reviews.approve(town.olu, review_id, now=town.now)
    reviews.reject(ole, review_id, ["offensive"], now=town.now)
    assert Review.objects.get(pk=review_id).verdict == Verdict.REJECTED


def test_an_edit_after_the_first_approval_begins_anew(town: Town, ole: Scope) -> None:
    set_policy(town, TWO_PEOPLE_FIRST_ADS, 1)
    ad_id = town.ad()
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://rye.example/"), now=town.now)
    assert reviews.approve(ole, open_review(ad_id), now=town.now) is Verdict.IN_REVIEW


def test_what_is_forbidden_is_not_approved(town: Town) -> None:
    ad_id = town.ad()
    Ad.objects.filter(pk=ad_id).update(category="food")
    set_policy(town, FORBIDDEN_CATEGORIES, ("food",))
    with pytest.raises(CategoryForbidden):
        reviews.approve(town.olu, open_review(ad_id), now=town.now)


def test_two_people_do_not_work_on_the_same(town: Town, ole: Scope) -> None:
    one, other = open_review(town.ad()), open_review(town.ad())
    assert review_claims.claim(town.olu, one, now=town.now).mine
    late = review_claims.claim(ole, one, now=town.now)
    assert (late.mine, late.by) == (False, "Olu")
    assert (neighbours(ole, 1, Wanted(), now=town.now).next_id, standings(ole, [one], now=town.now)[one].claimed_by) == (
        other, "Olu"
    )  # fmt: skip
    with pytest.raises(ReviewClaimed):
        reviews.approve(ole, one, now=town.now)
    assert review_claims.claim(ole, one, take_over=True, now=town.now).mine
    with pytest.raises(ReviewClaimed):
        reviews.approve(town.olu, one, now=town.now)
    review_claims.release(town.olu, one)
    with pytest.raises(ReviewClaimed):
        reviews.approve(town.olu, one, now=town.now)
    town.now += CLAIM_LASTS
    reviews.approve(town.olu, one, now=town.now)
    with pytest.raises(NotFound):
        review_claims.claim(ole, one, now=town.now)
    with pytest.raises(RightMissing):
        review_claims.claim(town.ada, other, now=town.now)


def test_the_queue_is_narrowed(town: Town) -> None:
    spark, own = town.ad(), town.ad(draft=town.own_draft())
    reviews.approve(town.olu, open_review(spark), now=town.now)
    ads.update(town.ada, spark, AdChanges(landing_url="https://rye.example/"), now=town.now)
    found = {
        sort: [item.ad_id for item in narrowed_queue(town.olu, Wanted(sort=sort), Paging(), now=town.now).items]
        for sort in Sort
    }
    assert found == {Sort.SPARK: [spark], Sort.OWN: [own], Sort.NEW: [own], Sort.CHANGED: [spark], Sort.SECOND: []}
    for wanted, count in (
        (Wanted(advertiser="ADA"), 2), (Wanted(advertiser="bob"), 0), (Wanted(hours=1), 0), (Wanted(language="nl"), 0)
    ):  # fmt: skip
        assert len(narrowed_queue(town.olu, wanted, Paging(), now=town.now).items) == count, wanted
    with pytest.raises(FieldInvalid):
        narrowed_queue(town.olu, Wanted(language="xx"), Paging(), now=town.now)


def test_an_appeal_is_decided_by_somebody_else(town: Town, ole: Scope) -> None:
    ad_id = rejected(town)
    assert appealing(town.ada, ad_id, now=town.now).until == town.now + timedelta(days=183)
    appeal_id = appeals.appeal(town.ada, ad_id, " It is only bread. ", now=town.now)
    made = appealing(town.ada, ad_id, now=town.now)
    assert made.appeal is not None
    assert (made.until, made.appeal.text, made.appeal.state) == (None, "It is only bread.", AppealState.WAITING)
    before = everything()
    with pytest.raises(AppealedAlready):
        appeals.appeal(town.ada, ad_id, "Again.", now=town.now)
    with pytest.raises(AppealOwnVerdict):
        appeals.overturn(town.olu, appeal_id, "Right.", now=town.now)
    with pytest.raises(FieldInvalid):
        appeals.uphold(ole, appeal_id, " ", now=town.now)
    with pytest.raises(RightMissing):
        appeals.uphold(town.ada, appeal_id, "Mine.", now=town.now)
    assert everything() == before
    assert [(one.mine, one.rejected_by) for one in appeals_of(town.olu, Paging()).items] == [(True, "Olu")]
    appeals.overturn(ole, appeal_id, "It is only bread, indeed.", now=town.now)
    assert list(published()[DocumentKind.AD]) == [ad_id]
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.APPROVED
    assert "Your appeal for the ad “A loaf rises”: the rejection is taken back" in subjects(town.ada)
    assert any("It is only bread, indeed." in body for body in bodies(town.ada))
    assert appeals_of(town.olu, Paging()).items == ()
    with pytest.raises(AppealDecided):
        appeals.uphold(ole, appeal_id, "No.", now=town.now)


def test_a_rejection_that_stands_stays(town: Town, ole: Scope) -> None:
    ad_id = rejected(town)
    appeals.uphold(ole, appeals.appeal(town.ada, ad_id, "Why?", now=town.now), "The crust.", now=town.now)
    found = appealing(town.ada, ad_id, now=town.now).appeal
    assert found is not None
    assert (found.state, found.answer) == (AppealState.UPHELD, "The crust.")
    assert published()[DocumentKind.AD] == {}
    assert subjects(town.ada)[-1] == "Your appeal for the ad “A loaf rises”: the rejection stands"
    with pytest.raises(AppealedAlready):
        appeals.appeal(town.ada, ad_id, "Again.", now=town.now)


def test_an_edit_makes_an_appeal_moot(town: Town, ole: Scope) -> None:
    ad_id = rejected(town)
    appeal_id = appeals.appeal(town.ada, ad_id, "Why?", now=town.now)
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://rye.example/"), now=town.now)
    assert Appeal.objects.get(pk=appeal_id).state == AppealState.MOOT
    with pytest.raises(AppealDecided):
        appeals.overturn(ole, appeal_id, "Right.", now=town.now)
    with pytest.raises(AppealNothing):
        appeals.appeal(town.ada, ad_id, "Again.", now=town.now)


def test_an_appeal_has_its_time_and_its_account(town: Town) -> None:
    ad_id = rejected(town)
    set_policy(town, APPEAL_DAYS, 7)
    for text in ("", "x" * 2_001):
        with pytest.raises(FieldInvalid):
            appeals.appeal(town.ada, ad_id, text, now=town.now)
    with pytest.raises(AppealLate):
        appeals.appeal(town.ada, ad_id, "Late.", now=town.now + 8 * DAY)
    with pytest.raises(RightMissing):
        appeals.appeal(
            msgspec.structs.replace(town.ada, rights=frozenset({Right.ACCOUNT_VIEW})), ad_id, "Mine?", now=town.now
        )
    stranger = msgspec.structs.replace(town.ada, account_id=7)
    with pytest.raises(NotFound):
        appeals.appeal(stranger, ad_id, "Mine?", now=town.now)
    with pytest.raises(NotFound):
        appealing(stranger, ad_id, now=town.now)
    with pytest.raises(ReviewDecided):
        reviews.approve(town.olu, Review.objects.get(ad_id=ad_id).pk, now=town.now)
