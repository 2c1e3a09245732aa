"""Terms of a code: worded, read, agreed to by both sides, and what they bind."""

from datetime import timedelta

import msgspec
import pytest

from tests.area.authorisation.world import DAY, World, grant, subjects
from vonk.authorisation import queries
from vonk.authorisation.actions import consents, switches
from vonk.authorisation.actions.notices import notice_ended
from vonk.authorisation.errors.consents import AuthorizationRevoked, AuthorizationStillLive, DisclosureMissing
from vonk.authorisation.errors.terms import (
    ExtendedBeyondTerms,
    TermsAgreementRequired,
    TermsChanged,
    TermsCurrencyMismatch,
)
from vonk.authorisation.models import Consent, ConsentRecord, Terms, TermsAgreement
from vonk.authorisation.rules import Act, ConsentState, Edit, Occasion, Parties, Payment, Side, TermsDraft
from vonk.authorisation.rules.terms import render
from vonk.content.models import Post
from vonk.content.rules import Disclosure
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid, NotFound

LIMITS = TermsDraft(
    currency="EUR",
    spend_cap_micros=250_000_000,
    countries=("NL", "BE", "NL"),
    categories=("food",),
    edits=(Edit.CAPTION,),
    notice_days=7,
    note="  Not together with  \r\nmeat.  ",
)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Consent, ConsentRecord, Terms, TermsAgreement))


def agreed(world: World, draft: TermsDraft = LIMITS, *, days: int = 30) -> int:
    """Have Cleo issue a code with terms and Ada agree and redeem it; return the consent's id."""
    issued = world.issued(days=days, terms=draft)
    terms = queries.preview(world.ada, issued.code, world.now).terms
    assert terms is not None
    return consents.redeem(world.ada, issued.code, agree_sha256=terms.sha256, now=world.now).consent_id


def test_a_code_with_terms_works_once_both_sides_agreed(world: World) -> None:
    issued = world.issued(terms=msgspec.structs.replace(LIMITS, ends_at=world.now + 20 * DAY))
    assert issued.ends_at == world.now + 20 * DAY  # The consent ends with its terms at the latest.
    shown = queries.preview(world.ada, issued.code, world.now).terms
    assert shown is not None
    assert shown.text.splitlines()[2:] == [
        f"Creator: @cleo (profile {world.profiles['Cleo']})",
        "Advertiser: the ad account that redeems the code",
        "Payment: none",
        "Spend: at most 250.00 EUR",
        "From: the moment of redemption",
        "Until: 2026-03-22T09:00:00+00:00",
        "Countries: BE, NL",
        "What may be advertised: Food and drink",
        "Changes that the advertiser may make: caption",
        "Notice of revocation: 7 days",
        "The creator sees what the ads spend: yes",
        "Note:",
        "  Not together with",
        "  meat.",
    ]
    assert [(one.side, one.account_id) for one in shown.agreements] == [(Side.CREATOR, None)]
    before = counts()
    with pytest.raises(TermsAgreementRequired) as caught:
        consents.redeem(world.ada, issued.code, now=world.now)
    assert (caught.value.terms_id, shown.sha256 in caught.value.fill(caught.value.remedy)) == (shown.id, True)
    with pytest.raises(TermsChanged):
        consents.redeem(world.ada, issued.code, agree_sha256="0" * 64, now=world.now)
    assert counts() == before
    assert grant(issued.id) is None
    with pytest.raises(NotFound):
        queries.terms(world.ada, shown.id)

    world.advance(timedelta(hours=1))
    done = consents.redeem(world.ada, issued.code, agree_sha256=shown.sha256, now=world.now)
    assert (done.again, done.state) == (False, ConsentState.ACTIVE)
    document = grant(issued.id)
    assert document is not None
    assert (document.countries, document.categories, document.spend_cap_micros) == (
        ("BE", "NL"),
        ("food",),
        250_000_000,
    )
    assert document.ends_ms == to_ms(issued.ends_at)
    read = queries.terms(world.ada, shown.id)
    assert [(one.side, one.account_id, one.person_name) for one in read.agreements] == [
        (Side.CREATOR, None, None),
        (Side.ADVERTISER, world.ada.account, "Ada"),
    ]
    assert [one.person_name for one in queries.terms(world.cleo, shown.id).agreements] == ["Cleo", None]
    for stranger in (world.mallory, world.people["Vik"]):
        with pytest.raises(NotFound):
            queries.terms(stranger, shown.id)
    acts = [row.act for row in queries.history(world.cleo).items]
    assert acts[:4] == [Act.REDEEMED, Act.TERMS_AGREED, Act.ISSUED, Act.TERMS_OFFERED]
    assert consents.redeem(world.ada, issued.code, now=world.now).again  # Agreed once is agreed.
    with pytest.raises(ExtendedBeyondTerms):
        consents.extend(world.cleo, issued.id, duration_days=7, now=world.now)
    assert Consent.objects.get(pk=issued.id).ends_at == issued.ends_at


def test_terms_name_who_agrees_and_what_they_begin_with() -> None:
    def said(occasion: Occasion, account_id: int | None = None) -> list[str]:
        text = render(TermsDraft(), Parties(1, "cleo", account_id, "Bread" if account_id else "", occasion))
        return [line for line in text.splitlines() if line.startswith(("Advertiser", "From"))]

    assert said(Occasion.CODE) == [
        "Advertiser: the ad account that redeems the code",
        "From: the moment of redemption",
    ]
    assert said(Occasion.REQUEST, 7) == ["Advertiser: Bread (account 7)", "From: the moment of agreement"]
    assert said(Occasion.ACCESS) == [
        "Advertiser: each ad account that uses a post by the access",
        "From: the moment a post is taken up",
    ]


def test_amounts_are_in_the_accounts_currency_and_who_is_paid_says_so(world: World) -> None:
    paid = TermsDraft(payment=Payment.FLAT_FEE, fee_micros=1_000_000, currency="USD")
    post_id = world.ready_post()
    with pytest.raises(DisclosureMissing):
        world.issued(post_id, terms=paid)
    Post.objects.filter(pk=post_id).update(disclosure=Disclosure.BRANDED.value)
    issued = world.issued(post_id, terms=paid)
    terms = Terms.objects.get()
    with pytest.raises(TermsCurrencyMismatch):
        consents.redeem(world.ada, issued.code, agree_sha256=terms.sha256, now=world.now)
    assert TermsAgreement.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"payment": Payment.FLAT_FEE}, "terms.fee_micros"),
        ({"payment": Payment.SPEND_SHARE, "share_ppm": 1_000_001}, "terms.share_ppm"),
        ({"spend_cap_micros": 0}, "terms.spend_cap_micros"),
        ({"spend_cap_micros": 1}, "terms.currency"),
        ({"spend_cap_micros": 1, "currency": "XXX"}, "terms.currency"),
        ({"countries": ("XX",)}, "terms.countries"),
        ({"categories": ("guns",)}, "terms.categories"),
        ({"notice_days": 31}, "terms.notice_days"),
        ({"note": "x" * 2_001}, "terms.note"),
        ({"note": "right\u202eleft"}, "terms.note"),  # What is agreed to is what is seen.
    ],
)
def test_terms_that_make_no_sense_are_refused_by_field(world: World, changed: dict[str, object], field: str) -> None:
    post_id = world.ready_post()
    before = counts()
    with pytest.raises(FieldInvalid) as caught:
        world.issued(post_id, terms=msgspec.structs.replace(TermsDraft(), **changed))
    assert caught.value.field == field
    assert counts() == before


def test_dates_that_make_no_sense_are_refused(world: World) -> None:
    post_id = world.ready_post()
    for terms, field in (
        (TermsDraft(ends_at=world.now), "ends_at"),
        (TermsDraft(ends_at=world.now.replace(tzinfo=None)), "ends_at"),
        (TermsDraft(starts_at=world.now + 2 * DAY, ends_at=world.now + DAY), "ends_at"),
        (TermsDraft(starts_at=world.now + 31 * DAY), "starts_at"),
        (TermsDraft(ends_at=world.now.replace(year=9999)), "ends_at"),
    ):
        with pytest.raises(FieldInvalid) as caught:
            world.issued(post_id, terms=terms)
        assert caught.value.field == f"terms.{field}"
    assert counts()[2:] == (0, 0)


def test_revoked_with_notice_it_holds_until_the_notice_ends(world: World) -> None:
    consent_id = agreed(world)
    over = world.now + 7 * DAY
    assert consents.revoke(world.cleo, consent_id, now=world.now) == consents.Revoked(changed=True, ends_at=over)
    assert not consents.revoke(world.cleo, consent_id, now=world.now + DAY).changed  # The date stays.
    document = grant(consent_id)
    assert document is not None
    assert document.ends_ms == to_ms(over)
    assert queries.library_item(world.ada, consent_id, world.now).state is ConsentState.ENDING
    assert subjects(world.people["Ada"])[-1] == "Cleo revoked an authorisation, with notice"
    with pytest.raises(AuthorizationRevoked):
        consents.extend(world.cleo, consent_id, now=world.now)
    with pytest.raises(AuthorizationStillLive):
        consents.release(world.ada, consent_id, now=world.now)
    world.advance(7 * DAY)
    assert (
        queries.library_item(world.ada, consent_id, world.now).state is ConsentState.REVOKED
    )  # Before anybody notices.
    notice_ended(world.now)
    notice_ended(world.now)
    row = Consent.objects.get(pk=consent_id)
    assert (row.revoked_at, row.end_noticed_at, grant(consent_id)) == (over, None, None)
    revoked = ConsentRecord.objects.filter(consent_id=consent_id, act=Act.REVOKED.value)
    assert [(act.at, act.person_id) for act in revoked] == [(over, None)]
    assert subjects(world.people["Ada"])[-1] == "Cleo revoked an authorisation"
    assert queries.live_spans_of([consent_id])[consent_id] == ((over - 7 * DAY, over),)
    assert consents.release(world.ada, consent_id, now=world.now)
    assert queries.verify_chain(None) == []


def test_notice_never_outlasts_the_consent_and_binds_switches_too(world: World) -> None:
    consent_id = agreed(world, days=7)
    world.advance(3 * DAY)
    switched = switches.set_ad_settings(world.cleo, on=False, now=world.now)
    assert switched.revoked_ids == (consent_id,)
    assert Consent.objects.get(pk=consent_id).ending_at == world.now + 4 * DAY  # The end of the consent itself.
    unused = agreed_unused(world)
    assert consents.revoke(world.cleo, unused, now=world.now).ends_at == world.now  # Nobody relies on it.


def agreed_unused(world: World) -> int:
    return world.issued(terms=LIMITS).id
