"""Consents that a creator gives before anybody asks: what is inside their limits, pure (reference §12, §14 C)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from vonk.authorisation.rules.consents import DURATIONS_DAYS
from vonk.authorisation.rules.terms import Fault, Payment, TermsDraft
from vonk.authorisation.rules.terms import fault as terms_fault
from vonk.core.errors import Phrase
from vonk.core.money import MICROS_MAX

STANDINGS_PER_PROFILE_MAX: Final = 100  # In force at one time: more are a list that nobody reads.
NAMED_MAX: Final = 20  # Accounts that are found by one name.


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """A standing consent. Empty tuples and None mean no limit; ``account_id`` None is everybody.

    ``ends_at`` binds the consents, too: none that is accepted under it lasts longer. Amounts are micros of
    ``currency``, "" when there is none. ``payment`` is the least that has to be offered.
    """

    account_id: int | None = None
    starts_at: datetime
    ends_at: datetime
    duration_days_max: int
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    currency: str = ""
    spend_cap_micros: int | None = None
    spend_total_micros: int | None = None
    payment: Payment = Payment.NONE
    fee_micros: int = 0
    share_ppm: int = 0
    notice_days: int = 0
    preview_required: bool = False
    ended: bool = False


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for: until when the consent would last, and the terms that they offer (None: none)."""

    account_id: int
    at: datetime
    duration_days: int
    ends_at: datetime
    terms: TermsDraft | None = None


class Outside(StrEnum):
    """Why a request is not accepted at once under a standing consent."""

    ACCOUNT = "account"  # It is for somebody else.
    ENDED = "ended"  # Withdrawn, not begun, or over.
    DATES = "dates"  # The consent would outlast it.
    DURATION = "duration"
    COUNTRIES = "countries"
    CATEGORIES = "categories"
    CURRENCY = "currency"
    SPEND_CAP = "spend_cap"
    SPEND_TOTAL = "spend_total"
    PAYMENT = "payment"
    NOTICE = "notice"
    EDITS = "edits"  # The offer wants to change what is shown.
    NOTE = "note"  # The offer says something in words, which a person has to read.
    SWITCHED_OFF = "switched_off"  # The creator's ad settings are off, or those of this post.
    POST = "post"  # The post cannot be an ad as it is.
    ADS_ONLY = "ads_only"  # It would take a post that everybody sees out of its feeds.


def tidy(limits: Limits) -> Limits:
    """Return the limits in their one canonical form: lists sorted and without doubles."""
    return msgspec.structs.replace(
        limits, countries=tuple(sorted(set(limits.countries))), categories=tuple(sorted(set(limits.categories)))
    )


def fault(limits: Limits, now: datetime) -> Fault | None:
    """Return the first thing that is wrong with limits, None when they may be given at ``now``."""
    for field, instant in (("starts_at", limits.starts_at), ("ends_at", limits.ends_at)):
        if instant.tzinfo is None:
            return Fault(field, Phrase("an instant with its time zone"))
    if limits.ends_at <= max(now, limits.starts_at):
        return Fault("ends_at", Phrase("in the future, and after starts_at"))
    if limits.duration_days_max not in DURATIONS_DAYS:
        return Fault("duration_days_max", Phrase("one of %(known)s", known=", ".join(map(str, DURATIONS_DAYS))))
    if limits.spend_total_micros is not None and not 0 < limits.spend_total_micros <= MICROS_MAX:
        return Fault("spend_total_micros", Phrase("above 0, or left out"))
    # What holds for terms holds for limits: the currency belongs to whichever amount there is.
    amount = limits.spend_cap_micros if limits.spend_cap_micros is not None else limits.spend_total_micros
    return terms_fault(
        TermsDraft(
            payment=limits.payment,
            fee_micros=limits.fee_micros,
            share_ppm=limits.share_ppm,
            currency=limits.currency,
            spend_cap_micros=amount,
            countries=limits.countries,
            categories=limits.categories,
            notice_days=limits.notice_days,
        ),
        now,
    )


def inside(asked: Asked, limits: Limits, used_micros: int) -> tuple[Outside, ...]:
    """Return every reason why the request is outside the limits, in their order; empty when it is inside.

    ``used_micros`` is the sum of the caps of what was accepted under the standing consent. A limit is kept only by an
    offer that says so itself: both sides agree to one text, so nothing is narrowed behind the advertiser's back.
    """
    terms = asked.terms if asked.terms is not None else TermsDraft()
    cap = terms.spend_cap_micros
    bounded = limits.spend_cap_micros is not None or limits.spend_total_micros is not None
    amounts = bounded or limits.payment is Payment.FLAT_FEE
    checks = {
        Outside.ACCOUNT: limits.account_id not in {None, asked.account_id},
        Outside.ENDED: limits.ended or not limits.starts_at <= asked.at < limits.ends_at,
        Outside.DATES: asked.ends_at > limits.ends_at,
        Outside.DURATION: asked.duration_days > limits.duration_days_max,
        Outside.COUNTRIES: not _within(terms.countries, limits.countries),
        Outside.CATEGORIES: not _within(terms.categories, limits.categories),
        Outside.CURRENCY: amounts and terms.currency not in {"", limits.currency},
        Outside.SPEND_CAP: limits.spend_cap_micros is not None and (cap is None or cap > limits.spend_cap_micros),
        Outside.SPEND_TOTAL: limits.spend_total_micros is not None
        and (cap is None or used_micros + cap > limits.spend_total_micros),
        Outside.PAYMENT: not _paid(terms, limits),
        Outside.NOTICE: terms.notice_days > limits.notice_days,
        Outside.EDITS: terms.edits != (),
        Outside.NOTE: terms.note != "",
    }
    return tuple(reason for reason, applies in checks.items() if applies)


def nearest(found: list[tuple[int, tuple[Outside, ...]]]) -> tuple[int | None, tuple[Outside, ...]]:
    """Return the standing consent that accepts, the first of them, or None and the reasons of the one that comes nearest.

    ``found`` are ids with their reasons. Those for somebody else, or not in force, say nothing to the one who asks.
    """
    open_ = [(key, reasons) for key, reasons in found if not {Outside.ACCOUNT, Outside.ENDED}.intersection(reasons)]
    if not open_:
        return None, ()
    key, reasons = min(open_, key=lambda one: (len(one[1]), one[0]))
    return (None, reasons) if reasons else (key, ())


def _within(asked: tuple[str, ...], allowed: tuple[str, ...]) -> bool:
    return not allowed or (asked != () and set(allowed).issuperset(asked))


def _paid(terms: TermsDraft, limits: Limits) -> bool:
    if limits.payment is Payment.NONE:
        return True
    if terms.payment is not limits.payment:
        return False
    return terms.fee_micros >= limits.fee_micros and terms.share_ppm >= limits.share_ppm
