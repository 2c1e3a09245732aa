"""A creator looks at ads with their posts: yes before the first delivery, no at any time."""

import pytest

from tests.area.advertising.town import Town, compiled, everything, open_review, published
from tests.area.authorisation.world import bodies, subjects
from vonk.advertising import queries, rules
from vonk.advertising.actions import ads, creator_verdicts, reviews
from vonk.advertising.drafts import AdChanges
from vonk.advertising.queries.creator_ads import creator_ad
from vonk.advertising.rules import Cause
from vonk.authorisation.actions import consents
from vonk.authorisation.models import ConsentRecord
from vonk.authorisation.queries import verify_chain
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.delivery.snapshot import DocumentKind


def looked_at(town: Town) -> int:
    """Have Cleo consent on condition that she looks at each ad, and Ada redeem it."""
    issued = town.world.issued(preview_required=True)
    return consents.redeem(town.ada, issued.code, now=town.now).consent_id


def shown(ad_id: int) -> bool:
    assert published() == compiled()
    return ad_id in published()[DocumentKind.AD]


def causes(town: Town, ad_id: int) -> tuple[Cause, ...]:
    return rules.status(queries.ad_facts([ad_id], now=town.now)[ad_id], town.now).causes


def test_an_approved_ad_waits_for_its_creator_and_an_edit_is_asked_about_again(town: Town) -> None:
    cleo, consent_id = town.world.cleo, looked_at(town)
    ad_id = town.approved_ad(draft=town.spark_draft(consent_id))
    assert not shown(ad_id)
    assert causes(town, ad_id) == (Cause.CREATOR_PREVIEW,)
    assert subjects(cleo)[-1] == "An ad with your post waits for you"
    assert f"/studio/ads/{ad_id}/" in bodies(cleo)[-1]
    assert creator_verdicts.accept(cleo, ad_id, now=town.now)
    assert shown(ad_id)
    assert causes(town, ad_id) == (Cause.DELIVERING,)
    assert not creator_verdicts.accept(cleo, ad_id, now=town.now)
    ads.update(town.ada, ad_id, AdChanges(name="Renamed"), now=town.now)
    assert shown(ad_id)
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://rye.example/"), now=town.now)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert not shown(ad_id)
    assert subjects(cleo).count("An ad with your post waits for you") == 2
    creator_verdicts.accept(cleo, ad_id, now=town.now)
    assert shown(ad_id)
    acts = ConsentRecord.objects.filter(consent_id=consent_id, act="ad_accepted").order_by("sequence")
    assert [record.detail for record in acts] == [{"ad": str(ad_id)}] * 2
    assert verify_chain(None) == []


def test_a_refusal_stops_a_live_ad_until_the_creator_says_otherwise(town: Town) -> None:
    cleo, consent_id = town.world.cleo, town.shared_consent
    ad_id, other = (town.approved_ad(draft=town.spark_draft(consent_id)) for _ in range(2))
    assert subjects(cleo)[-1] == "Ada's bread made an ad with your post"
    assert shown(ad_id)
    assert creator_verdicts.refuse(cleo, ad_id, note="  Not with this page.  ", now=town.now)
    assert not shown(ad_id)
    assert shown(other)
    assert causes(town, ad_id) == (Cause.CREATOR_REFUSED,)
    assert "Not with this page." in bodies(town.ada)[-1]
    assert queries.ad(town.ada, ad_id).creator_note == "Not with this page."
    assert not creator_verdicts.refuse(cleo, ad_id, now=town.now)
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://rye.example/"), now=town.now)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert not shown(ad_id)  # An edit does not get around it; the creator hears of it.
    assert subjects(cleo)[-1] == "An ad with your post waits for you"
    assert creator_verdicts.accept(cleo, ad_id, now=town.now)
    assert shown(ad_id)
    records = ConsentRecord.objects.filter(act__in=["ad_refused", "ad_accepted"]).order_by("sequence")
    assert [(record.act, record.detail) for record in records] == [
        ("ad_refused", {"ad": str(ad_id), "note": "Not with this page."}),
        ("ad_accepted", {"ad": str(ad_id)}),
    ]


def test_only_the_posts_creator_has_a_say(town: Town) -> None:
    ad_id, own = town.approved_ad(), town.approved_ad(draft=town.own_draft())
    before = everything(), ConsentRecord.objects.count()
    for name in ("Vik", "Mallory", "Ada"):
        scope = town.world.people[name]
        for act in (creator_verdicts.accept, creator_verdicts.refuse):
            with pytest.raises(NotFound):
                act(scope, ad_id, now=town.now)
        with pytest.raises(NotFound):
            creator_ad(scope, ad_id)
    with pytest.raises(NotFound):
        creator_verdicts.refuse(town.world.cleo, own, now=town.now)
    with pytest.raises(FieldInvalid):
        creator_verdicts.refuse(town.world.cleo, ad_id, note="x" * 501, now=town.now)
    assert (everything(), ConsentRecord.objects.count()) == before


def test_what_is_deleted_is_nobodys_to_judge_and_what_is_in_review_may_be_refused(town: Town) -> None:
    cleo, ad_id = town.world.cleo, town.ad()
    assert creator_verdicts.refuse(cleo, ad_id, now=town.now)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert not shown(ad_id)
    view = creator_ad(cleo, ad_id)
    assert (view.approved, view.refused_at, view.deleted, view.account_name) == (True, town.now, False, "Ada's bread")
    ads.delete(town.ada, [ad_id], now=town.now)
    with pytest.raises(Problem) as caught:
        creator_verdicts.accept(cleo, ad_id, now=town.now)
    assert caught.value.code == "ad_not_open_to_verdict"
    assert creator_ad(cleo, ad_id).deleted
