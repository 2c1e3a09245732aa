"""Each action and query as each of the cast: what is not theirs does not exist, and nothing changes."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.area.authorisation.test_redeem import state_of_the_world
from tests.area.authorisation.world import World
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.models import AdSettings, PostAuthorisation
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing

Call = Callable[[Scope, int, int, datetime], object]  # Scope, post, consent, now.

OF_THE_CREATOR: dict[str, Call] = {
    "post on": lambda scope, post, _, now: switches.set_post_authorisation(scope, post, on=True, now=now),
    "post off": lambda scope, post, _, now: switches.set_post_authorisation(scope, post, on=False, now=now),
    "issue": lambda scope, post, _, now: consents.issue(scope, post, duration_days=7, now=now),
    "extend": lambda scope, _, consent, now: consents.extend(scope, consent, duration_days=7, now=now),
    "revoke": lambda scope, _, consent, now: consents.revoke(scope, consent, now=now),
    "delete": lambda scope, _, consent, now: consents.delete(scope, consent, now=now),
    "switches": lambda scope, post, _, __: queries.switches(scope, post),
    "switching off ends": lambda scope, post, _, now: queries.switching_off_ends(scope, post, now),
    "consents of post": lambda scope, post, _, now: queries.consents_of_post(scope, post, now),
    "history": lambda scope, post, _, __: queries.history(scope, post),
}
OF_THE_HOLDER: dict[str, Call] = {
    "release": lambda scope, _, consent, now: consents.release(scope, consent, now=now),
}
OF_BOTH: dict[str, Call] = {"reveal": lambda scope, _, consent, __: consents.reveal_code(scope, consent)}


def scopes(world: World) -> dict[str, Scope]:
    return {
        "Ada": world.people["Ada"],
        "Ada's account": world.ada,
        "Cleo": world.cleo,
        "Vik": world.people["Vik"],
        "Olu": world.people["Olu"],
        "Olu operating": world.olu,
        "Mallory": world.people["Mallory"],
        "Mallory's account": world.mallory,
    }


def everything() -> tuple[object, ...]:
    return (
        *state_of_the_world(),
        tuple(map(str, AdSettings.objects.order_by("pk").values())),
        tuple(map(str, PostAuthorisation.objects.order_by("pk").values())),
    )


@pytest.mark.parametrize("name", [*OF_THE_CREATOR, *OF_THE_HOLDER, *OF_BOTH])
def test_others_find_nothing_and_change_nothing(world: World, name: str) -> None:
    post_id = world.ready_post()
    world.ready_post("Mallory")  # Who has everything switched on, too.
    held = world.redeemed(post_id)
    allowed = {
        **dict.fromkeys(OF_THE_CREATOR, ("Cleo",)),
        **dict.fromkeys(OF_THE_HOLDER, ("Ada's account",)),
        **dict.fromkeys(OF_BOTH, ("Cleo", "Ada's account")),
    }[name]
    call = {**OF_THE_CREATOR, **OF_THE_HOLDER, **OF_BOTH}[name]
    before = everything()
    for who, scope in scopes(world).items():
        if who not in allowed:
            with pytest.raises((NotFound, RightMissing)) as caught:
                call(scope, post_id, held.id, world.now)
            # Somebody whose role lacks the right hears that before anything is looked up, whatever the id.
            assert caught.type is NotFound or scope.account_id is None, who
    assert everything() == before


@pytest.mark.parametrize("name", [*OF_THE_CREATOR, *OF_THE_HOLDER, *OF_BOTH])
def test_what_is_absent_is_not_found(world: World, name: str) -> None:
    call = {**OF_THE_CREATOR, **OF_THE_HOLDER, **OF_BOTH}[name]
    for scope in (world.cleo, world.ada):
        with pytest.raises((NotFound, RightMissing)) as caught:
            call(scope, 4_711, 4_712, world.now)
        assert caught.type is NotFound or scope is world.cleo


def test_lists_hold_what_is_ones_own(world: World) -> None:
    post_id = world.ready_post()
    held = world.redeemed(post_id)
    assert [item.consent_id for item in queries.library(world.ada, Paging(), world.now).items] == [held.id]
    assert queries.library(world.mallory, Paging(), world.now).items == ()
    for name in ("Ada", "Cleo", "Vik", "Olu", "Mallory"):
        with pytest.raises(RightMissing):
            queries.library(world.people[name], Paging(), world.now)
    assert len(queries.history(world.cleo).items) == 4
    for name in ("Ada", "Vik", "Olu", "Mallory"):
        assert queries.history(world.people[name]).items == ()
        assert not queries.ad_settings(world.people[name])
        assert queries.switching_off_ends(world.people[name], None, world.now).consent_ids == ()


def test_ad_settings_are_ones_own(world: World) -> None:
    held = world.redeemed()
    for name in ("Ada", "Vik", "Olu", "Mallory"):
        switches.set_ad_settings(world.people[name], on=True, now=world.now)
        assert switches.set_ad_settings(world.people[name], on=False, now=world.now).revoked_ids == ()
    assert queries.ad_settings(world.cleo)
    assert queries.consent_facts([held.id], world.now)[held.id].state == "active"


def test_nobody_without_the_right_creates_or_redeems(world: World) -> None:
    issued = world.issued()
    before = everything()
    for name in ("Ada", "Cleo", "Vik", "Olu", "Mallory"):  # Without an ad account.
        with pytest.raises(RightMissing):
            consents.redeem(world.people[name], issued.code, now=world.now)
        with pytest.raises(RightMissing):
            queries.preview(world.people[name], issued.code, world.now)
    reader = Scope(world.cleo.person_id, frozenset({Right.VIEW}))
    with pytest.raises(RightMissing):
        switches.set_ad_settings(reader, on=False, now=world.now)
    with pytest.raises(RightMissing):
        consents.revoke(reader, issued.id, now=world.now)
    analyst = Scope(world.ada.person_id, frozenset({Right.VIEW, Right.ACCOUNT_VIEW}), world.ada.account_id)
    assert queries.library(analyst, Paging(), world.now).items == ()
    with pytest.raises(RightMissing):
        consents.release(analyst, issued.id, now=world.now)
    assert everything() == before


def test_an_analyst_does_not_see_codes(world: World) -> None:
    held = world.redeemed()
    analyst = Scope(world.people["Vik"].person_id, frozenset({Right.VIEW, Right.ACCOUNT_VIEW}), world.ada.account_id)
    with pytest.raises(RightMissing):
        consents.reveal_code(analyst, held.id)
