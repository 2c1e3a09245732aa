"""Creators' accounts as an organisation's assets: who uses them, which ad account, which partner, and how they leave."""

from collections.abc import Callable

import pytest

from tests.area.authorisation.business import business, granted
from tests.area.authorisation.test_access_posts import colleague
from tests.area.authorisation.world import World
from vonk.authorisation.actions import accesses, business_assets
from vonk.authorisation.errors.access import AccountAccessMissing
from vonk.authorisation.models import AccessExclusion
from vonk.authorisation.queries.business_assets import accounts_using, all_creator_assets, creator_assets
from vonk.authorisation.rules.access import AccessState
from vonk.control.models import AuditEntry
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Problem, RightMissing
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.errors import NotMember, PartnershipNotAccepted
from vonk.identity.models import Partnership, Share
from vonk.identity.rules import AccountRole


def refuse(act: Callable[[], object], kind: type[Problem]) -> None:
    """Assert that the act is refused and leaves nothing behind."""
    before = AuditEntry.objects.count(), AccessExclusion.objects.count(), Share.objects.count()
    with pytest.raises(kind):
        act()
    assert (AuditEntry.objects.count(), AccessExclusion.objects.count(), Share.objects.count()) == before


def member_scope(bakery: Scope, scope: Scope) -> Scope:
    """Return a member's scope over the organisation."""
    return access.organisation(access.Actor(scope.person, scope.via), bakery.organisation, may=Right.BUSINESS_VIEW)


def test_an_ad_account_that_is_kept_out_uses_nothing_of_the_creator(world: World) -> None:
    now, bakery = world.now, business(world.ada)
    granted(world)
    profile_id, account_id, post_id = world.profiles["Cleo"], world.ada.account, world.post()
    assert [one.id for one in accounts_using(bakery, profile_id, now=now)] == [account_id]
    business_assets.keep_from(bakery, profile_id, account_id, now=now)
    business_assets.keep_from(bakery, profile_id, account_id, now=now)
    assert accounts_using(bakery, profile_id, now=now) == ()
    refuse(lambda: accesses.take_post(world.ada, post_id, now=now), AccountAccessMissing)
    refuse(lambda: business_assets.let_use(bakery, profile_id, world.mallory.account, now=now), NotFound)
    refuse(lambda: business_assets.keep_from(bakery, world.profiles["Vik"], account_id, now=now), NotFound)
    refuse(lambda: business_assets.let_use(business(world.mallory), profile_id, account_id, now=now), NotFound)
    business_assets.let_use(bakery, profile_id, account_id, now=now)
    business_assets.let_use(bakery, profile_id, account_id, now=now)
    assert accesses.take_post(world.ada, post_id, now=now).consent_id
    acts = AuditEntry.objects.filter(action__startswith="access.account_").order_by("pk")
    assert list(acts.values_list("action", "account_id")) == [
        ("access.account_excluded", account_id),
        ("access.account_included", account_id),
    ]


def test_members_and_partners_use_what_a_creator_granted(world: World) -> None:
    now, bakery, agency = world.now, business(world.ada), business(world.mallory)
    profile_id = world.profiles["Cleo"]
    refuse(lambda: business_assets.assign(bakery, profile_id, world.people["Vik"].person, now=now), NotFound)
    access_id = granted(world)
    vik = colleague(world)
    seen = member_scope(bakery, vik)
    assert creator_assets(seen, now=now) == ()
    refuse(lambda: all_creator_assets(seen, now=now), RightMissing)
    refuse(lambda: business_assets.assign(seen, profile_id, vik.person, now=now), RightMissing)
    refuse(lambda: business_assets.assign(bakery, profile_id, world.cleo.person, now=now), NotMember)
    business_assets.assign(bakery, profile_id, vik.person, now=now)
    (asset,) = creator_assets(seen, now=now)
    assert (asset.profile.handle, asset.access_id, asset.state) == ("cleo", access_id, AccessState.ACTIVE)
    assert creator_assets(bakery, vik.person, now=now) == (asset,)
    assert {one.name for one in identity.members_using_creator(bakery, profile_id)} == {"Ada", "Vik"}
    business_assets.unassign(bakery, profile_id, vik.person, now=now)
    assert creator_assets(seen, now=now) == ()

    def ask() -> None:
        business_assets.add_partner(
            bakery, agency.organisation, account_ids=[world.ada.account], profile_ids=[profile_id], now=now
        )

    refuse(ask, PartnershipNotAccepted)
    business_assets.add_partner(bakery, agency.organisation, now=now)
    refuse(ask, PartnershipNotAccepted)
    business_assets.add_partner(agency, bakery.organisation, now=now)  # Asked back: accepted.
    ask()
    assert [one.role_max for one in identity.shares(agency)] == [AccountRole.ANALYST.value, None]
    (taken,) = all_creator_assets(agency, now=now)
    assert (taken.holder_id, taken.profile.id) == (bakery.organisation, profile_id)
    business_assets.assign(agency, profile_id, world.mallory.person, now=now)
    assert creator_assets(agency, now=now) == (taken,)
    business_assets.unassign(agency, profile_id, world.mallory.person, now=now)
    business_assets.give_up(agency, [profile_id], now=now)
    assert [one.profile_id for one in identity.shares(bakery)] == [None]
    refuse(lambda: business_assets.give_up(agency, [profile_id], now=now), NotFound)
    refuse(lambda: business_assets.unshare(bakery, agency.organisation, profile_ids=[profile_id], now=now), NotFound)
    business_assets.unshare(bakery, agency.organisation, account_ids=[world.ada.account], now=now)
    assert identity.shares(bakery) == ()
    business_assets.end_partner(agency, bakery.organisation, now=now)
    refuse(lambda: business_assets.end_partner(agency, bakery.organisation, now=now), NotFound)
    assert Partnership.objects.get().ended_at == now

    business_assets.give_up(bakery, [profile_id], now=now)
    (gone,) = all_creator_assets(bakery, now=now)
    assert gone.state is AccessState.REVOKED
    refuse(lambda: accounts_using(bakery, profile_id, now=now), NotFound)
