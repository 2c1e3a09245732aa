"""What a code gives, and every name of what it does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.area.authorisation.world import DAY, World, bodies, grant, subjects
from vonk.authorisation import codes, guesses, queries
from vonk.authorisation.actions import consents, redemptions
from vonk.authorisation.errors.consents import (
    AccountBanned,
    AccountSuspended,
    AuthCodeAlreadyUsed,
    AuthCodeExpired,
    AuthCodeFormatError,
    AuthCodeNotFound,
    AuthorizationRevoked,
    CarouselDuetNotSupported,
    CodeGuessesLimited,
    NotPublicVideo,
    SparkTermsRequired,
    StoryVideoNotSupported,
    VideoDeleted,
    VideoUnavailable,
)
from vonk.authorisation.models import CodeGuesses, Consent, ConsentRecord
from vonk.content.actions import disclosures, sounds
from vonk.content.errors import FormatKept
from vonk.content.models import Post, Profile, Sound
from vonk.content.rules import Format, Visibility
from vonk.control.models import AuditEntry, Publication
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Actor, NotFound, Problem, RightMissing
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.delivery.snapshot import DocumentKind, GrantDocument, PostDocument, decode_document
from vonk.identity.models import AdAccount, Letter


def state_of_the_world() -> tuple[object, ...]:
    """Everything that a refused call must leave as it was."""
    return tuple(
        tuple(sorted(map(str, model.objects.values())))
        for model in (Consent, ConsentRecord, Publication, AuditEntry, Letter, Post)
    )


def refused(world: World, scope: Scope, code: str, error: type[Problem]) -> Problem:
    """Assert that preview and redemption are refused alike and change nothing; return the error."""
    before = state_of_the_world()
    with pytest.raises(error):
        queries.preview(scope, code, world.now)
    with pytest.raises(error) as caught:
        consents.redeem(scope, code, now=world.now)
    assert type(caught.value) is error
    assert state_of_the_world() == before
    assert caught.value.cause
    assert caught.value.remedy
    assert caught.value.actor is not Actor.CALLER
    return caught.value


def mistyped(code: str) -> str:
    """Return the code with its fifth character changed."""
    return code[:5] + ("A" if code[5] != "A" else "B") + code[6:]


def test_redemption_publishes_the_grant_and_the_post(world: World) -> None:
    post_id = world.ready_post()
    issued = world.issued(post_id, days=7)
    world.advance(timedelta(hours=5))
    shown = queries.preview(world.ada, issued.code, world.now)
    assert (shown.consent_id, shown.state, shown.ends_at, shown.again) == (issued.id, "issued", issued.ends_at, False)
    assert (shown.post.id, shown.post.handle, shown.post.caption) == (post_id, "cleo", "A loaf rises")
    assert not Publication.objects.exists()
    assert consents.redeem(world.ada, f" {issued.code[1:]}\n", now=world.now) == consents.Redeemed(
        issued.id, again=False
    )
    assert grant(issued.id) == GrantDocument(
        id=issued.id,
        post_id=post_id,
        account_id=world.ada.account,
        starts_ms=to_ms(world.now),
        ends_ms=to_ms(issued.ends_at),
    )
    assert Publication.objects.get(kind="post", object_id=post_id).document is not None
    assert Post.objects.get(pk=post_id).in_ads
    (item,) = queries.library(world.ada, Paging(size=PAGE_SIZE_MAX), world.now).items
    assert (item.consent_id, item.state, item.redeemed_at, item.days_left) == (issued.id, "active", world.now, 7)
    (row,) = queries.consents_of_post(world.cleo, post_id, world.now).items
    assert (row.account_id, row.account_name, row.state) == (world.ada.account, "Ada's bread", "active")
    assert subjects(world.cleo) == ["Ada's bread uses your post in ads"]
    assert "A loaf rises" in bodies(world.cleo)[0]


def test_again_in_the_same_account_changes_nothing(world: World) -> None:
    issued = world.redeemed()
    before = state_of_the_world()
    assert consents.redeem(world.ada, issued.code, now=world.now) == consents.Redeemed(issued.id, again=True)
    assert queries.preview(world.ada, issued.code, world.now).again
    assert state_of_the_world() == before
    Post.objects.update(visibility=Visibility.PRIVATE.value)
    assert consents.redeem(world.ada, issued.code, now=world.now).again


def test_anything_that_is_no_code_is_said_before_anything_is_looked_up(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0), pytest.raises(AuthCodeFormatError):
        consents.redeem(world.ada, "hello", now=world.now)
    refused(world, world.ada, "#" * 500, AuthCodeFormatError)
    assert not CodeGuesses.objects.exists()


def test_the_terms_come_first(world: World) -> None:
    issued = world.issued()
    newcomer = world.account("Vik", "Vik's shop", terms=False)
    assert refused(world, newcomer, issued.code, SparkTermsRequired).link == "/advertiser/terms/"


def test_a_suspended_account_takes_up_nothing(world: World) -> None:
    issued = world.issued()
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=world.now)
    refused(world, world.ada, issued.code, AccountSuspended)


def test_an_analyst_redeems_nothing(world: World) -> None:
    issued = world.issued()
    analyst = Scope(world.people["Vik"].person_id, frozenset({Right.ACCOUNT_VIEW}), world.ada.account)
    before = state_of_the_world()
    for call in (consents.redeem, queries.preview):
        with pytest.raises(RightMissing):
            call(analyst, issued.code, now=world.now)
    assert state_of_the_world() == before


def test_codes_that_never_were_or_were_deleted(world: World) -> None:
    refused(world, world.ada, codes.generate(), AuthCodeNotFound)
    issued = world.issued()
    consents.delete(world.cleo, issued.id, now=world.now)
    refused(world, world.ada, issued.code, AuthCodeNotFound)
    assert {row.wrong for row in CodeGuesses.objects.all()} == {2}  # Whoever knows a deleted code has not guessed it.


def test_expired_codes(world: World) -> None:
    issued = world.issued(days=7)
    world.advance(7 * DAY - timedelta(microseconds=1))
    assert queries.preview(world.ada, issued.code, world.now).days_left == 1
    world.advance(timedelta(microseconds=1))
    assert refused(world, world.ada, issued.code, AuthCodeExpired).actor is Actor.CREATOR


def test_codes_used_elsewhere(world: World) -> None:
    issued = world.redeemed()
    refused(world, world.mallory, issued.code, AuthCodeAlreadyUsed)
    consents.revoke(world.cleo, issued.id, now=world.now)
    refused(world, world.mallory, issued.code, AuthCodeAlreadyUsed)
    refused(world, world.ada, issued.code, AuthorizationRevoked)


def test_revoked_codes(world: World) -> None:
    issued = world.issued()
    consents.revoke(world.cleo, issued.id, now=world.now)
    refused(world, world.ada, issued.code, AuthorizationRevoked)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"deleted_at": True}, VideoDeleted),
        ({"removed_at": True, "removed_reason": "violence"}, VideoUnavailable),
        ({"visibility": Visibility.PRIVATE.value}, NotPublicVideo),
        ({"visibility": Visibility.FRIENDS.value}, NotPublicVideo),
    ],
)
def test_codes_of_posts_that_went(world: World, changed: dict[str, Any], error: type[Problem]) -> None:
    issued = world.issued()
    Post.objects.update(**{key: world.now if value is True else value for key, value in changed.items()})
    refused(world, world.ada, issued.code, error)


def test_codes_of_banned_profiles(world: World) -> None:
    issued = world.issued()
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(banned_at=world.now)
    refused(world, world.ada, issued.code, AccountBanned)


def test_guessing_is_stopped_per_account_and_per_person(world: World) -> None:
    issued = world.issued()
    began = world.now
    for _ in range(guesses.WRONG_MAX):
        with pytest.raises(AuthCodeNotFound):
            consents.redeem(world.mallory, codes.generate(), now=world.now)
    for _ in range(3):  # A mistyped code is no guess: nobody looks for it.
        with pytest.raises(AuthCodeFormatError):
            consents.redeem(world.mallory, mistyped(issued.code), now=world.now)
    world.advance(timedelta(seconds=10))
    error = refused(world, world.mallory, issued.code, CodeGuessesLimited)
    assert isinstance(error, CodeGuessesLimited)
    assert error.retry_after_seconds == 20
    assert error.fill(error.remedy).startswith("Wait 20 seconds")
    other_account = world.account("Mallory", "Mallory's other wares")
    refused(world, other_account, issued.code, CodeGuessesLimited)  # The same person.
    helper = Scope(world.people["Vik"].person_id, world.mallory.rights, world.mallory.account_id)
    refused(world, helper, issued.code, CodeGuessesLimited)  # The same account.
    assert CodeGuesses.objects.count() == 2
    assert not consents.redeem(world.ada, issued.code, now=world.now).again  # Nobody else is in the way.
    for seconds in (30, 60, 120, 240, 480, 960):  # After the wait a right code works, and a wrong one doubles it.
        world.advance(timedelta(seconds=seconds))
        refused(world, world.mallory, issued.code, AuthCodeAlreadyUsed)
        with pytest.raises(AuthCodeNotFound):
            consents.redeem(world.mallory, codes.generate(), now=world.now)
    left = refused(world, world.mallory, issued.code, CodeGuessesLimited)
    assert isinstance(left, CodeGuessesLimited)
    assert left.retry_after_seconds is not None
    assert timedelta(seconds=left.retry_after_seconds) == began + guesses.WINDOW - world.now  # Forgotten by then.
    world.now = began + guesses.WINDOW
    with pytest.raises(AuthCodeNotFound):
        consents.redeem(world.mallory, codes.generate(), now=world.now)
    assert list(CodeGuesses.objects.values_list("wrong", "window_at")) == [(1, world.now)] * 2


def test_a_wrong_code_stays_counted_only_outside_a_larger_transaction(world: World) -> None:
    """The larger one would take the count back; so it is refused loudly, by Django itself."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        consents.redeem(world.ada, codes.generate(), now=world.now)


def test_of_two_accounts_exactly_one_wins(world: World) -> None:
    """Both have read that the code is free; the UPDATE decides."""
    issued = world.issued()
    seen_by_ada, seen_by_mallory = Consent.objects.get(pk=issued.id), Consent.objects.get(pk=issued.id)
    redemptions.claim(world.mallory, seen_by_mallory, now=world.now)
    with pytest.raises(AuthCodeAlreadyUsed):
        redemptions.claim(world.ada, seen_by_ada, now=world.now)
    assert Consent.objects.get(pk=issued.id).account_id == world.mallory.account
    refused(world, world.ada, issued.code, AuthCodeAlreadyUsed)


def test_the_ad_servers_keep_to_the_licence_of_the_sound(world: World) -> None:
    sound = Sound.objects.create(title="Rain", created_at=world.now)
    post_id = world.ready_post(sound=sound)
    world.redeemed(post_id)

    def countries() -> tuple[str, ...]:
        row = Publication.objects.get(kind=DocumentKind.POST.value, object_id=post_id)
        document = decode_document(DocumentKind.POST, row.document or "")
        assert isinstance(document, PostDocument)
        return document.countries

    assert countries() == ()
    sounds.set_rights(world.olu, sound.pk, commercial=True, countries=["NL", "BE"], now=world.now)
    assert countries() == ("BE", "NL")


def test_a_format_that_is_named_after_the_code_is_judged_when_it_is_used(world: World) -> None:
    original = world.post("Vik")
    duet = world.ready_post(duet_of_id=original)
    issued = world.issued(duet)
    disclosures.set_format(world.cleo, duet, Format.CAROUSEL, now=world.now)
    refused(world, world.ada, issued.code, CarouselDuetNotSupported)
    disclosures.set_format(world.cleo, duet, Format.STORY, now=world.now)
    refused(world, world.ada, issued.code, StoryVideoNotSupported)
    for somebody in (world.people["Vik"], world.people["Mallory"]):
        with pytest.raises(NotFound):
            disclosures.set_format(somebody, duet, Format.VIDEO, now=world.now)
    disclosures.set_format(world.cleo, duet, Format.VIDEO, now=world.now)
    consents.redeem(world.ada, issued.code, now=world.now)
    with pytest.raises(FormatKept):
        disclosures.set_format(world.cleo, duet, Format.CAROUSEL, now=world.now)
