"""Verdicts of review and their reasons (reference §9.4)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Targeting

# The parts of targeting that review judges: for whom. When, and what cannot be judged, say nothing of the ad.
AUDIENCE: Final = tuple(name for name in Targeting.__struct_fields__ if name not in {"dayparting", "unmet"})
NOTE_MAX: Final = 1_000
CREATOR_NOTE_MAX: Final = 500
APPEAL_MAX: Final = 2_000  # Reference §9.4.


class Verdict(StrEnum):
    """What review said."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # The ad was changed or deleted before anybody decided; nobody's verdict.


class AppealState(StrEnum):
    """What became of an advertiser's appeal."""

    WAITING = "waiting"
    UPHELD = "upheld"  # The rejection stands.
    OVERTURNED = "overturned"  # The ad is approved.
    MOOT = "moot"  # The ad was changed or deleted meanwhile: what it was about is no more.


def needs_two(*, category: str, categories: frozenset[str], approved_ads: int, first_ads: int) -> bool:
    """Tell whether two people have to approve an ad of an account that has so many approved ads."""
    return (category != "" and category in categories) or approved_ads < first_ads


REVIEW_REASONS: Final[dict[str, str]] = {
    "misleading_claim": "The ad claims what it does not show or cannot prove.",
    "landing_page_mismatch": "The landing page does not match the ad, or does not work.",
    "prohibited_product": "The product or service may not be advertised here.",
    "restricted_audience": "The ad needs a narrower audience, for example adults only.",
    "music_rights": "The sound is not licensed for advertising.",
    "disclosure_missing": "The commercial nature of the post is not disclosed.",
    "poor_quality": "Picture or sound is too poor to be shown.",
    "offensive": "The ad may offend or frighten.",
    "personal_data": "The ad shows somebody's personal data.",
}


class Subject(msgspec.Struct, frozen=True):
    """What a review judges. Kept with the review, so that the next reviewer sees what changed since."""

    post_id: int
    identity_id: int
    caption: str
    call_to_action: str
    landing_url: str
    targeting: Targeting
    category: str = ""


class Change(msgspec.Struct, frozen=True):
    """One part of a subject that differs from what was approved last."""

    part: str
    before: str
    after: str


def changes(before: Subject, after: Subject) -> tuple[Change, ...]:
    """Return what differs between two subjects, in the order of their fields."""
    parts = [*_flat(before).keys()]
    old, new = _flat(before), _flat(after)
    return tuple(Change(part, old[part], new[part]) for part in parts if old[part] != new[part])


def reasons(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the reasons in their declared order, each once; FieldInvalid when there is none or one is unknown."""
    wanted = set(keys)
    unknown = sorted(wanted - REVIEW_REASONS.keys())
    if unknown:
        raise FieldInvalid("reasons", "unknown: %(unknown)s", unknown=", ".join(key[:40] for key in unknown[:5]))
    if not wanted:
        raise FieldInvalid("reasons", "choose at least one reason")
    return tuple(key for key in REVIEW_REASONS if key in wanted)


def note(text: str) -> str:
    """Return the reviewer's note without outer blanks; FieldInvalid when it is longer than 1,000 characters."""
    stripped = text.strip()
    if len(stripped) > NOTE_MAX:
        raise FieldInvalid("note", "at most %(most)s characters", most=NOTE_MAX)
    return stripped


def appeal_text(text: str) -> str:
    """Return an appeal without outer blanks; FieldInvalid when it is empty or longer than 2,000 characters."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= APPEAL_MAX:
        raise FieldInvalid("text", "1 to %(most)s characters", most=APPEAL_MAX)
    return stripped


def _flat(subject: Subject) -> dict[str, str]:
    lists = {name: ", ".join(getattr(subject.targeting, name)) for name in AUDIENCE if name != "limits"}
    limits = msgspec.to_builtins(subject.targeting.limits)
    return {
        "post": str(subject.post_id),
        "identity": str(subject.identity_id),
        "caption": subject.caption,
        "call_to_action": subject.call_to_action,
        "landing_url": subject.landing_url,
        "category": subject.category,
        **lists,
        **{
            name: ", ".join(map(str, of)) if isinstance(of, list | tuple) else str(of or "")
            for name, of in limits.items()
        },
    }
