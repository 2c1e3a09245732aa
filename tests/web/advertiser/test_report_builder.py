"""The report builder, saved reports and their letters, Spark Ads beside non-Spark ads, the glossary: as each of the cast."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
from django.core import mail
from django.http import HttpResponse
from django.urls import reverse

from tests.web.advertiser.test_numbers import busy
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising.models import Ad
from vonk.billing import queries as billing
from vonk.content.models import Tally
from vonk.core.money import format_micros
from vonk.events.records import Kind
from vonk.identity.actions import postbox
from vonk.identity.models import Letter
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.saved import sending
from vonk.reporting.saved_models import ReportRecipient, ReportRun, ReportSchedule, SavedReport

BUILD = "/advertiser/reports/build/"
PAGES = ("report_build", "saved_reports", "spark_comparison", "metric_glossary")


def plain(response: object) -> str:
    assert isinstance(response, HttpResponse)
    return text_of(response).replace("\N{NO-BREAK SPACE}", " ")


def test_whoever_has_an_account_enters_and_sees_their_own(stage: Stage) -> None:
    busy(stage)
    for address in (reverse(f"advertiser:{name}") for name in PAGES):
        answers = {person: stage.browser(person).get(address) for person in CAST}
        entered = {person for person, answer in answers.items() if answer.status_code == 200}
        assert entered == {"Ada", "Mallory"}
        assert "Spring loaves" not in plain(answers["Mallory"])
        assert stage.browser(None).get(address).headers["Location"] == f"/login/?next={address}"


def test_a_report_is_a_table_a_chart_and_two_files_with_the_statements_sum(stage: Stage) -> None:
    ad_id = busy(stage)
    stage.happen(ad_id, Kind.IMPRESSION, price=123_456, country="NL")
    ada, query = stage.browser("Ada"), "rows=campaign&columns=kind&metrics=spend&metrics=impressions&period=today"

    words = plain(ada.get(f"{BUILD}?{query}"))
    file = ada.get(f"/advertiser/reports/build.csv?{query}")
    book = ada.get(f"/advertiser/reports/build.xlsx?{query}")

    assert "Spring loaves 0.62 EUR 2 0.62 EUR 2" in words
    assert "Total 0.62 EUR 2 0.62 EUR 2" in words
    day = stage.now.date()
    statement = billing.statement(stage.town.ada, start_date=day, end_date=day)
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert row["Spend (EUR)"] == format_micros(623_456, "EUR")
    assert sum(-micros for micros in statement.days[0].movements.values() if micros < 0) == 623_456
    cells = list(openpyxl.load_workbook(io.BytesIO(book.content))["Report"].values)
    assert cells[1][-2:] == (0.623456, 2)
    assert re.search(r'filename="[a-z-]+2026-03-02-2026-03-02\.xlsx"', book.headers["Content-Disposition"])
    assert ada.get("/advertiser/reports/build.exe").status_code == 404


OF_EVERY_KIND = (
    "rows=day&compare=before&chart=line&period=last_7_days",
    "rows=hour&period=yesterday&chart=stacked&columns=campaign",
    "rows=ad&rows=ad_group&rows=country&metrics=reach&metrics=roas&metrics=average_watch_time",
    "rows=kind&filter=kind:spark&filter=campaign:123&metrics=spend&where=spend:gte:0",
    "rows=post&rows=identity&columns=weekday&metrics=likes&sort=likes&order=up",
    "rows=age&rows=gender&chart=none",
    "rows=placement&pick=metrics",
    "rows=month&filter=country:NL&filter=ad:7&filter=day:x&saved=99",
    "filter=ad:%E2%80%AE1",
    "filter=:",
    "metrics=&&&==",
)
REFUSED = {
    "rows=nonsense": "“nonsense” in “rows” is not known here.",
    "rows=hour&period=last_90_days": "A report by hour spans 1 to 31 days.",
    "period=custom&from=2026-03-05": "choose both days.",
    "period=custom&from=0001-01-01&to=0001-01-02&compare=year": "spans 1 to",
    "rows=country&columns=gender": "one thing is told at a time",
    f"filter=ad:{'9' * 41}": "value is too long",
    "where=::": "is no number",
    "rows=%ff": "is not known here",
    "a" * 7_000: "its address is too long",
}


def test_reports_of_every_kind_are_pages_and_what_cannot_be_is_said_beside_the_form(stage: Stage) -> None:
    stage.happen(busy(stage), Kind.IMPRESSION, country="NL", price=1)
    ada = stage.browser("Ada")

    answers = {query: ada.get(f"{BUILD}?{query}") for query in (*OF_EVERY_KIND, *REFUSED)}

    assert {query: answers[query].status_code for query in OF_EVERY_KIND} == dict.fromkeys(OF_EVERY_KIND, 200)
    assert {query: answers[query].status_code for query in REFUSED} == dict.fromkeys(REFUSED, 422)
    assert [query for query, told in REFUSED.items() if told not in plain(answers[query])] == []
    assert [query for query in REFUSED if "Compared with" not in plain(answers[query])] == []


def test_gross_stands_beside_net(stage: Stage) -> None:
    ad_id = busy(stage)
    stage.happen(ad_id, Kind.IMPRESSION, invalid="rate_limited")
    query = "rows=kind&metrics=gross_impressions&metrics=invalid_impressions&metrics=impressions&period=today"

    assert "Spark Ads 2 1 1 Total 2 1 1" in plain(stage.browser("Ada").get(f"{BUILD}?{query}"))


def test_a_report_is_kept_shared_changed_and_deleted(stage: Stage) -> None:
    busy(stage)
    ada, keep = stage.browser("Ada"), reverse("advertiser:report_keep")
    address = "rows=day&metrics=spend&period=yesterday"

    kept = ada.post(keep, {"address": address, "name": "Mondays", "shared": "on"})
    row = SavedReport.objects.get()
    again = ada.post(keep, {"address": address, "name": "Mondays"})
    other = ada.post(keep, {"address": "rows=ad&metrics=spend", "report_id": str(row.pk)})
    one = reverse("advertiser:saved_report", args=[row.pk])
    nameless = ada.post(one, {"name": " "})
    ada.post(one, {"name": "Tuesdays"})

    assert kept.headers["Location"] == f"{BUILD}?{address}&saved={row.pk}"
    assert (again.status_code, other.status_code, nameless.status_code) == (302, 302, 422)
    row.refresh_from_db()
    assert (row.name, row.shared, row.address) == ("Tuesdays", False, "rows=ad&metrics=spend&period=last_7_days")
    assert "Tuesdays" in plain(ada.get(f"{BUILD}?{row.address}&saved={row.pk}"))
    assert "Tuesdays" in plain(ada.get(reverse("advertiser:saved_reports")))
    for name in ("Mallory", "Vik"):
        assert stage.browser(name).get(one).status_code in {302, 404}
        stage.browser(name).post(reverse("advertiser:saved_report_delete", args=[row.pk]))
    assert SavedReport.objects.count() == 1
    assert "Tuesdays" not in plain(stage.browser("Mallory").get(f"{BUILD}?saved={row.pk}"))
    ada.post(reverse("advertiser:saved_report_delete", args=[row.pk]))
    assert SavedReport.objects.count() == 0


def test_a_report_is_sent_and_ended_by_its_link(stage: Stage) -> None:
    busy(stage)
    ada, person = stage.browser("Ada"), stage.town.ada.person
    ada.post(reverse("advertiser:report_keep"), {"address": "rows=day&period=yesterday", "name": "Mondays"})
    report_id = SavedReport.objects.get().pk
    schedules = reverse("advertiser:report_schedule", args=[report_id])
    form = {"rhythm": "weekly", "weekday": "1", "hour": "7", "file_format": "csv", "people": [str(person)]}

    wrong = ada.post(schedules, {**form, "people": [str(stage.town.mallory.person)]})
    made = ada.post(schedules, form)
    words = plain(ada.get(reverse("advertiser:saved_report", args=[report_id])))

    assert (wrong.status_code, made.status_code) == (422, 302)
    assert "Every week on Tuesday at 07:00, Europe/Amsterdam" in words
    assert "Not sent yet." in words
    Letter.objects.update(sent_at=stage.now)
    tomorrow = stage.now + timedelta(days=1)
    assert sending.begin_due(tomorrow) == 1
    sending.send(ReportRun.objects.get().pk, now=tomorrow)
    (letter_id,) = Letter.objects.filter(sent_at=None).values_list("pk", flat=True)
    postbox.send(letter_id)
    (letter,) = mail.outbox
    link = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(stage_site(str(letter.body)))
    nobody = stage.browser(None)
    assert "Receive this report no more?" in plain(nobody.get(link))
    assert ReportRecipient.objects.get().unsubscribed_at is None
    assert "You will receive it no more" in plain(nobody.post(link, {"List-Unsubscribe": "One-Click"}))
    assert ReportRecipient.objects.get().unsubscribed_at is not None
    assert nobody.get(f"{link[:-2]}x/").status_code == 404
    act = reverse("advertiser:report_schedule_act", args=[report_id, ReportSchedule.objects.get().pk])
    assert ada.post(act, {"act": "nonsense"}).status_code == 422
    for doing in ("pause", "resume", "delete"):
        assert ada.post(act, {"act": doing}).status_code == 302
    assert ReportSchedule.objects.count() == 0


def stage_site(body: str) -> str:
    """Return the site's address, as the letter's link has it."""
    found = re.search(r"(https?://[^/\s]+)/reports/unsubscribe/", body)
    assert found is not None
    return found[1]


def test_spark_ads_stand_beside_the_others_with_intervals_or_what_lacks(stage: Stage) -> None:
    group = stage.town.ad_group(starts_at=stage.now)
    ads = {
        True: [stage.town.approved_ad(group) for _ in range(5)],
        False: [stage.town.approved_ad(group, stage.town.own_draft()) for _ in range(5)],
    }
    page, ada = reverse("advertiser:spark_comparison"), stage.browser("Ada")
    words = plain(ada.get(page))
    assert "Too little data for an interval" in words
    assert "No Spark Ad was shown in these days" in words
    Tally.objects.bulk_create(
        Tally(post_id=post_of(ad_id), ad_id=ad_id, hour_at=stage.now - timedelta(days=number), metric=metric, value=value)
        for spark, ids in ads.items()
        for number, ad_id in enumerate(ids)
        for metric, value in (
            ("impressions", 1_000), ("plays", 900), ("clicks_destination", 20),
            ("view_6s", (500 if spark else 250) + 10 * number), ("p100", 90 + number),
        )
    )  # fmt: skip
    words = plain(ada.get(page))
    assert "6-second view rate 57.78% 2,600 of 4,500 30.00% 1,350 of 4,500 +92.6%" in words
    assert "Spark Ads better Over ads." in words
    assert "Click-through rate 2.00% 100 of 5,000 2.00% 100 of 5,000 +0.0%" in words
    assert "prove no cause" in words
    other = stage.town.campaign(name="Autumn")
    assert "Too little data for an interval" in plain(ada.get(f"{page}?objective=reach"))
    assert ada.get(f"{page}?campaign={other}").status_code == 404
    assert stage.browser("Mallory").get(f"{page}?campaign={other}").status_code == 404


def post_of(ad_id: int) -> int:
    return int(Ad.objects.get(pk=ad_id).post_id)


def test_the_glossary_tells_every_metric(stage: Stage) -> None:
    page = stage.browser("Ada").get(reverse("advertiser:metric_glossary")).content.decode()

    assert [name for name in FIELDS if f'id="{name}"' not in page] == []
    assert "Formula: Spend ÷ clicks (destination)." in page
