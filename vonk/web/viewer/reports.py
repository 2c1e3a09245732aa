"""Why a viewer reports a post or an ad. The number travels as the value of a REPORT event, so it never changes."""

from enum import IntEnum
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _


class ReportReason(IntEnum):
    """Kept in the event log: add at the end only."""

    MISLEADING = 1
    DANGEROUS = 2
    HATEFUL = 3
    SEXUAL = 4
    MINORS = 5
    RIGHTS = 6
    UNDISCLOSED = 7
    OTHER = 8


TEXTS: Final = {
    ReportReason.MISLEADING: _("Misleading or a scam"),
    ReportReason.DANGEROUS: _("Dangerous or illegal"),
    ReportReason.HATEFUL: _("Hateful or harassing"),
    ReportReason.SEXUAL: _("Sexual"),
    ReportReason.MINORS: _("Harms or targets minors"),
    ReportReason.RIGHTS: _("Uses what is mine"),
    ReportReason.UNDISCLOSED: _("Advertising that does not say so"),
    ReportReason.OTHER: _("Something else"),
}


class ReasonView(msgspec.Struct, frozen=True):
    """A reason as it is offered."""

    value: int
    label: str


def offered() -> list[ReasonView]:
    """Return every reason in the reader's language."""
    return [ReasonView(int(reason), str(text)) for reason, text in TEXTS.items()]
