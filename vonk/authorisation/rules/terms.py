"""What a grant may be bound to, agreed by both sides; pure (reference §14 C, no. 3 and 4)."""

import hashlib
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.errors import Phrase
from vonk.core.money import CURRENCY_DECIMALS, MICROS_MAX, format_micros
from vonk.core.taxonomy import COUNTRIES, INTERESTS

NOTICE_DAYS_MAX: Final = 30
NOTE_CHARS_MAX: Final = 2_000
SHARE_PPM_MAX: Final = 1_000_000
_PPM_PER_PERCENT: Final = 10_000
_YEAR_MIN, _YEAR_MAX = 2_000, 9_000  # Every instant between them has a UTC day, whatever its offset.


class Payment(StrEnum):
    """What the creator gets for the grant. Escrow and payouts come later; the terms say what is owed."""

    NONE = "none"
    FLAT_FEE = "flat_fee"
    SPEND_SHARE = "spend_share"  # A share of what the ads spend, in parts per million.


class Edit(StrEnum):
    """What the advertiser may change of what is shown. Without a word, nothing."""

    CAPTION = "caption"  # May propose captions; the creator decides.
    OVERLAY = "overlay"
    SOUND = "sound"


class TermsDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Terms as one side words them. Empty tuples and None mean no limit.

    ``currency`` is of the fee and the cap, "" when there is neither; ``share_ppm`` is in millionths of what ads spend.
    """

    payment: Payment = Payment.NONE
    fee_micros: int = 0
    share_ppm: int = 0
    currency: str = ""
    spend_cap_micros: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # Keys of core.taxonomy.INTERESTS.
    edits: tuple[Edit, ...] = ()
    notice_days: int = 0
    spend_shown: bool = True
    note: str = ""


class Occasion(StrEnum):
    """What terms are offered with. Their text names who agrees, and when what is granted begins."""

    CODE = "code"
    REQUEST = "request"
    ACCESS = "access"


_ANY_ACCOUNT: Final = {  # A request is one account's, which is named.
    Occasion.CODE: "the ad account that redeems the code",
    Occasion.ACCESS: "each ad account that uses a post by the access",
}
_BEGINS: Final = {
    Occasion.CODE: "the moment of redemption",
    Occasion.REQUEST: "the moment of agreement",
    Occasion.ACCESS: "the moment a post is taken up",
}


class Parties(msgspec.Struct, frozen=True):
    """Between whom terms are. ``account_id`` is None when the account that agrees is not known yet."""

    profile_id: int
    handle: str
    account_id: int | None = None
    account_name: str = ""
    occasion: Occasion = Occasion.CODE


class Fault(msgspec.Struct, frozen=True):
    """Which field of a draft is wrong, and how."""

    field: str
    reason: Phrase


def fault(draft: TermsDraft, now: datetime) -> Fault | None:
    """Return the first thing that is wrong with a draft, None when it may be offered at ``now``."""
    return _payment_fault(draft) or _span_fault(draft, now) or _limits_fault(draft)


def tidy(draft: TermsDraft) -> TermsDraft:
    """Return the draft in its one canonical form: lists sorted and without doubles, the note trimmed."""
    return msgspec.structs.replace(
        draft,
        countries=tuple(sorted(set(draft.countries))),
        categories=tuple(sorted(set(draft.categories))),
        edits=tuple(sorted(set(draft.edits))),
        note="\n".join(line.rstrip() for line in draft.note.strip().splitlines()),
    )


def render(draft: TermsDraft, parties: Parties) -> str:
    """Return the text that both sides read and agree to: English, one clause a line, the same for the same draft."""
    account = (
        f"{parties.account_name} (account {parties.account_id})"
        if parties.account_id is not None
        else _ANY_ACCOUNT[parties.occasion]
    )
    clauses = [
        "Terms for the use of posts in ads",
        "",
        f"Creator: @{parties.handle} (profile {parties.profile_id})",
        f"Advertiser: {account}",
        f"Payment: {_payment(draft)}",
        f"Spend: {_spend(draft)}",
        f"From: {_instant(draft.starts_at, _BEGINS[parties.occasion])}",
        f"Until: {_instant(draft.ends_at, 'the end of the authorisation')}",
        f"Countries: {', '.join(draft.countries) or 'all'}",
        f"What may be advertised: {', '.join(INTERESTS[key] for key in draft.categories) or 'anything'}",
        f"Changes that the advertiser may make: {', '.join(draft.edits) or 'none'}",
        f"Notice of revocation: {_notice(draft.notice_days)}",
        f"The creator sees what the ads spend: {'yes' if draft.spend_shown else 'no'}",
    ]
    if draft.note:
        clauses += [
            "Note:",
            *(f"  {line}" for line in draft.note.splitlines()),
        ]  # Indented: it cannot pose as a clause.
    return "\n".join(clauses) + "\n"


def sha256(text: str) -> str:
    """Return the hash that an agreement names, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _payment_fault(draft: TermsDraft) -> Fault | None:
    fee, share = draft.payment is Payment.FLAT_FEE, draft.payment is Payment.SPEND_SHARE
    if fee != (draft.fee_micros != 0) or not 0 <= draft.fee_micros <= MICROS_MAX:
        return Fault("fee_micros", Phrase("above 0 with the payment flat_fee, otherwise 0"))
    if share != (draft.share_ppm != 0) or not 0 <= draft.share_ppm <= SHARE_PPM_MAX:
        return Fault("share_ppm", Phrase("1 to %(most)s with the payment spend_share, otherwise 0", most=SHARE_PPM_MAX))
    cap = draft.spend_cap_micros
    if cap is not None and not 0 < cap <= MICROS_MAX:
        return Fault("spend_cap_micros", Phrase("above 0, or left out"))
    if (fee or cap is not None) != (draft.currency != ""):
        return Fault("currency", Phrase("needed exactly with a fee or a cap on spend"))
    if draft.currency and draft.currency not in CURRENCY_DECIMALS:
        return Fault("currency", Phrase("an ISO 4217 code that accounts are kept in"))
    return None


def _span_fault(draft: TermsDraft, now: datetime) -> Fault | None:
    for field, instant in (("starts_at", draft.starts_at), ("ends_at", draft.ends_at)):
        if instant is not None and instant.tzinfo is None:
            return Fault(field, Phrase("an instant with its time zone"))
        if instant is not None and not _YEAR_MIN <= instant.year <= _YEAR_MAX:
            return Fault(field, Phrase("in the years %(least)s to %(most)s", least=_YEAR_MIN, most=_YEAR_MAX))
    if draft.ends_at is not None and draft.ends_at <= now:
        return Fault("ends_at", Phrase("in the future"))
    if draft.starts_at is not None and draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        return Fault("ends_at", Phrase("after starts_at"))
    return None


def _limits_fault(draft: TermsDraft) -> Fault | None:
    if not COUNTRIES.issuperset(draft.countries):
        return Fault("countries", Phrase("ISO 3166-1 alpha-2 codes"))
    if not set(INTERESTS).issuperset(draft.categories):
        return Fault("categories", Phrase("among %(known)s", known=", ".join(INTERESTS)))
    if not 0 <= draft.notice_days <= NOTICE_DAYS_MAX:
        return Fault("notice_days", Phrase("0 to %(most)s", most=NOTICE_DAYS_MAX))
    if len(draft.note) > NOTE_CHARS_MAX:
        return Fault("note", Phrase("at most %(most)s characters", most=NOTE_CHARS_MAX))
    if any(
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in draft.note if char not in "\r\n"
    ):
        return Fault("note", Phrase("plain text, without control characters"))  # What is agreed to is what is seen.
    return None


def _payment(draft: TermsDraft) -> str:
    if draft.payment is Payment.FLAT_FEE:
        return f"a flat fee of {format_micros(draft.fee_micros, draft.currency)} {draft.currency}"
    if draft.payment is Payment.SPEND_SHARE:
        whole, part = divmod(draft.share_ppm, _PPM_PER_PERCENT)
        percent = f"{whole}.{part:04d}".rstrip("0").rstrip(".")
        return f"{percent} % of what the ads spend"
    return "none"


def _spend(draft: TermsDraft) -> str:
    if draft.spend_cap_micros is None:
        return "no limit"
    return f"at most {format_micros(draft.spend_cap_micros, draft.currency)} {draft.currency}"


def _instant(instant: datetime | None, otherwise: str) -> str:
    return otherwise if instant is None else f"{instant.astimezone(UTC).isoformat(timespec='seconds')}"


def _notice(days: int) -> str:
    return f"{days} days" if days else "none, it takes effect at once"
