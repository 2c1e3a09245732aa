"""More access, asked for while there is some, and an access that a business gives back."""

from datetime import timedelta

import pytest

from tests.area.authorisation.business import PULL, asked, business, granted
from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation.actions import access_amendments, accesses
from vonk.authorisation.errors.access import (
    AccessAmendmentAnswered,
    AccessAmendmentOpen,
    AccessAmendmentTooSoon,
    AccessScopesInvalid,
    AccountAccessEnded,
)
from vonk.authorisation.errors.consents import ExtendedTooFar
from vonk.authorisation.errors.terms import ExtendedBeyondTerms
from vonk.authorisation.models import AccessAmendment, AccountAccess, Consent, ConsentRecord
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries import verify_chain
from vonk.authorisation.rules import TermsDraft
from vonk.authorisation.rules.access import AccessScope, AccessState
from vonk.billing.proving import consent_rows
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid, NotFound, RightMissing

BOTH = (AccessScope.EXISTING_POSTS, AccessScope.COMMENTS)


def acts(access_id: int) -> list[str]:
    rows = ConsentRecord.objects.filter(access_id=access_id, consent=None)
    return list(rows.order_by("sequence").values_list("act", flat=True))


def all_of_it() -> tuple[object, ...]:
    tables = (AccessAmendment, AccountAccess, Consent)
    return (*(list(table.objects.order_by("pk").values()) for table in tables), AuditEntry.objects.count())


def ask(world: World, access_id: int, *scopes: str, days: int | None = None) -> int:
    return access_amendments.ask(business(world.ada), access_id, scopes=scopes, duration_days=days, now=world.now)


def test_all_that_is_asked_is_given_in_one_act(world: World) -> None:
    access_id = granted(world, scopes=PULL)
    taken = accesses.take_post(world.ada, world.post(), now=world.now).consent_id
    amendment_id = ask(world, access_id, *BOTH, days=60)
    waiting = reading.creators_access(world.cleo, access_id, world.now).amendment
    assert waiting is not None
    assert (waiting.id, waiting.scopes, waiting.duration_days) == (amendment_id, (AccessScope.COMMENTS,), 60)
    assert reading.business_accesses(business(world.ada), Paging(), world.now).items[0].amendment == waiting
    assert reading.waiting_accesses(world.cleo, world.now) == 1
    assert subjects(world.cleo)[-1] == "Ada asks for more access to your account"

    world.advance(DAY)
    given = access_amendments.accept(world.cleo, access_id, amendment_id, now=world.now)
    end = world.now - DAY + timedelta(days=90)
    assert given == access_amendments.Amended(access_id, BOTH, end)
    assert AccountAccess.objects.values_list("scopes", "ends_at").get() == (list(BOTH), end)
    document = grant(taken)
    assert document is not None
    assert (document.ends_ms, Consent.objects.get(pk=taken).ends_at) == (to_ms(end), end)
    assert acts(access_id)[-3:] == ["access_amendment_asked", "access_changed", "access_extended"]
    told = list(ConsentRecord.objects.order_by("-sequence").values_list("detail", flat=True)[:3])
    assert [one["amendment"] for one in told] == [str(amendment_id)] * 3
    assert subjects(world.people["Ada"])[-1] == "@cleo gave you more access"
    assert reading.creators_access(world.cleo, access_id, world.now).amendment is None
    before = all_of_it()
    for answer in (access_amendments.accept, access_amendments.refuse):
        with pytest.raises(AccessAmendmentAnswered):
            answer(world.cleo, access_id, amendment_id, now=world.now)
    assert all_of_it() == before
    assert ask(world, access_id, days=7) != amendment_id  # After a yes, at once.
    assert (verify_chain(world.profiles["Cleo"]), consent_rows.check().wrong) == ([], ())


def test_what_cannot_be_asked_is_refused_by_name(world: World) -> None:
    waiting = asked(world, handle="vik")
    ends_at = world.now + 40 * DAY
    access_id = granted(world, scopes=PULL, terms=TermsDraft(ends_at=ends_at))
    before = all_of_it()
    for scopes, days, error in (
        ((), None, FieldInvalid),
        (PULL, None, FieldInvalid),  # Granted already.
        (("everything",), 7, AccessScopesInvalid),
        ((), 8, FieldInvalid),
        ((), 30, ExtendedBeyondTerms),
    ):
        with pytest.raises(error):
            ask(world, access_id, *scopes, days=days)
    with pytest.raises(NotFound):
        ask(world, waiting, days=7)
    for scope in (business(world.mallory), world.cleo, world.ada):
        with pytest.raises((NotFound, RightMissing, AssertionError)):
            access_amendments.ask(scope, access_id, duration_days=7, now=world.now)
    member = Scope(
        world.people["Vik"].person_id,
        frozenset({Right.BUSINESS_VIEW}),
        None,
        organisation_id=business(world.ada).organisation_id,
    )
    for act in (
        lambda: access_amendments.ask(member, access_id, duration_days=7, now=world.now),
        lambda: accesses.release(member, access_id, now=world.now),
        lambda: reading.release_ends(member, access_id, world.now),
    ):
        with pytest.raises(RightMissing):
            act()
    assert all_of_it() == before
    amendment_id = ask(world, access_id, days=7)
    with pytest.raises(AccessAmendmentOpen):
        ask(world, access_id, AccessScope.COMMENTS)
    for stranger in (world.people["Vik"], world.people["Mallory"]):
        for answer in (access_amendments.accept, access_amendments.refuse):
            with pytest.raises(NotFound):
                answer(stranger, access_id, amendment_id, now=world.now)
    with pytest.raises(NotFound):
        access_amendments.accept(world.cleo, access_id, waiting, now=world.now)
    world.advance(30 * DAY)
    with pytest.raises(AccountAccessEnded):  # Expired.
        ask(world, access_id, days=7)
    with pytest.raises(AccessAmendmentAnswered):
        access_amendments.accept(world.cleo, access_id, amendment_id, now=world.now)


def test_a_no_holds_for_a_week_and_a_lapsed_one_makes_room(world: World) -> None:
    access_id, office = granted(world, scopes=PULL, days=365), business(world.ada)
    refused = ask(world, access_id, AccessScope.COMMENTS)
    assert access_amendments.refuse(world.cleo, access_id, refused, now=world.now)
    assert not access_amendments.refuse(world.cleo, access_id, refused, now=world.now)
    assert subjects(world.people["Ada"])[-1] == "@cleo refused you more access"
    with pytest.raises(AccessAmendmentTooSoon):
        ask(world, access_id, days=7)
    world.advance(7 * DAY)
    mistaken = ask(world, access_id, days=365)
    assert access_amendments.withdraw(office, access_id, mistaken, now=world.now)
    assert not access_amendments.withdraw(office, access_id, mistaken, now=world.now)
    with pytest.raises(AccessAmendmentAnswered):
        access_amendments.accept(world.cleo, access_id, mistaken, now=world.now)
    with pytest.raises(AccessAmendmentTooSoon):
        ask(world, access_id, days=7)
    world.advance(7 * DAY)
    lapsed = ask(world, access_id, AccessScope.COMMENTS)
    world.advance(30 * DAY)
    assert reading.creators_access(world.cleo, access_id, world.now).amendment is None
    with pytest.raises(AccessAmendmentAnswered):
        access_amendments.accept(world.cleo, access_id, lapsed, now=world.now)
    accepted = ask(world, access_id, AccessScope.COMMENTS, days=60)
    accesses.change(world.cleo, access_id, scopes=BOTH, now=world.now)
    accesses.extend(world.cleo, access_id, duration_days=None, now=world.now)
    given = access_amendments.accept(world.cleo, access_id, accepted, now=world.now)  # Overtaken: nothing is lost.
    assert given == access_amendments.Amended(access_id, BOTH, None)
    with pytest.raises(FieldInvalid, match="no end"):
        ask(world, access_id, days=7)
    assert acts(access_id)[2:] == [
        "access_amendment_asked", "access_amendment_refused", "access_amendment_asked", "access_amendment_withdrawn",
        "access_amendment_asked", "access_amendment_asked", "access_changed", "access_extended", "access_changed",
    ]  # fmt: skip


def test_extensions_asked_for_do_not_add_up_beyond_the_bound(world: World) -> None:
    access_id = granted(world, scopes=PULL, days=365)
    for _ in range(3):
        access_amendments.accept(world.cleo, access_id, ask(world, access_id, days=365), now=world.now)
    late = ask(world, access_id, days=365)
    accesses.extend(world.cleo, access_id, duration_days=365, now=world.now)
    before = all_of_it()
    with pytest.raises(ExtendedTooFar):
        access_amendments.accept(world.cleo, access_id, late, now=world.now)
    assert all_of_it() == before


@pytest.mark.parametrize("when", ["live", "while a notice runs"])
def test_a_business_gives_back_at_once_with_all_that_stands_on_it(world: World, when: str) -> None:
    access_id = granted(world, terms=TermsDraft(notice_days=7))
    terms = reading.creators_access(world.cleo, access_id, world.now).terms
    assert terms is not None
    taken = [
        accesses.take_post(world.ada, world.post(), agree_sha256=terms.sha256, now=world.now).consent_id
        for _ in range(2)
    ]
    amendment_id = ask(world, access_id, days=7)
    if when != "live":
        assert accesses.revoke(world.cleo, access_id, now=world.now).ending_at == world.now + 7 * DAY
    world.advance(DAY)
    ends = reading.release_ends(business(world.ada), access_id, world.now)
    assert (ends.consents, ends.accounts, ends.ending_at) == (2, ("Ada's bread",), None)
    with pytest.raises(NotFound):
        accesses.release(business(world.mallory), access_id, now=world.now)
    assert [grant(one) is not None for one in taken] == [True, True]

    done = accesses.release(business(world.ada), access_id, now=world.now)
    assert (done.changed, done.consents_ended, done.ending_at) == (True, 2, None)
    assert [grant(one) for one in taken] == [None, None]
    assert set(Consent.objects.values_list("revoked_at", flat=True)) == {world.now}
    view = reading.business_access(business(world.ada), access_id, world.now)
    assert (view.state, view.consents, view.amendment) == (AccessState.REVOKED, 0, None)
    assert acts(access_id)[-1] == "access_released"
    assert subjects(world.cleo)[-1] == "Ada gave the access to your account back"
    before = all_of_it()
    assert not accesses.release(business(world.ada), access_id, now=world.now).changed
    with pytest.raises(AccessAmendmentAnswered):
        access_amendments.accept(world.cleo, access_id, amendment_id, now=world.now)
    world.advance(30 * DAY)
    accesses.expire_due(world.now)
    assert all_of_it() == before
    assert (verify_chain(world.profiles["Cleo"]), consent_rows.check().wrong) == ([], ())
