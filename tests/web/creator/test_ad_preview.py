"""The page of an ad with one's post: as viewers will see it, accepted and refused."""

from django.urls import reverse

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising.models import Ad
from vonk.authorisation.actions import consents
from vonk.control import publications
from vonk.delivery.snapshot import DocumentKind


def shown(ad_id: int) -> bool:
    return ad_id in publications.published(DocumentKind.AD)


def test_cleo_accepts_and_refuses_an_ad_and_says_why(stage: Stage) -> None:
    issued = stage.town.world.issued(preview_required=True)
    consent_id = consents.redeem(stage.town.ada, issued.code, now=stage.now).consent_id
    ad_id = stage.town.approved_ad(draft=stage.town.spark_draft(consent_id, category="food"))
    browser, page = stage.browser("Cleo"), reverse("creator:ad", args=[ad_id])

    before = text_of(browser.get(page))
    assert "Waits for you It is shown only after you have accepted it." in before
    assert "Advertises Food and drink" in before
    accepted = text_of(browser.post(reverse("creator:ad_accept", args=[ad_id]), follow=True))
    assert "Accepted. The advertiser has been told." in accepted
    assert "Accept this ad" not in accepted
    assert shown(ad_id)

    long = browser.post(reverse("creator:ad_refuse", args=[ad_id]), {"note": "x" * 501})
    assert long.status_code == 422
    assert shown(ad_id)
    note = '<script>alert("no")</script>'
    refused = browser.post(reverse("creator:ad_refuse", args=[ad_id]), {"note": note}, follow=True)
    assert "<script>alert" not in refused.content.decode()
    assert "Refused by you" in text_of(refused)
    assert not shown(ad_id)
    told = stage.browser("Ada").get(f"/advertiser/ads/{ad_id}/").content.decode()
    assert "The creator has refused the ad." in told
    assert "<script>alert" not in told


def test_nobody_else_finds_it(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    for name in CAST:
        browser = stage.browser(name)
        answers = [
            browser.get(reverse("creator:ad", args=[ad_id])).status_code,
            *(
                browser.post(reverse(f"creator:ad_{act}", args=[ad_id])).status_code
                for act in (() if name == "Cleo" else ("accept", "refuse"))
            ),
        ]
        assert answers == ([200] if name == "Cleo" else [404] * 3), name
    ad = Ad.objects.get(pk=ad_id)
    assert (ad.creator_accepted_at, ad.creator_refused_at) == (None, None)
    assert shown(ad_id)
