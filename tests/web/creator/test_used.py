"""Where my posts are used: the list, each ad's numbers, audience and comments, what is owed; and nobody else's business."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.area.advertising.town import EUR
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising.actions import ads
from vonk.advertising.models import Ad
from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import consents
from vonk.authorisation.rules import Payment, TermsDraft
from vonk.content.models import Comment, Post
from vonk.content.rules import Disclosure
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound
from vonk.events.records import Kind
from vonk.identity.models import Person
from vonk.reporting import queries as reporting
from vonk.reporting.queries import Use

USED = "/studio/used/"
SHARE = TermsDraft(payment=Payment.SPEND_SHARE, share_ppm=123_457)


def ad_under(stage: Stage, draft: TermsDraft) -> int:
    """Have Cleo give terms with a code for a disclosed post, Ada agree and advertise it; return the approved ad."""
    world = stage.town.world
    post_id = world.ready_post()
    Post.objects.filter(pk=post_id).update(disclosure=Disclosure.BRANDED.value)
    issued = world.issued(post_id, terms=draft)
    shown = authorisation.preview(stage.town.ada, issued.code, stage.now).terms
    assert shown is not None
    redeemed = consents.redeem(stage.town.ada, issued.code, agree_sha256=shown.sha256, now=stage.now)
    return stage.town.approved_ad(draft=stage.town.spark_draft(redeemed.consent_id))


def test_cleo_reads_what_each_ad_brought_whom_it_reached_and_what_is_owed(stage: Stage) -> None:
    stage.pay(100 * EUR)
    shared = ad_under(stage, SHARE)
    hidden = ad_under(
        stage, TermsDraft(payment=Payment.FLAT_FEE, fee_micros=200 * EUR, currency="EUR", spend_shown=False)
    )
    for number in range(11):
        if number:
            stage.happen(shared, Kind.IMPRESSION, price=10_001, country="NL", age_band="25_34", gender="female")
        else:
            stage.happen(shared, Kind.IMPRESSION, price=10_001, country="FR")
    stage.happen(shared, Kind.IMPRESSION, organic=True)
    stage.happen(hidden, Kind.IMPRESSION)

    page = reporting.used_posts(stage.cleo, Paging(), now=stage.now)
    assert [(post.impressions.organic, post.impressions.paid, post.impressions.total) for post in page.items] == [
        (0, 1, 1),
        (1, 11, 12),
    ]
    ad = page.items[1].ads[0]
    assert (ad.use, ad.impressions, ad.spent_micros) == (Use.LIVE, 11, 110_011)
    assert (ad.owed_micros, ad.owed_currency) == (110_011 * 123_457 // 1_000_000, "EUR")
    assert (page.items[0].ads[0].spent_micros, page.items[0].ads[0].owed_micros) == (None, 200 * EUR)
    assert [(one.payment, one.owed_micros) for one in reporting.agreements(stage.cleo)] == [
        (Payment.FLAT_FEE, 200 * EUR),
        (Payment.SPEND_SHARE, 13_581),
    ]
    audience = reporting.audience(stage.cleo, shared)
    assert [(part.value, part.other, part.counts["impressions"]) for part in audience.country] == [
        ("NL", False, 10),
        ("", True, 1),  # One Frenchman would be singled out.
    ]
    assert audience.total == {"impressions": 11, "view_6s": 0, "clicks_destination": 0}

    browser = stage.browser("Cleo")
    text = text_of(browser.get(USED))
    for said in (
        "Owed to you under terms",
        "Not told, by the terms",
        "12.3457% of its spend",
        "bread.example",
        "30 days left",
    ):
        assert said in text, said
    assert "Impressions 12 1 organic · 11 paid" in text
    Comment.objects.create(
        post_id=ad.post_id,
        person=Person.objects.get(email="vik@example.org"),
        text="Smells good",
        ad_id=shared,
        at=stage.now,
    )
    text = text_of(browser.get(reverse("creator:ad", args=[shared])))
    reached = text[text.index("Whom it reached") :]
    assert "NL 10 90.9% 0 0 Others, each too small to be told 1 9.1% 0 0" in reached, reached
    assert "25–34 10" in text
    assert "Smells good" in text
    assert "Smells good" not in text_of(browser.get(reverse("creator:ad", args=[hidden])))
    comment = Comment.objects.get()
    hide = reverse("creator:comment_hidden", args=[ad.post_id, comment.pk])
    answer = browser.post(hide, {"on": "1", "ad": str(shared)})
    assert answer["Location"] == reverse("creator:ad", args=[shared])
    comment.refresh_from_db()
    assert comment.hidden_at is not None


def test_the_list_is_filtered_and_paged_and_says_why_an_ad_does_not_run(stage: Stage) -> None:
    stage.pay(100 * EUR)
    browser = stage.browser("Cleo")
    assert "No ad has a post of yours yet" in text_of(browser.get(USED))
    live = stage.town.approved_ad()
    waiting = stage.town.ad(draft=stage.town.spark_draft(stage.town.consent(caption="Second")))
    gone = stage.town.approved_ad(draft=stage.town.spark_draft(stage.town.consent(caption="Third")))
    ads.delete(stage.town.ada, [gone], now=stage.now + timedelta(minutes=1))

    def listed(**wanted: object) -> list[int]:
        found = reporting.used_posts(stage.cleo, Paging(), now=stage.now, **wanted)  # type: ignore[arg-type]  # Filters by name.
        return [ad.ad_id for post in found.items for ad in post.ads]

    assert listed() == [gone, waiting, live]
    assert [listed(use=use) for use in Use] == [[live], [waiting], [], [gone]]
    post_id = Ad.objects.get(pk=waiting).post_id
    assert listed(post_id=post_id) == [waiting]
    assert listed(account_id=stage.town.ada.account) == [gone, waiting, live]
    assert listed(account_id=stage.town.mallory.account) == []
    first = reporting.used_posts(stage.cleo, Paging(size=1), now=stage.now)
    second = reporting.used_posts(stage.cleo, Paging(int(first.next_cursor or 0), 1), now=stage.now)
    assert [post.ads[0].ad_id for post in (*first.items, *second.items)] == [gone, waiting]
    with pytest.raises(FieldInvalid):
        reporting.used_posts(stage.cleo, Paging(cursor=1), now=stage.now)

    assert "The platform's reviewers look at it" in text_of(browser.get(USED, {"state": "waiting"}))
    assert "No ad is like that" in text_of(browser.get(USED, {"state": "paused"}))
    assert "Only ads with" in text_of(browser.get(USED, {"post": str(post_id)}))
    assert browser.get(USED, {"state": "nonsense"}).status_code == 422
    extended = browser.post(
        reverse("creator:consent_extend", args=[Ad.objects.get(pk=live).consent_id]), {"duration_days": "30"}
    )
    assert extended.status_code == 302


def test_nobody_else_reads_of_it(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    for name in CAST:
        browser = stage.browser(name)
        answer = browser.get(USED)
        assert ("Numbers and audience" in text_of(answer)) is (name == "Cleo"), name
    for scope in (stage.town.mallory, stage.town.ada):
        assert reporting.used_posts(scope, Paging(), now=stage.now).items == ()
        assert reporting.ad_days(scope, [ad_id]) == {}
        assert reporting.agreements(scope) == ()
        for read in (lambda: reporting.audience(scope, ad_id), lambda: reporting.used_ad(scope, ad_id, now=stage.now)):  # noqa: B023 - called at once.
            with pytest.raises(NotFound):
                read()
