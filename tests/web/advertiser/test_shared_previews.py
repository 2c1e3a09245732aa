"""Links to previews: made on the ad's page, opened by whoever holds them, and gone when they should be."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.web.creator.stage import Stage, text_of
from vonk.advertising import preview_links
from vonk.advertising.actions import ads, shared_previews
from vonk.advertising.errors import SharedPreviewQuotaExceeded
from vonk.advertising.models import Ad, SharedPreview
from vonk.advertising.rules import shared_previews as rules
from vonk.authorisation.actions import consents
from vonk.authorisation.models import Consent
from vonk.content.actions import profiles
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

SECRET = "Only Ada reads this"


def made_ad(stage: Stage) -> int:
    """An ad that waits for review."""
    town = stage.town
    consent_id = town.consent(caption="Warm bread")
    campaign_id = town.campaign(name=SECRET)
    return town.ad(town.ad_group(campaign_id, name=SECRET), town.spark_draft(consent_id, name=SECRET))


def shared(stage: Stage, ad_id: int) -> str:
    """The path of a link that Ada makes in the browser."""
    told = stage.browser("Ada").post(f"/advertiser/ads/{ad_id}/previews/", {"days": "7"})
    assert (told.status_code, told.headers["Location"]) == (302, f"/advertiser/ads/{ad_id}/")
    row = SharedPreview.objects.latest("pk")
    return f"/preview/{row.pk}/{preview_links.mark(row.pk, row.account_id, row.expires_at)}/"


def test_whoever_holds_the_link_sees_the_ad_and_nothing_else(stage: Stage) -> None:
    ad_id = made_ad(stage)
    path = shared(stage, ad_id)

    answer = Client().get(path)

    body = answer.content.decode()
    assert answer.status_code == 200
    assert all(text in text_of(answer) for text in ("Preview", "Warm bread", "Sponsored", "shares an ad with you"))
    row = Ad.objects.select_related("ad_group__campaign").get(pk=ad_id)
    inner = (ad_id, row.ad_group_id, row.ad_group.campaign_id, row.ad_group.campaign.account_id, row.consent_id)
    assert [one for one in (SECRET, row.landing_url, *map(str, inner)) if one in body] == []
    assert "csrf" not in body.lower()
    assert answer.cookies == {}
    headers = answer.headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert text_of(stage.browser("Mallory").get(path)) == text_of(answer)
    page = stage.browser("Ada").get(f"/advertiser/ads/{ad_id}/").content.decode()
    assert path in page


def test_an_address_that_nobody_signed_leads_nowhere(stage: Stage) -> None:
    path = shared(stage, made_ad(stage))
    _, _, number, mark, _ = path.split("/")
    other = f"{int(number) + 1}"
    wrong = ("A" + mark[1:]) if mark[0] != "A" else ("B" + mark[1:])

    for tried in (
        f"/preview/{number}/{wrong}/",
        f"/preview/{other}/{mark}/",
        f"/preview/{number}/é/",
        f"/preview/{number}/x/",
    ):
        answer = Client().get(tried)
        assert (answer.status_code, "shared_preview_over" in answer.content.decode()) == (404, False), tried

    SharedPreview.objects.filter(pk=number).update(expires_at=stage.now + timedelta(days=300))
    assert Client().get(path).status_code == 404, "The end is part of what is signed."


def test_a_link_ends_by_itself_and_when_it_is_taken_back(stage: Stage) -> None:
    ad_id = made_ad(stage)
    first, second = shared(stage, ad_id), shared(stage, ad_id)
    number = first.split("/")[2]

    foreign = stage.browser("Mallory").post(f"/advertiser/ads/{ad_id}/previews/{number}/revoke/")
    assert (foreign.status_code, Client().get(first).status_code) == (404, 200)
    for _ in range(2):
        assert stage.browser("Ada").post(f"/advertiser/ads/{ad_id}/previews/{number}/revoke/").status_code == 302
    assert AuditEntry.objects.filter(action="shared_preview.revoked").count() == 1
    over = Client().get(first)
    assert (over.status_code, "This preview is over." in text_of(over)) == (404, True)
    assert "Warm bread" not in over.content.decode()
    assert first not in stage.browser("Ada").get(f"/advertiser/ads/{ad_id}/").content.decode()

    clock.start_at(stage.now + timedelta(days=7, minutes=5))
    assert "This preview is over." in text_of(Client().get(second))


@pytest.mark.parametrize("what", ["revoked", "private", "deleted", "ended"])
def test_what_takes_the_ad_away_takes_its_preview_away(stage: Stage, what: str) -> None:
    ad_id = made_ad(stage)
    path = shared(stage, ad_id)
    row = Ad.objects.get(pk=ad_id)
    assert row.consent_id is not None
    if what == "revoked":
        consents.revoke(stage.cleo, row.consent_id, now=stage.now)
    elif what == "private":
        profiles.set_private(stage.cleo, True, now=stage.now)
    elif what == "deleted":
        ads.delete(stage.town.ada, [ad_id], now=stage.now)
    else:
        Consent.objects.filter(pk=row.consent_id).update(ends_at=stage.now)

    answer = Client().get(path)

    assert (answer.status_code, "Warm bread" in answer.content.decode()) == (404, False)
    with pytest.raises(NotFound):
        shared_previews.share(stage.town.ada, [(ad_id, "")], now=stage.now)


def test_who_may_share_what(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ad_id, ada = made_ad(stage), stage.town.ada
    before = SharedPreview.objects.count()

    assert stage.browser("Mallory").post(f"/advertiser/ads/{ad_id}/previews/", {"days": "7"}).status_code == 404
    assert stage.browser("Ada").post(f"/advertiser/ads/{ad_id}/previews/", {"days": "8"}).status_code == 422
    with pytest.raises(RightMissing):
        shared_previews.share(stage.cleo, [(ad_id, "")], now=stage.now)
    for asked in ([], [(ad_id, ""), (ad_id, "")], [(number, "") for number in range(1, 22)]):
        with pytest.raises(FieldInvalid):
            shared_previews.share(ada, asked, now=stage.now)
    for days in (0, 31):
        with pytest.raises(FieldInvalid):
            shared_previews.share(ada, [(ad_id, "")], days=days, now=stage.now)
    with pytest.raises(NotFound):
        shared_previews.share(ada, [(ad_id, ""), (1, "")], now=stage.now)
    assert SharedPreview.objects.count() == before
    monkeypatch.setattr(rules, "LINKS_PER_ACCOUNT_MAX", 1)
    shared_previews.share(ada, [(ad_id, "")], days=1, now=stage.now)
    with pytest.raises(SharedPreviewQuotaExceeded):
        shared_previews.share(ada, [(ad_id, "")], now=stage.now)
    shared_previews.share(ada, [(ad_id, "")], now=stage.now + timedelta(days=1))
    SharedPreview.objects.update(expires_at=stage.now - timedelta(days=31))
    shared_previews.share(ada, [(ad_id, "")], now=stage.now)
    assert SharedPreview.objects.count() == 1, "Links that ended long ago are not kept."


def test_what_the_sharer_writes_is_shown_as_text(stage: Stage) -> None:
    ad_id = made_ad(stage)
    link = shared_previews.share(stage.town.ada, [(ad_id, "<b>Our\n bread</b>")], sharer="<i>Ada</i>", now=stage.now)

    answer = Client().get(urlsplit(link.url).path)

    assert answer.status_code == 200
    assert "&lt;b&gt;Our bread&lt;/b&gt;" in answer.content.decode()
    assert "&lt;i&gt;Ada&lt;/i&gt; shares an ad with you" in answer.content.decode()
    for changed in ({"sharer": "a" * 101}, {"ads": [(ad_id, "a" * 101)]}):
        with pytest.raises(FieldInvalid):
            shared_previews.share(stage.town.ada, **{"ads": [(ad_id, "")], **changed}, now=stage.now)  # type: ignore[arg-type]  # One of them is wrong.
