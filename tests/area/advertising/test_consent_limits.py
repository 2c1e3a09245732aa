"""Ads are held to the limits of the consent that they stand on, before they are submitted and in their status."""

import msgspec
import pytest

from tests.area.advertising.town import DAY, EUR, Town, everything, published
from tests.area.authorisation.test_terms import agreed
from tests.area.authorisation.world import subjects
from vonk.advertising import queries, rules
from vonk.advertising.actions import ad_groups, ads
from vonk.advertising.drafts import AdChanges, AdGroupChanges
from vonk.advertising.rules import Cause, MoneyFacts
from vonk.authorisation.actions import consents
from vonk.authorisation.models import PermissionRequest
from vonk.authorisation.rules import TermsDraft
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, Problem
from vonk.delivery.snapshot import AdDocument, DocumentKind, Targeting, decode_document

LIMITED = TermsDraft(currency="EUR", spend_cap_micros=10 * EUR, countries=("NL", "BE"), categories=("food", "art"))


def status(town: Town, ad_id: int, *, billed_micros: int = 0) -> tuple[Cause, ...]:
    money = MoneyFacts(10**12, 0, 0, consent_billed_micros=billed_micros)
    facts = queries.ad_facts([ad_id], now=town.now)[ad_id]
    return rules.status(msgspec.structs.replace(facts, money=money), town.now).causes


@pytest.mark.parametrize(
    ("changed", "countries", "billed", "code", "field"),
    [
        ({"category": "games"}, ("NL",), 0, "category_not_allowed", "category"),
        ({}, ("NL",), 0, "category_not_allowed", "category"),
        ({"category": "bread"}, ("NL",), 0, "field_invalid", "category"),
        ({"category": "food"}, ("DE", "NL"), 0, "region_not_licensed", "consent_id"),
        ({"category": "food"}, ("NL",), 10 * EUR, "spend_cap_reached", "consent_id"),
    ],
)
def test_what_is_outside_the_limits_is_refused_by_name(
    town: Town, changed: dict[str, str], countries: tuple[str, ...], billed: int, code: str, field: str
) -> None:
    consent_id = agreed(town.world, LIMITED)
    ad_group_id = town.ad_group(targeting=Targeting(countries=countries))
    before = everything()
    with pytest.raises(Problem) as caught:
        ads.create_one(
            town.ada, ad_group_id, town.spark_draft(consent_id, **changed), billed={consent_id: billed}, now=town.now
        )
    problem = caught.value
    assert (problem.code, problem.field) == (code, field)
    assert isinstance(problem, FieldInvalid) or (problem.link and problem.fill(problem.remedy))
    assert everything() == before


def test_inside_the_limits_it_is_reviewed_with_its_category_and_published_with_it(town: Town) -> None:
    consent_id = agreed(town.world, LIMITED)
    ad_group_id = town.ad_group(targeting=Targeting(countries=("BE", "NL")))
    draft = town.spark_draft(consent_id, category="food")
    ad_id = town.approved_ad(ad_group_id, draft)
    document = decode_document(DocumentKind.AD, published()[DocumentKind.AD][ad_id])
    assert isinstance(document, AdDocument)
    assert document.category == "food"
    assert queries.ad(town.ada, ad_id).category == "food"
    for changes, code in ((AdChanges(category="games"), "category_not_allowed"), (AdChanges(category=""), None)):
        before = everything()
        with pytest.raises(Problem) as caught:
            ads.update(town.ada, ad_id, changes, now=town.now)
        assert caught.value.code == (code or "category_not_allowed")
        assert everything() == before
    assert ads.update(town.ada, ad_id, AdChanges(category="art"), now=town.now) == ("category",)
    assert ad_id not in published()[DocumentKind.AD]  # What it advertises is judged anew.
    (queued,) = queries.review_queue(town.olu, Paging()).items
    assert [change.part for change in queued.changes] == ["category"]


def test_an_ad_group_does_not_reach_into_a_country_that_a_post_may_not(town: Town) -> None:
    consent_id = agreed(town.world, LIMITED)
    ad_group_id = town.ad_group()
    town.ad(ad_group_id, town.spark_draft(consent_id, category="food"))

    def target(*countries: str) -> tuple[str, ...]:
        changes = AdGroupChanges(targeting=Targeting(countries=countries))
        return ad_groups.update(town.ada, ad_group_id, changes, billed_micros=0, now=town.now)

    before = everything()
    with pytest.raises(Problem) as caught:
        target("NL", "DE")
    assert (caught.value.code, caught.value.field) == ("region_not_licensed", "countries")
    assert "DE" in str(caught.value)
    assert "NL" not in str(caught.value)
    assert everything() == before
    assert target("NL", "BE") == ("targeting",)


def test_statuses_tell_the_limits(town: Town) -> None:
    consent_id = agreed(town.world, LIMITED)
    ad_id = town.approved_ad(draft=town.spark_draft(consent_id, category="food"))
    assert status(town, ad_id) == (Cause.DELIVERING,)
    assert status(town, ad_id, billed_micros=10 * EUR - EUR // 2) == (Cause.DELIVERING,)  # One more event fits.
    assert status(town, ad_id, billed_micros=10 * EUR - EUR // 2 + 1) == (Cause.SPEND_CAP_REACHED,)


def test_a_consent_that_is_ending_is_used_until_it_ends(town: Town) -> None:
    consent_id = agreed(town.world, TermsDraft(notice_days=7))
    town.approved_ad(draft=town.spark_draft(consent_id))
    consents.revoke(town.world.cleo, consent_id, now=town.now)
    ad_id = town.approved_ad(draft=town.spark_draft(consent_id))  # Still usable.
    facts = queries.ad_facts([ad_id], now=town.now)[ad_id]
    found = rules.status(facts, town.now)
    assert (found.causes, found.consent_ends_at) == ((Cause.CONSENT_ENDING,), town.now + 7 * DAY)
    (outliving,) = {(one.consent_id, one.by_notice, one.days) for one in queries.outliving(town.ada, town.now)}
    assert outliving == (consent_id, True, None)
    assert not PermissionRequest.objects.exists()  # Nobody is asked to extend what they revoked.
    town.now += 7 * DAY
    assert status(town, ad_id) == (Cause.CONSENT_REVOKED,)
    with pytest.raises(Problem) as caught:
        town.ad(draft=town.spark_draft(consent_id))
    assert caught.value.code == "authorization_revoked"


def test_what_outlives_its_consent_asks_for_more_time_once(town: Town) -> None:
    consent_id = town.consent()  # Thirty days.
    ad_group_id = town.ad_group(ends_at=town.now + 40 * DAY)
    town.ad(ad_group_id, town.spark_draft(consent_id))
    (request,) = PermissionRequest.objects.all()
    assert (request.kind, request.consent_id, request.asked_by_id) == ("extend", consent_id, None)
    town.ad(ad_group_id, town.spark_draft(consent_id))
    assert PermissionRequest.objects.count() == 1
    found = queries.outliving(town.ada, town.now, ad_group_id=ad_group_id)
    assert [(one.consent_id, one.days, one.by_notice) for one in found] == [(consent_id, 10, False)] * 2
    consents.extend(town.world.cleo, consent_id, duration_days=30, now=town.now)
    assert queries.outliving(town.ada, town.now) == ()


def test_what_ends_in_time_asks_for_nothing_and_an_end_moved_on_asks(town: Town) -> None:
    consent_id = town.consent()
    ad_group_id = town.ad_group(ends_at=town.now + 20 * DAY)
    town.ad(ad_group_id, town.spark_draft(consent_id))
    endless = town.ad_group()
    town.ad(endless, town.spark_draft(consent_id))  # Without an end: in good time, two weeks before.
    assert not PermissionRequest.objects.exists()
    later = AdGroupChanges(ends_at=town.now + 31 * DAY)
    ad_groups.update(town.ada, ad_group_id, later, billed_micros=0, now=town.now)
    assert PermissionRequest.objects.get().consent_id == consent_id


def test_an_open_end_asks_two_weeks_before(town: Town) -> None:
    consent_id = town.consent()
    town.now += 16 * DAY
    town.ad(draft=town.spark_draft(consent_id))
    assert PermissionRequest.objects.get().consent_id == consent_id
    assert AuditEntry.objects.filter(action="request.asked").count() == 1
    assert subjects(town.world.cleo)
