"""One person is erased: nothing of them is left but numbers, their ads stop with the commit, and the books hold."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection

from tests.area.authorisation.world import PASSWORD, World
from tests.area.billing.world import EUR, NOW, build, claims, event, show
from vonk.advertising.models import Review
from vonk.authorisation import queries as authorisation
from vonk.billing import proof
from vonk.billing import queries as billing
from vonk.billing.actions import payments, settlement
from vonk.content.actions import engagement, profiles
from vonk.content.models import Comment, Post, Profile, Tally
from vonk.content.rules import Source
from vonk.control.models import Publication
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, RightMissing, SignInRequired
from vonk.events.compaction import compact
from vonk.events.history import History
from vonk.events.log import REDACTED_VIEWER, START, Position, RedactionUnsupported
from vonk.events.records import ConversionRecord, EventRecord, MinuteRecord
from vonk.identity import access
from vonk.identity.actions import tokens
from vonk.identity.errors import LastOperator, PasswordWrong, SignInFailed
from vonk.identity.models import Membership, Person, PlatformMember
from vonk.privacy.actions import erasures, redactions
from vonk.privacy.errors import AccountsUnsettled, ErasureUnconfirmed
from vonk.privacy.models import Erasure
from vonk.reporting import rollups
from vonk.reporting.models import Conversion, Touch
from vonk.reporting.proof import TalliesWitness
from vonk.storage.memory.archive import MemoryArchive
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.parquet.archive import ParquetArchive

DAY = timedelta(days=1)
ORGANIC = Source()


def held(word: str) -> list[str]:
    """Return where the control database holds a word, as table and column."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            found += [f"{model._meta.db_table}.{name}" for name, value in row.items() if word in str(value).lower()]
    return sorted(set(found))


def known(world: World) -> tuple[int, Scope]:
    """Have Cleo leave traces everywhere; return her person's id and Ada's scope, who promotes her post."""
    cleo = world.cleo
    profiles.update(cleo, display_name="Cleo", bio="Cleo bakes", handle="cleo", now=world.now)
    redeemed = world.redeemed()
    post_id = world.post("Vik")
    engagement.comment(cleo, post_id, "Cleo was here", source=ORGANIC, now=world.now)
    deleted = engagement.comment(cleo, post_id, "cleo again", source=ORGANIC, now=world.now)
    engagement.delete_comment(cleo, deleted, world.now)
    tokens.issue(cleo, label="cleo's phone", expires_at=None, now=world.now)
    assert redeemed is not None
    return cleo.person, world.ada


def test_nothing_of_a_creator_is_left_but_numbers(world: World) -> None:
    person_id, _ = known(world)
    pseudonym = Person.objects.get(pk=person_id).pseudonym
    shown = Publication.objects.filter(kind__in=["grant", "post"]).exclude(document=None).count()
    assert shown == 2
    world.now += DAY

    erased = erasures.erase(world.cleo, person_id, now=world.now)

    assert (erased.person_id, erased.consents_revoked, erased.posts_deleted) == (person_id, 1, 1)
    assert Publication.objects.filter(kind__in=["grant", "post"]).exclude(document=None).count() == 0
    assert [place for place in held("cleo") if not place.startswith("identity_letter.")] == []
    assert held(pseudonym.lower()) == ["privacy_erasure.pseudonym"]
    assert authorisation.verify_chain(None) == []
    with pytest.raises(SignInRequired):
        access.person(access.Actor(person_id, Via.WEB))
    with pytest.raises(SignInFailed):
        tokens.sign_in("cleo@example.org", PASSWORD, now=world.now)
    assert Comment.objects.filter(person_id=person_id, deleted_at=None).count() == 0
    assert list(Tally.objects.filter(metric="comments").values_list("value", flat=True)) == [0]
    assert Profile.objects.get(owner_id=person_id).deleted_at == world.now
    assert Post.objects.get(profile__owner_id=person_id).deleted_at == world.now
    assert not Membership.objects.filter(person_id=person_id).exists()


def test_the_address_may_sign_up_again(world: World) -> None:
    erasures.erase(world.cleo, world.cleo.person, now=world.now)
    signed_up = profiles.sign_up(
        email="cleo@example.org",
        password=PASSWORD,
        handle="cleo",
        display_name="Cleo",
        language="en",
        country="NL",
        born_on=Person.objects.get(email="vik@example.org").born_on or world.now.date(),
        now=world.now,
    )
    assert signed_up.person_id != world.people["Cleo"].person


def test_who_erases_themselves_confirms_with_address_and_password(world: World) -> None:
    vik = world.people["Vik"]
    asked: dict[str, Any] = {"place": "127.0.0.1", "now": world.now}
    with pytest.raises(ErasureUnconfirmed):
        erasures.erase_oneself(vik, email="mallory@example.org", password=PASSWORD, **asked)
    with pytest.raises(PasswordWrong):
        erasures.erase_oneself(vik, email="vik@example.org", password="wrong", **asked)
    assert Person.objects.get(pk=vik.person).is_active
    erasures.erase_oneself(vik, email=" Vik@Example.org ", password=PASSWORD, **asked)
    assert not Person.objects.get(pk=vik.person).is_active


def test_nobody_else_is_erased_but_by_an_operator(world: World) -> None:
    cleo = world.cleo.person
    with pytest.raises(RightMissing):
        erasures.erase(world.people["Mallory"], cleo, now=world.now)
    assert Person.objects.get(pk=cleo).is_active
    assert not Erasure.objects.exists()
    erasures.erase(world.olu, cleo, now=world.now)
    with pytest.raises(NotFound):
        erasures.erase(world.olu, cleo, now=world.now)


def test_the_only_operator_stays(world: World) -> None:
    with pytest.raises(LastOperator):
        erasures.erase(world.olu, world.olu.person, now=world.now)
    PlatformMember.objects.create(person_id=world.people["Vik"].person, role="operator")
    erasures.erase(world.olu, world.olu.person, now=world.now)
    assert list(PlatformMember.objects.values_list("person_id", flat=True)) == [world.people["Vik"].person]


def test_who_alone_answers_for_money_settles_it_first(world: World) -> None:
    ada = world.people["Ada"]
    payer = access.advertiser(access.Actor(ada.person, Via.WEB), world.ada.account, may=Right.FUNDS_EDIT)
    payments.top_up(payer, amount_micros=5 * EUR, now=world.now, provider_reference="one")
    with pytest.raises(AccountsUnsettled, match="Ada's bread"):
        erasures.erase(ada, ada.person, now=world.now)
    assert Person.objects.get(pk=ada.person).is_active
    Membership.objects.create(account_id=world.ada.account, person_id=world.people["Vik"].person, role="admin")
    erasures.erase(ada, ada.person, now=world.now)
    assert not Membership.objects.filter(person_id=ada.person).exists()


def test_their_sessions_end(world: World) -> None:
    for person_id in (world.cleo.person, world.people["Vik"].person):
        session = SessionStore()
        session[SESSION_KEY] = str(person_id)
        session.save()
    erasures.erase(world.cleo, world.cleo.person, now=world.now)
    redactions.redact(MemoryEventLog(), MemoryArchive(), now=world.now)
    assert [row.get_decoded()[SESSION_KEY] for row in Session.objects.all()] == [str(world.people["Vik"].person)]


@pytest.mark.django_db
def test_the_books_hold_and_the_creators_ledger_stays(tmp_path: Path) -> None:
    town = build()
    vik = Person.objects.create(email="vik@example.org", display_name="Vik", joined_at=NOW)
    log, archive = MemoryEventLog(), ParquetArchive(tmp_path)
    log.append([event(claims(town, viewer_id=vik.pseudonym))])
    show(log, town, times=3)
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    earned = billing.earned(town.creator)
    records = log.read(START, 100)
    Review.objects.update(subject={"caption": "Cleo's loaf"})

    for person_id in (town.cleo, vik.pk):
        erasures.erase(Scope(None, frozenset(Right)), person_id, now=NOW)
    compact(log, archive, through=Position(2), before=NOW + DAY, now=NOW + 2 * DAY)
    assert (log.first(), archive.end()) == (3, 2)
    assert redactions.redact(log, archive, now=NOW) == 1

    history = History(log, lambda: archive)
    assert proof.prove(history, now=NOW, more=[TalliesWitness]).holds
    assert billing.earned(town.creator) == earned != {}
    kept = [one.record for one in history.read(START, 2) + history.read(Position(2), 100)]
    viewers = [
        record.claims.viewer_id if isinstance(record, EventRecord) else record.viewer_id
        for record in kept
        if not isinstance(record, MinuteRecord)
    ]
    assert (viewers[0], vik.pseudonym in viewers) == (REDACTED_VIEWER, False)
    assert kept[1:] == [one.record for one in records[1:]]
    assert Review.objects.get().subject["caption"] == ""


def test_what_comes_late_is_redacted_too_and_then_the_pseudonym_is_forgotten(world: World) -> None:
    vik = world.people["Vik"]
    pseudonym = Person.objects.get(pk=vik.person).pseudonym
    log, archive = MemoryEventLog(), MemoryArchive()
    late = event(claims(build(), viewer_id=pseudonym))
    bought = ConversionRecord(
        "order-17", 1, 2, "purchase", 3, 3, 0, "", "server", viewer_id=pseudonym, click=late.claims
    )  # The click's id was kept by a shop.
    log.append([late])
    erasures.erase(vik, vik.person, now=NOW)
    assert redactions.redact(log, archive, now=NOW) == 1
    log.append([late])
    assert redactions.redact(log, archive, now=NOW + 8 * DAY) == 0
    compact(log, archive, through=Position(1), before=NOW + DAY, now=NOW + 8 * DAY)
    assert redactions.redact(log, archive, now=NOW + 9 * DAY) == 1
    log.append([bought])
    assert redactions.redact(log, archive, now=NOW + 35 * DAY) == 0
    assert redactions.redact(log, archive, now=NOW + 36 * DAY) == 1
    row = Erasure.objects.get()
    assert (row.pseudonym, row.finished_at, row.redacted_at, row.records) == (
        "",
        NOW + 36 * DAY,
        NOW + 9 * DAY,
        2,
    )
    assert pseudonym not in repr(log.read(START, 10)) + repr(archive.read(START, 10))
    assert redactions.redact(log, archive, now=NOW + 37 * DAY) == 0


def test_attribution_forgets_whose_it_was(world: World) -> None:
    vik = world.people["Vik"]
    pseudonym = Person.objects.get(pk=vik.person).pseudonym
    touch: dict[str, Any] = {
        "account_id": 1,
        "ad_group_id": 2,
        "ad_id": 3,
        "post_id": 4,
        "profile_id": 5,
        "decision_id": 6,
    }
    for viewer_id in (pseudonym, "another"):
        Touch.objects.create(viewer_id=viewer_id, kind="click", at_ms=7, measured=True, kept_until_ms=8, **touch)
        Conversion.objects.create(
            pixel_id=1, event_id=viewer_id, account_id=1, name="purchase", at_ms=9, received_ms=9, source="pixel",
            viewer_id=viewer_id, known_by="click", ad_id=3,
        )  # fmt: skip
    erasures.erase(vik, vik.person, now=NOW)
    redactions.redact(MemoryEventLog(), MemoryArchive(), now=NOW)
    assert list(Touch.objects.values_list("viewer_id", flat=True)) == ["another"]
    assert list(Conversion.objects.order_by("pk").values_list("viewer_id", "known_by", "final", "ad_id")) == [
        ("", "", True, 3),
        ("another", "click", False, 3),
    ]


class Unchanging(MemoryEventLog):
    """A log that cannot change what is written, as a stream's messages cannot."""

    def redact(self, viewer_ids: object, through: Position) -> int:
        raise RedactionUnsupported


def test_a_log_that_cannot_be_changed_is_waited_for(world: World) -> None:
    vik = world.people["Vik"]
    pseudonym = Person.objects.get(pk=vik.person).pseudonym
    log, archive = Unchanging(), MemoryArchive()
    log.append([event(claims(build(), viewer_id=pseudonym))])
    erasures.erase(vik, vik.person, now=NOW)
    assert redactions.redact(log, archive, now=NOW) == 0
    assert Erasure.objects.get().log_unsupported
    assert redactions.redact(log, archive, now=NOW + 36 * DAY) == 0
    assert Erasure.objects.get().pseudonym == pseudonym
    compact(log, archive, through=Position(1), before=NOW + DAY, now=NOW + 36 * DAY)
    assert redactions.redact(log, archive, now=NOW + 37 * DAY) == 1
    assert Erasure.objects.get().finished_at == NOW + 37 * DAY


def test_the_database_forgets_the_pseudonym_with_the_end(world: World) -> None:
    row = Erasure.objects.create(person_id=1, pseudonym="vik", erased_at=world.now)
    with pytest.raises(Exception, match="privacy_erasure_forgets"), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_erasure SET finished_at = erased_at WHERE id = %s", [row.pk])
