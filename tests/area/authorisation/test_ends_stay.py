"""What a creator ended stays ended, and nothing that follows lets it go on for longer."""

from tests.area.authorisation.business import PULL, granted
from tests.area.authorisation.test_standing_consents import give
from tests.area.authorisation.world import DAY, World, grant
from vonk.authorisation import queries
from vonk.authorisation.actions import accesses, consents, requests
from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.rules import Outside, TermsDraft
from vonk.authorisation.rules.access import PUBLISHING
from vonk.content.models import Post
from vonk.core.clock import to_ms


def taken(world: World, access_id: int) -> int:
    """Have Ada take a post of Cleo's up by the access, and agree to its terms."""
    terms = AccountAccess.objects.get(pk=access_id).terms
    agree = terms.sha256 if terms is not None else None
    return accesses.take_post(world.ada, world.post(), access_id, agree_sha256=agree, now=world.now).consent_id


def test_revoking_an_access_never_lengthens_a_notice_that_runs_or_is_over(world: World) -> None:
    access_id = granted(world, days=365, terms=TermsDraft(notice_days=10))
    over, runs, fresh = (taken(world, access_id) for _ in range(3))
    consents.revoke(world.cleo, over, now=world.now)
    world.advance(5 * DAY)
    consents.revoke(world.cleo, runs, now=world.now)
    world.advance(6 * DAY)  # The notice of the first is over, and nobody has noticed yet.
    ends = {pk: Consent.objects.get(pk=pk).ending_at for pk in (over, runs)}
    accesses.revoke(world.cleo, access_id, now=world.now)
    after = {row.pk: row.ending_at for row in Consent.objects.all()}
    assert after == {**ends, fresh: world.now + 10 * DAY}
    facts = queries.consent_facts([over, runs, fresh], world.now)
    assert [facts[pk].state for pk in (over, runs, fresh)] == ["revoked", "ending", "ending"]
    document = grant(runs)
    assert document is not None
    assert document.ends_ms == to_ms(world.now + 4 * DAY)


def test_a_scope_that_comes_back_brings_nothing_back_that_was_revoked_by_itself(world: World) -> None:
    access_id = granted(world, days=365, terms=TermsDraft(notice_days=10))
    alone, along, later = (taken(world, access_id) for _ in range(3))
    consents.revoke(world.cleo, alone, now=world.now)
    end = Consent.objects.get(pk=alone).ending_at
    accesses.change(world.cleo, access_id, scopes=PUBLISHING, now=world.now)
    world.advance(DAY)
    assert consents.revoke(world.cleo, later, now=world.now) == consents.Revoked(changed=True, ends_at=end)
    assert not consents.revoke(world.cleo, later, now=world.now).changed
    accesses.change(world.cleo, access_id, scopes=(*PUBLISHING, *PULL), now=world.now)
    assert Consent.objects.get(pk=along).ending_at is None
    assert {Consent.objects.get(pk=pk).ending_at for pk in (alone, later)} == {end} == {world.now + 9 * DAY}


def test_nobody_takes_a_post_out_of_its_feeds_by_a_standing_consent(world: World) -> None:
    give(world)
    post_id, hidden = world.post(), world.post(ads_only=True)
    asked = requests.ask(world.mallory, post_id, ads_only=True, now=world.now)
    assert (asked.consent_id, asked.not_automatic) == (None, (Outside.ADS_ONLY,))
    assert not Post.objects.get(pk=post_id).ads_only
    again = requests.ask(world.mallory, post_id, now=world.now)
    assert again.consent_id is not None
    assert not Post.objects.get(pk=post_id).ads_only
    assert Post.objects.get(pk=hidden).ads_only
