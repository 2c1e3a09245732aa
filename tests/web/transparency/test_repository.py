"""The public ad repository's pages: for everybody, never for search engines, as often as is fair."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.area.billing.world import NOW, Town, build, claims, event
from tests.web.creator.stage import text_of
from vonk.content.models import Post
from vonk.control import clock, windows
from vonk.core.clock import FixedClock
from vonk.identity.models import AdAccount
from vonk.reporting import rollups
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.web.transparency import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    """Ada's ad was shown to twelve people in the Netherlands."""
    town = build()
    Post.objects.filter(pk=town.post).update(caption="=A cup of tea")
    AdAccount.objects.filter(pk=town.account).update(payer_name="Agency")
    log = MemoryEventLog()
    log.append([event(claims(town, viewer_id=f"nl{number}", country="NL", price=0)) for number in range(12)])
    rollups.roll_up(log, now=NOW)
    monkeypatch.setattr(views, "WINDOWS", windows.Windows())
    monkeypatch.setattr("vonk.control.windows.time.monotonic", lambda: 90.0)
    monkeypatch.setattr(clock, "present", lambda: FixedClock(NOW))
    return town


def test_everybody_searches_and_reads(town: Town) -> None:
    listed = Client().get(reverse("transparency:search"), {"text": "TEA cup", "payer": "agency", "country": "NL"})
    assert "Ada Paid by Agency =A cup of tea @cleo" in text_of(listed)
    assert "About 10 people · For everybody" in text_of(listed)
    read = Client().get(reverse("transparency:ad", args=[town.ad]))
    assert "On behalf of Ada Paid by Agency Speaks as @cleo" in text_of(read)
    assert "About 10 people Recipients by country" in text_of(read)
    for answer in (listed, read):
        assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex, noarchive")
    assert Client().get(reverse("transparency:ad", args=[7])).status_code == 404


def test_what_is_asked_wrongly_is_said_at_the_field(town: Town) -> None:
    assert town.ad
    for query in ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, {"country": "XX"}, {"text": "x" * 300}):
        assert Client().get(reverse("transparency:search"), query).status_code == 422, query
    assert Client().get(reverse("transparency:export"), {"country": "XX"}).status_code == 422


def test_a_removed_post_has_its_ground_and_no_names(town: Town) -> None:
    Post.objects.filter(pk=town.post).update(removed_at=NOW, removed_reason="Misleads")
    page = text_of(Client().get(reverse("transparency:ad", args=[town.ad])))
    assert "Why the content is not here The platform removed the post. Misleads" in page
    assert "Agency" not in page
    assert "tea" not in page


def test_a_file_has_every_ad_that_fits_and_no_formula(town: Town) -> None:
    answer = Client().get(reverse("transparency:export"), {"text": "tea"})
    header, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # A stream.
    assert header.split(",") == list(views.CSV_COLUMNS)
    assert line.startswith(f"{town.ad},shown,,Ada,Agency,'@cleo")
    assert ",'=A cup of tea,https://example.org/,,,2026-03-02T09:00:01+00:00," in line
    assert line.endswith(",10,NL=10,0")


def test_one_address_does_not_take_everything(town: Town) -> None:
    assert town.ad
    statuses = [Client().get(reverse("transparency:export")).status_code for _ in range(views.FILES_PER_MINUTE_MAX + 1)]
    assert statuses == [*[200] * views.FILES_PER_MINUTE_MAX, 429]
