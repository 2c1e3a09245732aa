"""Ad settings first, then the post; off ends what is live, and one may ask beforehand."""

import pytest

from tests.area.authorisation.test_terms import agreed
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.actions.switches import Switched
from vonk.authorisation.errors.consents import (
    AdSettingsOff,
    MultiDuetStitch,
    PostAuthorisationOff,
    VideoDeleted,
)
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.authorisation.queries import SwitchesView, SwitchOffView
from vonk.authorisation.rules import TermsDraft
from vonk.content.models import Post
from vonk.content.rules import Visibility
from vonk.control.models import AuditEntry


def test_the_profile_comes_before_the_post(world: World) -> None:
    post_id = world.post()
    with pytest.raises(AdSettingsOff):
        switches.set_post_authorisation(world.cleo, post_id, on=True, now=world.now)
    assert switches.set_ad_settings(world.cleo, on=True, now=world.now) == Switched(on=True, changed=True)
    assert queries.ad_settings(world.cleo)
    with pytest.raises(PostAuthorisationOff):
        world.issued(post_id)
    assert queries.switches(world.cleo, post_id) == SwitchesView(ad_settings_on=True, post_authorisation_on=False)
    assert switches.set_post_authorisation(world.cleo, post_id, on=True, now=world.now) == Switched(True, changed=True)
    assert queries.switches(world.cleo, post_id) == SwitchesView(ad_settings_on=True, post_authorisation_on=True)
    assert world.issued(post_id).ends_at == world.now + 30 * DAY


def test_the_same_position_again_changes_nothing(world: World) -> None:
    post_id = world.post()
    assert switches.set_ad_settings(world.cleo, on=False, now=world.now) == Switched(on=False, changed=False)
    assert switches.set_post_authorisation(world.cleo, post_id, on=False, now=world.now) == Switched(
        on=False, changed=False
    )
    world.switch_on(post_id)
    rows = queries.history(world.cleo).items
    assert switches.set_ad_settings(world.cleo, on=True, now=world.now) == Switched(on=True, changed=False)
    assert switches.set_post_authorisation(world.cleo, post_id, on=True, now=world.now) == Switched(
        on=True, changed=False
    )
    assert queries.history(world.cleo).items == rows


def test_a_post_that_can_never_be_an_ad_is_not_switched_on(world: World) -> None:
    switches.set_ad_settings(world.cleo, on=True, now=world.now)
    answer = world.post("Vik", duet_of_id=world.post("Vik"))
    with pytest.raises(MultiDuetStitch):
        switches.set_post_authorisation(world.cleo, world.post(duet_of_id=answer), on=True, now=world.now)
    with pytest.raises(VideoDeleted):
        switches.set_post_authorisation(world.cleo, world.post(deleted_at=world.now), on=True, now=world.now)
    private = world.post(visibility=Visibility.PRIVATE.value)  # Its creator chooses how to show it with the code.
    assert switches.set_post_authorisation(world.cleo, private, on=True, now=world.now).changed


def test_switching_the_post_off_ends_what_is_live_and_nothing_else(world: World) -> None:
    post_id, other_id = world.ready_post(), world.ready_post()
    expired = world.redeemed(post_id, days=7)
    world.advance(7 * DAY)
    unused, held, other = world.issued(post_id), world.redeemed(post_id), world.redeemed(other_id)
    deleted = world.issued(post_id)
    consents.delete(world.cleo, deleted.id, now=world.now)
    assert queries.switching_off_ends(world.cleo, post_id, world.now) == SwitchOffView(
        unused_codes=1, held_consents=1, account_names=("Ada's bread",), consent_ids=(held.id,)
    )
    Post.objects.filter(pk=post_id).update(deleted_at=world.now)  # Off is accepted whatever became of the post.
    assert switches.set_post_authorisation(world.cleo, post_id, on=False, now=world.now) == Switched(
        on=False, changed=True, revoked_ids=(unused.id, held.id)
    )
    states = {row.id: row.state for row in queries.consents_of_post(world.cleo, post_id, world.now).items}
    assert states == {expired.id: "expired", unused.id: "revoked", held.id: "revoked"}
    assert grant(held.id) is None
    assert grant(other.id) is not None
    assert subjects(world.ada) == ["Cleo revoked an authorisation"]
    with pytest.raises(PostAuthorisationOff):
        consents.extend(world.cleo, expired.id, duration_days=7, now=world.now)


def test_switching_the_profile_off_ends_the_consents_of_all_its_posts(world: World) -> None:
    first, second = world.redeemed(), world.redeemed()
    theirs = world.ready_post("Mallory")
    kept = consents.issue(world.people["Mallory"], theirs, duration_days=7, now=world.now)
    consents.redeem(world.ada, kept.code, now=world.now)
    assert queries.switching_off_ends(world.cleo, None, world.now).consent_ids == (first.id, second.id)
    assert switches.set_ad_settings(world.cleo, on=False, now=world.now) == Switched(
        on=False, changed=True, revoked_ids=(first.id, second.id)
    )
    assert (grant(first.id), grant(second.id)) == (None, None)
    assert grant(kept.id) is not None
    assert queries.verify_chain(None) == []


def test_what_ends_together_is_one_letter_and_a_notice_is_kept(world: World) -> None:
    first, second, unused = world.redeemed(), world.redeemed(), world.issued()
    consent_id = agreed(world, TermsDraft(notice_days=7))
    length = ConsentRecord.objects.count()
    off = switches.set_ad_settings(world.cleo, on=False, now=world.now)
    assert off.revoked_ids == (first.id, second.id, unused.id, consent_id)
    assert [grant(one.id) for one in (first, second, unused)] == [None, None, None]
    assert Consent.objects.get(pk=consent_id).ending_at == world.now + 7 * DAY
    assert grant(consent_id) is not None
    acts = ConsentRecord.objects.order_by("sequence").values_list("act", "consent_id")[length:]
    assert list(acts) == [
        ("ad_settings_off", None),
        *(("revoked", one.id) for one in (first, second, unused)),
        ("notice_given", consent_id),
    ]
    audited = AuditEntry.objects.filter(action="consent.revoked").order_by("object_id")
    assert list(audited.values_list("object_id", "account_id")) == [
        (first.id, world.ada.account),
        (second.id, world.ada.account),
        (unused.id, None),
    ]
    assert subjects(world.ada) == [
        "Your ads with 2 posts have stopped: their creator revoked the authorisations",
        "Cleo revoked an authorisation, with notice",
    ]
    assert queries.verify_chain(None) == []
