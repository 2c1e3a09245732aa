"""A code that several ad accounts may use."""

import pytest

from tests.area.authorisation.world import DAY, World, grant
from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.errors.consents import (
    AuthCodeAlreadyUsed,
    AuthCodeExpired,
    AuthCodeInUse,
    AuthorizationFollowsAccess,
    AuthorizationRevoked,
)
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import NO_END, ConsentState
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid


def test_each_account_gets_a_consent_of_its_own_until_the_code_is_used_up(world: World) -> None:
    issued = world.issued(accounts_max=2)
    world.advance(DAY)
    for_ada = consents.redeem(world.ada, issued.code, now=world.now)
    for_mallory = consents.redeem(world.mallory, issued.code, now=world.now)
    assert len({issued.id, for_ada.consent_id, for_mallory.consent_id}) == 3
    assert consents.redeem(world.ada, issued.code, now=world.now) == consents.Redeemed(for_ada.consent_id, again=True)
    assert queries.preview(world.ada, issued.code, world.now).again
    third = world.account("Vik", "Vik's views")
    with pytest.raises(AuthCodeAlreadyUsed):
        consents.redeem(third, issued.code, now=world.now)
    assert Consent.objects.count() == 3
    rows = queries.consents_of_post(world.cleo, Consent.objects.get(pk=issued.id).post_id, world.now).items
    assert [(row.state, row.account_name, row.accounts_used, row.shared_from_id) for row in rows] == [
        (ConsentState.ACTIVE, "Mallory's wares", 1, issued.id),
        (ConsentState.ACTIVE, "Ada's bread", 1, issued.id),
        (ConsentState.ISSUED, None, 2, None),
    ]
    assert consents.reveal_code(world.ada, for_ada.consent_id) == issued.code
    with pytest.raises(AuthCodeInUse):
        consents.delete(world.cleo, issued.id, now=world.now)


def test_what_happens_to_the_code_happens_to_all_of_them(world: World) -> None:
    issued = world.issued(accounts_max=3, days=7)
    ada = consents.redeem(world.ada, issued.code, now=world.now).consent_id
    mallory = consents.redeem(world.mallory, issued.code, now=world.now).consent_id
    extended = consents.extend(world.cleo, issued.id, duration_days=30, now=world.now)
    for held in (ada, mallory):
        document = grant(held)
        assert document is not None
        assert document.ends_ms == to_ms(extended.ends_at)
    assert consents.revoke(world.cleo, mallory, now=world.now).changed  # One account alone.
    again = consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    assert list(Consent.objects.order_by("pk").values_list("ends_at", flat=True)) == [
        again.ends_at,
        again.ends_at,
        extended.ends_at,
    ]
    with pytest.raises(AuthorizationRevoked):
        consents.redeem(world.mallory, issued.code, now=world.now)
    assert consents.revoke(world.cleo, issued.id, now=world.now).changed
    states = queries.consent_facts([issued.id, ada, mallory], world.now)
    assert {view.state for view in states.values()} == {ConsentState.REVOKED}
    assert grant(ada) is None
    assert consents.release(world.ada, ada, now=world.now)
    with pytest.raises(AuthorizationRevoked):
        consents.redeem(world.ada, issued.code, now=world.now)
    assert not consents.revoke(world.cleo, issued.id, now=world.now).changed


def test_an_ended_code_ends_for_all_and_bounds_hold(world: World) -> None:
    issued = world.issued(accounts_max=2, days=7)
    consents.redeem(world.ada, issued.code, now=world.now)
    world.advance(7 * DAY)
    for scope in (world.ada, world.mallory):
        with pytest.raises(AuthCodeExpired):
            consents.redeem(scope, issued.code, now=world.now)
    for most in (0, 101):
        with pytest.raises(FieldInvalid):
            world.issued(accounts_max=most)


def test_what_has_no_end_of_its_own_is_not_extended(world: World) -> None:
    held = world.redeemed()
    Consent.objects.filter(pk=held.id).update(ends_at=NO_END)
    with pytest.raises(AuthorizationFollowsAccess):
        consents.extend(world.cleo, held.id, duration_days=7, now=world.now)
    (row,) = queries.consents_of_post(world.cleo, Consent.objects.get().post_id, world.now).items
    assert (row.ends_at, row.state) == (None, ConsentState.ACTIVE)
