"""The tables as Ada meets them: filters, drilling down, values changed in place, many changed at once, files, histories."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.area.advertising.town import EUR, daily, everything
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad, AdGroup, BulkEdit, Campaign, TableView

HTMX = {"HX-Request": "true", "HX-Target": "grid"}


def grid(browser: Client, address: str) -> str:
    return text_of(browser.get(address, headers=HTMX))


def edit_of(noun: str, object_id: int, field: str) -> str:
    return reverse("advertiser:table_edit", args=[noun, object_id, field])


def test_a_table_is_searched_filtered_ordered_and_drilled_into(stage: Stage) -> None:
    spring = stage.town.campaign(name="Spring loaves", budget=daily(60))
    stage.town.campaign(name="Summer rolls", budget=daily(90))
    group = stage.town.ad_group(spring, name="Neighbours")
    ada = stage.browser("Ada")

    every = grid(ada, "/advertiser/campaigns/?sort=name")
    assert every.index("Spring loaves") < every.index("Summer rolls")
    dearest = grid(ada, "/advertiser/campaigns/?sort=-budget")
    assert dearest.index("Summer rolls") < dearest.index("Spring loaves")
    searched = grid(ada, "/advertiser/campaigns/?q=spring&status=not_delivering&objective=traffic&sort=-ctr")
    assert ("Spring loaves" in searched, "Summer rolls" in searched, "“spring”" in searched) == (True, False, True)
    assert "Nothing matches" in grid(ada, "/advertiser/campaigns/?on=0")
    inside = grid(ada, f"/advertiser/ad-groups/?campaign={spring}")
    assert "All campaigns Spring loaves" in inside
    assert f"/advertiser/ads/?ad_group={group}" in ada.get("/advertiser/ad-groups/").content.decode()
    assert "<html" not in ada.get("/advertiser/ads/", headers=HTMX).content.decode()
    totals = text_of(ada.get(reverse("advertiser:table_totals", args=["campaign"]) + "?compare=previous"))
    assert totals.startswith("All 2 rows")


@pytest.mark.parametrize(
    "odd",
    [
        "sort=-nothing&page=0&size=9&columns=none&status=odd&campaign=x,,-1&where=ctr.gte.nan&where=a.b.c",
        "from=0001-01-01&to=0001-01-02&compare=year",
        "page=999999999999999999999&q=%00%27%22%3Cscript%3E&ending=5&creator=9" + "9" * 40,
        "where=spend.gte.1e999&where=ctr.lte.-5&compare=2020&q=" + "x" * 5_000,
    ],
)
def test_an_address_that_means_nothing_breaks_nothing(stage: Stage, odd: str) -> None:
    stage.town.campaign()

    assert stage.browser("Ada").get(f"/advertiser/campaigns/?{odd}").status_code in {200, 422}


def test_a_name_and_a_budget_are_changed_in_their_cells_and_set_back(stage: Stage) -> None:
    campaign_id = stage.town.campaign(budget=daily(60))
    ada = stage.browser("Ada")
    address = edit_of("campaign", campaign_id, "budget")

    opened = ada.get(address)
    low = ada.post(address, {"value": "10", "seen": "60.00"})
    words = ada.post(address, {"value": "a lot", "seen": "60.00"})
    saved = ada.post(address, {"value": "75,50", "seen": "60.00"})

    assert 'value="60.00"' in opened.content.decode()
    assert (low.status_code, "at least 50.00 EUR" in text_of(low)) == (422, True)
    assert (words.status_code, "Write an amount" in text_of(words)) == (422, True)
    assert (saved.status_code, saved.headers["HX-Retarget"]) == (200, f"#row-{campaign_id}")
    assert Campaign.objects.get().budget_micros == 75_500_000
    undo = reverse("advertiser:bulk_undo", args=[BulkEdit.objects.latest("pk").pk])
    assert undo in saved.headers["HX-Trigger"]
    assert ada.post(undo).status_code == 302
    assert Campaign.objects.get().budget_micros == 60 * EUR
    ada.post(edit_of("campaign", campaign_id, "name"), {"value": "Rye", "seen": "Spring loaves"})
    assert Campaign.objects.get().name == "Rye"


def test_what_somebody_else_changed_is_shown_before_it_is_replaced(stage: Stage) -> None:
    group = stage.town.ad_group()
    ada = stage.browser("Ada")
    address = edit_of("ad_group", group, "bid")
    AdGroup.objects.update(bid_micros=700_000)

    late = ada.post(address, {"value": "0.60", "seen": "0.50"})
    assert (late.status_code, "It is 0.70 EUR now" in text_of(late)) == (422, True)
    assert AdGroup.objects.get().bid_micros == 700_000
    assert 'name="seen" value="0.70"' in late.content.decode()
    ada.post(address, {"value": "0.60", "seen": "0.70"})
    assert AdGroup.objects.get().bid_micros == 600_000


def test_many_are_looked_at_applied_and_set_back(stage: Stage) -> None:
    ids = [stage.town.campaign(budget=daily(60)), stage.town.campaign(budget=daily(50))]
    ada = stage.browser("Ada")
    chosen = {"ids": [str(one) for one in ids], "act": "", "query": "sort=name"}

    asked = ada.post(reverse("advertiser:table_bulk", args=["campaign"]), chosen)
    assert "Change 2 campaigns" in text_of(asked)
    start = reverse("advertiser:table_bulk_start", args=["campaign"])
    odd = ada.post(start, {**chosen, "act": "budget", "step": "lower_percent", "amount": "99"})
    assert (odd.status_code, "Write whole percents" in text_of(odd)) == (422, True)
    looked = ada.post(start, {**chosen, "act": "budget", "step": "lower", "amount": "10"}, follow=True)
    page = text_of(looked)
    assert "60.00 EUR a day → becomes 50.00 EUR a day" in page
    assert "The budget must be at least 50.00 EUR." in page
    assert "Apply to 1" in page
    edit_id = BulkEdit.objects.get().pk
    done = text_of(ada.post(reverse("advertiser:bulk_apply", args=[edit_id]), follow=True))
    assert ("Changed" in done, "Undo" in done) == (True, True)
    assert [one.budget_micros for one in Campaign.objects.order_by("pk")] == [50 * EUR, 50 * EUR]
    ada.post(reverse("advertiser:bulk_undo", args=[edit_id]))
    assert Campaign.objects.get(pk=ids[0]).budget_micros == 60 * EUR
    assert "Lower budgets by 10.00 EUR · 2 campaigns" in text_of(ada.get(reverse("advertiser:bulk_edits")))


def test_all_that_matches_is_switched_not_only_what_the_page_shows(stage: Stage) -> None:
    for number in range(3):
        stage.town.campaign(name=f"Rye {number}")
    other = stage.town.campaign(name="Wheat")
    ada = stage.browser("Ada")

    began = ada.post(
        reverse("advertiser:table_bulk", args=["campaign"]), {"all": "1", "query": "q=rye&size=25", "act": "off"}
    )
    ada.post(began.headers["Location"] + "apply/")

    assert set(Campaign.objects.exclude(pk=other).values_list("enabled", flat=True)) == {False}
    assert Campaign.objects.get(pk=other).enabled
    nothing = ada.post(reverse("advertiser:table_bulk", args=["campaign"]), {"act": ""}, follow=True)
    assert "Select what to change first." in text_of(nothing)


def test_columns_and_views_are_kept(stage: Stage) -> None:
    stage.town.campaign()
    ada = stage.browser("Ada")

    ada.post(reverse("advertiser:table_columns", args=["campaign"]), {"column": ["cpv", "likes"], "query": "q=a"})
    shown = grid(ada, "/advertiser/campaigns/")
    assert (shown.index("CPV") < shown.index("Likes"), "Impressions" in shown) == (True, False)
    ada.post(
        reverse("advertiser:table_view", args=["campaign"]),
        {"name": "Mine", "query": "q=spring&sort=-spend&from=2026-01-01&to=2026-01-02&evil=1", "shared": "1"},
    )
    view = TableView.objects.get()
    assert (view.query, view.shared) == ("q=spring&sort=-spend", True)
    assert (
        f'href="/advertiser/campaigns/?{view.query.replace("&", "&amp;")}&amp;view={view.pk}"'
        in ada.get("/advertiser/campaigns/").content.decode()
    )
    assert stage.browser("Mallory").post(reverse("advertiser:table_view_delete", args=[view.pk])).status_code == 404
    ada.post(reverse("advertiser:table_view_delete", args=[view.pk]), {"next": "/advertiser/campaigns/"})
    assert not TableView.objects.exists()


def test_a_view_keeps_what_is_changed_in_it_and_is_renamed(stage: Stage) -> None:
    stage.town.campaign()
    ada = stage.browser("Ada")
    made = {"name": "Mine", "query": "q=spring&sort=-spend"}
    after = ada.post(reverse("advertiser:table_view", args=["campaign"]), made)
    view = TableView.objects.get()
    address = f"/advertiser/campaigns/?q=spring&sort=-spend&view={view.pk}"
    assert after["Location"] == address
    button = "Save changes to this view"
    assert button not in grid(ada, address)
    other = f"/advertiser/campaigns/?q=rye&sort=-spend&from=2026-01-01&to=2026-01-02&view={view.pk}"
    assert button in grid(ada, other)

    save = reverse("advertiser:table_view_save", args=[view.pk])
    rename = reverse("advertiser:table_view_rename", args=[view.pk])
    assert stage.browser("Mallory").post(save, {"query": "q=evil"}).status_code == 404
    assert stage.browser("Mallory").post(rename, {"name": "Evil"}).status_code == 404
    ada.post(save, {"query": other.partition("?")[2]})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Mine", "q=rye&sort=-spend")  # It kept no days, so it keeps none.
    assert button not in grid(ada, other)

    ada.post(reverse("advertiser:table_view", args=["campaign"]), {"name": "Other", "query": ""})
    taken = ada.post(rename, {"name": "Other"})
    assert (taken.status_code, "You have a view called “Other” already." in text_of(taken)) == (422, True)
    assert ada.post(rename, {"name": ""}).status_code == 422
    ada.post(rename, {"name": "Rye", "shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.shared, view.query) == ("Rye", True, "q=rye&sort=-spend")


def test_an_export_holds_every_row_harmlessly_and_comes_back_unchanged(stage: Stage) -> None:
    for name in ("=HYPERLINK(1)", "Rye"):
        stage.town.campaign(name=name, budget=daily(60))
    ada = stage.browser("Ada")
    address = reverse("advertiser:table_export", args=["campaign", "csv"])

    response = ada.get(f"{address}?size=25&page=7")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # A stream, which the client's type does not know.
    rows = content.decode("utf-8-sig").splitlines()
    book = openpyxl.load_workbook(
        io.BytesIO(ada.get(reverse("advertiser:table_export", args=["campaign", "xlsx"])).content)
    )
    cells = list(book.worksheets[0].iter_rows(values_only=True))

    assert rows[0].startswith("id,name,on,budget_mode,budget,spend,impressions")
    assert [",'=HYPERLINK(1),1,daily,60.00," in row for row in rows[1:]] == [False, True]
    assert [row[1] for row in cells] == ["name", "Rye", "'=HYPERLINK(1)"]
    looked = ada.post(
        reverse("advertiser:table_import", args=["campaign"]),
        {"file": SimpleUploadedFile("a.csv", content)},
        follow=True,
    )
    assert "Stays as it is · 2" in text_of(looked)


def test_a_file_is_looked_at_row_by_row_before_it_creates_and_changes(stage: Stage) -> None:
    there = stage.town.campaign(budget=daily(60))
    ada = stage.browser("Ada")
    address = reverse("advertiser:table_import", args=["campaign"])
    text = f"id;name;objective;budget;odd\n{there};Rye;;70;x\n;New;traffic;50;\n;Bad;flying;50;\nx;No id;;;\n;Poor;traffic;zzz;\n"

    page = text_of(ada.post(address, {"file": SimpleUploadedFile("a.csv", text.encode())}, follow=True))
    assert Campaign.objects.count() == 1
    for said in ("Apply to 2", "objective: one of", "id: not an ID", "budget: an amount"):
        assert said in page
    ada.post(reverse("advertiser:bulk_apply", args=[BulkEdit.objects.get().pk]))
    assert list(Campaign.objects.order_by("pk").values_list("name", "budget_micros")) == [
        ("Rye", 70 * EUR),
        ("New", 50 * EUR),
    ]
    for content in (b"", b"PK\x03\x04broken", b"\x00\x01", b"a,b\n1,2\n", b"id,name\n"):
        refused = ada.post(address, {"file": SimpleUploadedFile("a.csv", content)})
        assert refused.status_code == 422
    assert ada.post(address).status_code == 422


def test_a_history_says_who_changed_what_from_what_to_what(stage: Stage) -> None:
    campaign_id = stage.town.campaign(budget=daily(60))
    ada = stage.browser("Ada")
    ada.post(edit_of("campaign", campaign_id, "budget"), {"value": "75", "seen": "60.00"})
    ada.post(edit_of("campaign", campaign_id, "name"), {"value": "Rye", "seen": "Spring loaves"})

    page = text_of(ada.get(reverse("advertiser:table_history", args=["campaign", campaign_id])))

    assert "Budget 60.00 EUR a day → becomes 75.00 EUR a day" in page
    assert "Name Spring loaves → becomes Rye" in page
    assert page.index("Rye") < page.index("Created")


def test_strangers_and_those_who_may_only_look_change_nothing(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    campaign_id = Campaign.objects.get().pk
    ada, mallory = stage.browser("Ada"), stage.browser("Mallory")
    chosen = {"ids": [str(campaign_id)], "act": "off"}
    edit = ada.post(reverse("advertiser:table_bulk", args=["campaign"]), chosen).headers["Location"]
    before = everything()

    for address in (
        edit,
        f"{edit}state/",
        edit_of("ad", ad_id, "name"),
        reverse("advertiser:table_row", args=["ad", ad_id]),
        reverse("advertiser:table_history", args=["ad", ad_id]),
        reverse("advertiser:table_totals", args=["pixel"]),
        edit_of("ad", ad_id, "budget"),
    ):
        assert mallory.get(address).status_code == 404, address
    for act in ("apply/", "cancel/"):
        assert "Nothing is changed yet" in text_of(ada.get(edit))
        assert mallory.post(f"{edit}{act}").status_code in {302, 404}
    assert mallory.post(edit_of("ad", ad_id, "name"), {"value": "Mine", "seen": "A loaf rises"}).status_code in {
        404,
        422,
    }
    assert everything() == before
    assert Ad.objects.get().name == "A loaf rises"
