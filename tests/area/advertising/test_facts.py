"""Statuses from the tables: each area's word for what stops an ad arrives as its cause."""

import msgspec

from tests.area.advertising.town import DAY, EUR, Town
from vonk.advertising import queries, rules
from vonk.advertising.actions import ad_groups, ads, campaigns, reviews
from vonk.advertising.drafts import AdChanges
from vonk.advertising.models import Review
from vonk.advertising.rules import Cause, MoneyFacts, Primary, Status
from vonk.authorisation.actions import consents
from vonk.content.actions import posts
from vonk.content.rules import Visibility


def status(town: Town, ad_id: int, money: MoneyFacts | None = None) -> Status:
    facts = queries.ad_facts([ad_id], now=town.now)[ad_id]
    return rules.status(msgspec.structs.replace(facts, money=money), town.now)


def test_the_life_of_an_ad(town: Town) -> None:
    consent_id = town.consent()
    ad_id = town.ad(draft=town.spark_draft(consent_id))
    view = queries.ad(town.ada, ad_id)
    assert status(town, ad_id).causes == (Cause.IN_REVIEW,)
    reviews.reject(town.olu, view.review.id, ["offensive"], now=town.now)
    assert status(town, ad_id).causes == (Cause.REJECTED,)
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://rye.example/"), now=town.now)
    assert status(town, ad_id).causes == (Cause.IN_REVIEW,)
    reviews.approve(town.olu, Review.objects.get(verdict="in_review").pk, now=town.now)
    assert status(town, ad_id).primary is Primary.DELIVERING
    assert status(town, ad_id, MoneyFacts(0, 50 * EUR, 20 * EUR)).causes == (
        Cause.BALANCE_SPENT,
        Cause.CAMPAIGN_BUDGET_SPENT,
        Cause.AD_GROUP_BUDGET_SPENT,
    )
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://wheat.example/"), now=town.now)
    assert status(town, ad_id).causes == (Cause.RE_REVIEW,)
    posts.set_visibility(town.world.cleo, view.post_id, Visibility.PRIVATE, town.now)
    assert status(town, ad_id).causes == (Cause.POST_PRIVATE, Cause.RE_REVIEW)
    posts.set_visibility(town.world.cleo, view.post_id, Visibility.PUBLIC, town.now)
    town.now += 30 * DAY
    assert status(town, ad_id).causes == (Cause.CONSENT_EXPIRED, Cause.RE_REVIEW)
    consents.extend(town.world.cleo, consent_id, duration_days=7, now=town.now)
    assert status(town, ad_id).causes == (Cause.RE_REVIEW,)
    consents.revoke(town.world.cleo, consent_id, now=town.now)
    ads.set_enabled(town.ada, [ad_id], False, now=town.now)
    campaigns.delete(town.ada, [view.campaign_id], now=town.now)
    assert status(town, ad_id) == Status(
        Primary.DELETED,
        Cause.CAMPAIGN_DELETED,
        (Cause.CAMPAIGN_DELETED, Cause.AD_DISABLED, Cause.CONSENT_REVOKED, Cause.RE_REVIEW),
    )


def test_a_campaign_and_its_ad_groups(town: Town) -> None:
    first = town.approved_ad()
    view = queries.ad(town.ada, first)
    second = town.ad(view.ad_group_id)
    group = queries.ad_group_facts([view.ad_group_id])[view.ad_group_id]
    campaign = queries.campaign_facts([view.campaign_id])[view.campaign_id]

    def levels() -> tuple[Status, Status]:
        facts = queries.ad_facts([first, second], now=town.now).values()
        of_group = rules.ad_group_status(group, [rules.status(each, town.now) for each in facts], town.now)
        return of_group, rules.campaign_status(campaign, [of_group])

    limited = Status(Primary.LIMITED, Cause.PARTLY_IN_REVIEW, (Cause.PARTLY_IN_REVIEW,))
    assert levels() == (limited, limited)
    ad_groups.set_enabled(town.ada, [view.ad_group_id], False, now=town.now)
    group = queries.ad_group_facts([view.ad_group_id])[view.ad_group_id]
    of_group, of_campaign = levels()
    assert (of_group.primary, of_group.headline) == (Primary.DISABLED, Cause.AD_GROUP_DISABLED)
    assert of_campaign == Status(Primary.DISABLED, Cause.CHILDREN_DISABLED, (Cause.CHILDREN_DISABLED,))


def test_facts_cost_the_same_however_many(town: Town, django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    ad_ids = [town.ad(), town.ad(draft=town.own_draft())]
    with django_assert_num_queries(6):
        queries.ad_facts(ad_ids[:1], now=town.now)
    with django_assert_num_queries(6):
        assert queries.ad_facts(ad_ids, now=town.now).keys() == set(ad_ids)
