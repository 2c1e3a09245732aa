"""What people do most, done by keys alone: everything is reached by Tab, seen when it is, and left by Escape."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.web.creator.conftest import stage
from tests.web.creator.stage import Stage
from tests.web.journey.browser import chromium
from tests.web.keys.driven import ORIGIN, driven, tab_to
from vonk.advertising.models import TableView
from vonk.authorisation.models import Consent
from vonk.content.models import Comment

__all__ = ["stage"]

pytestmark = pytest.mark.browser


def test_ada_saves_what_she_changed_in_a_view(stage: Stage) -> None:
    stage.town.campaign()
    ada = stage.browser("Ada")
    ada.post(reverse("advertiser:table_view", args=["campaign"]), {"name": "Mine", "query": "sort=-spend"})
    view = TableView.objects.get()
    with chromium() as browser, driven(browser, ada) as page:
        page.goto(f"{ORIGIN}/advertiser/campaigns/?sort=name&view={view.pk}")
        tab_to(page, page.get_by_role("button", name="Save changes to this view"))
        page.keyboard.press("Enter")
        expect(page.locator("#confirm")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#confirm")).to_be_hidden()
        expect(page.get_by_role("button", name="Save changes to this view")).to_be_focused()
        page.keyboard.press("Enter")
        tab_to(page, page.locator("#confirm-yes"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("“Mine” keeps the table as it is now.")).to_be_visible()
    view.refresh_from_db()
    assert view.query == "sort=name"


def test_vik_likes_and_comments(stage: Stage) -> None:
    stage.town.consent(caption="A loaf rises")
    vik = stage.browser("Vik")
    with chromium() as browser, driven(browser, vik) as page:
        page.goto(ORIGIN)
        slide = page.locator(".f-slide[data-current]")
        expect(slide).to_be_visible()
        like = slide.locator('[data-part="like"]')
        tab_to(page, like)
        page.keyboard.press("Enter")
        expect(like).to_have_attribute("aria-pressed", "true")
        comment = slide.locator('[data-gesture="comment"]')
        tab_to(page, comment)
        page.keyboard.press("Enter")
        panel = page.locator("#panel")
        tab_to(page, panel.get_by_label("Your comment"))
        page.keyboard.type("Which flour is it?")
        tab_to(page, panel.get_by_role("button", name="Send"))
        page.keyboard.press("Enter")
        expect(panel.locator(".f-comment-list")).to_contain_text("Which flour is it?")
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(comment).to_be_focused()
    assert list(Comment.objects.values_list("text", flat=True)) == ["Which flour is it?"]


def test_cleo_authorises_and_revokes(stage: Stage) -> None:
    post_id = Consent.objects.get(pk=stage.town.consent(caption="A loaf rises")).post_id
    cleo = stage.browser("Cleo")
    with chromium() as browser, driven(browser, cleo) as page:
        page.goto(ORIGIN + reverse("creator:post_ads", args=[post_id]))
        days = page.locator("input[type=radio][name=duration_days]")
        tab_to(page, days.and_(page.locator(":checked")))
        page.keyboard.press("ArrowDown")
        chosen = int(days.and_(page.locator(":checked")).input_value())
        tab_to(page, page.get_by_role("button", name="Authorise and make a code"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Authorised. Here is the code.").first).to_be_visible()
        page.goto(ORIGIN + reverse("creator:post_ads", args=[post_id]))
        tab_to(page, page.get_by_role("button", name="Revoke").first)
        page.keyboard.press("Enter")
        tab_to(page, page.locator("#confirm-yes"))
        page.keyboard.press("Enter")
        expect(page.locator(".c-codes li").first).to_contain_text("Revoked")
    assert list(Consent.objects.exclude(revoked_at=None).values_list("duration_days", flat=True)) == [chosen]
