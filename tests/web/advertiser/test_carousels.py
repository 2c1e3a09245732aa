"""A carousel of one's own: its pictures in order, launched as an ad; and copies of what there is."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Drawing

from tests.web.advertiser.filling import launch
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad, Campaign
from vonk.content.models import Image, Picture, Post

NEW = "/advertiser/pictures/new/"


def file(colour: str) -> SimpleUploadedFile:
    drawn = BytesIO()
    Drawing.new("RGB", (60, 80), colour).save(drawn, "PNG")
    return SimpleUploadedFile(f"{colour}.png", drawn.getvalue(), "image/png")


def test_a_carousel_is_made_in_its_order_and_launched(stage: Stage) -> None:
    ada = stage.browser("Ada")
    red, blue = (
        ada.post(f"{NEW}received/", {"file": file(colour)}, headers={"Accept": "application/json"}).json()["id"]
        for colour in ("red", "blue")
    )
    said = {"identity": "new", "display_name": "The bakery", "text": "Two loaves"}

    made = ada.post(NEW, {**said, "picture": [blue, red], "alt": ["A blue loaf", ""]})

    post = Post.objects.get(caption="Two loaves")
    pictures = list(Picture.objects.filter(video=post.video).order_by("place").values_list("library_id", "alt"))
    assert (made.status_code, made.headers["Location"]) == (302, "/advertiser/videos/")
    assert pictures == [(int(blue), "A blue loaf"), (int(red), "")]
    sent = ada.post("/advertiser/campaigns/new/", launch(ad__spark=None, ad__post_id=str(post.pk)))
    assert sent.headers["Location"] == f"/advertiser/ads/{Ad.objects.get(post=post).pk}/"
    shown = ada.post("/advertiser/ads/preview/", {"ad-post_id": str(post.pk), "ad-switchable": "1"}).content.decode()
    assert 'alt="A blue loaf"' in shown


def test_what_is_missing_is_said_and_nothing_is_lost(stage: Stage) -> None:
    ada = stage.browser("Ada")
    refused = ada.post(NEW, {"identity": "new", "display_name": "", "text": "", "files": [file("red")]})
    none = ada.post(NEW, {"identity": "new", "display_name": "The bakery", "text": "Nothing to see"})

    kept = Image.objects.get()
    assert refused.status_code == none.status_code == 422
    assert f'name="picture" value="{kept.pk}"' in refused.content.decode()
    assert "Choose at least one picture." in text_of(none)
    assert Post.objects.filter(caption="Nothing to see").count() == 0


def test_a_stranger_neither_uses_nor_removes_a_picture(stage: Stage) -> None:
    image_id = stage.browser("Ada").post(f"{NEW}received/", {"file": file("red")}).json()["id"]
    said = {"identity": "new", "display_name": "Mine", "text": "Somebody else's", "picture": [image_id]}

    mallory = stage.browser("Mallory")
    used = mallory.post(NEW, said)

    assert (used.status_code, Post.objects.filter(caption="Somebody else's").count()) == (422, 0)
    assert mallory.post(f"{NEW}received/{image_id}/remove/").status_code == 404
    assert Image.objects.filter(pk=image_id).exists()


def test_a_campaign_is_duplicated_from_its_page_whatever_its_schedule(stage: Stage) -> None:
    group_id = stage.town.ad_group(starts_at=stage.now, ends_at=stage.now.replace(hour=23))
    stage.town.ad(group_id)
    ada, campaign = stage.browser("Ada"), Campaign.objects.get()

    page = ada.get(f"/advertiser/campaigns/{campaign.pk}/").content.decode()
    looked = ada.post("/advertiser/tables/campaign/edit/start/", {"ids": [str(campaign.pk)], "act": "duplicate"})
    ada.post(f"{looked.headers['Location']}apply/")

    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert 'value="duplicate"' in page
    assert (copy.enabled, copy.ad_groups.get().enabled, Ad.objects.filter(ad_group__campaign=copy).count()) == (
        False,
        True,
        1,
    )
