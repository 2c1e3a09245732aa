"""One-time invitations: who makes them, who uses them, once, and what is kept of them."""

from datetime import timedelta

import pytest

from tests.area.authorisation.test_redeem import state_of_the_world
from tests.area.authorisation.world import DAY, World
from vonk.authorisation import codes, guesses, queries
from vonk.authorisation.actions import consents, invitations
from vonk.authorisation.errors.consents import (
    AuthCodeAlreadyUsed,
    AuthCodeExpired,
    AuthorizationRevoked,
    CodeGuessesLimited,
)
from vonk.authorisation.errors.invitations import (
    InvitationExpired,
    InvitationNotFound,
    InvitationsLimited,
    InvitationUsed,
)
from vonk.authorisation.models import CodeGuesses, Consent, ConsentRecord, Invitation
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import NotFound, RightMissing


def invited(world: World, consent_id: int) -> str:
    """Have Cleo make an invitation; return its secret."""
    made = invitations.make(world.cleo, consent_id, now=world.now)
    address, _, secret = made.link.partition("#")
    assert address.endswith("/advertiser/invitation/")
    return secret


def test_one_account_uses_it_once(world: World) -> None:
    issued = world.issued(days=7)
    secret = invited(world, issued.id)
    row = Invitation.objects.get()
    assert len(secret) == 43, "256 bits."
    assert (secret in row.digest, row.ends_at) == (False, issued.ends_at)
    assert secret not in str(list(AuditEntry.objects.values())) + str(list(ConsentRecord.objects.values()))
    assert ConsentRecord.objects.order_by("sequence").last().act == "invited"  # type: ignore[union-attr]  # There is one.
    assert invitations.code_of(world.ada, f" {secret}\n", now=world.now) == issued.code
    assert invitations.code_of(world.mallory, secret, now=world.now) == issued.code
    assert Invitation.objects.get().used_at is None, "Looking uses nothing up."
    assert not invitations.redeem(world.ada, secret, now=world.now).again
    assert invitations.redeem(world.ada, secret, now=world.now).again
    before = state_of_the_world()
    for call in (invitations.code_of, invitations.redeem):
        with pytest.raises(InvitationUsed):
            call(world.mallory, secret, now=world.now)
    assert state_of_the_world() == before
    (view,) = queries.invitations(world.cleo, issued.id, Paging(), world.now).items
    assert (view.account_name, view.open, view.used_at) == ("Ada's bread", False, world.now)
    assert queries.verify_chain(None) == []


def test_a_refused_redemption_does_not_use_it_up(world: World) -> None:
    issued = world.issued()
    secret = invited(world, issued.id)
    consents.revoke(world.cleo, issued.id, now=world.now)
    with pytest.raises(AuthorizationRevoked):
        invitations.redeem(world.ada, secret, now=world.now)
    assert (Invitation.objects.get().used_at, Invitation.objects.get().used_by_id) == (None, None)


def test_it_ends_and_is_taken_back(world: World) -> None:
    issued = world.issued(days=30)
    old, taken_back = invited(world, issued.id), invited(world, issued.id)
    last = Invitation.objects.order_by("-pk")[0]
    assert last.ends_at == world.now + 14 * DAY
    for name in ("Ada", "Vik", "Olu", "Mallory"):
        with pytest.raises(NotFound):
            invitations.withdraw(world.people[name], last.pk, now=world.now)
        with pytest.raises(NotFound):
            invitations.make(world.people[name], issued.id, now=world.now)
        with pytest.raises(NotFound):
            queries.invitations(world.people[name], issued.id, Paging(), world.now)
    assert invitations.withdraw(world.cleo, last.pk, now=world.now)
    assert not invitations.withdraw(world.cleo, last.pk, now=world.now)
    with pytest.raises(InvitationExpired):
        invitations.redeem(world.ada, taken_back, now=world.now)
    world.advance(14 * DAY - timedelta(microseconds=1))
    assert invitations.code_of(world.ada, old, now=world.now) == issued.code
    world.advance(timedelta(microseconds=1))
    with pytest.raises(InvitationExpired):
        invitations.code_of(world.ada, old, now=world.now)
    assert Consent.objects.get(pk=issued.id).account_id is None


def test_what_cannot_be_used_is_not_invited_to(world: World) -> None:
    issued, held = world.issued(days=7), world.redeemed()
    for _ in range(invitations.OPEN_MAX):
        invited(world, issued.id)
    with pytest.raises(InvitationsLimited):
        invited(world, issued.id)
    with pytest.raises(AuthCodeAlreadyUsed):
        invited(world, held.id)
    consents.revoke(world.cleo, held.id, now=world.now)
    with pytest.raises(AuthorizationRevoked):
        invited(world, held.id)
    world.advance(7 * DAY)
    with pytest.raises(AuthCodeExpired):
        invited(world, issued.id)
    gone = world.issued()
    consents.delete(world.cleo, gone.id, now=world.now)
    with pytest.raises(NotFound):
        invited(world, gone.id)
    assert Invitation.objects.count() == invitations.OPEN_MAX


def test_guessing_invitations_is_guessing_codes(world: World) -> None:
    issued = world.issued()
    secret = invited(world, issued.id)
    with pytest.raises(RightMissing):
        invitations.redeem(world.people["Ada"], secret, now=world.now)
    for wrong in ("", "x" * 43, issued.code, *(codes.generate()[:43] for _ in range(guesses.WRONG_MAX - 3))):
        with pytest.raises(InvitationNotFound):
            invitations.redeem(world.mallory, wrong, now=world.now)
    assert {row.wrong for row in CodeGuesses.objects.all()} == {guesses.WRONG_MAX}
    with pytest.raises(CodeGuessesLimited):
        invitations.redeem(world.mallory, secret, now=world.now)
    assert Consent.objects.get(pk=issued.id).account_id is None
