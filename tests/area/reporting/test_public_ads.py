"""The public ad repository: everybody once, in tens, by country; what was taken back is neither told nor found."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.area.billing.world import NOW, Town, build, claims, event
from vonk.advertising.models import Ad, AdGroup, Review
from vonk.advertising.rules import Subject, Verdict
from vonk.authorisation.models import Consent
from vonk.billing.proof import prove
from vonk.content.models import Post, Profile
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound
from vonk.delivery.snapshot import Limits, Targeting
from vonk.identity.models import AdAccount
from vonk.reporting import rollups
from vonk.reporting.models import PublicAd, PublicAdCountry, PublicAdViewer
from vonk.reporting.proof import witnesses
from vonk.reporting.public_ads import queries, store
from vonk.reporting.public_ads.parameters import Parameter
from vonk.reporting.public_ads.queries import PublicSearch
from vonk.reporting.public_ads.rules import KEPT_FOR, Ground, Recipients, Telling, in_tens
from vonk.reporting.public_ads.views import CountryRecipients, PublicAdView
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUTCH = [(f"nl{number}", "NL") for number in range(12)]
FRENCH = [(f"fr{number}", "FR") for number in range(9)]


@pytest.fixture
def town() -> Town:
    """Ada's ad of tea, paid by an agency, under Cleo's post."""
    town = build()
    Post.objects.filter(pk=town.post).update(caption="A cup of Thé")
    AdAccount.objects.filter(pk=town.account).update(advertiser_name="Tea House", payer_name="Agency")
    return town


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def show(
    log: MemoryEventLog, town: Town, *viewers: tuple[str, str], after: timedelta = timedelta(), **told: Any
) -> None:
    at = NOW + after
    log.append([event(claims(town, at=at, viewer_id=who, country=where, price=0, **told)) for who, where in viewers])
    rollups.roll_up(log, now=at)


def found(now_after: timedelta = timedelta(), **wanted: Any) -> list[int]:
    return [one.ad_id for one in queries.search(PublicSearch(**wanted), Paging(), now=NOW + now_after).items]


def read(town: Town, after: timedelta = timedelta()) -> PublicAdView:
    return queries.public_ad(town.ad, now=NOW + after)


def test_everybody_is_one_recipient_in_tens_in_the_country_of_the_first_time(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH, *FRENCH)
    show(log, town, *[(who, "DE") for who, _ in DUTCH], ("", "NL"), after=DAY)
    invalid = event(claims(town, viewer_id="ivo", country="NL"))
    log.append([msgspec.structs.replace(invalid, invalid="not_rendered")])
    rollups.roll_up(log, now=NOW)
    view = read(town)
    assert (view.recipients, view.recipients_elsewhere) == (20, 0)
    assert view.recipients_by_country == (CountryRecipients("NL", 10, member_state=True),)
    assert (view.last_shown_at - view.first_shown_at, view.kept_until) == (DAY, view.last_shown_at + KEPT_FOR)
    assert PublicAdViewer.objects.filter(ad_id=town.ad).count() == 21
    assert [line for line in prove(log, now=NOW, more=witnesses(NOW)).lines if line.wrong] == []
    PublicAdCountry.objects.filter(ad_id=town.ad, country="NL").update(viewers=13)
    wrong = {one.name: one.wrong for one in prove(log, now=NOW, more=witnesses(NOW)).lines if one.wrong}
    said = f"recipients of ad {town.ad} in the public repository: 22 by country, 21 met"
    assert wrong == {"audiences_add_up": (said,)}


def test_small_numbers_are_told_together() -> None:
    assert in_tens({"NL": 19, "FR": 9, "BE": 8, "": 14}) == Recipients(50, (("NL", 10),), 30)
    assert in_tens({"NL": 9}) == Recipients(0, (), 0)


def test_it_is_found_by_what_everybody_may_know(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH, *FRENCH)
    for wanted in (
        {}, {"text": "cup THÉ"}, {"text": "tea agency example.org cleo"}, {"advertiser": "tea"}, {"payer": "AGENCY"},
        {"country": "NL"}, {"start_date": NOW.date(), "end_date": NOW.date()}, {"targeted": False},
    ):  # fmt: skip
        assert found(**wanted) == [town.ad], wanted
    for wanted in (
        {"text": "coffee"}, {"text": "the"}, {"advertiser": "agency"}, {"payer": "house"}, {"country": "FR"},
        {"start_date": NOW.date() + DAY}, {"end_date": NOW.date() - DAY}, {"targeted": True},
    ):  # fmt: skip
        assert found(**wanted) == [], wanted
    for wrong in ({"country": "XX"}, {"text": "x" * 201}, {"start_date": NOW.date(), "end_date": NOW.date() - DAY}):
        with pytest.raises(FieldInvalid):
            found(**wrong)


def test_it_is_told_as_it_was_approved_and_how_it_was_aimed(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH)
    aimed = Targeting(countries=("BE",), interests=("food",), limits=Limits(audiences_out=("77",)))
    subject = Subject(
        post_id=town.post, identity_id=town.profile, caption="", call_to_action="shop_now",
        landing_url="https://example.org/tea", targeting=aimed, category="food",
    )  # fmt: skip
    more = {"submitted_at": NOW, "subject": msgspec.to_builtins(subject)}
    Review.objects.create(ad_id=town.ad, verdict=Verdict.APPROVED.value, decided_at=NOW, **more)
    Review.objects.create(ad_id=town.ad, verdict=Verdict.IN_REVIEW.value, **more)
    Ad.objects.filter(pk=town.ad).update(landing_url="https://example.org/edited")
    AdGroup.objects.filter(pk=town.ad_group).update(targeting={"age_bands": ["25_34"]})
    view = read(town)
    assert view.content is not None
    assert (view.content.landing_url, view.content.call_to_action) == ("https://example.org/tea", "shop_now")
    assert view.parameters == (
        Parameter("countries", ("BE",)),
        Parameter("age_bands", ("25_34",)),
        Parameter("interests", ("food",)),
        Parameter("audiences_out", ("gone",), excludes=True),
    )
    assert found(country="BE") == [town.ad]


def test_what_its_creator_took_back_is_neither_told_nor_found(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH)
    Consent.objects.filter(pk=town.consent).update(revoked_at=NOW)
    view = read(town)
    assert (view.telling, view.content, view.advertiser_name) == (Telling.WITHDRAWN, None, "Tea House")
    assert view.statement is not None
    assert (view.statement.ground, view.statement.at) == (Ground.CONSENT_REVOKED, None)
    assert (found(text="cup"), found(text="cleo"), found(text="tea")) == ([], [], [town.ad])
    Post.objects.filter(pk=town.post).update(deleted_at=NOW)
    statement = read(town).statement
    assert statement is not None
    assert statement.ground is Ground.POST_DELETED


def test_a_consent_that_ran_its_course_takes_back_only_what_nobody_else_sees(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH)
    assert read(town, 40 * DAY).telling is Telling.SHOWN
    Post.objects.filter(pk=town.post).update(ads_only=True)
    assert read(town).telling is Telling.SHOWN
    assert read(town, 40 * DAY).telling is Telling.WITHDRAWN


def test_of_what_the_platform_removed_the_ground_is_told_instead(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH)
    Post.objects.filter(pk=town.post).update(removed_at=NOW, removed_reason="Misleads", deleted_at=NOW)
    view = read(town)
    assert (view.telling, view.content, view.advertiser_name, view.payer_name) == (Telling.REMOVED, None, "", "")
    assert view.statement is not None
    assert (view.statement.ground, view.statement.reason, view.statement.at) == (Ground.POST_REMOVED, "Misleads", NOW)
    assert (view.recipients, found(text="tea"), found(advertiser="tea"), found()) == (10, [], [], [town.ad])
    Post.objects.filter(pk=town.post).update(removed_at=None, deleted_at=None)
    Profile.objects.filter(pk=town.profile).update(banned_at=NOW)
    assert read(town).telling is Telling.REMOVED


def test_a_record_ends_a_year_after_the_last_time(log: MemoryEventLog, town: Town) -> None:
    show(log, town, *DUTCH)
    later = KEPT_FOR + DAY
    assert (found(later), store.let_go(NOW + KEPT_FOR)) == ([], 0)
    with pytest.raises(NotFound):
        read(town, later)
    assert store.let_go(NOW + later) == 1
    assert [table.objects.count() for table in (PublicAd, PublicAdCountry, PublicAdViewer)] == [0, 0, 0]


def test_pages_follow_one_another_however_few_fit(
    log: MemoryEventLog, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [town.ad]
    for number in range(1, 5):
        ad = Ad.objects.get(pk=town.ad)
        ad.pk = town.ad + number
        ad.save(force_insert=True)
        Review.objects.create(ad=ad, verdict=Verdict.APPROVED.value, submitted_at=NOW, decided_at=NOW)
        ids.append(ad.pk)
    for ad_id in ids:
        show(log, town, ("vik", "NL"), ad_id=ad_id)
    monkeypatch.setattr(queries, "_BATCH", 2)
    monkeypatch.setattr(queries, "EXAMINED_MAX", 2)
    seen, cursor = [], None
    for _ in range(9):
        page = queries.search(PublicSearch(), Paging(cursor, 1), now=NOW)
        seen += [one.ad_id for one in page.items]
        if page.next_cursor is None:
            break
        cursor = int(page.next_cursor)
    assert seen == ids[::-1]
    assert [one.ad_id for one in queries.every(PublicSearch(), now=NOW)] == ids[::-1]
