"""Analytics: the days asked for beside those before, in the creator's own time zone, organic and paid."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse

from tests.web.creator.stage import Stage, text_of
from vonk.advertising.models import Ad
from vonk.config import wiring
from vonk.content.models import Profile, Tally
from vonk.core.clock import to_ms
from vonk.events.records import Claims, EventRecord, Kind
from vonk.reporting import creator_analytics
from vonk.reporting.creator_analytics import Split
from vonk.reporting.retention import consumer
from vonk.web.creator.analytics import AnalyticsPage

DAY = timedelta(days=1)


def shown(stage: Stage, address: str = "/studio/analytics/") -> AnalyticsPage:
    page = stage.browser("Cleo").get(address).context["page"]
    assert isinstance(page, AnalyticsPage)
    return page


def values(page: AnalyticsPage) -> dict[str, tuple[str, str, str]]:
    return {tile.name: (tile.value, tile.parts, tile.change.words) for tile in page.tiles}


def test_the_days_asked_for_stand_beside_those_before(stage: Stage) -> None:
    ad = Ad.objects.get(pk=stage.town.approved_ad())
    stage.happen(ad.pk, Kind.IMPRESSION, Kind.PLAY)
    stage.happen(ad.pk, Kind.IMPRESSION, Kind.PLAY, organic=True)
    stage.happen(ad.pk, Kind.IMPRESSION, Kind.PLAY, organic=True)
    stage.happen(ad.pk, Kind.IMPRESSION, Kind.PLAY, invalid="not_rendered")
    Tally.objects.create(post_id=ad.post_id, ad_id=0, hour_at=stage.now - 7 * DAY, metric="plays", value=2)
    Tally.objects.create(post_id=ad.post_id, ad_id=0, hour_at=stage.now - 14 * DAY, metric="plays", value=50)

    page = shown(stage, "/studio/analytics/?period=7")

    assert values(page)["video_views"] == ("3", "2 organic · 1 paid", "50% more than 2 before")
    assert [series.values[-1] for series in page.by_day.series] == [2.0, 1.0, 2.0]
    assert [len(series.values) for series in page.by_day.series] == [7, 7, 7]
    assert [(row.id, row.views) for row in page.posts] == [(ad.post_id, "3")]
    assert values(shown(stage, reverse("creator:post_analytics", args=[ad.post_id])))["video_views"][0] == "55"


def test_days_are_those_of_the_creators_time_zone(stage: Stage) -> None:
    post_id = stage.town.world.post()
    midnight = stage.now.replace(hour=0, minute=0, second=0, microsecond=0)
    Tally.objects.create(post_id=post_id, ad_id=0, hour_at=midnight - timedelta(hours=1), metric="likes", value=4)
    page = f"/studio/analytics/?period=custom&since={midnight:%Y-%m-%d}&until={midnight:%Y-%m-%d}"
    browser = stage.browser("Cleo")

    before = values(shown(stage, page))["likes"][0]
    saved = browser.post(reverse("creator:profile_time_zone"), {"time_zone": "Europe/Amsterdam"})
    refused = browser.post(reverse("creator:profile_time_zone"), {"time_zone": "Europe/Atlantis"})

    assert (before, values(shown(stage, page))["likes"][0]) == ("0", "4")
    assert (saved.status_code, refused.status_code) == (302, 422)
    assert Profile.objects.get(handle="cleo").time_zone == "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("period=8", "one of those on the page"),
        ("metric=spend", "one of those on the page"),
        ("period=custom&since=2026-02-30&until=2026-03-01", "a day, as 2026-03-31"),
        ("period=custom&since=2026-03-02&until=2026-03-01", "not before the first one"),
        ("period=custom&since=2024-01-01&until=2026-03-01", "at most 366 days"),
        ("period=custom", "a day, as 2026-03-31"),
    ],
)
def test_what_cannot_be_shown_is_said_and_the_usual_days_are_shown(stage: Stage, asked: str, told: str) -> None:
    answer = stage.browser("Cleo").get(f"/studio/analytics/?{asked}")

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert answer.context["page"].since == f"{stage.now - 27 * DAY:%Y-%m-%d}"


def test_the_curve_says_who_stayed(stage: Stage) -> None:
    post_id = stage.town.world.post()
    log = wiring.event_log(settings.VONK)
    for number, watched in enumerate((0, 2_000, 4_000, 4_000)):
        claims = Claims(
            number + 1, 0, 0, 0, 0, 0, post_id, 1, "vik", "", 0, "", to_ms(stage.now), "feed", duration_ms=4_000
        )
        for kind, value in ((Kind.PLAY, 0), (Kind.WATCH, watched)):
            at_ms = to_ms(stage.now) + 5_000
            log.append([EventRecord(f"{kind}{number}", kind, at_ms, at_ms, 0, value, claims)])
    consumer.count(log, now=stage.now)
    log.close()

    page = shown(stage, reverse("creator:post_analytics", args=[post_id]))

    assert page.retention is not None
    assert [(series.name, series.values) for series in page.retention.series] == [
        ("All", (100.0, 75.0, 75.0, 50.0, 50.0)),
        ("Organic", (100.0, 75.0, 75.0, 50.0, 50.0)),
    ]
    assert page.retention_words == "Counted over 4 views. At least half stay to the end."


def test_ratios_are_of_sums_and_nobodys_followers_are_anothers(stage: Stage) -> None:
    ad = Ad.objects.get(pk=stage.town.approved_ad())
    for kinds in ((Kind.PLAY, Kind.P100), (Kind.PLAY,), (Kind.PLAY,)):
        stage.happen(ad.pk, *kinds, organic=True)
    stage.happen(ad.pk, Kind.PLAY, Kind.P100)
    span = creator_analytics.span_of(stage.now.date(), stage.now.date(), ZoneInfo("UTC"))

    found = creator_analytics.analytics(stage.cleo, span)
    anothers = stage.browser("Mallory").get("/studio/analytics/").context["page"]

    assert found.values["completion_rate"] == Split(1 / 3, 1.0, 0.5)
    assert {tile.value for tile in anothers.tiles} <= {"0", "–", "0 min 0 s"}
