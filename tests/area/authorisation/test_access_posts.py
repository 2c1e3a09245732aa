"""Posts taken up by way of an access: once for each account, never past what is missing, never made public by the way."""

import pytest

from tests.area.authorisation.business import PULL, asked, business, granted
from tests.area.authorisation.world import DAY, World, grant
from vonk.authorisation import queries
from vonk.authorisation.actions import accesses, links, switches
from vonk.authorisation.actions.access_posts import Taken
from vonk.authorisation.errors.access import (
    AccountAccessEnded,
    AccountAccessMissing,
    AccountAccessNotAnswered,
    AccountAccessScopeMissing,
    AccountLinkOwnerOnly,
    CreatorAdSettingsOff,
    CreatorPermissionMissing,
)
from vonk.authorisation.errors.consents import NotPublicVideo, PostAuthorisationOff, SparkTermsRequired
from vonk.authorisation.errors.terms import TermsAgreementRequired, TermsChanged, TermsCurrencyMismatch
from vonk.authorisation.models import Consent, ConsentRecord
from vonk.authorisation.queries import creator_posts
from vonk.authorisation.rules import NO_END, Road, TermsDraft
from vonk.authorisation.rules.access import AccessScope, MissingLink
from vonk.content.models import Post, Profile
from vonk.content.rules import Visibility
from vonk.control.models import Publication
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import Actor, NotFound, RightMissing
from vonk.identity import access
from vonk.identity.actions import assignments
from vonk.identity.models import AdAccount, Membership, OrganisationMember
from vonk.identity.rules import AccountRole, OrganisationRole

PRIVATE = {"visibility": Visibility.PRIVATE.value}


def missing(world: World, scope: Scope | None = None) -> list[str]:
    """Return what the self-test names for Ada's account and Cleo."""
    return [link.code for link in creator_posts.self_test(scope or world.ada, "@Cleo", world.now).missing]


def colleague(world: World, *, role: AccountRole = AccountRole.OPERATOR, member: bool = True) -> Scope:
    """Have Vik work in Ada's ad account, as a standard member of her business."""
    vik = world.people["Vik"].person
    organisation = AdAccount.objects.get(pk=world.ada.account).organisation
    if member:
        OrganisationMember.objects.create(
            organisation=organisation, person_id=vik, role=OrganisationRole.STANDARD.value, joined_at=world.now
        )
    Membership.objects.create(account_id=world.ada.account, person_id=vik, role=role.value)
    return access.advertiser(access.Actor(vik, Via.WEB), world.ada.account, may=Right.ACCOUNT_VIEW)


def test_a_post_is_taken_once_for_each_account_and_access(world: World) -> None:
    access_id, post_id = granted(world, days=30, preview=True), world.post()
    first = accesses.take_post(world.ada, post_id, now=world.now)
    assert first == Taken(first.consent_id, access_id, again=False)
    world.advance(DAY)
    assert accesses.take_post(world.ada, post_id, access_id, now=world.now) == Taken(first.consent_id, access_id, True)
    consent = Consent.objects.get()
    assert (consent.road, consent.access_id, consent.account_id, consent.code_digest, consent.preview_required) == (
        Road.ACCOUNT_ACCESS,
        access_id,
        world.ada.account,
        None,
        True,
    )
    assert consent.ends_at == world.now + 29 * DAY
    published = grant(consent.pk)
    assert published is not None
    assert (published.post_id, published.account_id) == (post_id, world.ada.account)
    assert Publication.objects.filter(kind="post", object_id=post_id, document__isnull=False).exists()
    assert [item.consent_id for item in queries.library(world.ada, Paging(), world.now).items] == [consent.pk]
    second = world.account("Ada", "Ada's other shop")  # Its organisation is another one.
    with pytest.raises(AccountAccessMissing):
        accesses.take_post(second, post_id, now=world.now)
    assert Consent.objects.count() == 1
    assert queries.verify_chain(None) == []


def test_every_missing_link_is_named_and_refused_by_that_name(world: World) -> None:
    post_id = world.post()

    def refused(error: type[Exception], scope: Scope | None = None) -> None:
        before = Consent.objects.count(), ConsentRecord.objects.count()
        with pytest.raises(error):
            accesses.take_post(scope or world.ada, post_id, now=world.now)
        assert (Consent.objects.count(), ConsentRecord.objects.count()) == before

    assert missing(world) == ["account_access_missing", "creator_ad_settings_off"]
    refused(AccountAccessMissing)
    access_id = asked(world)
    assert missing(world) == ["account_access_not_answered", "creator_ad_settings_off"]
    refused(AccountAccessNotAnswered)
    accesses.grant(world.cleo, access_id, scopes=[AccessScope.COMMENTS], duration_days=7, now=world.now)
    assert missing(world) == ["account_access_scope_missing"]
    refused(AccountAccessScopeMissing)
    accesses.change(world.cleo, access_id, scopes=PULL, now=world.now)
    assert missing(world) == []
    switches.set_ad_settings(world.cleo, on=False, now=world.now)
    assert missing(world) == ["creator_ad_settings_off"]
    refused(CreatorAdSettingsOff)
    switches.set_ad_settings(world.cleo, on=True, now=world.now)
    vik = colleague(world)
    assert missing(world, vik) == ["creator_permission_missing"]
    refused(CreatorPermissionMissing, vik)
    AdAccount.objects.filter(pk=world.ada.account).update(spark_terms_accepted_at=None)
    assert missing(world) == ["spark_terms_required"]
    refused(SparkTermsRequired)
    AdAccount.objects.filter(pk=world.ada.account).update(spark_terms_accepted_at=world.now, suspended_at=world.now)
    assert missing(world) == ["account_suspended"]
    AdAccount.objects.filter(pk=world.ada.account).update(suspended_at=None)
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(banned_at=world.now)
    with pytest.raises(NotFound):  # A banned profile is nobody's.
        missing(world)
    Profile.objects.filter(pk=world.profiles["Cleo"]).update(banned_at=None)
    world.advance(7 * DAY)
    assert missing(world) == ["account_access_ended"]
    refused(AccountAccessEnded)
    told = creator_posts.self_test(world.ada, "cleo", world.now).missing[0]
    assert (told.actor, told.link, told.code) == (Actor.CREATOR, "/studio/access/", MissingLink.ACCESS_ENDED)
    assert "extends" in told.remedy


def test_who_may_use_a_creator_is_decided_inside_the_business(world: World) -> None:
    access_id, post_id = granted(world), world.post()
    analyst = colleague(world, role=AccountRole.ANALYST)
    assert missing(world, analyst) == ["creator_permission_missing", "account_role_missing"]
    with pytest.raises(RightMissing):
        accesses.take_post(analyst, post_id, now=world.now)
    with pytest.raises(CreatorPermissionMissing):
        creator_posts.creator_posts(analyst, access_id, Paging(), world.now)
    assignments.assign_profile(
        business(world.ada), world.profiles["Cleo"], analyst.person, creator="@cleo", now=world.now
    )
    assert missing(world, analyst) == ["account_role_missing"]
    offered = creator_posts.creator_posts(analyst, access_id, Paging(), world.now).items
    assert [one.post.id for one in offered] == [post_id]


def test_terms_are_agreed_to_by_each_account(world: World) -> None:
    access_id = granted(world, terms=TermsDraft(currency="EUR", spend_cap_micros=5_000_000, note="Mind the crust."))
    post_id = world.post()
    assert missing(world) == ["terms_agreement_required"]
    with pytest.raises(TermsAgreementRequired) as required:
        accesses.take_post(world.ada, post_id, now=world.now)
    with pytest.raises(TermsChanged):
        accesses.take_post(world.ada, post_id, agree_sha256="0" * 64, now=world.now)
    assert Consent.objects.count() == 0
    shown = creator_posts.usable_creator(world.ada, access_id, world.now)
    assert shown.terms is not None
    assert (shown.terms.id, shown.missing) == (required.value.terms_id, (MissingLink.TERMS_NOT_AGREED,))
    assert accesses.agree_terms(world.ada, access_id, sha256=shown.terms.sha256, now=world.now)
    assert not accesses.agree_terms(world.ada, access_id, sha256=shown.terms.sha256, now=world.now)
    taken = accesses.take_post(world.ada, post_id, now=world.now)
    published = grant(taken.consent_id)
    assert published is not None
    assert published.spend_cap_micros == 5_000_000
    dollars = granted(world, world.mallory, terms=TermsDraft(currency="USD", spend_cap_micros=5))
    terms = creator_posts.usable_creator(world.mallory, dollars, world.now).terms
    assert terms is not None
    with pytest.raises(TermsCurrencyMismatch):
        accesses.agree_terms(world.mallory, dollars, sha256=terms.sha256, now=world.now)


def test_a_hidden_post_never_becomes_public_by_the_way(world: World) -> None:
    access_id, hidden = granted(world), world.post(**PRIVATE)
    only_in_ads = world.post(ads_only=True, **PRIVATE)
    with pytest.raises(NotPublicVideo):
        accesses.take_post(world.ada, hidden, now=world.now)
    for ads_only in (True, False):
        with pytest.raises(NotPublicVideo):
            accesses.take_post(world.ada, hidden, ads_only=ads_only, make_public=not ads_only, now=world.now)
    with pytest.raises(NotFound):  # Who has no access does not hear that there is such a post.
        accesses.take_post(world.mallory, hidden, now=world.now)
    accesses.take_post(world.ada, only_in_ads, now=world.now)
    posts = Post.objects.in_bulk([hidden, only_in_ads])
    assert [(posts[pk].visibility, posts[pk].ads_only) for pk in (hidden, only_in_ads)] == [
        ("private", False),
        ("private", True),
    ]
    offered = creator_posts.creator_posts(world.ada, access_id, Paging(), world.now).items
    assert [(one.post.id, one.refusal, one.consent_id is not None) for one in offered] == [(only_in_ads, None, True)]


def test_the_owner_confirms_a_hidden_post_in_an_account_of_their_own(world: World) -> None:
    own = world.account("Cleo", "Cleo's shop")
    access_id = links.link(own, now=world.now).access_id
    to_public, to_ads = world.post(**PRIVATE), world.post(**PRIVATE)
    offered = creator_posts.creator_posts(own, access_id, Paging(), world.now).items
    assert {(one.post.id, one.refusal) for one in offered} == {
        (to_public, "not_public_video"),
        (to_ads, "not_public_video"),
    }
    with pytest.raises(NotPublicVideo):
        accesses.take_post(own, to_public, now=world.now)
    public = accesses.take_post(own, to_public, make_public=True, now=world.now)
    ads = accesses.take_post(own, to_ads, ads_only=True, now=world.now)
    posts = Post.objects.in_bulk([to_public, to_ads])
    assert (posts[to_public].visibility, posts[to_public].ads_only) == ("public", False)
    assert (posts[to_ads].visibility, posts[to_ads].ads_only) == ("private", True)
    rows = {row.pk: row for row in Consent.objects.all()}
    assert (rows[public.consent_id].road, rows[public.consent_id].ends_at) == (Road.OWN_POST, NO_END)
    assert rows[ads.consent_id].ads_only
    vik = world.people["Vik"].person
    Membership.objects.create(account_id=own.account, person_id=vik, role=AccountRole.OPERATOR.value)
    colleague_scope = access.advertiser(access.Actor(vik, Via.WEB), own.account, may=Right.CAMPAIGN_EDIT)
    hidden = world.post(**PRIVATE)
    offered = creator_posts.creator_posts(colleague_scope, access_id, Paging(), world.now).items
    assert {one.post.id for one in offered} == {to_public, to_ads}
    with pytest.raises(NotPublicVideo):  # A colleague uses public posts; only the owner opens hidden ones.
        accesses.take_post(colleague_scope, hidden, make_public=True, now=world.now)
    with pytest.raises(RightMissing):
        links.link(colleague_scope, now=world.now)
    Profile.objects.filter(owner_id=world.ada.person).delete()
    with pytest.raises(AccountLinkOwnerOnly):
        links.link(world.ada, now=world.now)


def test_a_post_switched_off_by_hand_stays_off(world: World) -> None:
    granted(world)
    post_id = world.ready_post()
    switches.set_post_authorisation(world.cleo, post_id, on=False, now=world.now)
    with pytest.raises(PostAuthorisationOff):
        accesses.take_post(world.ada, post_id, now=world.now)


def test_posts_are_found_by_every_word_of_the_caption(world: World) -> None:
    access_id = granted(world)
    rye, wheat = world.post(caption="Rye bread, slowly"), world.post(caption="Wheat bread")
    world.post(deleted_at=world.now, caption="bread")
    world.post(removed_at=world.now, caption="bread")
    world.post("Vik", caption="bread")

    def found(search: str, paging: Paging | None = None) -> list[int]:
        page = creator_posts.creator_posts(world.ada, access_id, paging or Paging(), world.now, search=search)
        return [one.post.id for one in page.items]

    assert (found("bread"), found("SLOWLY bread"), found("cake"), found("")) == ([wheat, rye], [rye], [], [wheat, rye])
    assert found("bread", Paging(size=1)) == [wheat]
    assert found("bread", Paging(cursor=wheat, size=1)) == [rye]
    with pytest.raises(NotFound):
        creator_posts.creator_posts(world.mallory, access_id, Paging(), world.now)
    assert creator_posts.usable_creators(world.mallory, Paging(), world.now).items == ()
    assert [one.access_id for one in creator_posts.usable_creators(world.ada, Paging(), world.now).items] == [access_id]
