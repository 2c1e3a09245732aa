"""Consents given before anybody asks: what is inside is accepted at once, what is outside waits and says why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import msgspec
import pytest
from django.db import connection

from tests import patience
from tests.area.authorisation.test_requests import FEE, all_of_it, refused
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, requests, standings, switches
from vonk.authorisation.models import Consent, PermissionRequest
from vonk.authorisation.rules import NO_END, Outside, TermsDraft
from vonk.authorisation.rules.standings import Limits
from vonk.content.models import Post
from vonk.content.rules import Disclosure
from vonk.control.paging import Paging
from vonk.control.scope import PLATFORM, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.identity.models import AdAccount

EURO = 1_000_000


def limits(world: World, **changed: object) -> Limits:
    found = Limits(starts_at=world.now, ends_at=NO_END, duration_days_max=30)
    return msgspec.structs.replace(found, **changed)


def give(world: World, **changed: object) -> int:
    return standings.give(world.cleo, limits(world, **changed), switch_on=True, now=world.now).standing_id


def capped(euro: int) -> TermsDraft:
    return TermsDraft(currency="EUR", spend_cap_micros=euro * EURO)


def test_what_is_inside_is_accepted_as_it_comes(world: World) -> None:
    standing_id = give(world, account_id=world.ada.account, preview_required=True)
    post_id = world.post()
    asked = requests.ask(world.ada, post_id, now=world.now)
    assert asked.consent_id is not None
    row = Consent.objects.get(pk=asked.consent_id)
    assert (row.road, row.standing_id, row.preview_required, row.redeemed_by_id, row.ends_at) == (
        "standing",
        standing_id,
        True,
        world.ada.person_id,
        world.now + 30 * DAY,
    )
    assert grant(row.pk) is not None
    assert queries.switches(world.cleo, post_id).post_authorisation_on
    assert subjects(world.cleo)[-1] == "Ada's bread uses your post under a standing consent"
    assert subjects(world.people["Ada"])[-1] == "Cleo accepted your request"
    theirs = requests.ask(world.mallory, post_id, now=world.now)
    assert (theirs.consent_id, theirs.not_automatic) == (None, ())  # Of others' consents nothing is told.
    view = queries.standing_consent(world.cleo, standing_id, world.now)
    assert (view.accepted, view.in_force, view.account_name) == (1, True, "Ada's bread")
    assert standings.withdraw(world.cleo, standing_id, now=world.now)
    assert not standings.withdraw(world.cleo, standing_id, now=world.now)
    assert queries.consent_facts([row.pk], world.now)[row.pk].state == "active"  # What was accepted stays.
    assert not queries.standing_consent(world.cleo, standing_id, world.now).in_force
    waits = requests.ask(world.ada, world.post(), now=world.now)
    assert (waits.consent_id, waits.not_automatic) == (None, ())
    assert queries.verify_chain(None) == []


def test_what_is_outside_waits_and_says_why(world: World) -> None:
    give(world, countries=("NL",), ends_at=world.now + 20 * DAY)
    asked = requests.ask(world.ada, world.post(), duration_days=30, now=world.now)
    assert asked.not_automatic == (Outside.DATES, Outside.COUNTRIES)
    assert queries.request_of_creator(world.cleo, asked.request_id, world.now).not_automatic == asked.not_automatic
    assert subjects(world.cleo)[-1] == "Ada's bread asks to advertise your post"
    post_id = queries.request_of_creator(world.cleo, asked.request_id, world.now).post.id
    inside = requests.ask(
        world.ada, post_id, duration_days=7, offer=TermsDraft(countries=("NL",)), now=world.now
    )  # Renewed, and inside by now.
    assert (inside.request_id, inside.again, inside.consent_id is not None) == (asked.request_id, True, True)
    document = grant(inside.consent_id or 0)
    assert document is not None
    assert document.countries == ("NL",)
    terms = Consent.objects.get(pk=inside.consent_id or 0).terms
    assert terms is not None
    assert sorted(terms.agreements.values_list("side", "person_id")) == [
        ("advertiser", world.ada.person_id),
        ("creator", world.cleo.person_id),
    ]


def test_a_creator_who_switched_off_is_asked_all_the_same(world: World) -> None:
    give(world)
    off, all_off, paid = world.ready_post(), world.post(), world.post()
    switches.set_post_authorisation(world.cleo, off, on=False, now=world.now)
    assert requests.ask(world.ada, off, now=world.now).not_automatic == (Outside.SWITCHED_OFF,)
    assert requests.ask(
        world.ada, paid, offer=msgspec.structs.replace(FEE, notice_days=0), now=world.now
    ).not_automatic == (Outside.POST,)  # The post does not say that it is paid for.
    Post.objects.filter(pk=paid).update(disclosure=Disclosure.BRANDED.value)
    assert (
        requests.ask(world.ada, paid, offer=msgspec.structs.replace(FEE, notice_days=0), now=world.now).consent_id
        is not None
    )
    switches.set_ad_settings(world.cleo, on=False, now=world.now)
    assert requests.ask(world.ada, all_off, now=world.now).not_automatic == (Outside.SWITCHED_OFF,)


def test_the_total_counts_caps_and_an_extension_counts_once(world: World) -> None:
    standing_id = give(world, currency="EUR", spend_total_micros=1_000 * EURO, duration_days_max=60)
    first = requests.ask(world.ada, world.post(), offer=capped(600), now=world.now)
    assert first.consent_id is not None
    assert requests.ask(world.ada, world.post(), offer=capped(401), now=world.now).not_automatic == (
        Outside.SPEND_TOTAL,
    )
    assert requests.ask(world.mallory, world.post(), offer=capped(400), now=world.now).consent_id is not None
    assert queries.standing_consent(world.cleo, standing_id, world.now).used_micros == 1_000 * EURO
    longer = requests.ask_extension(PLATFORM, first.consent_id, duration_days=60, now=world.now)
    assert longer.consent_id == first.consent_id
    assert Consent.objects.get(pk=first.consent_id).ends_at == world.now + 90 * DAY
    assert queries.standing_consent(world.cleo, standing_id, world.now).used_micros == 1_000 * EURO
    issued = consents.issue(world.cleo, world.ready_post(), now=world.now)
    consents.redeem(world.ada, issued.code, now=world.now)
    assert requests.ask_extension(world.ada, issued.id, now=world.now).not_automatic == (Outside.SPEND_TOTAL,)
    assert queries.verify_chain(None) == []


@pytest.mark.django_db(transaction=True)
def test_two_that_race_get_exactly_the_total(now: datetime) -> None:
    world = World(now)
    give(world, currency="EUR", spend_total_micros=1_000 * EURO)
    world.post("Mallory")
    for _ in range(3):
        posts, both = (world.post(), world.post()), Barrier(2)

        def ask(who: tuple[Scope, int], barrier: Barrier = both) -> bool:
            try:
                barrier.wait(timeout=patience.SECONDS)
                return requests.ask(who[0], who[1], offer=capped(250), now=now).consent_id is not None
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(ask, zip((world.ada, world.mallory), posts, strict=True)))
    page = queries.standing_consents(world.cleo, Paging(), now).items
    assert [(view.used_micros, view.accepted) for view in page] == [(1_000 * EURO, 4)]
    assert [row.not_automatic for row in PermissionRequest.objects.filter(outcome=None)] == [["spend_total"]] * 2
    assert queries.verify_chain(None) == []


def test_what_is_wrong_is_refused_and_nothing_changes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(lambda: standings.give(world.cleo, limits(world), now=world.now), "ad_settings_off")
    wrong = limits(world, duration_days_max=31)
    refused(lambda: standings.give(world.cleo, wrong, switch_on=True, now=world.now), "field_invalid")
    refused(
        lambda: standings.give(world.cleo, limits(world, account_id=4_711), switch_on=True, now=world.now), "not_found"
    )
    standing_id = give(world)
    monkeypatch.setattr(standings, "STANDINGS_PER_PROFILE_MAX", 1)
    refused(lambda: give(world), "standing_consents_limited")
    before = all_of_it()
    for scope in (world.ada, world.mallory, *(world.people[name] for name in ("Ada", "Vik", "Olu", "Mallory"))):
        with pytest.raises((NotFound, RightMissing)):
            standings.withdraw(scope, standing_id, now=world.now)
        with pytest.raises((NotFound, RightMissing)):
            queries.standing_consent(scope, standing_id, world.now)
    assert all_of_it() == before
    assert queries.standing_consents(world.people["Mallory"], Paging(), world.now).items == ()


def test_accounts_are_found_by_their_whole_name_alone(world: World) -> None:
    assert queries.candidates(world.cleo, "") == ()
    assert queries.candidates(world.cleo, "Ada's") == ()
    assert queries.candidates(world.cleo, "%") == ()
    assert queries.candidates(world.cleo, "\0") == ()
    found = (queries.Candidate(world.ada.account, "Ada's bread", "Ada", asked_before=False),)
    assert queries.candidates(world.cleo, " ADA'S BREAD ") == found
    assert queries.candidates(world.cleo, "ada") == found  # The organisation's name.
    requests.ask(world.ada, world.post(), now=world.now)
    assert queries.candidates(world.cleo, "") == (msgspec.structs.replace(found[0], asked_before=True),)
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=world.now)
    assert queries.candidates(world.cleo, "Ada's bread") == ()
