"""The long form while it is written: kept as a draft, judged by the server's rules, estimated."""

import re

from tests.area.advertising.town import everything
from tests.web.advertiser.filling import AD, AD_GROUP, launch
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad, Campaign, LaunchDraft

NEW = "/advertiser/campaigns/new/"
SAVE = "/advertiser/drafts/save/"
CHECK = "/advertiser/ads/check/"
ESTIMATE = "/advertiser/ads/estimate/"
OF_CAMPAIGN = {"draft_kind": "campaign", "draft_above": "0"}


def said(page: bytes) -> dict[str, str]:
    """Return what the page says of each field."""
    return dict(re.findall(r'<li data-field="([^"]+)">([^<]+)</li>', page.decode()))


def test_what_is_written_is_kept_gone_on_with_and_submitted_once(stage: Stage) -> None:
    ada = stage.browser("Ada")
    sent = launch(ad__consent_id=str(stage.town.shared_consent), campaign__name="Half written")

    kept = ada.post(SAVE, {**sent, **OF_CAMPAIGN})
    draft = LaunchDraft.objects.get()
    resumed = ada.get(f"{NEW}?draft={draft.pk}").content.decode()
    listed = text_of(ada.get("/advertiser/drafts/"))

    assert kept.headers["HX-Replace-Url"] == f"{NEW}?draft={draft.pk}"
    assert (draft.name, draft.version) == ("Half written", 1)
    assert 'value="Half written"' in resumed
    assert f'name="draft_id" value="{draft.pk}"' in resumed
    assert "v-field-wrong" not in resumed
    assert "Half written" in listed

    version = {"draft_id": str(draft.pk), "draft_version": "1"}
    first = ada.post(NEW, {**sent, **OF_CAMPAIGN, **version})
    again = ada.post(NEW, {**sent, **OF_CAMPAIGN, **version})

    ad = Ad.objects.get()
    assert (first.status_code, first.headers["Location"]) == (302, f"/advertiser/ads/{ad.pk}/")
    assert again.status_code == 422
    assert "This draft was submitted already." in text_of(again)
    assert f'href="/advertiser/ads/{ad.pk}/"' in again.content.decode()
    assert ada.get(f"{NEW}?draft={draft.pk}").headers["Location"] == f"/advertiser/ads/{ad.pk}/"
    assert "No drafts" in text_of(ada.get("/advertiser/drafts/"))


def test_a_later_version_is_not_overwritten_and_what_is_here_can_be_kept(stage: Stage) -> None:
    ada = stage.browser("Ada")
    ada.post(SAVE, {**launch(campaign__name="First"), **OF_CAMPAIGN})
    draft = LaunchDraft.objects.get()
    version = {**OF_CAMPAIGN, "draft_id": str(draft.pk), "draft_version": "1"}
    ada.post(SAVE, {**launch(campaign__name="There"), **version})

    refused = ada.post(SAVE, {**launch(campaign__name="Here"), **version})
    own = ada.post(NEW, {**launch(campaign__name="Here"), **version, "keep": "own"})

    assert refused.status_code == 422
    assert "This draft was changed in another window." in text_of(refused)
    assert f'href="{NEW}?draft={draft.pk}"' in refused.content.decode()
    other = LaunchDraft.objects.exclude(pk=draft.pk).get()
    assert own.headers["Location"] == f"{NEW}?draft={other.pk}"
    assert [row.name for row in LaunchDraft.objects.order_by("pk")] == ["There", "Here"]


def test_drafts_are_the_accounts_own(stage: Stage) -> None:
    ada, mallory = stage.browser("Ada"), stage.browser("Mallory")
    ada.post(SAVE, {**launch(), **OF_CAMPAIGN})
    draft = LaunchDraft.objects.get()
    before = everything()

    assert mallory.get(f"{NEW}?draft={draft.pk}").status_code == 404
    assert mallory.post(f"/advertiser/drafts/{draft.pk}/discard/").status_code == 404
    assert "Spring loaves" not in text_of(mallory.get("/advertiser/drafts/"))
    assert (everything(), LaunchDraft.objects.count()) == (before, 1)

    gone = ada.post(f"/advertiser/drafts/{draft.pk}/discard/")
    assert (gone.headers["Location"], LaunchDraft.objects.count()) == ("/advertiser/drafts/", 0)


def test_an_ad_groups_and_an_ads_draft_lead_back_to_their_forms(stage: Stage) -> None:
    ada = stage.browser("Ada")
    campaign_id = stage.town.campaign()
    ad_group_id = stage.town.ad_group(campaign_id)
    ada.post(SAVE, {**AD_GROUP, "draft_kind": "ad_group", "draft_above": str(campaign_id)})
    ada.post(f"/advertiser/ad-groups/{ad_group_id}/ads/new/", {**AD, "keep": "draft"})

    page = ada.get("/advertiser/drafts/").content.decode()

    group, ad = LaunchDraft.objects.order_by("pk")
    assert f"/advertiser/campaigns/{campaign_id}/ad-groups/new/?draft={group.pk}" in page
    assert f"/advertiser/ad-groups/{ad_group_id}/ads/new/?draft={ad.pk}" in page
    assert (
        'value="Neighbours"'
        in ada.get(f"/advertiser/campaigns/{campaign_id}/ad-groups/new/?draft={group.pk}").content.decode()
    )
    assert ada.get(f"{NEW}?draft={ad.pk}").status_code == 404


def test_the_servers_rules_are_told_beside_each_field_at_once(stage: Stage) -> None:
    sent = launch(
        campaign__name="Loaves 🍞",
        ad_group__budget_micros="0.30",
        ad_group__ends_at="2020-01-01T00:00",
        ad_group__age_bands=["13_17"],
        ad_group__interests=["food"],
        ad__landing_url="ftp://bread.example",
        ad__call_to_action="view_profile",
        ad__consent_id=str(stage.town.shared_consent),
    )

    checked = said(stage.browser("Ada").post(CHECK, {**sent, **OF_CAMPAIGN}).content)
    refused = stage.browser("Ada").post(NEW, sent)

    assert checked.keys() == {
        "campaign-name",
        "ad_group-budget_micros",
        "ad_group-bid_micros",
        "ad_group-ends_at",
        "ad_group-age_bands",
        "ad-landing_url",
        "ad-call_to_action",
    }
    assert checked["campaign-name"] == "No emoji."
    assert refused.status_code == 422
    assert "7 answers need another look" in text_of(refused)
    assert 'data-to="id_ad_group-bid_micros"' in refused.content.decode()
    assert Campaign.objects.count() == 0


def test_where_nothing_was_shown_the_estimate_says_so(stage: Stage) -> None:
    ada = stage.browser("Ada")
    told = text_of(ada.post(ESTIMATE, {**launch(ad_group__languages=["nl"]), **OF_CAMPAIGN}))
    missing = text_of(ada.post(ESTIMATE, {**launch(ad_group__countries=None), **OF_CAMPAIGN}))

    assert "Too little was shown to these people in the last 8 days" in told
    assert "Languages narrow it further" in told
    assert "Choose a country" in missing
