"""The ledger, lists of codes and invitations on their pages."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from tests.area.authorisation.world import DAY
from tests.web.advertiser.test_spark_posts import later
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.actions import imports, invitations
from vonk.authorisation.models import CodeImport, Consent, Invitation, PermissionRequest
from vonk.content.models import Post
from vonk.content.rules import Visibility

LEDGER = "/advertiser/authorisations/"
LISTS = "/advertiser/spark-posts/imports/"
INVITATION = "/advertiser/invitation/"


def worked_off(stage: Stage, import_id: int) -> None:
    while imports.work_off(import_id, now=stage.now):
        pass


def held(stage: Stage, caption: str, days: int) -> int:
    """Have Ada hold a post for so many days."""
    world = stage.town.world
    return world.redeemed(world.ready_post(caption=caption), days=days).id


def columns(browser: Client, query: str = "") -> list[dict[str, str]]:
    """Return the file's lines that the page's filter gives."""
    response = browser.get(f"/advertiser/authorisations.csv?{query}")
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # It streams.
    header, *lines = [line.split(",") for line in content.splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_the_ledger_filters_forecasts_and_goes_into_a_file(stage: Stage) -> None:
    town, ada = stage.town, stage.browser("Ada")
    empty = text_of(ada.get(LEDGER))
    short = held(stage, "Short crumb", 7)
    long = held(stage, "=Long crust", 365)
    campaign_id = town.campaign(name="Spring")
    ad_id = town.ad(town.ad_group(campaign_id), town.spark_draft(short, name="Endless"))

    page = ada.get(LEDGER)
    text = text_of(page)
    assert "No authorisations yet" in empty
    assert {"Short crumb", "=Long crust", "Ends before the campaign", "runs on without an end"} == {
        word
        for word in ("Short crumb", "=Long crust", "Ends before the campaign", "runs on without an end")
        if word in text
    }
    assert f'href="/advertiser/ads/{ad_id}/"' in page.content.decode()
    filtered = ada.get(f"{LEDGER}?days_left=14&state=active&road=post_code&creator=@cleo&text=crumb&sort=end")
    assert "Short crumb" in text_of(filtered)
    assert "Long crust" not in text_of(filtered)
    assert "No such authorisation" in text_of(ada.get(f"{LEDGER}?text=nothing+like+it"))
    assert ada.get(f"{LEDGER}?days_left=many").status_code == 422
    assert ada.get(f"{LEDGER}?cursor=4711").status_code == 422
    lines = columns(ada, "sort=end")
    assert [
        (line["authorisation_id"], line["state"], line["days_left"], line["outlived_by_ads"]) for line in lines
    ] == [
        (str(short), "active", "7", "1"),
        (str(long), "active", "365", "0"),
    ]
    assert lines[1]["caption"] == "'=Long crust", "No spreadsheet takes a caption for a formula."
    assert [line["authorisation_id"] for line in columns(ada, "text=short")] == [str(short)]
    assert columns(stage.browser("Mallory")) == []


def test_many_at_once_are_asked_to_last_longer_or_taken_off(stage: Stage) -> None:
    ada = stage.browser("Ada")
    first, second = held(stage, "One", 7), held(stage, "Two", 30)
    asked = ada.post(
        f"{LEDGER}extension/", {"consent": [first, second], "duration_days": "30", "here": f"{LEDGER}?sort=end"}
    )
    assert (asked.status_code, asked.headers["Location"]) == (303, f"{LEDGER}?sort=end")
    assert PermissionRequest.objects.filter(kind="extend").count() == 2
    assert "2 requests are on their way." in text_of(ada.get(LEDGER))
    refused = ada.post(f"{LEDGER}release/", {"consent": [first], "here": "https://elsewhere.example/"})
    assert refused.headers["Location"] == LEDGER
    assert "This authorisation has not ended." in text_of(ada.get(LEDGER))
    assert Consent.objects.get(pk=first).released_at is None
    later(stage, 8 * DAY)
    ada.post(f"{LEDGER}release/", {"consent": [first, second]})
    assert set(Consent.objects.filter(released_at__isnull=False).values_list("pk", flat=True)) == {first}
    assert [line["authorisation_id"] for line in columns(ada)] == [str(second)]
    assert [line["authorisation_id"] for line in columns(ada, "state=released")] == [str(first)]
    for wrong in ({}, {"consent": "x"}, {"consent": [str(number) for number in range(101)]}):
        assert ada.post(f"{LEDGER}release/", wrong).status_code == 422
    assert ada.post(f"{LEDGER}extension/", {"consent": [second], "duration_days": "31"}).status_code == 422
    mallory = stage.browser("Mallory").post(f"{LEDGER}release/", {"consent": [second]})
    assert mallory.status_code == 303
    assert Consent.objects.get(pk=second).released_at is None


def test_a_pasted_list_gets_its_page_its_progress_and_its_file(stage: Stage) -> None:
    world, ada = stage.town.world, stage.browser("Ada")
    good, private = world.issued(world.ready_post(caption="Good")), world.issued(world.ready_post(caption="Hidden"))
    Post.objects.filter(caption="Hidden").update(visibility=Visibility.PRIVATE.value)

    sent = ada.post(LISTS, {"codes": f"Codes\n{good.code}\n{private.code}\n#mistyped-beyond-repair\n"})
    (row,) = CodeImport.objects.all()
    here = f"{LISTS}{row.pk}/"
    assert (sent.status_code, sent.headers["Location"]) == (302, here)
    working = ada.get(here)
    assert "1 of 3" in text_of(working)
    assert f'hx-get="{here}state/"' in working.content.decode()
    part = ada.get(f"{here}state/", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    worked_off(stage, row.pk)
    done = ada.get(here)
    assert ada.get(f"{here}state/").headers["HX-Refresh"] == "true"
    text = text_of(done)
    assert {"Done: 3 of 3.", "Redeemed", "The post is not public.", "Try 1 line again"} == {
        word for word in ("Done: 3 of 3.", "Redeemed", "The post is not public.", "Try 1 line again") if word in text
    }
    for code in (good.code, private.code):
        assert escape(code) not in done.content.decode(), "A code is never shown again."
        assert code[1:] not in done.content.decode()
    file = b"".join(ada.get(f"{LISTS}{row.pk}.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # It streams.
    assert [line.split(",")[:4] for line in file.splitlines()] == [
        ["line", "row", "code_ends_with", "result"],
        ["1", "2", ends_with(good.code), "redeemed"],
        ["2", "3", ends_with(private.code), "not_public_video"],
        ["3", "4", "pair", "auth_code_format_error"],
    ]
    failed = text_of(ada.get(f"{here}?outcome=failed"))
    assert "Show all" not in failed
    assert ends_with(good.code) not in failed.replace(ends_with(private.code), "")
    looked = ada.post(f"{here}2/")
    assert (looked.status_code, "The post is not public." in text_of(looked)) == (409, True)
    Post.objects.filter(caption="Hidden").update(visibility=Visibility.PUBLIC.value)
    assert "Hidden" in text_of(ada.post(f"{here}2/"))
    assert ada.post(f"{here}retry/").headers["Location"] == here
    worked_off(stage, row.pk)
    assert "All redeemed" not in text_of(ada.get(LISTS))
    assert "1 failed" in text_of(ada.get(LISTS))
    assert ada.post(f"{here}retry/").status_code == 409
    others = [stage.browser(name) for name in CAST if name != "Ada"]
    pages = (here, f"{here}state/", f"{LISTS}{row.pk}.csv")
    assert {browser.get(page).status_code for browser in others for page in pages} == {302, 404}
    assert {browser.post(page).status_code for browser in others for page in (f"{here}retry/", f"{here}2/")} == {
        302,
        404,
    }


def ends_with(code: str) -> str:
    """Return the last characters as a file has them: nothing that a spreadsheet computes."""
    hint = code[-4:]
    return f"'{hint}" if hint.startswith("-") else hint


def test_a_file_and_what_is_wrong_with_it(stage: Stage) -> None:
    world, ada = stage.town.world, stage.browser("Ada")
    code = world.issued().code
    empty = ada.post(LISTS, {})
    words = ada.post(LISTS, {"codes": "no code at all"})
    broken = ada.post(LISTS, {"file": SimpleUploadedFile("codes.xlsx", b"PK\x03\x04 and no more")})
    assert (empty.status_code, "Paste the codes, or choose a file." in text_of(empty)) == (422, True)
    assert (words.status_code, 'data-problem="import_empty"' in words.content.decode()) == (422, True)
    assert (broken.status_code, 'data-problem="import_file_unreadable"' in broken.content.decode()) == (422, True)
    assert not CodeImport.objects.exists()
    sent = ada.post(LISTS, {"file": SimpleUploadedFile("Frühling.csv", f"Code;Wer\n{code};Cleo".encode("utf-16"))})
    (row,) = CodeImport.objects.all()
    assert (sent.status_code, row.file_name, row.source, row.lines) == (302, "Frühling.csv", "csv", 1)
    assert "Frühling.csv" in text_of(ada.get(LISTS))


def test_an_invitation_from_the_studio_to_the_library(stage: Stage) -> None:
    world = stage.town.world
    post_id = world.ready_post(caption="By invitation")
    issued = world.issued(post_id)
    address = f"/studio/posts/{post_id}/ads/codes/{issued.id}/invitations/"
    cleo, ada = stage.browser("Cleo"), stage.browser("Ada")

    asked = cleo.get(address)
    made = cleo.post(address)
    found = re.search(r'data-copy="([^"]*/advertiser/invitation/#([A-Za-z0-9_-]{43}))"', made.content.decode())
    assert found is not None
    secret = found.group(2)
    assert "data:image/svg+xml" in made.content.decode()
    assert "data:image/png" in made.content.decode()
    assert secret not in cleo.get(address).content.decode(), "It is shown once."
    assert "Make an invitation" in text_of(asked)
    assert "no-store" in made.headers["Cache-Control"]

    strangers = stage.browser(None).get(INVITATION)
    assert (strangers.status_code, "Sign in to see the post." in text_of(strangers)) == (200, True)
    assert "Invitations need JavaScript" in text_of(strangers)
    form = ada.get(INVITATION).content.decode()
    assert 'name="invitation" value=""' in form
    account = {"account": str(stage.town.ada.account)}
    looked = ada.post(INVITATION, {"invitation": secret, **account})
    assert (looked.status_code, "By invitation" in text_of(looked)) == (200, True)
    assert issued.code[1:] not in looked.content.decode(), "Nobody sees the code itself."
    assert Invitation.objects.get().used_at is None
    redeemed = ada.post(f"{INVITATION}redeem/", {"invitation": secret, **account})
    assert (redeemed.status_code, redeemed.headers["Location"]) == (302, f"/advertiser/spark-posts/{issued.id}/")
    assert Consent.objects.get(pk=issued.id).account_id == stage.town.ada.account
    assert "Used" in text_of(cleo.get(address))
    mallory = stage.browser("Mallory")
    for name in ("", "redeem/"):
        theirs = mallory.post(f"{INVITATION}{name}", {"invitation": secret, **account})
        assert theirs.status_code == 404, "Not their account."
        theirs = mallory.post(f"{INVITATION}{name}", {"invitation": secret, "account": str(stage.town.mallory.account)})
        assert (theirs.status_code, 'data-problem="invitation_used"' in theirs.content.decode()) == (409, True)
    assert {stage.browser(name).get(address).status_code for name in CAST if name != "Cleo"} <= {302, 404}
    assert cleo.post(address).status_code == 409, "The code is used."


def test_an_invitation_that_is_taken_back_or_too_old(stage: Stage) -> None:
    world, ada, cleo = stage.town.world, stage.browser("Ada"), stage.browser("Cleo")
    post_id = world.ready_post()
    issued = world.issued(post_id)
    invited = invitations.make(world.cleo, issued.id, now=stage.now)
    address = f"/studio/posts/{post_id}/ads/codes/{issued.id}/invitations/"
    asked = {"invitation": invited.link.partition("#")[2], "account": str(stage.town.ada.account)}
    assert stage.browser("Mallory").post(f"{address}{invited.id}/withdraw/").status_code in {302, 404}
    assert ada.post(INVITATION, asked).status_code == 200
    assert cleo.post(f"{address}{invited.id}/withdraw/").headers["Location"] == address
    over = ada.post(INVITATION, asked)
    assert (over.status_code, 'data-problem="invitation_expired"' in over.content.decode()) == (409, True)
    wrong = ada.post(INVITATION, {**asked, "invitation": "x" * 43})
    assert (wrong.status_code, 'data-problem="invitation_not_found"' in wrong.content.decode()) == (404, True)
    assert Consent.objects.get(pk=issued.id).account_id is None


@pytest.mark.parametrize("name", ["", "redeem/"])
def test_nobody_uses_an_invitation_without_signing_in(stage: Stage, name: str) -> None:
    response = stage.browser(None).post(f"{INVITATION}{name}", {"invitation": "x" * 43, "account": "1"})
    assert response.status_code == 401
