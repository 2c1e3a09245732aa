"""What viewers report, and what moderators decide of it: closed lists, and when one may appeal. Pure."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from vonk.core.errors import FieldInvalid

NOTE_MAX: Final = 1_000
APPEAL_MAX: Final = 2_000
APPEAL_FOR: Final = timedelta(days=183)  # Six months at least (DSA art. 20(1)).


class ReportReason(IntEnum):
    """Why a viewer reports a post or an ad. The number is the value of a REPORT event in the log: add at the end only."""

    MISLEADING = 1
    DANGEROUS = 2
    HATEFUL = 3
    SEXUAL = 4
    MINORS = 5
    RIGHTS = 6
    UNDISCLOSED = 7
    OTHER = 8


REPORT_TEXTS: Final[dict[ReportReason, str]] = {
    ReportReason.MISLEADING: "Misleading or a scam",
    ReportReason.DANGEROUS: "Dangerous or illegal",
    ReportReason.HATEFUL: "Hateful or harassing",
    ReportReason.SEXUAL: "Sexual",
    ReportReason.MINORS: "Harms or targets minors",
    ReportReason.RIGHTS: "Uses what is mine",
    ReportReason.UNDISCLOSED: "Advertising that does not say so",
    ReportReason.OTHER: "Something else",
}


class Reports(NamedTuple):
    """How often a post was reported for a reason, how many of that as an ad, and when last."""

    times: int
    in_ads: int
    last_at: datetime


class Judgement(StrEnum):
    """What a moderator decides of a post."""

    KEEP = "keep"  # Nothing is wrong with it; reports until now are answered.
    LIMIT = "limit"  # No feed and no search offers it; on its profile, by its link and in ads it stays.
    REMOVE = "remove"  # Nobody sees it, in ads neither.


RESTRICTIONS: Final = frozenset({Judgement.LIMIT, Judgement.REMOVE})


class JudgementAppeal(StrEnum):
    """What became of a creator's appeal."""

    WAITING = "waiting"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


# Each is a rule of the platform's terms; as a removed post's reason it has at most 60 characters.
MODERATION_REASONS: Final[dict[str, str]] = {
    "deceives": "It deceives: a scam, or what is not so.",
    "dangerous": "It shows or teaches something dangerous.",
    "illegal_goods": "It offers what may not be sold.",
    "hateful": "It is hateful or harasses somebody.",
    "sexual": "It is sexual.",
    "minors": "It harms minors, or is not fit for them.",
    "violent": "It shows violence or cruelty.",
    "rights": "It uses what belongs to somebody else.",
    "private_data": "It shows somebody's private data.",
    "undisclosed": "It advertises and does not say so.",
    "spam": "It is spam.",
}


def reason(judgement: Judgement, key: str) -> str:
    """Return the reason of a restriction, "" of a post that is kept; FieldInvalid when a restriction has none."""
    if judgement not in RESTRICTIONS:
        return ""
    if key not in MODERATION_REASONS:
        raise FieldInvalid("reason", "choose the rule that it breaks")
    return key


def note(judgement: Judgement, text: str) -> str:
    """Return what the moderator saw, without outer blanks; FieldInvalid when a restriction says nothing, or too much."""
    said = text.strip()
    if len(said) > NOTE_MAX or (judgement in RESTRICTIONS and not said):
        raise FieldInvalid("note", "1 to %(most)s characters: the creator reads what exactly is wrong", most=NOTE_MAX)
    return said


def appeal_text(text: str) -> str:
    """Return an appeal without outer blanks; FieldInvalid when it is empty or longer than 2,000 characters."""
    said = text.strip()
    if not 1 <= len(said) <= APPEAL_MAX:
        raise FieldInvalid("text", "1 to %(most)s characters", most=APPEAL_MAX)
    return said


def appealable_until(decided_at: datetime) -> datetime:
    """Return until when a decision may be appealed."""
    return decided_at + APPEAL_FOR
