"""Forms and pages say what outlives its authorisation, before and after it is submitted."""

from datetime import timedelta

from django.urls import reverse

from tests.web.creator.stage import Stage, text_of
from vonk.authorisation.actions import consents

DAY = timedelta(days=1)
TEN = "10 days before the ad group's end."


def test_the_forms_and_pages_warn_and_an_extension_ends_it(stage: Stage) -> None:
    town, browser = stage.town, stage.browser("Ada")
    consent_id = town.shared_consent  # Thirty days.
    group = town.ad_group(ends_at=stage.now + 40 * DAY)
    new = reverse("advertiser:ad_new", args=[group])
    assert TEN in text_of(browser.get(f"{new}?consent={consent_id}"))
    ask = {"ad-consent_id": str(consent_id), "ad-call_to_action": "learn_more", "ad-landing_url": "https://a.example/"}
    preview = reverse("advertiser:ad_preview")
    assert TEN in text_of(browser.post(preview, {**ask, "in-ad_group": str(group)}))
    assert "days before" not in text_of(browser.post(preview, {**ask, "ad_group-ends_at": "2026-03-09T10:00"}))
    assert "days before" in text_of(browser.post(preview, {**ask, "ad_group-ends_at": "2026-06-09T10:00"}))
    assert browser.post(preview, {**ask, "ad_group-ends_at": "tomorrow"}).status_code == 200
    mallory = stage.browser("Mallory").post(preview, {**ask, "ad_group-ends_at": "2026-06-09T10:00"})
    assert "days before" not in text_of(mallory)

    ad_id = town.ad(group, town.spark_draft(consent_id))
    pages = [
        reverse(f"advertiser:{name}", args=[of])
        for name, of in (("ad", ad_id), ("ad_edit", ad_id), ("ad_group", group), ("ad_group_edit", group))
    ]
    for page in pages:
        assert TEN in text_of(browser.get(page)), page
    consents.extend(town.world.cleo, consent_id, duration_days=30, now=stage.now)
    for page in pages:
        assert "days before" not in text_of(browser.get(page)), page
