"""Requests for permission: asked, answered with yes, no or something else, withdrawn, lapsed, overtaken by events."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import transaction

from tests.area.authorisation.test_cast import everything, scopes
from tests.area.authorisation.world import DAY, World, bodies, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import answers, consents, erasing, requests, switches, upkeep
from vonk.authorisation.actions.answers import Accepted, Choice
from vonk.authorisation.actions.requests import Asked
from vonk.authorisation.actions.upkeep import Kept
from vonk.authorisation.models import Consent, PermissionRequest, Terms, TermsAgreement
from vonk.authorisation.queries import RequestView
from vonk.authorisation.rules import (
    ATTEMPTS_MAX,
    Closing,
    Outcome,
    Payment,
    RequestKind,
    RequestState,
    Side,
    TermsDraft,
)
from vonk.content.models import Post, Profile
from vonk.content.rules import Disclosure, Visibility
from vonk.control.paging import Paging
from vonk.control.scope import PLATFORM
from vonk.core.errors import NotFound, Problem, RightMissing
from vonk.identity.models import AdAccount

FEE = TermsDraft(payment=Payment.FLAT_FEE, fee_micros=90_000_000, currency="EUR", notice_days=7)
DEARER = msgspec.structs.replace(FEE, fee_micros=120_000_000)


def all_of_it() -> tuple[object, ...]:
    tables = (PermissionRequest, Terms, TermsAgreement)
    return (*everything(), *(tuple(map(str, table.objects.order_by("pk").values())) for table in tables))


def refused(call: Callable[[], object], code: str) -> Problem:
    """Assert that the call is refused by that name and that nothing changed."""
    before = all_of_it()
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.code == code
    assert all_of_it() == before
    return caught.value


def seen(world: World, request_id: int) -> RequestView:
    return queries.request_of_creator(world.cleo, request_id, world.now)


def paid_post(world: World) -> int:
    """Publish a post that says that its creator is paid for it."""
    return world.post(disclosure=Disclosure.BRANDED.value)


def ask(world: World, post_id: int | None = None, **said: object) -> int:
    return requests.ask(world.ada, post_id or world.post(), now=world.now, **said).request_id  # type: ignore[arg-type]  # What the test is about.


def test_a_yes_needs_no_code_and_switches_on_what_it_says(world: World) -> None:
    post_id = paid_post(world)
    asked = requests.ask(world.ada, post_id, message="  Your loaf!  ", duration_days=60, offer=FEE, now=world.now)
    assert asked == Asked(request_id=asked.request_id, again=False, attempts=1, attempts_left=29)
    assert subjects(world.cleo)[-1] == "Ada's bread asks to advertise your post"
    assert "(for Ada, paid by Ada)" in bodies(world.cleo)[-1]
    view = seen(world, asked.request_id)
    assert (view.message, view.duration_days, view.state, view.account_name) == (
        "Your loaf!",
        60,
        RequestState.WAITING,
        "Ada's bread",
    )
    assert view.offer is not None
    sha256 = view.offer.sha256
    yes = Choice(duration_days=30, preview_required=True, switch_on=True)
    refused(lambda: answers.accept(world.cleo, view.id, now=world.now), "terms_changed")
    refused(lambda: answers.accept(world.cleo, view.id, agree_sha256=sha256, now=world.now), "ad_settings_off")
    done = answers.accept(world.cleo, view.id, yes, agree_sha256=sha256, now=world.now)
    assert done == Accepted(view.id, done.consent_id, world.now + 30 * DAY)
    row = Consent.objects.get(pk=done.consent_id)
    assert (row.road, row.account_id, row.code_digest, row.preview_required, row.terms_id) == (
        "request",
        world.ada.account,
        None,
        True,
        view.offer.id,
    )
    assert row.redeemed_by_id == world.ada.person_id
    assert grant(row.pk) is not None
    assert queries.switches(world.cleo, post_id) == queries.SwitchesView(True, True)
    assert [one.side for one in seen(world, view.id).offer.agreements] == [Side.ADVERTISER, Side.CREATOR]  # type: ignore[union-attr]  # Offered above.
    assert seen(world, view.id).state is RequestState.ACCEPTED
    assert seen(world, view.id).consent_ends_at == world.now + 30 * DAY
    assert subjects(world.people["Ada"])[-1] == "Cleo accepted your request"
    assert [item.consent_id for item in queries.library(world.ada, Paging(), world.now).items] == [done.consent_id]
    assert [act.act for act in queries.history(world.cleo, post_id).items] == [
        "accepted",
        "taken",
        "post_authorisation_on",
        "terms_agreed",
        "requested",
        "terms_offered",
    ]
    assert queries.verify_chain(None) == []
    for again in (
        lambda: answers.accept(world.cleo, view.id, yes, agree_sha256=sha256, now=world.now),
        lambda: answers.counter(world.cleo, view.id, Choice(duration_days=7), now=world.now),
        lambda: answers.refuse(world.cleo, view.id, now=world.now),
        lambda: requests.withdraw(world.ada, view.id, now=world.now),
        lambda: answers.accept_counter(world.ada, view.id, now=world.now),
    ):
        refused(again, "request_closed")
    refused(lambda: requests.ask(world.ada, post_id, now=world.now), "already_authorized")


def test_asking_again_renews_and_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    post_id = world.post()
    request_id = ask(world, post_id, message="Please", offer=FEE)
    world.advance(29 * DAY)
    again = requests.ask(world.ada, post_id, message="Pretty please", duration_days=7, now=world.now)
    assert again == Asked(request_id=request_id, again=True, attempts=2, attempts_left=28)
    view = seen(world, request_id)
    assert (view.message, view.duration_days, view.offer, view.lapses_at) == (
        "Pretty please",
        7,
        None,
        world.now + 30 * DAY,
    )
    assert len([text for text in subjects(world.cleo) if text.endswith("asks to advertise your post")]) == 2
    PermissionRequest.objects.update(attempts=ATTEMPTS_MAX - 1)
    assert requests.ask(world.ada, post_id, now=world.now).attempts_left == 0
    limited = refused(lambda: requests.ask(world.ada, post_id, now=world.now), "requests_limited")
    assert "30 times" in str(limited)
    monkeypatch.setattr(requests, "OPEN_PER_ACCOUNT_MAX", 1)
    other = world.post()
    refused(lambda: requests.ask(world.ada, other, now=world.now), "open_requests_limited")
    assert requests.ask(world.mallory, post_id, now=world.now).attempts == 1  # Each account by itself.


def test_what_cannot_be_asked_for_is_refused_by_name(world: World) -> None:
    post_id = world.post()
    unterms = world.account("Vik", "Vik's account", terms=False)
    other = world.post("Vik")
    for call, code in (
        (lambda: ask(world, 4_711), "not_found"),
        (lambda: ask(world, world.post(visibility=Visibility.PRIVATE.value)), "not_found"),
        (lambda: ask(world, world.post(visibility=Visibility.FRIENDS.value)), "not_found"),
        (lambda: ask(world, world.post(ads_only=True)), "not_found"),
        (lambda: ask(world, world.post(deleted_at=world.now)), "not_found"),
        (lambda: ask(world, world.post(duet_of_id=world.post(stitch_of_id=other))), "multi_duet_stitch_refuse"),
        (lambda: ask(world, post_id, message="x" * 501), "field_invalid"),
        (lambda: ask(world, post_id, message="nul \0"), "field_invalid"),
        (lambda: ask(world, post_id, duration_days=31), "field_invalid"),
        (lambda: ask(world, post_id, offer=TermsDraft(notice_days=99)), "field_invalid"),
        (
            lambda: ask(world, post_id, offer=msgspec.structs.replace(FEE, currency="USD")),
            "terms_currency_mismatch",
        ),
        (lambda: requests.ask(unterms, post_id, now=world.now), "spark_terms_required"),
        (lambda: requests.ask(world.cleo, post_id, now=world.now), "right_missing"),
    ):
        made = Post.objects.count()
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.code == code
        assert Post.objects.count() - made <= 2
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=world.now)
    refused(lambda: requests.ask(world.ada, post_id, now=world.now), "account_suspended")
    assert PermissionRequest.objects.count() == Terms.objects.count() == 0


def test_a_counter_offer_is_the_creators_yes_and_the_advertisers_turn(world: World) -> None:
    post_id = paid_post(world)
    request_id = ask(world, post_id, offer=FEE, ads_only=True)
    sha256 = seen(world, request_id).offer.sha256  # type: ignore[union-attr]  # Offered above.
    refused(
        lambda: answers.counter(world.cleo, request_id, agree_sha256=sha256, now=world.now), "field_invalid"
    )  # Nothing else than was asked.
    refused(
        lambda: answers.counter(world.cleo, request_id, Choice(make_public=True), terms=DEARER, now=world.now),
        "field_invalid",
    )
    refused(
        lambda: answers.counter(world.cleo, request_id, Choice(duration_days=7), terms=DEARER, now=world.now),
        "ad_settings_off",
    )
    choice = Choice(duration_days=7, ads_only=False, preview_required=True, switch_on=True)
    answers.counter(world.cleo, request_id, choice, terms=DEARER, now=world.now)
    view = queries.request_of_account(world.ada, request_id, world.now)
    assert (view.state, view.counter_duration_days, view.ads_only) == (RequestState.COUNTERED, 7, False)
    assert view.counter_terms is not None
    assert view.counter_terms.fee_micros == 120_000_000
    assert queries.countered_count(world.ada, world.now) == 1
    assert queries.inbox_count(world.cleo, world.now) == 0
    assert subjects(world.people["Ada"])[-1] == "Cleo answered with other conditions"
    refused(lambda: answers.accept(world.cleo, request_id, now=world.now), "request_other_turn")
    refused(lambda: answers.accept_counter(world.ada, request_id, now=world.now), "terms_changed")
    refused(lambda: answers.accept_counter(world.ada, request_id, agree_sha256=sha256, now=world.now), "terms_changed")
    switches.set_post_authorisation(world.cleo, post_id, on=False, now=world.now)
    yes = view.counter_terms.sha256
    refused(
        lambda: answers.accept_counter(world.ada, request_id, agree_sha256=yes, now=world.now),
        "post_authorisation_off",
    )
    world.switch_on(post_id)
    done = answers.accept_counter(world.ada, request_id, agree_sha256=yes, now=world.now)
    row = Consent.objects.get(pk=done.consent_id)
    assert (row.terms_id, row.ends_at, row.preview_required, row.ads_only) == (
        view.counter_terms.id,
        world.now + 7 * DAY,
        True,
        False,
    )
    assert subjects(world.cleo)[-1] == "Ada's bread accepted your conditions"
    assert queries.verify_chain(None) == []


def test_a_counter_of_days_alone_keeps_the_offer_and_can_be_countered_by_asking(world: World) -> None:
    request_id = ask(world, paid_post(world), offer=FEE)
    sha256 = seen(world, request_id).offer.sha256  # type: ignore[union-attr]  # Offered above.
    days = Choice(duration_days=365, switch_on=True)
    refused(lambda: answers.counter(world.cleo, request_id, days, now=world.now), "terms_changed")
    Post.objects.update(disclosure=Disclosure.NONE.value)
    for act in (answers.counter, answers.accept):
        refused(
            lambda act=act: act(world.cleo, request_id, days, agree_sha256=sha256, now=world.now),  # type: ignore[misc]  # Bound at once.
            "disclosure_missing",
        )
    Post.objects.update(disclosure=Disclosure.BRANDED.value)
    answers.counter(world.cleo, request_id, days, agree_sha256=sha256, now=world.now)
    again = requests.ask(world.ada, seen(world, request_id).post.id, duration_days=60, offer=FEE, now=world.now)
    assert (again.request_id, again.attempts) == (request_id, 2)
    view = seen(world, request_id)
    assert (view.state, view.counter_duration_days, view.duration_days) == (RequestState.WAITING, None, 60)
    answers.counter(world.cleo, request_id, days, agree_sha256=view.offer.sha256, now=world.now)  # type: ignore[union-attr]  # Offered above.
    done = answers.accept_counter(world.ada, request_id, now=world.now)
    assert done.ends_at == world.now + 365 * DAY
    assert Consent.objects.get(pk=done.consent_id).terms_id == view.offer.id  # type: ignore[union-attr]  # Offered above.


def test_no_withdrawal_and_lapse_end_it_once(world: World) -> None:
    no, back, late = ask(world), ask(world), ask(world)
    assert answers.refuse(world.cleo, no, reason=" Not my taste ", now=world.now)
    assert not answers.refuse(world.cleo, no, reason="Never", now=world.now)
    assert (seen(world, no).state, seen(world, no).reason) == (RequestState.REFUSED, "Not my taste")
    assert "Reason: Not my taste" in bodies(world.people["Ada"])[-1]
    refused(lambda: answers.refuse(world.cleo, back, reason="x" * 501, now=world.now), "field_invalid")
    assert requests.withdraw(world.ada, back, now=world.now)
    assert not requests.withdraw(world.ada, back, now=world.now)
    assert (seen(world, back).state, seen(world, back).closing) == (RequestState.WITHDRAWN, None)
    assert subjects(world.cleo)[-1] == "Ada's bread withdrew a request"
    world.advance(30 * DAY)
    assert seen(world, late).state is RequestState.LAPSED  # Before anybody noticed.
    refused(lambda: answers.accept(world.cleo, late, Choice(switch_on=True), now=world.now), "request_closed")
    assert upkeep.keep_up(world.now) == Kept(lapsed=1, closed=0, settled=0, asked=0)
    assert upkeep.keep_up(world.now) == Kept(lapsed=0, closed=0, settled=0, asked=0)
    assert subjects(world.cleo)[-1] == "A request by Ada's bread has lapsed"
    assert subjects(world.people["Ada"])[-1] == "Your request to Cleo has lapsed"
    fresh = requests.ask(world.ada, seen(world, late).post.id, now=world.now)
    assert (fresh.again, fresh.attempts) == (False, 1)
    page = queries.sent(world.ada, Paging(), world.now, open_only=True)
    assert [item.id for item in page.items] == [fresh.request_id]
    assert len(queries.inbox(world.cleo, Paging(), world.now).items) == 4


def test_one_that_lapsed_unnoticed_is_not_in_the_way_of_the_next(world: World) -> None:
    post_id = world.post()
    first = ask(world, post_id)
    world.advance(31 * DAY)
    second = requests.ask(world.ada, post_id, now=world.now)
    assert second.request_id != first
    assert PermissionRequest.objects.get(pk=first).outcome == Outcome.LAPSED.value


def test_what_ends_the_possibility_closes_the_request(world: World) -> None:
    deleted, removed = ask(world), ask(world)
    Post.objects.filter(permission_requests=deleted).update(deleted_at=world.now)
    Post.objects.filter(permission_requests=removed).update(removed_at=world.now)
    kept = ask(world)
    Post.objects.filter(permission_requests=kept).update(visibility=Visibility.PRIVATE.value)  # May come back.
    assert upkeep.keep_up(world.now).closed == 2
    assert [seen(world, one).closing for one in (deleted, removed, kept)] == [
        Closing.VIDEO_DELETED,
        Closing.VIDEO_UNAVAILABLE,
        None,
    ]
    assert "(video_unavailable)" in bodies(world.people["Ada"])[-1]
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=world.now)
    assert upkeep.keep_up(world.now).closed == 1
    assert seen(world, kept).closing is Closing.ACCOUNT_SUSPENDED
    AdAccount.objects.update(suspended_at=None)
    banned = ask(world)
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(banned_at=world.now)
    assert upkeep.keep_up(world.now).closed == 1
    assert seen(world, banned).closing is Closing.ACCOUNT_BANNED
    assert queries.verify_chain(None) == []


def test_who_leaves_is_asked_nothing_more_and_their_words_go(world: World) -> None:
    no, open_ = ask(world), ask(world, message="Ours")
    answers.refuse(world.cleo, no, reason="I am leaving", now=world.now)
    mine = requests.ask(world.account("Cleo", "Cleo's account"), world.post("Vik"), message="Mine", now=world.now)
    with transaction.atomic():
        erasing.end_all(world.cleo, world.cleo.person, now=world.now)
        erasing.forget_words(world.cleo.person)
    assert seen(world, open_).closing is Closing.PROFILE_ERASED
    assert (seen(world, open_).message, seen(world, no).reason) == ("Ours", "")
    assert PermissionRequest.objects.get(pk=mine.request_id).message == ""


def test_a_private_post_is_shown_only_by_saying_how(world: World) -> None:
    public, dark = world.post(), world.post()
    first, second = ask(world, public), ask(world, dark)
    Post.objects.update(visibility=Visibility.PRIVATE.value)
    on = Choice(switch_on=True)
    for request_id in (first, second):
        refused(lambda key=request_id: answers.accept(world.cleo, key, on, now=world.now), "not_public_video")  # type: ignore[misc]  # Bound at once.
    both = msgspec.structs.replace(on, make_public=True, ads_only=True)
    refused(lambda: answers.accept(world.cleo, first, both, now=world.now), "field_invalid")
    answers.accept(world.cleo, first, msgspec.structs.replace(on, make_public=True), now=world.now)
    answers.accept(world.cleo, second, msgspec.structs.replace(on, ads_only=True), now=world.now)
    rows = dict(Post.objects.values_list("pk", "visibility"))
    assert rows == {public: Visibility.PUBLIC.value, dark: Visibility.PRIVATE.value}
    assert Post.objects.get(pk=dark).ads_only


def test_an_extension_is_one_tap(world: World) -> None:
    held = world.redeemed(days=7)
    asked = requests.ask_extension(world.ada, held.id, duration_days=30, message="It runs well", now=world.now)
    assert requests.ask_extension(PLATFORM, held.id, duration_days=7, now=world.now) == msgspec.structs.replace(
        asked, again=True
    )
    view = seen(world, asked.request_id)
    assert (view.kind, view.duration_days, view.consent_ends_at) == (RequestKind.EXTEND, 30, world.now + 7 * DAY)
    refused(
        lambda: answers.counter(world.cleo, view.id, Choice(duration_days=7), terms=FEE, now=world.now), "field_invalid"
    )
    done = answers.accept(world.cleo, view.id, now=world.now)
    assert done == Accepted(view.id, held.id, world.now + 37 * DAY)
    assert Consent.objects.count() == 1
    assert subjects(world.people["Ada"])[-1] == "Cleo extended an authorisation"
    again = requests.ask_extension(PLATFORM, held.id, duration_days=365, now=world.now)
    assert not again.again
    assert PermissionRequest.objects.get(pk=again.request_id).asked_by_id is None
    consents.revoke(world.cleo, held.id, now=world.now)
    refused(lambda: answers.accept(world.cleo, again.request_id, now=world.now), "authorization_revoked")
    refused(lambda: requests.ask_extension(world.ada, held.id, now=world.now), "authorization_revoked")
    assert upkeep.keep_up(world.now).closed == 1
    assert seen(world, again.request_id).closing is Closing.CONSENT_ENDED
    refused(lambda: requests.ask_extension(world.mallory, held.id, now=world.now), "not_found")
    refused(lambda: requests.ask_extension(PLATFORM, 4_711, now=world.now), "not_found")


def test_an_expired_consent_comes_back_by_its_extension(world: World) -> None:
    held = world.redeemed(days=7)
    world.advance(8 * DAY)
    asked = requests.ask_extension(world.ada, held.id, duration_days=30, now=world.now)
    done = answers.accept(world.cleo, asked.request_id, now=world.now)
    assert done.ends_at == world.now + 30 * DAY
    assert queries.consent_facts([held.id], world.now)[held.id].state == "active"
    for _ in range(4):
        consents.extend(world.cleo, held.id, duration_days=365, now=world.now)
    refused(lambda: requests.ask_extension(world.ada, held.id, duration_days=365, now=world.now), "extended_too_far")


def test_others_find_no_request_and_change_nothing(world: World) -> None:
    post_id = world.ready_post()
    waiting, countered = ask(world, post_id), ask(world)
    answers.counter(world.cleo, countered, Choice(duration_days=7, switch_on=True), now=world.now)
    now = world.now
    of_creator: dict[str, Callable[..., object]] = {
        "accept": lambda scope: answers.accept(scope, waiting, now=now),
        "counter": lambda scope: answers.counter(scope, waiting, Choice(duration_days=7), now=now),
        "refuse": lambda scope: answers.refuse(scope, waiting, now=now),
        "read": lambda scope: queries.request_of_creator(scope, waiting, now),
    }
    of_account: dict[str, Callable[..., object]] = {
        "accept counter": lambda scope: answers.accept_counter(scope, countered, now=now),
        "withdraw": lambda scope: requests.withdraw(scope, waiting, now=now),
        "read": lambda scope: queries.request_of_account(scope, waiting, now),
    }
    before = all_of_it()
    for allowed, calls in (("Cleo", of_creator), ("Ada's account", of_account)):
        for call in calls.values():
            for who, scope in scopes(world).items():
                if who != allowed:
                    with pytest.raises((NotFound, RightMissing)):
                        call(scope)
    assert all_of_it() == before
    assert queries.inbox(world.people["Vik"], Paging(), now).items == ()
    assert queries.sent(world.mallory, Paging(), now).items == ()
    view = queries.ask_view(world.ada, post_id, now)
    assert (view.open_request_id, view.attempts_left, view.consent_id) == (waiting, 29, None)
    assert queries.ask_view(world.mallory, post_id, now).open_request_id is None
    assert timedelta(0) < seen(world, waiting).lapses_at - now == 30 * DAY
