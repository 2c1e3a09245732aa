"""A second code, of the author whose post the first one's builds on."""

import pytest

from tests.area.authorisation.world import World, grant
from vonk.authorisation import codes, queries
from vonk.authorisation.actions import consents
from vonk.authorisation.errors.consents import AuthCodeNotFound, OriginalCodeMismatch
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import ConsentState


def test_both_codes_are_taken_up_or_neither(world: World) -> None:
    original = world.ready_post("Vik")
    duet = world.issued(world.ready_post(duet_of_id=original))
    theirs = consents.issue(world.people["Vik"], original, now=world.now)
    other = consents.issue(world.people["Vik"], world.ready_post("Vik"), now=world.now)
    assert queries.preview(world.ada, duet.code, world.now).originals == ("vik",)
    with pytest.raises(OriginalCodeMismatch):
        consents.redeem(world.ada, duet.code, original_code=other.code, now=world.now)
    with pytest.raises(AuthCodeNotFound):
        consents.redeem(world.ada, duet.code, original_code=codes.generate(), now=world.now)
    assert not Consent.objects.filter(redeemed_at__isnull=False).exists()
    done = consents.redeem(world.ada, duet.code, original_code=theirs.code, now=world.now)
    assert done == consents.Redeemed(duet.id, again=False, state=ConsentState.ACTIVE, missing=())
    document = grant(duet.id)
    assert document is not None
    assert document.requires == (theirs.id,)


def test_without_it_the_consent_waits_and_says_for_whom(world: World) -> None:
    duet = world.issued(world.ready_post(duet_of_id=world.ready_post("Vik")))
    done = consents.redeem(world.ada, duet.code, now=world.now)
    assert (done.state, done.missing) == (ConsentState.SUSPENDED, ("vik",))
    assert grant(duet.id) is None
    (row,) = queries.consents_of_post(world.cleo, Consent.objects.get().post_id, world.now).items
    assert (row.state, row.missing) == (ConsentState.SUSPENDED, ("vik",))
