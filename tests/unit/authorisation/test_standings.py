"""What lies inside a standing consent: each limit by itself, and all of them at once."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.authorisation.rules import NO_END, Edit, Payment, TermsDraft
from vonk.authorisation.rules.standings import Asked, Limits, Outside, fault, inside, nearest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EURO = 1_000_000

LIMITS = Limits(
    account_id=7,
    starts_at=NOW - DAY,
    ends_at=NOW + 60 * DAY,
    duration_days_max=30,
    countries=("BE", "NL"),
    categories=("food",),
    currency="EUR",
    spend_cap_micros=500 * EURO,
    spend_total_micros=800 * EURO,
    payment=Payment.FLAT_FEE,
    fee_micros=50 * EURO,
    notice_days=7,
)
OFFER = TermsDraft(
    payment=Payment.FLAT_FEE,
    fee_micros=50 * EURO,
    currency="EUR",
    spend_cap_micros=500 * EURO,
    countries=("NL",),
    categories=("food",),
    notice_days=7,
)
ASKED = Asked(account_id=7, at=NOW, duration_days=30, ends_at=NOW + 30 * DAY, terms=OFFER)


def asked(**changed: object) -> Asked:
    return msgspec.structs.replace(ASKED, **changed)


def offered(**changed: object) -> Asked:
    return asked(terms=msgspec.structs.replace(OFFER, **changed))


def limits(**changed: object) -> Limits:
    return msgspec.structs.replace(LIMITS, **changed)


def test_at_every_limit_it_is_inside() -> None:
    assert inside(ASKED, LIMITS, 300 * EURO) == ()


@pytest.mark.parametrize(
    ("request_", "under", "used", "reasons"),
    [
        (asked(account_id=8), LIMITS, 0, (Outside.ACCOUNT,)),
        (asked(account_id=8), limits(account_id=None), 0, ()),
        (ASKED, limits(ended=True), 0, (Outside.ENDED,)),
        (ASKED, limits(starts_at=NOW + DAY), 0, (Outside.ENDED,)),
        (ASKED, limits(starts_at=NOW), 0, ()),
        (asked(ends_at=NOW + 60 * DAY + timedelta(microseconds=1)), LIMITS, 0, (Outside.DATES,)),
        (asked(ends_at=NO_END), limits(ends_at=NO_END), 0, ()),
        (asked(duration_days=60), LIMITS, 0, (Outside.DURATION,)),
        (offered(countries=("DE", "NL")), LIMITS, 0, (Outside.COUNTRIES,)),
        (offered(countries=()), LIMITS, 0, (Outside.COUNTRIES,)),
        (offered(countries=()), limits(countries=()), 0, ()),
        (offered(categories=("food", "travel")), LIMITS, 0, (Outside.CATEGORIES,)),
        (offered(currency="USD"), LIMITS, 0, (Outside.CURRENCY,)),
        (offered(spend_cap_micros=500 * EURO + 1), LIMITS, 0, (Outside.SPEND_CAP,)),
        (offered(spend_cap_micros=None), LIMITS, 0, (Outside.SPEND_CAP, Outside.SPEND_TOTAL)),
        (ASKED, LIMITS, 300 * EURO + 1, (Outside.SPEND_TOTAL,)),
        (offered(fee_micros=50 * EURO - 1), LIMITS, 0, (Outside.PAYMENT,)),
        (offered(payment=Payment.SPEND_SHARE, fee_micros=0, share_ppm=10**6), LIMITS, 0, (Outside.PAYMENT,)),
        (offered(notice_days=8), LIMITS, 0, (Outside.NOTICE,)),
        (offered(edits=(Edit.CAPTION,)), LIMITS, 0, (Outside.EDITS,)),
        (offered(note="and a poster"), LIMITS, 0, (Outside.NOTE,)),
    ],
)
def test_each_limit_has_its_reason(request_: Asked, under: Limits, used: int, reasons: tuple[Outside, ...]) -> None:
    assert inside(request_, under, used) == reasons


def test_who_offers_nothing_is_outside_of_every_limit_on_what_is_offered() -> None:
    assert inside(asked(terms=None), LIMITS, 0) == (
        Outside.COUNTRIES,
        Outside.CATEGORIES,
        Outside.SPEND_CAP,
        Outside.SPEND_TOTAL,
        Outside.PAYMENT,
    )
    free = Limits(account_id=None, starts_at=NOW, ends_at=NO_END, duration_days_max=30)
    assert inside(asked(terms=None), free, 0) == ()


def test_the_nearest_says_why_and_others_affairs_are_not_told() -> None:
    assert nearest([(1, (Outside.ACCOUNT,)), (2, (Outside.COUNTRIES, Outside.NOTE)), (3, (Outside.DATES,))]) == (
        None,
        (Outside.DATES,),
    )
    assert nearest([(5, ()), (4, ()), (3, (Outside.DATES,))]) == (4, ())
    assert nearest([(1, (Outside.ACCOUNT, Outside.DATES)), (2, (Outside.ENDED,))]) == (None, ())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": NOW.replace(tzinfo=None)}, "starts_at"),
        ({"ends_at": NOW}, "ends_at"),
        ({"starts_at": NOW + 60 * DAY}, "ends_at"),
        ({"duration_days_max": 31}, "duration_days_max"),
        ({"spend_total_micros": 0}, "spend_total_micros"),
        ({"spend_cap_micros": -1}, "spend_cap_micros"),
        ({"currency": ""}, "currency"),
        ({"currency": "XXX"}, "currency"),
        ({"countries": ("ZZ",)}, "countries"),
        ({"categories": ("weapons",)}, "categories"),
        ({"notice_days": 31}, "notice_days"),
        ({"fee_micros": 0}, "fee_micros"),
    ],
)
def test_limits_that_say_nothing_sensible_are_refused(wrong: dict[str, object], field: str) -> None:
    found = fault(limits(**wrong), NOW)
    assert found is not None
    assert found.field == field
    assert fault(LIMITS, NOW) is None


MICROS = st.integers(1, 10**12)
LISTS = st.sets(st.sampled_from(("BE", "DE", "FR", "NL"))).map(lambda some: tuple(sorted(some)))
TOPICS = st.sets(st.sampled_from(("food", "home", "travel"))).map(lambda some: tuple(sorted(some)))
ANY_OFFER = st.fixed_dictionaries(
    {
        "payment": st.sampled_from(Payment),
        "fee_micros": MICROS,
        "share_ppm": st.integers(0, 10**6),
        "currency": st.sampled_from(("", "EUR", "USD")),
        "spend_cap_micros": st.none() | MICROS,
        "countries": LISTS,
        "categories": TOPICS,
        "notice_days": st.integers(0, 30),
    }
).map(lambda said: msgspec.convert(said, TermsDraft))
ANY_ASKED = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from((7, 7, 7, 8)),
        "at": st.just(NOW),
        "duration_days": st.sampled_from((7, 30, 60, 365)),
        "ends_at": st.integers(1, 400).map(lambda days: NOW + days * DAY),
        "terms": st.none() | ANY_OFFER,
    }
).map(lambda said: msgspec.convert(said, Asked))
ANY_LIMITS = st.fixed_dictionaries(
    {
        "account_id": st.sampled_from((None, 7)),
        "starts_at": st.integers(-2, 2).map(lambda days: NOW + days * DAY),
        "ends_at": st.integers(-1, 400).map(lambda days: NOW + days * DAY),
        "duration_days_max": st.sampled_from((7, 30, 60, 365)),
        "countries": LISTS,
        "categories": TOPICS,
        "currency": st.sampled_from(("", "EUR")),
        "spend_cap_micros": st.none() | MICROS,
        "spend_total_micros": st.none() | MICROS,
        "payment": st.sampled_from((Payment.NONE, *Payment)),
        "fee_micros": MICROS,
        "share_ppm": st.integers(0, 10**6),
        "notice_days": st.integers(0, 30),
        "ended": st.sampled_from((False, False, False, True)),
    }
).map(lambda said: msgspec.convert(said, Limits))


def fitting(under: Limits) -> Asked:
    """Return a request that takes everything that the limits leave."""
    caps = [cap for cap in (under.spend_cap_micros, under.spend_total_micros) if cap is not None]
    terms = TermsDraft(
        payment=under.payment,
        fee_micros=under.fee_micros,
        share_ppm=under.share_ppm,
        currency=under.currency,
        spend_cap_micros=min(caps, default=None),
        countries=under.countries,
        categories=under.categories,
        notice_days=under.notice_days,
    )
    days = under.duration_days_max
    return Asked(account_id=7, at=NOW, duration_days=days, ends_at=min(under.ends_at, NOW + days * DAY), terms=terms)


@given(ANY_LIMITS, st.integers(1, 10**12))
def test_what_takes_all_that_is_left_is_inside_and_a_step_further_is_not(under: Limits, more: int) -> None:
    under = msgspec.structs.replace(under, starts_at=NOW, ends_at=max(under.ends_at, NOW + DAY), ended=False)
    fits = fitting(under)
    assert inside(fits, under, 0) == ()
    assert inside(msgspec.structs.replace(fits, ends_at=under.ends_at + DAY), under, 0) == (Outside.DATES,)
    total = under.spend_total_micros
    left = total - (fits.terms.spend_cap_micros or 0) if total is not None and fits.terms is not None else None
    expected = (Outside.SPEND_TOTAL,) if left is not None and more > left else ()
    assert inside(fits, under, more) == expected


@given(ANY_ASKED, ANY_LIMITS, st.integers(0, 10**12))
def test_what_is_inside_keeps_every_promise(request_: Asked, under: Limits, used: int) -> None:
    if inside(request_, under, used):
        return
    terms = request_.terms if request_.terms is not None else TermsDraft()
    assert under.account_id in {None, request_.account_id}
    assert not under.ended
    assert under.starts_at <= NOW < under.ends_at >= request_.ends_at
    assert request_.duration_days <= under.duration_days_max
    assert not under.countries or (set(terms.countries) <= set(under.countries) and terms.countries)
    assert not under.categories or (set(terms.categories) <= set(under.categories) and terms.categories)
    assert terms.notice_days <= under.notice_days
    cap = terms.spend_cap_micros
    if under.spend_cap_micros is not None:
        assert cap is not None
        assert cap <= under.spend_cap_micros
    if under.spend_total_micros is not None:
        assert cap is not None
        assert used + cap <= under.spend_total_micros
    if under.payment is not Payment.NONE:
        assert terms.payment is under.payment
        assert terms.fee_micros >= under.fee_micros
        assert terms.share_ppm >= under.share_ppm


@given(ANY_ASKED, ANY_LIMITS, st.integers(0, 10**12), st.integers(0, 10**12))
def test_more_use_and_less_room_never_let_in_what_was_outside(
    request_: Asked, under: Limits, used: int, more: int
) -> None:
    before = set(inside(request_, under, used))
    assert before <= set(inside(request_, under, used + more))
    narrower = msgspec.structs.replace(under, duration_days_max=7, notice_days=0, ended=True)
    assert before <= set(inside(request_, narrower, used))
