"""Money, the trail, moderation, the books and the clock."""

from datetime import timedelta

import msgspec
import pytest
from django.conf import LazySettings
from django.urls import reverse

from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad
from vonk.billing.models import LedgerAccount, Transfer
from vonk.content.models import Post
from vonk.control import clock
from vonk.control.lag import Lag
from vonk.control.models import AuditEntry
from vonk.events.records import Kind


@pytest.fixture
def ad_id(stage: Stage) -> int:
    """Ada's ad, clicked twice at half a euro."""
    ad_id = stage.town.approved_ad()
    stage.pay(2_000_000)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, price=500_000)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, price=500_000)
    return ad_id


@pytest.mark.usefixtures("ad_id")
def test_home_tells_money_and_health(stage: Stage) -> None:
    page = stage.browser("Olu").get("/console/").context["page"]

    assert [(row.currency, row.today_micros) for row in page.money] == [("EUR", 800_000)]
    assert (page.health.log_end, page.health.settle_lag, page.health.rollup_lag) == (3, Lag(0, 0.0), Lag(0, 0.0))
    assert (page.health.settling.label, page.health.books.label) == ("Up to date", "Not proved yet")


@pytest.mark.usefixtures("ad_id")
def test_revenue_adds_up(stage: Stage) -> None:
    (money,) = stage.browser("Olu").get("/console/revenue/").context["page"].currencies

    assert [(row.day, row.billed_micros, row.creators_micros, row.net_micros) for row in money.days] == [
        (stage.now.date(), 1_000_000, 200_000, 800_000)
    ]
    assert [series.values[-1] for series in money.chart.series] == [0.8, 1.0, 0.2, 0.0]


def test_a_transfer_is_followed_to_its_events(stage: Stage, ad_id: int) -> None:
    browser = stage.browser("Olu")
    listed = browser.get("/console/transfers/", {"reason": "charge", "ad": str(ad_id)}).context["page"].rows
    others = browser.get("/console/transfers/", {"ad": "7"}).context["page"].rows
    first = browser.get(reverse("operator:transfer", args=[listed[-1].id])).context["page"]
    top_up = Transfer.objects.get(reason="top_up")

    assert (len(listed), others) == (2, ())
    assert [(event.position, event.event_kind, event.price_micros) for event in first.events] == [
        (1, "click_destination", 500_000)
    ]
    assert (first.row.debit, first.row.credit, first.sum_micros) == ("Ada's bread", "Revenue", 500_000)
    assert "stands for no events" in text_of(browser.get(reverse("operator:transfer", args=[top_up.pk])))


def test_transfers_come_in_pages(stage: Stage, ad_id: int) -> None:
    assert ad_id
    browser = stage.browser("Olu")
    first = browser.get("/console/transfers/", {"page_size": "3"}).context["page"]
    second = browser.get("/console/transfers/", {"page_size": "3", "cursor": first.next_cursor}).context["page"]

    ids = [row.id for row in (*first.rows, *second.rows)]
    assert ids == list(Transfer.objects.order_by("-pk").values_list("pk", flat=True))
    assert browser.get("/console/transfers/", {"cursor": "x"}).status_code == 422


def test_the_trail_is_narrowed(stage: Stage, ad_id: int) -> None:
    browser = stage.browser("Olu")
    everything = browser.get("/console/trail/", {"page_size": "100"}).context["page"].rows
    account = stage.town.ada.account

    of_account = browser.get("/console/trail/", {"account": str(account), "page_size": "100"}).context["page"].rows
    of_ad = browser.get("/console/trail/", {"noun": "ad", "object_id": str(ad_id)}).context["page"].rows

    assert len(everything) == AuditEntry.objects.count()
    assert {row.account_id for row in of_account} == {account}
    assert [(row.who, row.action) for row in of_ad] == [("Ada", "ad.created")]
    assert "Nothing was done here" in text_of(browser.get("/console/trail/", {"noun": "ad", "object_id": "7"}))


def test_the_trail_of_nonsense_says_so(stage: Stage) -> None:
    page = stage.browser("Olu").get("/console/trail/", {"object_id": "x"})

    assert (page.status_code, 'id="id_object_id_error"' in page.content.decode()) == (200, True)


def test_a_post_is_found_removed_and_restored(stage: Stage, ad_id: int) -> None:
    post_id, browser = Ad.objects.get(pk=ad_id).post_id, stage.browser("Olu")
    address = reverse("operator:post", args=[post_id])

    found = browser.get("/console/posts/", {"id": str(post_id)})
    absent = browser.get("/console/posts/", {"id": "7"})
    refused = browser.post(reverse("operator:post_remove", args=[post_id]), {"reason": "x" * 61})
    removed = browser.post(reverse("operator:post_remove", args=[post_id]), {"reason": "Stolen loaf"}, follow=True)
    removed_reason = Post.objects.get(pk=post_id).removed_reason
    restored = browser.post(reverse("operator:post_restore", args=[post_id]), follow=True)

    assert (found.status_code, found.headers["Location"]) == (302, address)
    assert (absent.status_code, "There is no post with this id." in text_of(absent)) == (200, True)
    assert (refused.status_code, removed_reason) == (422, "Stolen loaf")
    assert "Removed: Stolen loaf" in text_of(removed)
    assert ("Restored." in text_of(restored), Post.objects.get(pk=post_id).removed_at) == (True, None)


def test_the_books_are_proved_on_demand(stage: Stage, ad_id: int) -> None:
    assert ad_id
    browser = stage.browser("Olu")
    before = browser.get("/console/books/")
    result = browser.post("/console/books/").context["page"].result

    assert "Not proved yet." in text_of(before)
    assert (result.title, [check.name for check in result.checks if check.wrong]) == ("The books hold", [])
    assert "Last proved" in text_of(browser.get("/console/books/"))
    assert browser.get("/console/").context["page"].health.books.label == "They hold"


def test_a_wrong_book_names_its_rows(stage: Stage, ad_id: int) -> None:
    assert ad_id
    LedgerAccount.objects.filter(kind="platform_revenue").update(credits_micros=1)

    part = stage.browser("Olu").post("/console/books/", headers={"hx-request": "true"})

    assert "<html" not in part.content.decode()
    assert "The books do not hold" in text_of(part)
    assert "1 wrong" in text_of(part)
    assert ("Something was wrong" in text_of(part), "Not proved yet." in text_of(part)) == (True, False)
    assert 'id="last-proof" hx-swap-oob="true"' in part.content.decode()


@pytest.mark.parametrize(("by", "moved"), [("hour", 1), ("day", 24), ("week", 168)])
def test_the_clock_is_moved(stage: Stage, by: str, moved: int) -> None:
    answer = stage.browser("Olu").post("/console/clock/", {"by": by}, follow=True)

    assert (answer.redirect_chain, (clock.present().now() - stage.now) // timedelta(hours=1)) == (
        [("/console/", 302)],
        moved,
    )


def test_the_clock_goes_to_an_instant_and_never_back(stage: Stage) -> None:
    browser = stage.browser("Olu")

    forward = browser.post("/console/clock/", {"at": "2026-04-01T12:30"})
    moved = clock.present().now()
    back = browser.post("/console/clock/", {"at": "2026-03-01T12:30"})

    assert (forward.status_code, f"{moved:%Y-%m-%d %H:%M}") == (302, "2026-04-01 12:30")
    assert (back.status_code, "only goes forward" in text_of(back)) == (422, True)
    assert clock.present().now() - moved < timedelta(hours=1)


def test_real_time_has_no_clock_to_move(stage: Stage, settings: LazySettings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, sandbox=False)
    browser = stage.browser("Olu")

    assert "The sandbox's clock" not in text_of(browser.get("/console/"))
    assert browser.post("/console/clock/", {"by": "day"}).status_code == 409
