"""The life of an access: asked by handle or link, granted, changed, extended, revoked, expired; each once, each recorded."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from tests.area.authorisation.business import EVERYTHING, PULL, asked, business, granted
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import accesses, erasing, links
from vonk.authorisation.actions.access_changes import Changed, Revoked
from vonk.authorisation.actions.access_notices import AccessesNoticed
from vonk.authorisation.errors.access import (
    AccessInvitationNotFound,
    AccessScopesInvalid,
    AccountAccessAnswered,
    AccountAccessEnded,
    AccountAccessExists,
    AccountAccessRefused,
)
from vonk.authorisation.errors.consents import ExtendedTooFar, LinkGuessesLimited
from vonk.authorisation.errors.terms import ExtendedBeyondTerms
from vonk.authorisation.held import parts
from vonk.authorisation.models import AccountAccess, Consent, ConsentRecord
from vonk.authorisation.queries import access as reading
from vonk.authorisation.rules import Act, Payment, TermsDraft
from vonk.authorisation.rules.access import AccessScope, AccessState
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

NOTHING = AccessesNoticed(expired=0, revoked=0, lapsed=0, reminded=0, consents=0)


def acts(access_id: int) -> list[str]:
    """Return what the record tells of the access itself, in its order."""
    rows = ConsentRecord.objects.filter(access_id=access_id, consent__isnull=True).order_by("sequence")
    return list(rows.values_list("act", flat=True))


def state(world: World, access_id: int) -> AccessState:
    return reading.creators_access(world.cleo, access_id, world.now).state


def test_asked_by_handle_and_granted_as_far_as_the_creator_likes(world: World) -> None:
    access_id = asked(world)
    waiting = reading.creators_access(world.cleo, access_id, world.now)
    assert (waiting.state, waiting.asker_name, waiting.payers, waiting.ad_accounts, waiting.message) == (
        AccessState.REQUESTED,
        "Ada",
        ("Ada",),
        1,
        "Bread?",
    )
    assert (waiting.asked_scopes, waiting.scopes, waiting.ends_at) == (EVERYTHING, (), None)
    assert reading.waiting_accesses(world.cleo, world.now) == 1
    with pytest.raises(AccessScopesInvalid):
        accesses.grant(world.cleo, access_id, scopes=[], duration_days=30, now=world.now)
    with pytest.raises(AccessScopesInvalid):
        accesses.grant(world.cleo, access_id, scopes=["everything"], duration_days=30, now=world.now)
    with pytest.raises(FieldInvalid):
        accesses.grant(world.cleo, access_id, scopes=PULL, duration_days=31, now=world.now)
    assert acts(access_id) == [Act.ACCESS_ASKED]
    assert not queries.ad_settings(world.cleo)
    end = accesses.grant(world.cleo, access_id, scopes=PULL, duration_days=60, preview_required=True, now=world.now)
    assert end == world.now + 60 * DAY
    view = reading.business_access(business(world.ada), access_id, world.now)
    assert (view.state, view.scopes, view.ends_at, view.days_left, view.preview_required, view.consents) == (
        AccessState.ACTIVE,
        PULL,
        end,
        60,
        True,
        0,
    )
    assert queries.ad_settings(world.cleo)  # Without it no post of hers could be an ad.
    assert acts(access_id) == [Act.ACCESS_ASKED, Act.ACCESS_GRANTED]
    audited = (
        AuditEntry.objects.filter(noun="access", object_id=access_id).order_by("pk").values_list("action", flat=True)
    )
    assert list(audited) == ["access.asked", "access.granted"]
    assert subjects(world.cleo) == ["Ada asks for access to your account"]
    assert subjects(world.ada) == ["@cleo gave you access"]
    assert queries.verify_chain(None) == []
    with pytest.raises(AccountAccessAnswered):
        accesses.grant(world.cleo, access_id, scopes=PULL, duration_days=None, now=world.now)


def test_whose_it_is_not_does_not_find_it(world: World) -> None:
    access_id = asked(world)
    before = acts(access_id)
    mallory = world.people["Mallory"]
    for act in (
        lambda: accesses.grant(mallory, access_id, scopes=PULL, duration_days=7, now=world.now),
        lambda: accesses.refuse(mallory, access_id, now=world.now),
        lambda: accesses.change(mallory, access_id, scopes=PULL, now=world.now),
        lambda: accesses.extend(mallory, access_id, duration_days=7, now=world.now),
        lambda: accesses.revoke(mallory, access_id, now=world.now),
        lambda: accesses.revoke(world.cleo, access_id, now=world.now),  # Nothing was given yet.
        lambda: accesses.withdraw(business(world.mallory), access_id, now=world.now),
        lambda: reading.business_access(business(world.mallory), access_id, world.now),
        lambda: links.unlink(mallory, access_id, now=world.now),
        lambda: asked(world, handle="nobody"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(RightMissing):
        accesses.ask(world.ada, handle="cleo", scopes=PULL, now=world.now)  # The account is not the business.
    assert acts(access_id) == before
    assert reading.business_accesses(business(world.mallory), Paging(), world.now).items == ()


def test_one_access_for_each_business_and_a_week_after_a_refusal(world: World) -> None:
    first = asked(world)
    with pytest.raises(AccountAccessExists):
        asked(world)
    assert accesses.refuse(world.cleo, first, now=world.now)
    assert not accesses.refuse(world.cleo, first, now=world.now)
    assert (state(world, first), subjects(world.ada)) == (AccessState.REFUSED, ["@cleo refused access"])
    world.advance(6 * DAY)
    with pytest.raises(AccountAccessRefused):
        asked(world)
    world.advance(DAY)
    second = asked(world)
    assert accesses.withdraw(business(world.ada), second, now=world.now)
    assert not accesses.withdraw(business(world.ada), second, now=world.now)
    with pytest.raises(AccountAccessAnswered):
        accesses.refuse(world.cleo, second, now=world.now)
    third = granted(world)
    with pytest.raises(AccountAccessExists):
        asked(world)
    with pytest.raises(AccountAccessAnswered):
        accesses.withdraw(business(world.ada), third, now=world.now)
    assert acts(first) + acts(second) == ["access_asked", "access_refused", "access_asked", "withdrawn"]
    assert AccountAccess.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_link_works_once_for_whom_opens_it_first(world: World) -> None:
    made = accesses.invite(business(world.ada), scopes=PULL, message="Bread?", now=world.now)
    address, _, secret = made.link.partition("#")
    assert (address.endswith("/studio/access/"), len(secret)) == (True, 43)
    row = AccountAccess.objects.get(pk=made.access_id)
    assert (row.profile_id, secret in repr(row.__dict__)) == (None, False)
    assert AuditEntry.objects.filter(detail__icontains=secret).count() == 0
    assert accesses.open_invitation(world.cleo, f" #{secret}", now=world.now) == made.access_id
    assert accesses.open_invitation(world.cleo, secret, now=world.now) == made.access_id  # Again: the same.
    with pytest.raises(AccessInvitationNotFound):
        accesses.open_invitation(world.people["Vik"], secret, now=world.now)
    assert acts(made.access_id) == [Act.ACCESS_ASKED]
    accesses.grant(world.cleo, made.access_id, scopes=PULL, duration_days=None, now=world.now)
    assert reading.creators_access(world.cleo, made.access_id, world.now).ends_at is None

    beside = accesses.invite(business(world.ada), scopes=PULL, now=world.now)
    key = beside.link.partition("#")[2]
    assert accesses.open_invitation(world.cleo, key, now=world.now) == made.access_id  # She has given access already.
    assert accesses.open_invitation(world.people["Vik"], key, now=world.now) == beside.access_id

    late = accesses.invite(business(world.ada), scopes=PULL, now=world.now)
    world.advance(30 * DAY)
    with pytest.raises(AccessInvitationNotFound):
        accesses.open_invitation(world.people["Mallory"], late.link.partition("#")[2], now=world.now)
    assert accesses.expire_due(world.now) == AccessesNoticed(expired=0, revoked=0, lapsed=2, reminded=0, consents=0)
    assert subjects(world.ada)[-2:] == ["@vik did not answer", "A link for access has lapsed"]


@pytest.mark.django_db(transaction=True)
def test_secrets_are_not_guessed(world: World) -> None:
    secret = accesses.invite(business(world.ada), scopes=PULL, now=world.now).link.partition("#")[2]
    for wrong in ("", "short", *(secret[:-1] + char for char in "BCDFGHJK")):  # 256 bits never end in one of these.
        with pytest.raises(AccessInvitationNotFound):
            accesses.open_invitation(world.cleo, wrong, now=world.now)
    with pytest.raises(LinkGuessesLimited):
        accesses.open_invitation(world.cleo, secret, now=world.now)
    assert AccountAccess.objects.get().profile_id is None
    world.advance(timedelta(hours=1))
    assert accesses.open_invitation(world.cleo, secret, now=world.now) == AccountAccess.objects.get().pk


def test_extending_brings_what_came_by_way_of_it_along(world: World) -> None:
    post_id = world.post()
    access_id = granted(world, days=7)
    taken = accesses.take_post(world.ada, post_id, now=world.now)
    first_end = world.now + 7 * DAY
    world.advance(7 * DAY)
    assert accesses.expire_due(world.now) == AccessesNoticed(expired=1, revoked=0, lapsed=0, reminded=0, consents=0)
    assert accesses.expire_due(world.now) == NOTHING
    assert (state(world, access_id), Consent.objects.get().end_noticed_at) == (AccessState.EXPIRED, world.now)
    assert subjects(world.cleo)[-1] == "The access of Ada has expired"
    assert subjects(world.ada)[-1] == "Your access to @cleo has expired"
    assert accesses.extend(world.cleo, access_id, duration_days=30, now=world.now) == world.now + 30 * DAY
    consent = Consent.objects.get()
    assert (consent.pk, consent.ends_at, consent.end_noticed_at) == (taken.consent_id, world.now + 30 * DAY, None)
    published = grant(taken.consent_id)
    assert published is not None
    assert published.ends_ms == (world.now + 30 * DAY).timestamp() * 1000
    # The days in between carried nothing: an act on the access is one on all that came by way of it.
    spans = queries.live_spans_of([taken.consent_id])[taken.consent_id]
    assert spans == ((consent.redeemed_at, first_end), (world.now, world.now + 30 * DAY))
    for _ in range(4):
        accesses.extend(world.cleo, access_id, duration_days=365, now=world.now)
    with pytest.raises(ExtendedTooFar):
        accesses.extend(world.cleo, access_id, duration_days=365, now=world.now)
    assert accesses.extend(world.cleo, access_id, duration_days=None, now=world.now) is None
    assert accesses.extend(world.cleo, access_id, duration_days=7, now=world.now) is None  # It has no end to move.
    with pytest.raises(FieldInvalid):
        accesses.extend(world.cleo, access_id, duration_days=1, now=world.now)
    assert queries.verify_chain(None) == []


def test_both_sides_are_reminded(world: World) -> None:
    access_id, end = granted(world, days=30), world.now + 30 * DAY
    accesses.take_post(world.ada, world.post(), now=world.now)
    for days in (14, 7, 3, 1):
        world.now = end - days * DAY
        assert accesses.expire_due(world.now).reminded == 1
        assert accesses.expire_due(world.now) == NOTHING
        assert subjects(world.cleo)[-1] == f"{days} days left: the access of Ada"
        assert subjects(world.ada)[-1] == f"{days} days left: your access to @cleo"
    assert acts(access_id).count(Act.REMINDED) == 4


def test_revoking_ends_everything_at_once_with_one_act(world: World) -> None:
    access_id, posts = granted(world), [world.post() for _ in range(3)]
    taken = [accesses.take_post(world.ada, post_id, now=world.now).consent_id for post_id in posts]
    kept = world.redeemed()
    ends = reading.revocation_ends(world.cleo, access_id, world.now)
    assert (ends.consents, ends.accounts, ends.consent_ids, ends.ending_at) == (3, ("Ada's bread",), tuple(taken), None)
    assert accesses.revoke(world.cleo, access_id, now=world.now) == Revoked(changed=True, consents_ended=3)
    assert accesses.revoke(world.cleo, access_id, now=world.now) == Revoked(changed=False)
    assert [grant(consent_id) for consent_id in taken] == [None] * 3
    assert grant(kept.id) is not None
    assert set(Consent.objects.filter(pk__in=taken).values_list("revoked_at", flat=True)) == {world.now}
    assert acts(access_id) == ["access_asked", "access_granted", "access_revoked"]
    assert ConsentRecord.objects.filter(act=Act.REVOKED).count() == 0
    for refused in (
        lambda: accesses.extend(world.cleo, access_id, duration_days=7, now=world.now),
        lambda: accesses.change(world.cleo, access_id, scopes=PULL, now=world.now),
        lambda: accesses.take_post(world.ada, posts[0], access_id, now=world.now),
    ):
        with pytest.raises(AccountAccessEnded):
            refused()
    assert granted(world) != access_id  # Nothing forbids to begin anew.


def test_notice_holds_until_it_is_over(world: World) -> None:
    access_id = granted(world, days=365, terms=TermsDraft(notice_days=10))
    view = reading.creators_access(world.cleo, access_id, world.now)
    assert view.terms is not None
    sha256 = view.terms.sha256
    post_id = world.post()
    taken = accesses.take_post(world.ada, post_id, agree_sha256=sha256, now=world.now)
    until = world.now + 10 * DAY
    assert accesses.revoke(world.cleo, access_id, now=world.now) == Revoked(True, consents_ended=1, ending_at=until)
    assert state(world, access_id) is AccessState.ENDING
    assert queries.consent_facts([taken.consent_id], world.now)[taken.consent_id].state == "ending"
    published = grant(taken.consent_id)
    assert published is not None
    assert published.ends_ms == until.timestamp() * 1000
    with pytest.raises(AccountAccessEnded):
        accesses.take_post(world.ada, world.post(), access_id, now=world.now)
    world.now = until
    assert state(world, access_id) is AccessState.REVOKED
    assert accesses.expire_due(world.now) == AccessesNoticed(expired=0, revoked=1, lapsed=0, reminded=0, consents=0)
    assert grant(taken.consent_id) is None
    assert acts(access_id)[-2:] == ["notice_given", "access_revoked"]
    assert Consent.objects.get().revoked_at == until


def test_an_access_does_not_outlast_its_terms(world: World) -> None:
    end = world.now + 20 * DAY
    access_id = granted(world, days=30, terms=TermsDraft(ends_at=end))
    assert reading.creators_access(world.cleo, access_id, world.now).ends_at == end
    with pytest.raises(ExtendedBeyondTerms):
        accesses.extend(world.cleo, access_id, duration_days=7, now=world.now)
    bad = asked(world, world.mallory)
    with pytest.raises(FieldInvalid):
        accesses.grant(
            world.cleo, bad, scopes=PULL, duration_days=7, terms=TermsDraft(payment=Payment.FLAT_FEE), now=world.now
        )
    assert (state(world, bad), acts(bad)) == (AccessState.REQUESTED, ["access_asked"])


def test_fewer_scopes_end_what_they_carried(world: World) -> None:
    access_id = granted(world)
    taken = accesses.take_post(world.ada, world.post(), now=world.now)
    publishing = (AccessScope.PUBLISH_ADS_ONLY,)
    assert reading.change_ends(world.cleo, access_id, publishing, world.now).consent_ids == (taken.consent_id,)
    assert accesses.change(world.cleo, access_id, scopes=publishing, preview_required=True, now=world.now) == Changed(
        access_id, publishing, 1
    )
    assert grant(taken.consent_id) is None
    view = reading.creators_access(world.cleo, access_id, world.now)
    assert (view.scopes, view.preview_required, view.state) == (publishing, True, AccessState.ACTIVE)
    assert accesses.change(world.cleo, access_id, scopes=EVERYTHING, now=world.now).consents_ended == 0
    again = accesses.take_post(world.ada, Consent.objects.get().post_id, now=world.now)
    assert (again.again, Consent.objects.get(pk=again.consent_id).preview_required) == (False, True)
    assert acts(access_id)[2:] == ["access_changed", "access_changed"]


def test_a_scope_that_comes_back_in_its_notice_takes_the_notice_back(world: World) -> None:
    access_id = granted(world, days=365, terms=TermsDraft(notice_days=5))
    view = reading.creators_access(world.cleo, access_id, world.now)
    assert view.terms is not None
    post_id, end = world.post(), view.ends_at
    taken = accesses.take_post(world.ada, post_id, agree_sha256=view.terms.sha256, now=world.now)
    narrowed = (AccessScope.COMMENTS,)
    accesses.change(world.cleo, access_id, scopes=narrowed, now=world.now)
    assert Consent.objects.get().ending_at == world.now + 5 * DAY
    accesses.change(world.cleo, access_id, scopes=PULL, now=world.now)
    assert (Consent.objects.get().ending_at, Consent.objects.get().notice_given_at) == (None, None)
    published = grant(taken.consent_id)
    assert published is not None
    assert end is not None
    assert published.ends_ms == end.timestamp() * 1000
    accesses.change(world.cleo, access_id, scopes=narrowed, now=world.now)
    world.advance(5 * DAY)
    assert accesses.expire_due(world.now).consents == 1
    assert acts(access_id)[-2:] == ["access_changed", "access_changed"]  # The notice, and that it is over.
    assert (Consent.objects.get().revoked_at, state(world, access_id)) == (world.now, AccessState.ACTIVE)


@pytest.mark.parametrize("end", [accesses.revoke, links.unlink])
def test_a_link_of_ones_own_lasts_until_it_is_unlinked(world: World, end: Callable[..., object]) -> None:
    own = world.account("Cleo", "Cleo's shop")
    linked = links.link(own, now=world.now)
    assert (linked.again, links.link(own, now=world.now)) == (False, links.Linked(linked.access_id, again=True))
    taken = accesses.take_post(own, world.post(), now=world.now)
    view = reading.creators_access(world.cleo, linked.access_id, world.now)
    assert (view.kind, view.asker_name, view.ends_at, view.consents) == ("own", "Cleo's shop", None, 1)
    assert reading.own_links(own, world.now) == (view,)
    for refused in (
        lambda: accesses.change(world.cleo, linked.access_id, scopes=PULL, now=world.now),
        lambda: accesses.extend(world.cleo, linked.access_id, duration_days=7, now=world.now),
    ):
        with pytest.raises(FieldInvalid):
            refused()
    end(world.cleo, linked.access_id, now=world.now)
    assert (grant(taken.consent_id), state(world, linked.access_id)) == (None, AccessState.REVOKED)
    assert links.link(own, now=world.now).access_id != linked.access_id


def test_who_is_erased_takes_every_access_along(world: World) -> None:
    access_id, waiting = granted(world, days=365, terms=TermsDraft(notice_days=10)), asked(world, world.mallory)
    terms = reading.creators_access(world.cleo, access_id, world.now).terms
    assert terms is not None
    taken = accesses.take_post(world.ada, world.post(), agree_sha256=terms.sha256, now=world.now)
    held = {part.name: part for part in parts(world.cleo.person)}
    assert [row["id"] for row in held["accesses"].rows] == [str(access_id), str(waiting)]
    with transaction.atomic():
        assert erasing.end_all(world.cleo, world.cleo.person, now=world.now) == (taken.consent_id,)
    assert (grant(taken.consent_id), state(world, access_id), state(world, waiting)) == (
        None,
        AccessState.REVOKED,  # At once, whatever notice was agreed on.
        AccessState.REFUSED,
    )
    assert queries.verify_chain(None) == []
